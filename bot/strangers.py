"""Whether somebody else slipped in among a person's photos, where the operator switched that on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bot.album import seen_of, verdict
from bot.desk import Desk
from bot.photos import identity
from storage import subjects
from storage.errors import BlobMissing, NotYours
from storage.subjects import Shot
from storage.tables import Subject


async def mark(app: Desk, subject: Subject, shots: Sequence[Shot]) -> set[int]:
    """Compare the faces of all photos that count and write down which may be of somebody else;
    their ids. Of fewer than three photos nobody can say so.

    It runs in a process of its own, a quarter of a second for each photo, which ends with it.
    """
    if not app.settings.identity or subject.kind != "person":
        return set()
    faces: dict[int, tuple[float, ...]] = {}
    apart = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        for shot in shots:
            seen, face = seen_of(shot), verdict(app, subject, shot).face
            if seen is None or face is None or shot.photo.id is None:
                continue
            try:
                upright = await app.blobs.get(shot.photo.upright_key)
            except BlobMissing:
                continue
            faces[shot.photo.id] = await asyncio.get_running_loop().run_in_executor(
                apart, identity.measures, upright, seen.faces[face].box
            )
    finally:
        apart.shutdown(wait=False)  # its end is not worth waiting for in the event loop
    found = identity.strangers(faces)
    for shot in shots:
        is_stranger = shot.photo.id in found
        if shot.photo.id is not None and shot.photo.stranger != is_stranger:
            await _write(app, subject, shot.photo.id, is_stranger)
    return found


async def _write(app: Desk, subject: Subject, photo_id: int, is_stranger: bool) -> None:
    try:
        await subjects.change_photo(app.database, subject.owner_id, photo_id, stranger=is_stranger)
    except NotYours:
        return  # dropped meanwhile
