"""The panel of one photo: what it shows, and every change that a member can make there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tests.photographs
from bot import words
from bot.photos.crop import least_side
from storage.tables import Photo
from tests.bot.commands.conftest import Studio, labels, parts, photo_files, said, shown
from tests.bot.commands.pressing import (
    NIGHT,
    TWO_PEOPLE,
    choose,
    given,
    is_tidy,
    listed,
    looked_at,
    menu,
    picture,
    places,
    press,
    stored,
)
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened
from tests.rows import count

FACES = photo_files("face")
COFFEE = (Path(tests.photographs.__file__).parent / "vendored" / "coffee.jpg").read_bytes()
#: The base's, in pixels.
SIDE = 64


async def test_a_photo_is_shown_with_its_verdict_and_its_caption(studio: Studio) -> None:
    subject = await given(studio, ASTRONAUT)
    panel = await looked_at(studio)
    crop = (await stored(studio, subject)).crops[0]
    assert crop.caption
    text = shown(panel)
    assert words.photo_title(1, 1, "photo-1.jpg") in text
    assert words.framing_words("person", "torso") in text
    assert crop.caption in text
    assert picture(panel)
    back = await press(studio, panel, words.ALL_PHOTOS)
    assert words.checklist_title("zwx") in shown(back)
    assert picture(back)


async def test_squares_are_moved_by_their_buttons_and_stay_where_they_were_moved(
    studio: Studio,
) -> None:
    subject = await given(studio, ASTRONAUT)
    panel = await looked_at(studio)
    proposed = places(await stored(studio, subject))[0]
    seen = {proposed}
    for action in ("tighter", "left", "up", "right", "down", "looser"):
        panel = await press(studio, panel, words.SQUARE_BUTTONS[action])
        shot = await stored(studio, subject)
        assert places(shot)[0] not in seen, action
        assert shot.crops[0].edited
        assert shot.crops[0].resolution == SIDE
        seen.add(places(shot)[0])
    await studio.restart()
    assert places(await stored(studio, subject))[0] in seen
    panel = await press(studio, panel, words.SQUARE_BUTTONS["whole"])
    assert places(await stored(studio, subject))[0] == (0, 0, 512)
    panel = await press(studio, panel, words.SQUARE_BUTTONS["reset"])
    shot = await stored(studio, subject)
    assert places(shot)[0] == proposed
    assert not shot.crops[0].edited
    assert shown(panel).startswith("### ")
    assert await is_tidy(studio)


async def test_a_press_that_changes_nothing_says_why(studio: Studio) -> None:
    subject = await given(studio, ASTRONAUT)
    panel = await looked_at(studio)
    stays = await press(studio, panel, words.SQUARE_BUTTONS["reset"])
    assert words.square_stays("reset", is_whole=False) in shown(stays)
    for _ in range(30):
        panel = await press(studio, panel, words.SQUARE_BUTTONS["tighter"])
        if words.square_stays("tighter", is_whole=False) in shown(panel):
            break
    assert words.square_stays("tighter", is_whole=False) in shown(panel)
    assert places(await stored(studio, subject))[0][2] == least_side(SIDE)


async def test_a_square_around_a_wide_photo_is_not_moved(studio: Studio) -> None:
    subject = await given(studio, encoded(opened(ASTRONAUT).crop((0, 0, 512, 400)), "PNG"))
    panel = await press(studio, await looked_at(studio), words.SQUARE_BUTTONS["whole"])
    assert places(await stored(studio, subject))[0] == (0, -56, 512)
    for action in ("left", "up", "whole", "looser"):
        panel = await press(studio, panel, words.SQUARE_BUTTONS[action])
        assert words.square_stays(action, is_whole=True) in shown(panel)
    await press(studio, panel, words.SQUARE_BUTTONS["tighter"])
    assert places(await stored(studio, subject))[0][2] <= 400


async def test_of_two_squares_each_has_its_own_place_and_words(studio: Studio) -> None:
    subject = await given(studio, ASTRONAUT)
    panel = await looked_at(studio)
    whole, head = places(await stored(studio, subject))
    assert words.square_title("person", "torso", 1, 2) in shown(panel)
    panel = await press(studio, panel, words.OTHER_SQUARE)
    assert words.square_title("person", "face", 2, 2) in shown(panel)
    panel = await press(studio, panel, words.SQUARE_BUTTONS["looser"])
    first, second = places(await stored(studio, subject))
    assert first == whole
    assert second[2] > head[2]
    panel = await press(studio, panel, words.OTHER_SQUARE)
    assert words.square_title("person", "torso", 1, 2) in shown(panel)


async def test_the_member_says_what_a_photo_shows(studio: Studio) -> None:
    subject = await given(studio, ASTRONAUT)
    panel = await looked_at(studio)
    answer = await choose(studio, panel, "photo-shows", "torso")
    assert words.SHOWS_ALREADY in shown(answer.response)
    answer = await choose(studio, panel, "photo-shows", "face")
    assert words.framing_words("person", "face") in said(answer)
    shot = await stored(studio, subject)
    assert (shot.photo.framing, shot.photo.declared) == ("face", "face")
    assert words.OTHER_SQUARE not in labels(answer.response)
    back = await press(studio, answer.response, words.ALL_PHOTOS)
    assert "faces 1/6" in shown(back)
    assert "torsos 0/2" in shown(back)
    assert await is_tidy(studio)


async def test_of_two_people_the_member_picks_one_and_the_photo_counts(studio: Studio) -> None:
    subject = await given(studio, TWO_PEOPLE)
    panel = await listed(studio)
    assert words.photo_verdict("person", "other", ["many_faces"], None) in shown(panel)
    assert "torsos 0/2" in shown(panel)
    panel = await looked_at(studio)
    assert picture(panel)
    assert len(menu(panel, "photo-who")["options"]) == 2
    assert not set(words.SQUARE_BUTTONS.values()) & set(labels(panel))
    squares = []
    for face in (0, 1):
        answer = await choose(studio, panel, "photo-who", face)
        assert words.who_chosen(face + 1) in shown(answer.response)
        shot = await stored(studio, subject)
        assert (shot.photo.framing, shot.photo.face) == ("torso", face)
        box = shot.photo.seen["faces"][face]["box"]
        x, y, side = places(shot)[0]
        assert x <= box["x"]
        assert box["x"] + box["width"] <= x + side
        squares.append((x, y, side))
    assert squares[0] != squares[1]
    again = await choose(studio, answer.response, "photo-who", 1)
    assert words.WHO_ALREADY in shown(again.response)
    assert "torsos 1/2" in shown(await press(studio, again.response, words.ALL_PHOTOS))
    assert await is_tidy(studio)


async def test_a_caption_is_written_anew_refused_or_taken_back(studio: Studio) -> None:
    subject = await given(studio, ASTRONAUT)
    panel = await looked_at(studio)

    async def typed(text: str) -> Any:
        form = await studio.alice.click(panel, label=words.CAPTION)
        field = form.modal["components"][0]["component"]
        assert field["value"] == (await stored(studio, subject)).crops[0].caption
        return (await studio.submit(studio.alice, form, text)).response

    ours = (await stored(studio, subject)).crops[0].caption
    panel = await typed("zwx woman in an orange suit before a flag")
    assert words.CAPTION_KEPT in shown(panel)
    crop = (await stored(studio, subject)).crops[0]
    assert (crop.caption, crop.worded) == ("zwx woman in an orange suit before a flag", True)
    assert crop.caption in shown(panel)
    panel = await typed("a <lora:x:1> zwx woman")
    assert "You wrote: `a <lora:x:1> zwx woman`" in shown(panel)
    assert (await stored(studio, subject)).crops[0].caption == crop.caption
    panel = await typed(crop.caption)
    assert words.CAPTION_STAYS in shown(panel)
    panel = await press(studio, panel, words.SQUARE_BUTTONS["tighter"])
    assert (await stored(studio, subject)).crops[0].caption == crop.caption
    panel = await typed("")
    taken_back = (await stored(studio, subject)).crops[0]
    assert (taken_back.caption, taken_back.worded) == (ours, False)


async def test_a_doubt_is_gone_once_the_member_keeps_the_photo(studio: Studio) -> None:
    subject = await given(studio, NIGHT)
    panel = await looked_at(studio)
    assert "rather dark" in shown(panel)
    assert words.KEEP in labels(panel)
    panel = await press(studio, panel, words.KEEP)
    assert words.PHOTO_KEPT in shown(panel)
    assert words.KEEP not in labels(panel)
    assert (await stored(studio, subject)).photo.kept
    listing = shown(await press(studio, panel, words.ALL_PHOTOS))
    assert "⚠️" not in listing
    assert "torsos 1/2" in listing


async def test_nothing_makes_a_photo_count_that_cannot(studio: Studio) -> None:
    await given(studio, COFFEE)
    panel = await looked_at(studio)
    assert words.photo_verdict("person", "other", ["no_face"], None) in shown(panel)
    pressable = {words.ALL_PHOTOS, words.DROP}
    assert set(labels(panel)) == pressable
    assert [len(part["components"]) for part in parts(panel) if part["type"] == 1] == [4]


async def test_a_photo_is_dropped_and_its_page_is_shown(studio: Studio) -> None:
    await given(studio, *(data for _, data in FACES[:3]), kind="character", framing="face")
    panel = await press(studio, await looked_at(studio, 2), words.DROP)
    assert words.dropped("photo-2.jpg") in shown(panel)
    assert "2. `photo-3.jpg`" in shown(panel)
    assert await count(studio.bot.database, Photo) == 2
    assert await is_tidy(studio)


async def test_a_square_laid_for_one_face_is_not_kept_for_another(studio: Studio) -> None:
    subject = await given(studio, TWO_PEOPLE)
    panel = await looked_at(studio)
    panel = (await choose(studio, panel, "photo-who", 0)).response
    panel = await press(studio, panel, words.SQUARE_BUTTONS["tighter"])
    first = (await stored(studio, subject)).crops[0]
    await choose(studio, panel, "photo-who", 1)
    shot = await stored(studio, subject)
    second = shot.crops[0]
    assert not second.edited
    assert shot.photo.seen
    box = shot.photo.seen["faces"][1]["box"]
    assert second.x <= box["x"]
    assert box["x"] + box["width"] <= second.x + second.side
    assert not second.x <= shot.photo.seen["faces"][0]["box"]["x"] < second.x + second.side
    assert first.x != second.x


async def test_what_a_member_placed_and_wrote_stays_when_it_is_said_what_the_photo_shows(
    studio: Studio,
) -> None:
    subject = await given(studio, ASTRONAUT)
    panel = await looked_at(studio)
    panel = await press(studio, panel, words.SQUARE_BUTTONS["tighter"])
    mine = (await stored(studio, subject)).crops[0]
    for shows in ("face", "torso"):
        panel = (await choose(studio, panel, "photo-shows", shows)).response
        crop = (await stored(studio, subject)).crops[0]
        assert (crop.edited, crop.x, crop.y, crop.side) == (True, mine.x, mine.y, mine.side)


async def test_a_square_moved_off_the_face_is_remarked_until_it_is_back(studio: Studio) -> None:
    await given(studio, ASTRONAUT)
    panel = await looked_at(studio)
    for _ in range(9):
        panel = await press(studio, panel, words.SQUARE_BUTTONS["tighter"])
    for _ in range(9):
        panel = await press(studio, panel, words.SQUARE_BUTTONS["down"])
    assert "the square cuts the face" in shown(panel)
    panel = await press(studio, panel, words.SQUARE_BUTTONS["reset"])
    assert "the square cuts the face" not in shown(panel)


async def test_who_is_chosen_is_written_with_its_square_or_not_at_all(studio: Studio) -> None:
    subject = await given(studio, TWO_PEOPLE)
    panel = await looked_at(studio)
    before = await stored(studio, subject)
    await studio.bot.blobs.delete(before.photo.upright_key)
    answer = (await choose(studio, panel, "photo-who", 1)).response
    assert words.PHOTO_LOST in shown(answer)
    after = await stored(studio, subject)
    assert (after.photo.face, places(after)) == (None, places(before))
