"""What the two framings are called: a person has a face and a waist, a teapot neither."""

from __future__ import annotations

from typing import NamedTuple


class Called(NamedTuple):
    """One framing of one kind of subject, in the places where it is named."""

    counter: str  # "✅ faces 6/6"
    verdict: str  # "beach.jpg: a good face"
    shot: str  # "2 more photos of the face"
    choice: str  # in the form's menu


_THING = {
    "face": Called("close-ups", "a good close-up", "close up", "Close up"),
    "torso": Called("full views", "a good full view", "of the whole", "The whole of it"),
}
_CALLED = {
    "person": {
        "face": Called("faces", "a good face", "of the face", "The face"),
        "torso": Called("torsos", "head to waist", "down to the waist", "Head to waist or more"),
    },
    "pet": {
        "face": Called("heads", "a good one of the head", "of the head", "The head"),
        "torso": Called("bodies", "the whole body", "of the whole body", "The whole body"),
    },
    "object": _THING,
    "character": _THING,
}


def called(kind: str, framing: str) -> Called:
    """The words for a framing that counts; KeyError for any other."""
    return _CALLED[kind][framing]


#: What is never asked for: seen of a person, and said of what cannot be seen.
_CHEST = {
    "person": "head and shoulders, a good face",
    "character": "head and shoulders, a good close-up",
    "pet": "head and chest, a good one of the head",
}
_CHEST_CHOICES = {"pet": "Head and chest", "character": "Head and shoulders"}


def framing_words(kind: str, framing: str) -> str:
    if framing == "other":
        return "kept"
    if framing == "chest":
        return _CHEST.get(kind) or called(kind, "face").verdict
    return called(kind, framing).verdict


def framing_choices(kind: str) -> dict[str, str]:
    """Value and label of each choice in the form."""
    choices = {framing: words.choice for framing, words in _CALLED[kind].items()}
    if kind in _CHEST_CHOICES:
        choices = {
            "face": choices["face"],
            "chest": _CHEST_CHOICES[kind],
            "torso": choices["torso"],
        }
    return choices
