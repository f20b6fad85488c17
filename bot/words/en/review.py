"""One photo of a subject: its squares, its caption, who is on it, and what became of a change."""

from __future__ import annotations

from bot.words.en.framing import framing_words
from bot.words.en.measures import plain

#: What the buttons of a square say.
SQUARE_BUTTONS = {
    "left": "⬅ Left",
    "up": "⬆ Up",
    "down": "⬇ Down",
    "right": "➡ Right",
    "tighter": "Tighter",
    "looser": "Looser",
    "whole": "Whole",
    "reset": "Reset",
}
_HOLDS_ALL = "The square holds the whole picture already."
_STAYS = {
    "left": "The square lies at the left edge already.",
    "up": "The square lies at the upper edge already.",
    "down": "The square lies at the lower edge already.",
    "right": "The square lies at the right edge already.",
    "tighter": "The square cannot get tighter: it would have too few pixels to learn from.",
    "looser": _HOLDS_ALL,
    "whole": _HOLDS_ALL,
    "reset": "The square lies where I proposed it already.",
}


def square_stays(action: str, *, is_whole: bool) -> str:
    """Why a press changed nothing; `is_whole` where the square holds the whole picture."""
    if is_whole and action in {"left", "up", "down", "right"}:
        return f"{_HOLDS_ALL} Make it tighter to move it."
    return _STAYS[action]


def photo_title(number: int, photos: int, filename: str) -> str:
    return f"Photo {number} of {photos} · {plain(filename, 60)}"


def square_title(kind: str, framing: str, number: int, squares: int) -> str:
    """The picture shows the first square's edge as a line, the other's dashed."""
    shown = framing_words(kind, framing)
    if squares == 1:
        return f"The square: {shown}"
    return f"Square {number} of {squares}{' (dashed)' if number > 1 else ''}: {shown}"


def square_caption(caption: str) -> str:
    return f"Caption: {plain(caption, 1000)}"


LOOK_AT = "Look at a photo: its square, its caption, what it shows …"
EARLIER_PAGE = "◀ Earlier"
LATER_PAGE = "Later ▶"
EARLIER_PHOTO = "◀ Photo"
LATER_PHOTO = "Photo ▶"
ALL_PHOTOS = "All photos"
OTHER_SQUARE = "Other square"
SQUARE_GONE = "That square is gone meanwhile. This is how the photo is cut now."
SHOWS = "What it shows …"
SHOWS_ALREADY = "That is what I have it down as already."
WHO = "Who is it? …"
WHO_ALREADY = "That is the one I have chosen already."
KEEP = "Keep it"
DROP = "Drop it"
PHOTO_KEPT = "Kept. I say no more about it."
PHOTO_LOST = (
    "I cannot find the picture of this photo any more, so nothing about it can be changed. Please"
    " drop it and send it once more."
)
CAPTION = "Caption …"
CAPTION_TITLE = "Caption"
CAPTION_TEXT = "What the square shows"
CAPTION_HINT = "3 to 60 plain words; I put the token in front. Empty: mine."
CAPTION_KEPT = "The caption is written down."
CAPTION_OURS = "My own words are back."
CAPTION_STAYS = "The caption is the same as before."


def face_choice(number: int) -> str:
    return f"Face {number}"


def who_chosen(number: int) -> str:
    return f"Thank you. From now on this photo is of face {number}."


def caption_refused(why: str, typed: str) -> str:
    """A refusal that gives back what was typed, to be used again."""
    return f"{why}\nYou wrote: `{plain(typed, 1000)}`"
