"""What a photo is called in training: in words that the base knows, for what it was seen to show.

What a caption names is learned as a thing of its own and can be left out again; what it leaves
out becomes a part of the subject. So an expression or a background is named where it is sure, and
nothing is said otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from bot.photos.background import NAMES
from bot.photos.mood import mood_of
from bot.prompt import FEWEST_WORDS, BadPrompt, check_prompt, count_words, with_class

if TYPE_CHECKING:
    from bot.photos.seen import Background, Face
    from bot.photos.terms import Framing, Kind

#: For each framing, by kind: wordings of trainer/tiny/captions.py, which Stable Diffusion knows as
#: well. Not "a picture of", the words of the class images: with it the class drifted
#: (trainer/tiny/README.md).
_DRAWN: Final[dict[Framing, str]] = {
    "face": "a close-up portrait of",
    "chest": "a head and shoulders portrait of",
    "torso": "an upper body picture of",
    "other": "a portrait of",
}
_OPENINGS: Final[dict[Kind, dict[Framing, str]]] = {
    "person": _DRAWN,
    "character": _DRAWN,
    "pet": {**_DRAWN, "torso": "a full body picture of"},
    "object": {
        "face": "a close-up of",
        "chest": "a close-up of",
        "torso": "a full view of",
        "other": "a photo of",
    },
}
#: Moods that the bases know by these words.
_SAID: Final = ("smiling", "laughing")
_BRACKETS: Final = re.compile(r"<[^<>]*>")


class CaptionRefused(Exception):
    """A caption that cannot be trained on; `reason` names the sentence, `facts` fill it."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


def caption(  # noqa: PLR0917 - a sentence has six parts, in their order
    token: str,
    class_word: str,
    kind: Kind,
    framing: Framing,
    face: Face | None,
    background: Background,
) -> str:
    """One sentence with token and class word. Moods are told of persons only."""
    said = f"{_OPENINGS[kind][framing]} {_article(token)} {token} {class_word}"
    mood = mood_of(face) if kind == "person" and face is not None else None
    if mood in _SAID:
        said += f", {mood}"
    # Only words of our own: what was seen comes from a process that read a stranger's file.
    if background.name in NAMES:
        comma = "," if mood in _SAID else ""
        said += f"{comma} on {_article(background.name)} {background.name}"
    return said


def checked(text: str, token: str, class_word: str) -> str:
    """A member's own caption, with token and class word put in where they are missing.

    Raises CaptionRefused: `too_few_words`, `too_many_words`, `too_long` (facts: count),
    `brackets`, `control_characters`, `sexual`.
    """
    plain = unicodedata.normalize("NFKC", text)
    if count_words(plain) < FEWEST_WORDS:
        raise CaptionRefused("too_few_words", count=count_words(plain))
    if _BRACKETS.search(plain):
        raise CaptionRefused("brackets")
    if token not in re.findall(r"[a-z0-9]+", plain.lower()):
        plain = f"{token} {class_word}, {plain}"
    known = {token: 0}
    try:
        said = check_prompt(plain, known, weighs=False).text
        said = with_class(said, token, class_word)
        return check_prompt(said, known, weighs=False).text  # again, for it may have grown too long
    except BadPrompt as bad:
        raise CaptionRefused(bad.reason, **bad.facts) from None


def _article(word: str) -> str:
    return "an" if word[:1] in "aeiou" else "a"
