"""Handing photos in and pressing what the panels offer."""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageEnhance

from storage import subjects
from storage.subjects import Shot
from storage.tables import Crop, Photo, Subject
from tests.bot.commands.conftest import Studio, messages, parts
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened
from tests.rows import files, rows


def beside(left: Image.Image, right: Image.Image) -> bytes:
    both = Image.new("RGB", (left.width + right.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return encoded(both, "JPEG", quality=92)


DARK = ImageEnhance.Brightness(opened(ASTRONAUT)).enhance(0.2)
NIGHT = encoded(DARK, "JPEG", quality=92)
TWO_PEOPLE = beside(opened(ASTRONAUT), opened(ASTRONAUT))
TWO_AT_NIGHT = beside(DARK, DARK)


async def given(studio: Studio, *photos: bytes, kind: str = "person", **options: Any) -> Subject:
    """A subject of Alice's, and these photos handed in for it."""
    handed = {f"photo{n}": (f"photo-{n}.jpg", data) for n, data in enumerate(photos, 1)}
    subject = await studio.subject(kind=kind)
    await studio.slash(studio.alice, "photos add", token="zwx", **handed, **options)
    return subject


async def listed(studio: Studio) -> Any:
    return messages(await studio.slash(studio.alice, "photos show", token="zwx"))[-1]


async def looked_at(studio: Studio, number: int = 1) -> Any:
    """The panel of one of the photos."""
    photo = (await rows(studio.bot.database, Photo))[number - 1]
    return (await choose(studio, await listed(studio), "photos-look", photo.id)).response


def menu(panel: Any, verb: str) -> dict[str, Any]:
    """The panel's menu of that verb."""
    return next(c for c in parts(panel) if c.get("custom_id", "").startswith(f"{verb}:"))


async def choose(studio: Studio, panel: Any, verb: str, value: Any) -> Any:
    return await studio.alice.select(panel, [str(value)], custom_id=menu(panel, verb)["custom_id"])


async def press(studio: Studio, panel: Any, label: str) -> Any:
    """The panel after a press."""
    return (await studio.alice.click(panel, label=label)).response


async def stored(studio: Studio, subject: Subject, number: int = 1) -> Shot:
    assert subject.id is not None
    return (await subjects.album(studio.bot.database, subject.id))[number - 1]


async def is_tidy(studio: Studio) -> bool:
    """Whether every file has its row and every row its files."""
    photos, crops = [await rows(studio.bot.database, table) for table in (Photo, Crop)]
    named = {photo.upright_key for photo in photos} | {crop.blob_key for crop in crops}
    return await files(studio.bot.blobs) == named


def places(shot: Shot) -> list[tuple[int, int, int]]:
    return [(crop.x, crop.y, crop.side) for crop in shot.crops]


def picture(panel: Any) -> str:
    """The name of the picture in a panel, which is its only file."""
    (file,) = panel.attachments
    urls = [item["media"]["url"] for part in parts(panel) for item in part.get("items", ())] + [
        embed.image.url for embed in panel.embeds
    ]
    assert len(urls) == 1
    assert urls[0] in {f"attachment://{file.filename}", file.url}
    return str(file.filename)
