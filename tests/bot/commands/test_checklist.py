"""The list of a subject's photos, page by page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot import words
from bot.views.checklist import PAGE
from bot.views.folder import Folder
from bot.views.layout import MOST_COMPONENTS, MOST_TEXT
from storage.tables import Photo
from tests.bot.commands.conftest import Studio, labels, messages, parts, photo_files, shown
from tests.bot.commands.pressing import (
    choose,
    given,
    is_tidy,
    listed,
    looked_at,
    menu,
    picture,
    press,
    stored,
)
from tests.bot.photos.pictures import ASTRONAUT
from tests.rows import new_photo, rows

FACES, TORSOS = photo_files("face"), photo_files("torso")
#: A photo in the list.
LINE = re.compile(r"\S+ (\d+)\. `")
TEN = [data for _, data in (*FACES, *TORSOS)]


def numbered(panel: Any) -> list[int]:
    """The numbers of the photos on a page."""
    options = menu(panel, "photos-look")["options"]
    numbers = [int(option["label"].split(".")[0]) for option in options]
    lines = [line for line in shown(panel).splitlines() if LINE.match(line)]
    assert [int(LINE.match(line)[1]) for line in lines] == numbers  # type: ignore[index]
    return numbers


async def test_the_page_of_the_newest_is_shown_and_pages_are_turned(studio: Studio) -> None:
    await given(studio, *TEN, kind="character", framing="face")
    panel = await listed(studio)
    assert numbered(panel) == [10]
    assert words.page_line(2, 2) in shown(panel)
    assert words.LATER_PAGE not in labels(panel)
    assert picture(panel)
    await studio.restart()
    panel = await press(studio, panel, words.EARLIER_PAGE)
    assert numbered(panel) == list(range(1, PAGE + 1))
    assert words.page_line(1, 2) in shown(panel)
    assert words.EARLIER_PAGE not in labels(panel)
    assert picture(panel)
    panel = await press(studio, panel, words.LATER_PAGE)
    assert numbered(panel) == [10]


async def test_a_photo_leads_to_its_neighbours_and_back_to_its_page(studio: Studio) -> None:
    await given(studio, *TEN, kind="character", framing="face")
    photos = await rows(studio.bot.database, Photo)
    panel = await press(studio, await listed(studio), words.EARLIER_PAGE)
    panel = (await choose(studio, panel, "photos-look", photos[8].id)).response
    assert words.photo_title(9, 10, "photo-9.jpg") in shown(panel)
    panel = await press(studio, panel, words.LATER_PHOTO)
    assert words.photo_title(10, 10, "photo-10.jpg") in shown(panel)
    assert words.LATER_PHOTO not in labels(panel)
    assert numbered(await press(studio, panel, words.ALL_PHOTOS)) == [10]
    panel = await looked_at(studio, 10)
    for _ in range(2):
        panel = await press(studio, panel, words.EARLIER_PHOTO)
    assert words.photo_title(8, 10, "photo-8.jpg") in shown(panel)
    assert numbered(await press(studio, panel, words.ALL_PHOTOS)) == list(range(1, PAGE + 1))


async def test_a_page_whose_photos_went_meanwhile_is_the_nearest_there_is(studio: Studio) -> None:
    await given(studio, *TEN, kind="character", framing="face")
    panel, other = await listed(studio), await listed(studio)
    (gone,) = (row.id for row in (await rows(studio.bot.database, Photo))[9:])
    await press(studio, await looked_at(studio, 10), words.DROP)
    panel = await press(studio, panel, words.EARLIER_PAGE)
    assert numbered(panel) == list(range(1, PAGE + 1))
    assert words.LATER_PAGE not in labels(panel)
    answer = await choose(studio, other, "photos-look", gone)
    assert words.PHOTO_GONE in shown(answer.response)
    assert numbered(answer.response) == list(range(1, PAGE + 1))


async def test_a_pet_is_shown_to_the_bot_in_two_clicks(studio: Studio) -> None:
    subject = await given(studio, ASTRONAUT, kind="pet")
    panel = await listed(studio)
    assert "it counts once you have said what it shows" in shown(panel)
    assert "heads 0/6" in shown(panel)
    panel = await looked_at(studio)
    panel = (await choose(studio, panel, "photo-shows", "torso")).response
    panel = await press(studio, panel, words.SQUARE_BUTTONS["whole"])
    shot = await stored(studio, subject)
    assert (shot.photo.framing, shot.photo.declared) == ("torso", "torso")
    assert shot.crops[0].framing == "torso"
    assert "bodies 1/2" in shown(await press(studio, panel, words.ALL_PHOTOS))
    assert await is_tidy(studio)


async def test_the_list_gives_a_score_and_one_piece_of_advice(studio: Studio) -> None:
    await studio.subject()
    empty = shown(await listed(studio))
    assert words.NOTHING_YET in empty
    assert words.variety_title(0) in empty
    assert words.advice_line("character", "first", 0, 0) in empty


async def test_much_to_say_of_many_files_fits_into_one_card(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Folder, "worth", lambda *_: "much to say of it " * 15)
    subject = await studio.subject()
    for _ in range(PAGE):
        await new_photo(studio.bot.database, studio.bot.blobs, subject)
    async with studio.bot.database.write() as session:
        for photo in await rows(studio.bot.database, Photo):
            row = await session.get_one(Photo, photo.id)
            row.filename = f"{'long ' * 40}{photo.id}.jpg"
    broken = {f"photo{n}": (f"{'wide ' * 30}{n}.jpg", b"no picture") for n in range(1, 11)}
    answer = await studio.slash(studio.alice, "photos add", token="zwx", framing="face", **broken)
    (panel,) = [m for m in messages(answer) if words.checklist_title("zwx") in shown(m)]
    told = [part["content"] for part in parts(panel) if "content" in part]
    assert sum(map(len, told)) <= MOST_TEXT
    assert len(list(parts(panel))) <= MOST_COMPONENTS
