"""Photos from another day: looked at as we look today, cut for the base of today."""

from __future__ import annotations

from PIL import Image

from bot import words
from bot.photos.crop import least_side
from bot.photos.seen import LOOKED
from storage.subjects import album, change_photo
from storage.tables import Subject
from tests.bot.commands.conftest import Studio, said, shown
from tests.bot.commands.pressing import given, is_tidy, listed, looked_at, press, stored
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened
from tests.rows import files

LARGER = 256


async def sides(studio: Studio, subject: Subject) -> list[tuple[int, int]]:
    """What the rows say of each crop's file, and what its file says."""
    shot = await stored(studio, subject)
    return [
        (crop.resolution, opened(await studio.bot.blobs.get(crop.blob_key)).width)
        for crop in shot.crops
    ]


async def test_photos_from_before_are_looked_at_again(studio: Studio) -> None:
    subject = await given(studio, ASTRONAUT)
    first = await stored(studio, subject)
    assert first.photo.id
    assert first.photo.seen
    for seen in (None, {"looked": LOOKED - 1}):
        await change_photo(
            studio.bot.database, subject.owner_id, first.photo.id, seen=seen, framing="face"
        )
        assert words.framing_words("person", "torso") in shown(await listed(studio))
        again = await stored(studio, subject)
        assert again.photo.seen == first.photo.seen
        assert again.photo.framing == "torso"
    assert await is_tidy(studio)


async def test_squares_are_cut_anew_when_the_base_changes_and_the_members_own_stay(
    studio: Studio,
) -> None:
    subject = await given(studio, ASTRONAUT)
    panel = await looked_at(studio)
    await press(studio, panel, words.SQUARE_BUTTONS["tighter"])
    mine = (await stored(studio, subject)).crops[0]
    assert set(await sides(studio, subject)) == {(64, 64)}
    studio.settings.resolution = LARGER
    await listed(studio)
    assert set(await sides(studio, subject)) == {(LARGER, LARGER)}
    now = (await stored(studio, subject)).crops[0]
    assert (now.edited, now.side) == (True, mine.side)
    assert all(crop.side >= least_side(LARGER) for crop in (await stored(studio, subject)).crops)
    assert await is_tidy(studio)


async def test_the_plan_of_a_training_cuts_for_todays_base_too(studio: Studio) -> None:
    subject = await given(studio, ASTRONAUT)
    studio.settings.resolution = LARGER
    await studio.slash(studio.alice, "train start", token="zwx")
    assert set(await sides(studio, subject)) == {(LARGER, LARGER)}


async def test_a_photo_too_small_for_a_new_base_counts_no_more_and_says_so(studio: Studio) -> None:
    subject = await given(studio, ASTRONAUT)
    studio.settings.resolution = 1024
    panel = await listed(studio)
    assert "too few pixels" in shown(panel)
    assert "torsos 0/2" in shown(panel)
    assert (await stored(studio, subject)).crops == []
    studio.settings.resolution = None
    assert "torsos 1/2" in shown(await listed(studio))
    assert set(await sides(studio, subject)) == {(64, 64)}
    assert await is_tidy(studio)


async def test_a_lost_file_of_one_photo_hides_no_other(studio: Studio) -> None:
    large = opened(ASTRONAUT).resize((700, 700), Image.Resampling.LANCZOS)
    other = large.crop((0, 0, 700, 420))
    subject = await given(studio, ASTRONAUT, encoded(other, "JPEG", quality=92))
    lost = (await album(studio.bot.database, subject.id or 0))[0].photo
    await studio.bot.blobs.delete(lost.upright_key)
    studio.settings.resolution = LARGER
    text = said(await studio.slash(studio.alice, "photos show", token="zwx"))
    assert "photo-1.jpg" in text
    assert "photo-2.jpg" in text
    assert lost.upright_key not in await files(studio.bot.blobs)
