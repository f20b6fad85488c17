"""A subject's photos as the bot sees them: looked at as we look today, judged, cut for the base of
today."""

from __future__ import annotations

import asyncio
import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Unpack, cast

from PIL import Image

from bot.desk import Desk
from bot.photos.alike import alike
from bot.photos.caption import caption
from bot.photos.coverage import Counted, Coverage, coverage
from bot.photos.crop import least_side, proposals
from bot.photos.cut import cut
from bot.photos.edit import refit
from bot.photos.errors import PhotoRefused
from bot.photos.examine import png
from bot.photos.seen import LOOKED, Seen, from_json, to_json
from bot.photos.shapes import Square
from bot.photos.terms import Framing, Kind
from bot.photos.variety import Variety, variety
from bot.photos.verdict import Verdict, judge
from storage import clock, doomed
from storage import subjects as stored
from storage.errors import BlobMissing, NotYours
from storage.subjects import Change, Shot
from storage.tables import Crop, Subject

#: A PNG's signature, the length and name of its first chunk, and in that the picture's size.
_HEADER = struct.Struct(">16xII")


@dataclass(frozen=True)
class Placed:
    """A square as it is to be kept: where it lies, who laid it there, and what it is called."""

    framing: Framing
    square: Square
    edited: bool = False
    caption: str = ""
    worded: bool = False


def seen_of(shot: Shot) -> Seen | None:
    """What was seen on the photo; None until it was looked at (again)."""
    data = shot.photo.seen
    return from_json(data) if data and data.get("looked", 0) >= LOOKED else None


def verdict(app: Desk, subject: Subject, shot: Shot) -> Verdict:
    """What the photo counts as. One that could not be looked at keeps what it counted as."""
    seen = seen_of(shot)
    if seen is None:
        framing = cast("Framing", shot.photo.framing)
        return Verdict(framing, framing, None, ())
    judged = judge(
        seen,
        kind=cast("Kind", subject.kind),
        declared=cast("Framing | None", shot.photo.declared),
        picked=shot.photo.face,
        resolution=app.settings.side,
    )
    more = ["someone_else"] if shot.photo.stranger else []
    if judged.face is not None and shot.crops and not _holds(shot.crops[0], seen, judged.face):
        more.append("face_cut")
    return replace(judged, warnings=(*more, *judged.warnings))


def _holds(crop: Crop, seen: Seen, face: int) -> bool:
    """Whether a square that its member laid still holds the whole face."""
    box = seen.faces[face].box
    return not crop.edited or (
        crop.x <= box.x
        and crop.y <= box.y
        and box.x + box.width <= crop.x + crop.side
        and box.y + box.height <= crop.y + crop.side
    )


def squares_of(shot: Shot) -> Sequence[Crop]:
    """The squares that are learned from: where it is not known what a photo shows, none."""
    return [] if shot.photo.framing == "other" else shot.crops


def counts(shot: Shot, cover: Coverage) -> bool:
    """Whether the photo is learned from: it has such squares, and is no repetition."""
    return bool(squares_of(shot)) and shot.photo.id not in cover.duplicates


def covered(shots: Sequence[Shot]) -> Coverage:
    """The coverage of a subject's photos. One without a square cannot be learned from."""
    return coverage(
        [
            Counted(
                id=shot.photo.id or 0,
                framing=cast("Framing", shot.photo.framing) if shot.crops else "other",
                alike=frozenset(shot.photo.alike),
            )
            for shot in shots
        ]
    )


def varied(app: Desk, subject: Subject, shots: Sequence[Shot]) -> Variety:
    """How varied the photos are that count."""
    repeats = covered(shots).duplicates
    counting = []
    for shot in shots:
        seen, judged = seen_of(shot), verdict(app, subject, shot)
        if seen is None or judged.counts == "other" or shot.photo.id in repeats:
            continue
        face = None if judged.face is None else seen.faces[judged.face]
        counting.append((judged.counts, seen, face))
    return variety(counting, cast("Kind", subject.kind))


async def like(seen: Seen, earlier: Sequence[Shot]) -> list[int]:
    """The ids of the earlier photos that show nearly the same."""
    known = [(shot.photo.id or 0, other) for shot in earlier if (other := seen_of(shot))]

    def find() -> list[int]:
        return [number for number, other in known if alike(seen.prints, other.prints)]

    return await asyncio.to_thread(find)


def called(subject: Subject, framing: Framing, seen: Seen, judged: Verdict) -> str:
    """The caption of a square that shows `framing`, as nobody has worded it yet."""
    return caption(
        subject.token,
        subject.class_word,
        cast("Kind", subject.kind),
        framing,
        None if judged.face is None else seen.faces[judged.face],
        seen.background,
    )


def placed(app: Desk, subject: Subject, seen: Seen, judged: Verdict) -> list[Placed]:
    """The squares as they are proposed."""
    kind = cast("Kind", subject.kind)
    squares = proposals(seen, judged.framing, judged.face, kind, app.settings.side)
    return [
        Placed(framing, square, caption=called(subject, framing, seen, judged))
        for framing, square in squares
    ]


async def album(app: Desk, subject: Subject) -> list[Shot]:
    """The subject's photos, oldest first, each looked at and cut as it is done today."""
    assert subject.id is not None
    shots: list[Shot] = []
    for shot in await stored.album(app.database, subject.id):
        try:
            shots.append(await _up_to_date(app, subject, shot, shots))
        except NotYours:  # dropped meanwhile
            continue
        except (BlobMissing, PhotoRefused):
            shots.append(shot)
    return shots


async def _up_to_date(app: Desk, subject: Subject, shot: Shot, earlier: Sequence[Shot]) -> Shot:
    photo, side = shot.photo, app.settings.side
    assert photo.id is not None
    if seen_of(shot) is None:
        upright = await app.blobs.get(photo.upright_key)
        examined = await app.examiner.examine(
            upright,
            kind=cast("Kind", subject.kind),
            declared=cast("Framing | None", photo.declared),
            resolution=min(side, *_size(upright)),
        )
        await stored.change_photo(
            app.database,
            subject.owner_id,
            photo.id,
            seen=to_json(examined.seen),
            alike=await like(examined.seen, earlier),
        )
        shot = await stored.own_shot(app.database, subject.owner_id, photo.id)
    seen, judged = seen_of(shot), verdict(app, subject, shot)
    assert seen is not None
    is_cut = all(crop.resolution == side for crop in shot.crops)
    should_be = min(seen.width, seen.height) >= least_side(side)
    if is_cut and bool(shot.crops) == should_be and judged.counts == shot.photo.framing:
        return shot
    return await lay(app, subject, shot, judged, refitted(app, subject, shot, seen, judged))


def _size(png: bytes) -> tuple[int, int]:
    """Width and height that a PNG's header tells. Raises PhotoRefused."""
    if len(png) < _HEADER.size:
        raise PhotoRefused("damaged")
    width, height = _HEADER.unpack_from(png)
    return width, height


def refitted(app: Desk, subject: Subject, shot: Shot, seen: Seen, judged: Verdict) -> list[Placed]:
    """The proposed squares, and in their place the member's own ones as far as the base's
    resolution allows, with the member's own words."""
    side = app.settings.side
    proposed = placed(app, subject, seen, judged)
    kept = []
    for number, new in enumerate(proposed):
        old = shot.crops[number] if number < len(shot.crops) else None
        if old is None:
            kept.append(new)
            continue
        square = refit(Square(old.x, old.y, old.side), seen, side) if old.edited else new.square
        words = old.caption if old.worded else new.caption
        kept.append(Placed(new.framing, square, old.edited, words, old.worded))
    return kept


async def lay(
    app: Desk,
    subject: Subject,
    shot: Shot,
    judged: Verdict,
    squares: Sequence[Placed],
    **said: Unpack[Change],
) -> Shot:
    """Cut the squares, keep them in place of the photo's present ones, together with what was
    `said`. Raises NotYours where the photo is gone, BlobMissing where its picture is."""
    photo, side = shot.photo, app.settings.side
    assert photo.id is not None
    change: Change = {**said, "framing": judged.counts}
    upright = await app.blobs.get(photo.upright_key)
    pngs = await asyncio.to_thread(_cut_all, upright, squares, side)
    crops = await written(app, squares, pngs)
    try:
        await stored.change_photo(app.database, subject.owner_id, photo.id, crops=crops, **change)
    except NotYours:  # nothing else tells whether it was written; sweeping finds what was not
        await asyncio.gather(*(app.blobs.delete(crop.blob_key) for crop in crops))
        raise
    await doomed.bury(app.database, app.blobs)
    return await stored.own_shot(app.database, subject.owner_id, photo.id)


async def written(app: Desk, squares: Sequence[Placed], pngs: Sequence[bytes]) -> list[Crop]:
    """The rows of squares whose pictures are written now."""
    return [
        Crop(
            framing=one.framing,
            x=one.square.x,
            y=one.square.y,
            side=one.square.side,
            resolution=app.settings.side,
            edited=one.edited,
            caption=one.caption,
            worded=one.worded,
            blob_key=await app.blobs.put("crops", png, "png"),
            created_at=clock.now(),
        )
        for one, png in zip(squares, pngs, strict=True)
    ]


def _cut_all(upright: bytes, squares: Sequence[Placed], side: int) -> list[bytes]:
    with Image.open(io.BytesIO(upright), formats=("PNG",)) as picture:
        whole = picture.convert("RGB")
    return [png(cut(whole, one.square, side)) for one in squares]
