"""Who is photographed for the quality benchmark, and in which scenes: all that `render` draws.

Every subject is one of the base's reserved looks: nobody who shares hair, hair colour, skin and
beard with them was in its training. Settings are chosen on `DEVELOPMENT` alone; the figures
are of `EVALUATION`, at which nobody looks while choosing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from trainer.tiny import world
from trainer.tiny.world import Look, Scene

DEVELOPMENT = ("13", "14", "17", "22")
EVALUATION = ("0", "1", "2", "3", "4", "5")
#: A twin is its subject with hair of another colour.
TWINS = {"1t": "blond", "2t": "black", "14t": "red"}
EVALUATED_TWINS = ("1t", "2t")
#: How many others a picture's subject is ranked among; of the same class word, because "a woman"
#: already tells a woman from every man.
DISTRACTORS = 24

#: Asked for by prompts and in no photo.
NEW_PLACES = (
    "blue background",
    "red background",
    "at the beach",
    "in the snow",
    "in a forest",
    "under a night sky",
)
#: What the bot asks for: six faces and two torsos.
GOOD8 = ("close-up", "portrait", "upper body") * 2 + ("close-up", "portrait")
#: The rest of many20; the first two complete face_only8.
REST12 = ("close-up", "portrait") + ("upper body", "close-up", "portrait") * 3 + ("upper body",)
#: Everybody's reference views: the same scenes for the subject and for those it is ranked among.
REFERENCE_SCENES = (
    Scene("smiling", "close-up", "grey background"),
    Scene("sad", "close-up", "in a meadow"),
    Scene("surprised", "close-up", "orange background"),
    Scene("angry", "portrait", "white background"),
    Scene("laughing", "portrait", "in a city"),
    Scene("winking", "portrait", "teal background"),
    Scene("smiling", "upper body", "at sunset"),
    Scene("surprised", "upper body", "pink background"),
)


@dataclass(frozen=True)
class View:
    """A render: `part` says what it is for."""

    part: str
    look: Look
    scene: Scene


def look_of(subject: str) -> Look:
    """Who subject `subject` is; `1t` is the twin of `1`."""
    if subject in TWINS:
        return replace(look_of(subject.removesuffix("t")), hair_colour=TWINS[subject])
    return world.reserved_look(int(subject))


def class_of(subject: str) -> str:
    """`woman` or `man`."""
    return look_of(subject).classes[0]


def photographs(subject: str) -> list[View]:
    """The photos that a member might send, all that the sets are put together from, and the views
    that no training sees. A twin is photographed in the same scenes as its subject.
    """
    rng = random.Random(f"photographs of {subject.removesuffix('t')}")
    places = [f"{colour} background" for colour in world.BACKGROUND_COLOURS] + list(world.SCENES)
    places = [place for place in places if place not in NEW_PLACES]
    rng.shuffle(places)
    taken, unseen = places[:10], places[10:]
    moods = [mood for _ in range(4) for mood in rng.sample(list(world.EXPRESSIONS), 6)]
    look, (home, mood) = look_of(subject), (taken[0], "smiling")

    def views(part: str, framings: tuple[str, ...], where: list[str], how: list[str]) -> list[View]:
        return [
            View(part, look, Scene(how[n], framing, where[n % len(where)]))
            for n, framing in enumerate(framings)
        ]

    good = views("good8", GOOD8, taken, moods)
    if subject in TWINS:
        return good
    return [
        *good,
        *views("rest12", REST12, [*taken[8:], *taken[:8]], moods[8:]),
        *views("one_background8", GOOD8, [home], moods),
        *views("one_expression8", GOOD8, taken, [mood] * 8),
        *views("unseen8", GOOD8, unseen, moods),
    ]


def references(look: Look) -> list[View]:
    """The views by which somebody is recognised."""
    return [View("reference", look, scene) for scene in REFERENCE_SCENES]


def distractors(class_word: str) -> list[Look]:
    """The others among whom a subject of that class is ranked: strangers, none of them reserved,
    no two of the same likeness.
    """
    rng = random.Random(f"distractors of {class_word}")
    found: dict[tuple[str, ...], Look] = {}
    while len(found) < DISTRACTORS:
        look = world.draw_stranger(rng)
        if look.classes[0] == class_word:
            found.setdefault((look.hair, look.hair_colour, look.skin, look.beard), look)
    return list(found.values())
