"""How varied a subject's photos are, and which one more would help most.

Every part of the score counts in bins (which way the head is turned, which place, ...): the first
photo of a bin is worth 1, the second a third, the next a ninth and so on, and a part is full when
they come to its `full`. The score is the parts' sum, each with its weight, of 100. So one more
photo never lowers it, one that shows something new raises it most, and more of the same goes on
raising it a little. The weights and the sums that are full are a photographer's rule of thumb, not
measured: a learner that sees one wall in every photo learns the wall.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from bot.photos.background import clusters
from bot.photos.mood import mood_of
from bot.photos.seen import Face, Seen
from bot.photos.terms import Framing, Kind

PartName: TypeAlias = Literal["photos", "poses", "places", "expressions", "light", "distances"]

#: Degrees of yaw: up to here a front, up to here three quarters, and a profile beyond.
FRONT_BELOW: Final = 15.0
THREE_QUARTER_BELOW: Final = 45.0
#: Degrees, coarse: a head held level is often seen as 10 up or down.
TILTED_FROM: Final = 20.0
#: Of 255. Of one person's faces only: dark skin is no dark light.
OTHER_LIGHT_FROM: Final = 40.0
#: An addition that brings less, of the 100, is not worth a member's trouble.
_WORTH_SAYING: Final = 1.0
_MOST_MORE: Final = 2

#: A photo that counts: what it counts as, what was seen on it, and which face is its person's (None
#: of other kinds).
Sight: TypeAlias = tuple[Framing, Seen, Face | None]


@dataclass(frozen=True)
class Advice:
    """What to add; `code` is one of CODES. Where photos could be compared, `same` of `of` share
    what most of them share; both are 0 elsewhere.
    """

    code: str
    same: int = 0
    of: int = 0


@dataclass(frozen=True)
class Part:
    """A part of the score: 0 to 100, and how many photos each of its bins has."""

    value: int
    bins: Mapping[str, int]


@dataclass(frozen=True)
class Variety:
    """The score, 0 to 100; the one photo that would raise it most; at most two others."""

    score: int
    parts: Mapping[PartName, Part]
    advice: Advice
    more: tuple[Advice, ...]


@dataclass(frozen=True)
class _Rule:
    """One part: its weight, the sum that fills it, how photos fall into bins (those that cannot
    be told fall into none), and the additions worth asking for: code and bin, the dearest first.
    """

    weight: float
    full: float
    bins: Callable[[Sequence[Sight]], list[str]]
    wishes: tuple[tuple[str, str], ...] = ()
    #: What the next photo of a bin is worth beside the one before it.
    again: float = 1 / 3

    def worth(self, counts: Mapping[str, int]) -> float:
        """0 to 1."""
        found = sum(sum(self.again**n for n in range(count)) for count in counts.values())
        return min(1.0, found / self.full)

    def gain(self, counts: Mapping[str, int], wished: str) -> float:
        """What one more photo in the bin brings, of 100."""
        after = Counter(counts)
        after[wished] += 1
        return self.weight * (self.worth(after) - self.worth(counts))


def variety(photos: Sequence[Sight], kind: Kind) -> Variety:
    """Weigh the photos that count, in the order they came; near-duplicates are left out before."""
    rules = _PERSON if kind == "person" else _ANY
    counts = {name: Counter(rule.bins(photos)) for name, rule in rules.items()}
    worths = {name: rule.worth(counts[name]) for name, rule in rules.items()}
    wishes = _wishes(rules, counts)
    if not photos:
        best = Advice("first")
    elif wishes:
        best = wishes[0]
    else:
        best = Advice("more" if worths["photos"] < 1 else "enough")
    return Variety(
        # The small addend undoes the rounding of sums that come to a whole number.
        score=int(sum(rules[name].weight * worth for name, worth in worths.items()) + 1e-9),
        parts={name: Part(int(100 * worths[name] + 1e-9), counts[name]) for name in rules},
        advice=best,
        more=tuple(wishes[1 : 1 + _MOST_MORE]) if photos else (),
    )


def _wishes(
    rules: Mapping[PartName, _Rule], counts: Mapping[PartName, Counter[str]]
) -> list[Advice]:
    """The best addition of each part that is worth asking for, the best of them first."""
    best: list[tuple[float, Advice]] = []
    for name, rule in rules.items():
        found = counts[name]
        gains = [(rule.gain(found, wished), code) for code, wished in rule.wishes]
        gain, code = max(gains, key=lambda pair: pair[0], default=(0.0, ""))
        if gain >= _WORTH_SAYING:
            same = max(found.values(), default=0)
            best.append((gain, Advice(code, same, found.total())))
    return [advice for _, advice in sorted(best, key=lambda pair: -pair[0])]


def _poses(photos: Sequence[Sight]) -> list[str]:
    return [pose_of(face) for _, _, face in photos if face is not None]


def pose_of(face: Face) -> str:
    """How a head is held: its side, then how it is tilted, as "three_quarter_left level". Left and
    right are the picture's.
    """
    side = "left" if face.yaw < 0 else "right"
    if abs(face.yaw) < FRONT_BELOW:
        turned = "front"
    elif abs(face.yaw) < THREE_QUARTER_BELOW:
        turned = f"three_quarter_{side}"
    else:
        turned = f"profile_{side}"
    tilt = "level" if abs(face.pitch) < TILTED_FROM else "up" if face.pitch > 0 else "down"
    return f"{turned} {tilt}"


def _places(photos: Sequence[Sight]) -> list[str]:
    labels = clusters([seen.background.signature for _, seen, _ in photos])
    return [f"place {label}" for label in labels if label >= 0]


def _expressions(photos: Sequence[Sight]) -> list[str]:
    moods = (mood_of(face) for _, _, face in photos if face is not None)
    return ["open" if mood == "laughing" else mood for mood in moods if mood is not None]


def _lights(photos: Sequence[Sight]) -> list[str]:
    """A light is another one where the face is clearly lighter or darker than under all before."""
    lights: list[float] = []
    labels = []
    for face in (face for _, _, face in photos if face is not None):
        known = (n for n, light in enumerate(lights) if abs(face.light - light) < OTHER_LIGHT_FROM)
        label = next(known, len(lights))
        if label == len(lights):
            lights.append(face.light)
        labels.append(f"light {label}")
    return labels


def _distances(photos: Sequence[Sight]) -> list[str]:
    return [framing for framing, _, _ in photos]


def _each(photos: Sequence[Sight]) -> list[str]:
    return ["photo"] * len(photos)


#: A bin that no photo is in: whatever is there, another place is a new one.
_NEW: Final = "new"
_OTHER_PLACE: Final = (("another_place", _NEW),)
#: Of a person. Full are, for example: 20 photos; three sides of the head with three photos each;
#: eight places; three expressions; three lights; three distances.
_PERSON: Final[Mapping[PartName, _Rule]] = {
    "photos": _Rule(10, 20, _each, again=1),
    "poses": _Rule(
        30,
        4.4,
        _poses,
        (
            ("front", "front level"),
            ("three_quarter_left", "three_quarter_left level"),
            ("three_quarter_right", "three_quarter_right level"),
            ("look_up", "front up"),
            ("look_down", "front down"),
            ("profile", "profile_left level"),
            ("profile", "profile_right level"),
        ),
    ),
    "places": _Rule(30, 8, _places, _OTHER_PLACE),
    "expressions": _Rule(
        15, 3, _expressions, (("smile", "smiling"), ("neutral", "neutral"), ("laugh", "open"))
    ),
    "light": _Rule(5, 3, _lights, (("other_light", _NEW),)),
    "distances": _Rule(
        10, 3, _distances, (("of_torso", "torso"), ("of_face", "face"), ("of_chest", "chest"))
    ),
}
#: Of anything else: only what can be measured without knowing where its head is.
_ANY: Final[Mapping[PartName, _Rule]] = {
    "photos": _Rule(20, 20, _each, again=1),
    "places": _Rule(55, 8, _places, _OTHER_PLACE),
    # Two distances are declared there, and three photos of each fill them.
    "distances": _Rule(25, 2.8, _distances, (("of_face", "face"), ("of_torso", "torso"))),
}
#: Every code that advice can have.
CODES: Final = (
    *("first", "more", "enough"),
    *dict.fromkeys(
        code for rules in (_PERSON, _ANY) for rule in rules.values() for code, _ in rule.wishes
    ),
)
