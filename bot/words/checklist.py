"""The checklist of a subject's photos, and the form that takes them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.words.measures import count, plain
from bot.words.photos import photo_verdict


def earlier_photos(number: int) -> str:
    return f"… and {count(number, 'earlier photo')}"


def photo_line(
    number: int, filename: str, framing: str, warnings: Sequence[str], repeats: int | None
) -> str:
    """One line of the checklist."""
    mark = "▫️" if repeats is not None or framing == "other" else "▪️"
    return f"{mark} {number}. {plain(filename, 28)}: {photo_verdict(framing, warnings, repeats)}"


def checklist_title(token: str) -> str:
    return f"Photos of {token}"


def coverage_line(faces: int, torsos: int, faces_needed: int, torsos_needed: int) -> str:
    def part(name: str, have: int, need: int) -> str:
        return f"{'✅' if have >= need else '⬜'} {name} {have}/{need}"

    return part("faces", faces, faces_needed) + "   " + part("torsos", torsos, torsos_needed)


def missing_line(missing_faces: int, missing_torsos: int, photos: int) -> str:
    wants = []
    if missing_faces:
        wants.append(count(missing_faces, "more face photo"))
    if missing_torsos:
        wants.append(count(missing_torsos, "more photo") + " down to the waist")
    if wants:
        return (
            "Still needed: " + " and ".join(wants) + ". Different days, places and moods help most."
        )
    if photos < 12:
        return "That is enough to begin. A few more from other places would make it better still."
    return "That is a fine set. `/train` when you like."


NOTHING_YET = "No photos yet. Add some with the button below."
ADD_PHOTOS = "Add photos"
TRAIN = "Train"
PHOTO_GONE = "That photo is gone already. `/photos show` has the list as it is now."
DROP_PHOTO = "Drop a photo…"
MODAL_TITLE = "Photos of {token}"
MODAL_FILES = "Photos"
MODAL_FILES_HINT = "Up to 10 at once: JPEG, PNG or WebP, up to 20 MB each."
MODAL_FRAMING = "What they show"
FRAMING_CHOICES = {"face": "The face", "torso": "Head to waist, or all of it"}


def dropped(filename: str) -> str:
    return f"Dropped `{plain(filename)}`."
