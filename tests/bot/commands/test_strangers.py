from __future__ import annotations

from PIL import ImageEnhance, ImageOps

from storage.tables import Photo
from tests.bot.commands.conftest import Studio, said
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened
from tests.photographs.fetch import photographs
from tests.rows import rows

HERS = opened(ASTRONAUT)
(HIS,) = [one.data for one in photographs(network=False) if one.label.name == "hopper"]
PHOTOS = {
    "photo1": ("her.jpg", ASTRONAUT),
    "photo2": ("him.jpg", HIS),
    "photo3": ("mirrored.png", encoded(ImageOps.mirror(HERS), "PNG")),
    "photo4": ("darker.png", encoded(ImageEnhance.Brightness(HERS).enhance(0.7), "PNG")),
}
ASKED = "someone else"


async def test_it_is_asked_whether_a_photo_is_of_somebody_else(studio: Studio) -> None:
    studio.settings.identity = True
    await studio.subject(kind="person", class_word="woman")
    answer = said(await studio.slash(studio.alice, "photos add", token="zwx", **PHOTOS))
    (line,) = [line for line in answer.splitlines() if ASKED in line and line.startswith("⚠️ `")]
    assert "him.jpg" in line
    kept = await rows(studio.bot.database, Photo)
    assert [photo.stranger for photo in kept] == [False, True, False, False]


async def test_faces_are_not_compared_where_nobody_switched_that_on(studio: Studio) -> None:
    await studio.subject(kind="person", class_word="woman")
    answer = said(await studio.slash(studio.alice, "photos add", token="zwx", **PHOTOS))
    assert ASKED not in answer
    assert not any(photo.stranger for photo in await rows(studio.bot.database, Photo))


async def test_nothing_that_was_measured_is_kept(studio: Studio) -> None:
    studio.settings.identity = True
    await studio.subject(kind="person", class_word="woman")
    await studio.slash(studio.alice, "photos add", token="zwx", **PHOTOS)
    for photo in await rows(studio.bot.database, Photo):
        numbers = [v for v in str(photo.model_dump()).replace(",", " ").split() if "." in v]
        assert len(numbers) < 128


async def test_who_agreed_before_faces_were_compared_is_asked_again(studio: Studio) -> None:
    await studio.subject(kind="person", class_word="woman")
    studio.settings.identity = True
    answer = said(await studio.slash(studio.alice, "photos add", token="zwx", **PHOTOS))
    assert "I compare the faces" in answer
    assert await rows(studio.bot.database, Photo) == []


async def test_who_agreed_to_comparing_need_not_agree_to_less(studio: Studio) -> None:
    studio.settings.identity = True
    await studio.subject(kind="person", class_word="woman")
    studio.settings.identity = False
    await studio.slash(studio.alice, "photos add", token="zwx", photo1=PHOTOS["photo1"])
    assert len(await rows(studio.bot.database, Photo)) == 1
