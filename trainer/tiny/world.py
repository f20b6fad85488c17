"""The small world of the bundled base: who lives in it, and where they can be.

Pure Python, no torch: `scenery` draws from it, `captions` tells of it, the judge probes with it,
the demo and the benchmarks take their subjects from it. A `Look` is who somebody is and stays the
same in all their pictures; a `Scene` is everything that changes from picture to picture.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass

HAIR_COLOURS = {
    "black": "221c1c",
    "brown": "6b3f26",
    "blond": "e3c069",
    "red": "b8452a",
    "grey": "9b9b9b",
    "white": "ece8e0",
    "blue": "3f74dc",
    "pink": "ee74b4",
    "green": "42a157",
    "purple": "7e46c6",
}
SKINS = {"pale": "f8dcc9", "light": "edb995", "tan": "c98f68", "brown": "98613f", "dark": "5b3828"}
HAIR = {
    "side-parted hair": ("sideComed", None),
    "undercut hair": ("undercut", None),
    "spiky hair": ("spiky", None),
    "hair in a bun": ("bun", None),
    "no hair": (None, None),
    "long straight hair": ("sideComed", "longStraight"),
    "long wavy hair": ("sideComed", "longWavy"),
    "shoulder-length hair": ("sideComed", "shoulderHigh"),
    "neck-length hair": ("spiky", "neckHigh"),
}
LONG_HAIR = {"hair in a bun", "long straight hair", "long wavy hair", "shoulder-length hair"}
BEARDS = {
    "no beard": None,
    "a moustache": "moustacheTwirl",
    "a full beard": "fullBeard",
    "a goatee": "chinMoustache",
    "a long beard": "longBeard",
}
CLOTHES = {
    "turtleneck": "turtleNeck",
    "jacket": "openJacket",
    "dress": "dress",
    "shirt": "shirt",
    "t-shirt": "tShirt",
}
CLOTHES_COLOURS = {
    "red": "c32222",
    "blue": "2450b8",
    "green": "1d8a48",
    "yellow": "efbd1a",
    "purple": "7a26c9",
    "pink": "f25aa6",
    "orange": "f97a1c",
    "black": "1c1d1b",
    "white": "eeeeea",
    "grey": "6d6d6d",
}
#: mouth, eyes, eyebrows: any of each list draws that expression
EXPRESSIONS = {
    "smiling": (["smile"], ["happy", "wide"], ["happy", "neutral"]),
    "laughing": (["laugh"], ["bow"], ["happy", "raised"]),
    "angry": (["angry"], ["happy"], ["angry"]),
    "sad": (["sad"], ["happy", "humble"], ["sad"]),
    "surprised": (["agape"], ["wide"], ["raised"]),
    "winking": (["smile"], ["wink"], ["happy", "raised"]),
}
#: scale range; where the character stands is worked out in `scenery`
FRAMINGS = {"close-up": (1.45, 1.65), "portrait": (1.0, 1.15), "upper body": (0.70, 0.82)}
BACKGROUND_COLOURS = {
    "red": "d93a34",
    "orange": "f5923e",
    "yellow": "f6d84c",
    "green": "57b865",
    "teal": "3fb7ae",
    "blue": "4a86e0",
    "purple": "8f63d2",
    "pink": "f59ac4",
    "brown": "8a5f43",
    "grey": "a3a7ad",
    "black": "1a1a1f",
    "white": "f7f7f5",
}
SCENES = (
    "at the beach",
    "in a forest",
    "in a city",
    "under a night sky",
    "in a meadow",
    "in the snow",
    "in front of a brick wall",
    "at sunset",
)


@dataclass(frozen=True)
class Look:
    """Who somebody is: every word is a key of the tables above."""

    hair: str
    hair_colour: str
    skin: str
    beard: str
    clothes: str
    clothes_colour: str

    @property
    def classes(self) -> tuple[str, ...]:
        """The class words that fit, the likeliest first."""
        if self.beard != "no beard":
            return ("man", "person", "character")
        if self.hair in LONG_HAIR or self.clothes == "dress":
            return ("woman", "person", "character")
        return ("man", "person", "character")


@dataclass(frozen=True)
class Scene:
    """What one picture of somebody shows: expression, framing, background."""

    expression: str
    framing: str
    background: str  # "red background", or a key of SCENES


def draw_look(rng: random.Random) -> Look:
    hair = rng.choice(list(HAIR))
    bearded = hair not in LONG_HAIR and rng.random() < 0.55
    clothes = rng.choice([c for c in CLOTHES if not (bearded and c == "dress")])
    return Look(
        hair=hair,
        hair_colour=rng.choice(list(HAIR_COLOURS)),
        skin=rng.choice(list(SKINS)),
        beard=rng.choice([b for b in BEARDS if b != "no beard"]) if bearded else "no beard",
        clothes=clothes,
        clothes_colour=rng.choice(list(CLOTHES_COLOURS)),
    )


def draw_scene(rng: random.Random) -> Scene:
    plain = rng.random() < 0.6
    colour = rng.choice(list(BACKGROUND_COLOURS))
    return Scene(
        expression=rng.choice(list(EXPRESSIONS)),
        framing=rng.choice(list(FRAMINGS)),
        background=f"{colour} background" if plain else rng.choice(list(SCENES)),
    )


#: Subjects of the demo and of the benchmarks. The base never sees anybody who shares hair,
#: hair colour, skin and beard with one of them; the whole style "adventurer" is kept out too.
RESERVED_SEEDS = range(24)


def reserved_look(seed: int) -> Look:
    """Benchmark subject number `seed` (0 to 23); always the same one."""
    if seed not in RESERVED_SEEDS:
        raise ValueError(f"reserved subjects are numbered 0 to 23, not {seed}")
    return draw_look(random.Random(f"reserved subject {seed}"))


def _likeness(look: Look) -> tuple[str, ...]:
    return (look.hair, look.hair_colour, look.skin, look.beard)


RESERVED_LIKENESSES = frozenset(_likeness(reserved_look(seed)) for seed in RESERVED_SEEDS)


def draw_stranger(rng: random.Random) -> Look:
    """A look that is none of the reserved ones."""
    while True:
        look = draw_look(rng)
        if _likeness(look) not in RESERVED_LIKENESSES:
            return look


def as_words(look: Look, scene: Scene) -> dict[str, str]:
    """Every attribute by name: the labels of the judge's probes."""
    return {**asdict(look), **asdict(scene)}
