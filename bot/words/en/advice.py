"""How varied the photos are, and which one more would help most: a kind photographer's voice."""

from __future__ import annotations

from collections.abc import Sequence

#: What most photos share, for each part of the variety: "5 of 8 have the same background".
_SHARED = {
    "poses": "{same} of {of} hold the head the same way",
    "places": "{same} of {of} have the same background",
    "expressions": "{same} of {of} faces that look at the camera have the same expression",
    "light": "{same} of {of} are in the same light",
    "distances": "{same} of {of} are taken from the same distance",
}
_PART = {
    "front": "poses",
    "three_quarter_left": "poses",
    "three_quarter_right": "poses",
    "profile": "poses",
    "look_up": "poses",
    "look_down": "poses",
    "another_place": "places",
    "smile": "expressions",
    "neutral": "expressions",
    "laugh": "expressions",
    "other_light": "light",
    "of_face": "distances",
    "of_chest": "distances",
    "of_torso": "distances",
}
#: The photo that is wished for: "one ... would help most".
_WISHED = {
    "front": "one looking straight at the camera",
    "three_quarter_left": "one with the head turned a little to the left of the picture",
    "three_quarter_right": "one with the head turned a little to the right of the picture",
    "profile": "one from the side",
    "look_up": "one looking up a little",
    "look_down": "one looking down a little",
    "another_place": "one in another place, outdoors or in another room,",
    "smile": "one with a smile",
    "neutral": "one with a calm face",
    "laugh": "one laughing or talking",
    "other_light": "one in another light, at a window or under the open sky,",
    "of_face": "one closer up",
    "of_chest": "one down to the chest",
    "of_torso": "one from further away, showing the waist or more,",
}
#: Where another kind is asked for the same in other words.
_WISHED_OF = {
    "pet": {
        "another_place": "one in another place, on grass or in another room,",
        "of_face": "one of the head, closer up,",
        "of_torso": "one of the whole body",
    },
    "object": {
        "another_place": "one somewhere else, on another table or outdoors,",
        "of_face": "one closer up",
        "of_torso": "one of the whole of it",
    },
    "character": {
        "another_place": "one in front of another background",
        "of_face": "one closer up",
        "of_torso": "one of the whole of it",
    },
}
_FIRST = {
    "person": "Begin with one of the face, looking at the camera, in soft daylight.",
    "pet": "Begin with one of the head, at its own eye level, in soft daylight.",
    "object": "Begin with one of the whole of it, in soft daylight, on a plain table.",
    "character": "Begin with a clear close-up.",
}
_WITHOUT_WISH = {
    "more": "A lovely mix. More of the same kind, from other days, still make it steadier.",
    "enough": "There is nothing I would add to it.",
}


def variety_title(score: int) -> str:
    return f"Variety {score}/100"


def advice_line(kind: str, code: str, same: int, of: int) -> str:
    """The one thing that would help most; `same` of `of` photos share what most of them share."""
    if code == "first":
        return _FIRST[kind]
    if code in _WITHOUT_WISH:
        return _WITHOUT_WISH[code]
    wish = f"{_wished(kind, code)} would help most."
    # Fewer than three, or less than half, are no habit.
    if same < 3 or same * 2 < of:
        return wish[:1].upper() + wish[1:]
    shared = _SHARED[_PART[code]].format(same=same, of=of)
    if same == of:
        shared = shared.replace(f"{same} of {of}", f"All {of}")
    return f"{shared}; {wish}"


def more_line(kind: str, codes: Sequence[str]) -> str:
    """What else would be welcome: one or two; nothing where there is nothing."""
    wishes = [_wished(kind, code).removesuffix(",") for code in codes]
    return f"Also welcome: {', and '.join(wishes)}." if wishes else ""


def _wished(kind: str, code: str) -> str:
    return _WISHED_OF.get(kind, {}).get(code, _WISHED[code])
