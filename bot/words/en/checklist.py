"""The checklist of a subject's photos, and the form that takes them."""

from __future__ import annotations

from bot.words.en.framing import called
from bot.words.en.measures import MARKS, count, plain


def photo_line(number: int, filename: str, verdict: str, mark: str) -> str:
    """One line of the checklist; `mark` is how the photo stands."""
    return f"{MARKS[mark]} {number}. `{plain(filename, 28)}`: {verdict}"


def photo_choice(number: int, filename: str) -> str:
    """A photo in a menu."""
    return f"{number}. {plain(filename, 80)}"


def more_files(number: int) -> str:
    return f"… and {count(number, 'more file')}"


def page_line(page: int, pages: int) -> str:
    return f"Page {page} of {pages}"


def checklist_title(token: str) -> str:
    return f"Photos of {token}"


def coverage_line(kind: str, faces: int, torsos: int, faces_needed: int, torsos_needed: int) -> str:
    def part(framing: str, have: int, need: int) -> str:
        return f"{'✅' if have >= need else '⬜'} {called(kind, framing).counter} {have}/{need}"

    return part("face", faces, faces_needed) + "   " + part("torso", torsos, torsos_needed)


def missing_line(kind: str, missing_faces: int, missing_torsos: int, photos: int) -> str:
    wants = [
        f"{count(missing, 'more photo')} {called(kind, framing).shot}"
        for framing, missing in (("face", missing_faces), ("torso", missing_torsos))
        if missing
    ]
    if wants:
        return (
            "Still needed: " + " and ".join(wants) + ". Different days, places and moods help most."
        )
    if photos < 12:
        return "That is enough to begin. A few more from other places would make it better still."
    return "That is a fine set. `/train start` when you like."


NOTHING_YET = "No photos yet. Add some with the button below."
ADD_PHOTOS = "Add photos"
TRAIN = "Train"
PHOTO_GONE = "That photo is gone already. This is the list as it is now."
MODAL_TITLE = "Photos of {token}"
MODAL_FILES = "Photos"
MODAL_FILES_HINT = "Up to 10 at once: JPEG, PNG, WebP or AVIF, up to 20 MB each."
MODAL_FRAMING = "What they show"


def dropped(filename: str) -> str:
    return f"Dropped `{plain(filename)}`."
