"""What a member changes about a photo. Each change reads the photo afresh, so that two panels of it
never undo each other, and gives it back as it is then. All raise NotYours for a photo that is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack, cast

from bot.album import Placed, lay, placed, refitted, seen_of, verdict
from bot.desk import Desk
from bot.photos.caption import checked
from bot.photos.edit import Action, edited
from bot.photos.seen import Seen
from bot.photos.shapes import Square
from bot.photos.terms import Framing
from bot.photos.verdict import Verdict
from storage import subjects as stored
from storage.subjects import Change, Shot
from storage.tables import Crop, Photo, Subject


async def retag(app: Desk, subject: Subject, photo_id: int, framing: Framing | None) -> Shot:
    """The member says what the photo shows; None leaves it to what is seen."""
    shot, seen, judged = await _as_said(app, subject, photo_id, declared=framing)
    squares = [] if seen is None else refitted(app, subject, shot, seen, judged)
    return await _laid(app, subject, shot, judged, squares, declared=framing)


async def pick(app: Desk, subject: Subject, photo_id: int, face: int) -> Shot:
    """The member says which face the photo is of. Squares and words for somebody else go."""
    shot, seen, judged = await _as_said(app, subject, photo_id, face=face)
    squares = [] if seen is None else placed(app, subject, seen, judged)
    return await _laid(app, subject, shot, judged, squares, face=face)


async def keep(app: Desk, subject: Subject, photo_id: int, kept: bool) -> Shot:
    """The member wants the photo in spite of what was remarked."""
    await stored.change_photo(app.database, subject.owner_id, photo_id, kept=kept)
    return await stored.own_shot(app.database, subject.owner_id, photo_id)


async def recrop(
    app: Desk, subject: Subject, photo_id: int, number: int, action: Action
) -> tuple[Shot, bool]:
    """Move or resize one of the photo's squares (its number, from 0); and whether that changed
    anything."""
    shot = await stored.own_shot(app.database, subject.owner_id, photo_id)
    seen = seen_of(shot)
    if seen is None or number >= len(shot.crops):
        return shot, False
    judged, crop = verdict(app, subject, shot), shot.crops[number]
    proposed = placed(app, subject, seen, judged)
    present = Square(crop.x, crop.y, crop.side)
    original = proposed[number].square if number < len(proposed) else present
    moved = edited(
        present,
        action,
        seen.width,
        seen.height,
        resolution=app.settings.side,
        original=original,
    )
    if moved == present:
        return shot, False
    squares = _as_they_are(shot.crops)
    squares[number] = replace(squares[number], square=moved, edited=moved != original)
    return await lay(app, subject, shot, judged, squares), True


async def reword(app: Desk, subject: Subject, photo_id: int, number: int, text: str) -> Shot:
    """The member's own caption of one of the photo's squares; empty goes back to ours. Raises
    CaptionRefused."""
    shot = await stored.own_shot(app.database, subject.owner_id, photo_id)
    crop, seen = shot.crops[number], seen_of(shot)
    words, own = text.strip(), True
    if words:
        words = checked(words, subject.token, subject.class_word)
    elif seen is not None:
        words, own = placed(app, subject, seen, verdict(app, subject, shot))[number].caption, False
    assert crop.id is not None
    await stored.reword(app.database, subject.owner_id, crop.id, words, worded=own)
    return await stored.own_shot(app.database, subject.owner_id, photo_id)


async def _as_said(
    app: Desk, subject: Subject, photo_id: int, **said: Unpack[Change]
) -> tuple[Shot, Seen | None, Verdict]:
    """The photo as it will be when this is written, what was seen on it, and what it then is."""
    present = await stored.own_shot(app.database, subject.owner_id, photo_id)
    columns: dict[str, Any] = {**present.photo.model_dump(), **said}
    shot = Shot(Photo(**columns), present.crops)
    return shot, seen_of(shot), verdict(app, subject, shot)


async def _laid(
    app: Desk,
    subject: Subject,
    shot: Shot,
    judged: Verdict,
    squares: Sequence[Placed],
    **said: Unpack[Change],
) -> Shot:
    """Write what was said and its squares at once: a kill in between would leave one person's
    square to another one's face. One that nobody has looked at yet has no squares to lay."""
    if seen_of(shot) is not None:
        return await lay(app, subject, shot, judged, squares, **said)
    assert shot.photo.id is not None
    await stored.change_photo(app.database, subject.owner_id, shot.photo.id, **said)
    return await stored.own_shot(app.database, subject.owner_id, shot.photo.id)


def _as_they_are(crops: Sequence[Crop]) -> list[Placed]:
    return [
        Placed(
            cast("Framing", crop.framing),
            Square(crop.x, crop.y, crop.side),
            crop.edited,
            crop.caption,
            crop.worded,
        )
        for crop in crops
    ]
