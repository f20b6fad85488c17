"""What becomes of a photo: taken, taken with a remark, or refused with what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.words.en.framing import framing_words
from bot.words.en.measures import MARKS, plain

_PHOTOS = {
    "empty": "the file is empty. Please send it once more.",
    "too_many_bytes": "it is over 20 MB. Export it smaller, as a JPEG of good quality.",
    "not_a_picture": "this is not a picture I can read. Send a JPEG, PNG, WebP or AVIF.",
    "heic": (
        "this is HEIC, which I cannot open safely. On an iPhone, Settings > Camera > Formats > Most"
        " Compatible takes JPEGs; elsewhere open it and share or export it as a JPEG."
    ),
    "format": "I take JPEG, PNG, WebP and AVIF, and this is {format}. Export it as one of those.",
    "animated": "it moves. Send me one still frame of it.",
    "too_many_pixels": "it has over 40 megapixels. Please send it smaller.",
    "too_heavy": (
        "opening it takes more memory than I give to one photo. Export it as an ordinary JPEG, or"
        " smaller."
    ),
    "too_small": (
        "it is only {width} x {height}; its short side must be at least {needed} pixels. The"
        " original from the camera will do."
    ),
    "explicit": (
        "it looks too intimate for my studio, so I did not keep it. If I am mistaken, one with more"
        " clothes in view will do."
    ),
    "damaged": "the file is damaged or cut off. Please send it once more.",
    "took_too_long": "I could not open it in a reasonable time. Export it anew as a JPEG.",
    "same_file": ("I already have this very file. What it shows can be changed in `/photos show`."),
    "subject_gone": "its subject was deleted meanwhile, so I kept nothing of it.",
    "full": "the folder is full ({most} photos). Drop one with `/photos show` to make room.",
    "unreachable": "Discord would not give me the file. Please send it once more.",
    "too_many_files": "I take {most} files at a time. Please send it with the next handful.",
}

#: What keeps a photo from counting.
_OBSTACLES = {
    "no_face": (
        "I cannot find a real face in it, so it does not count; one with the face in view, the"
        " right way up, would"
    ),
    "blank": "there is nothing to see on it, so it does not count",
    "many_faces": "several people are in it, so it counts once you have chosen who it is",
    "too_small": (
        "it has too few pixels to learn from, so it does not count; the original from the camera"
        " would"
    ),
}
_NOT_TOLD = "it counts once you have said what it shows"
_REMARKS = {
    "someone_else": "it may be someone else: keep it, or drop it",
    "face_cut": "the square cuts the face: Reset brings it back",
    "small_face": "the face is small in it, so it will be soft",
    "person_too": "a person is in it too",
    "blurry": "a little blurry",
    "dark": "rather dark",
    "bright": "burnt out to white in places",
    "eyes_hidden": "the eyes are hidden",
    "narrow": "there is no square in it down to the waist; with the camera held sideways there is",
}


#: What is said otherwise of a photo that its member keeps.
_OF_KEPT = {"someone_else": "it may be someone else"}


def photo_refusal(filename: str, reason: str, facts: Mapping[str, object]) -> str:
    return f"{MARKS['not']} `{plain(filename)}`: {_PHOTOS[reason].format(**facts)}"


def photo_unread(path: str, why: str) -> str:
    """Of a file of the operator's own that is none, or cannot be read."""
    return f"{MARKS['not']} `{plain(path, 200)}`: {why}."


def photo_accepted(filename: str, verdict: str, mark: str) -> str:
    """`mark` is how the photo stands: counts, doubt or not."""
    return f"{MARKS[mark]} `{plain(filename)}`: {verdict}"


def photo_verdict(
    kind: str, framing: str, warnings: Sequence[str], repeats: int | None, *, kept: bool = False
) -> str:
    """`repeats` is the number of the photo it is too much like; `kept` says that the member wants
    it in spite of the remarks."""
    said = framing_words(kind, framing) if framing != "other" else ""
    obstacles = [_OBSTACLES[w] for w in warnings if w in _OBSTACLES]
    if framing == "other" and not obstacles:
        obstacles = [_NOT_TOLD]
    if repeats is not None:
        obstacles = [f"nearly the same as photo {repeats}, so it does not count"]
    if obstacles:
        said = ", but ".join(part for part in (said, "; ".join(obstacles)) if part)
    known = _REMARKS | _OF_KEPT if kept else _REMARKS
    remarks = ", ".join(known[w] for w in warnings if w in known)
    if not remarks:
        return said
    if kept:
        return f"{said} (you keep it: {remarks})"
    return f"{said}; also {remarks}" if obstacles else f"{said}, {remarks}"
