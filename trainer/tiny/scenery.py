"""How the small world is drawn: a look in a scene becomes one line for `recipe/draw.mjs`.

What comes out depends on the order of the draws from `rng`: a change of it changes every picture
that a seed stands for.
"""

from __future__ import annotations

import random
from typing import Any

from trainer.tiny.world import (
    BACKGROUND_COLOURS,
    BEARDS,
    CLOTHES,
    CLOTHES_COLOURS,
    EXPRESSIONS,
    FRAMINGS,
    HAIR,
    HAIR_COLOURS,
    SKINS,
    Look,
    Scene,
)


def _rect(y: int, height: int, fill: str, x: int = 0, width: int = 768) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="#{fill}"/>'


def _disc(x: int, y: int, radius: int, fill: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="#{fill}"/>'


def _beach(rng: random.Random) -> str:
    sun = _disc(rng.randint(60, 700), rng.randint(60, 150), 55, "fff2a0")
    return _rect(0, 330, "8fd3f4") + sun + _rect(330, 190, "2f8fc4") + _rect(520, 248, "f2d9a0")


def _forest(rng: random.Random) -> str:
    trees = ""
    for x in range(rng.randint(-60, 0), 800, 110):
        top = rng.randint(40, 190)
        trees += f'<path d="M{x} 620 L{x + 75} {top} L{x + 150} 620 Z" fill="#1f6b3a"/>'
    return _rect(0, 768, "bfe3d0") + trees + _rect(600, 168, "4b7f3a")


def _city(rng: random.Random) -> str:
    towers = ""
    for x in range(0, 768, 96):
        top = rng.randint(120, 420)
        towers += _rect(top, 768 - top, rng.choice(["5d6678", "737d90", "4b5263"]), x, 88)
        for y in range(top + 25, 740, 60):
            towers += _rect(y, 26, "f7e08a", x + 16, 20) + _rect(y, 26, "f7e08a", x + 52, 20)
    return _rect(0, 768, "c9d6e6") + towers


def _night(rng: random.Random) -> str:
    stars = "".join(
        _disc(rng.randint(0, 768), rng.randint(0, 768), rng.randint(5, 11), "ffffff")
        for _ in range(34)
    )
    moon = _disc(rng.choice([110, 650]), rng.randint(90, 150), 62, "f7efc0")
    return _rect(0, 768, "131a4a") + stars + moon


def _meadow(rng: random.Random) -> str:
    flowers = "".join(
        _disc(rng.randint(0, 768), rng.randint(510, 760), 14, rng.choice(["ffffff", "f6d84c"]))
        for _ in range(22)
    )
    return _rect(0, 470, "9bd7f7") + _rect(470, 298, "6cbf4b") + flowers


def _snow(rng: random.Random) -> str:
    peak = rng.randint(120, 650)
    mountain = f'<path d="M{peak - 420} 620 L{peak} 90 L{peak + 420} 620 Z" fill="#8fa3ba"/>'
    cap = f'<path d="M{peak - 119} 240 L{peak} 90 L{peak + 119} 240 Z" fill="#ffffff"/>'
    return _rect(0, 768, "cfe2f2") + mountain + cap + _rect(600, 168, "ffffff")


def _bricks(rng: random.Random) -> str:
    wall = _rect(0, 768, "d9c3b5")
    for row, y in enumerate(range(0, 768, 96)):
        for x in range(-96 * (row % 2), 768, 192):
            wall += _rect(y + 6, 84, rng.choice(["a6452f", "b04d36", "993d2a"]), x + 6, 180)
    return wall


def _sunset(rng: random.Random) -> str:
    bands = ["5b3a86", "a4488a", "e0607a", "f58a5b", "fbb65c", "fde08a"]
    sky = "".join(_rect(i * 128, 129, fill) for i, fill in enumerate(bands))
    return sky + _disc(rng.randint(120, 650), 590, 95, "fff0b0")


#: For every scene of the world, the function that draws it.
BACKDROPS = {
    "at the beach": _beach,
    "in a forest": _forest,
    "in a city": _city,
    "under a night sky": _night,
    "in a meadow": _meadow,
    "in the snow": _snow,
    "in front of a brick wall": _bricks,
    "at sunset": _sunset,
}


def _shade(hex_colour: str, amount: float, rng: random.Random) -> str:
    """The colour, each channel moved by up to `amount` (of 255), so that words mean ranges."""
    channels = (int(hex_colour[i : i + 2], 16) for i in (0, 2, 4))
    return "".join(
        f"{min(255, max(0, round(c + rng.uniform(-amount, amount)))):02x}" for c in channels
    )


def background_svg(background: str, rng: random.Random) -> str:
    """SVG elements filling a 768 x 768 box."""
    if background in BACKDROPS:
        return BACKDROPS[background](rng)
    colour = BACKGROUND_COLOURS[background.removesuffix(" background")]
    return _rect(0, 768, _shade(colour, 9, rng))


def placement(framing: str, rng: random.Random) -> tuple[float, float, float]:
    """(scale, dx, dy) in a 768 box. A toon-head's face centre is at 0.52 of its height and its
    bust ends at 1.11 of it (measured on the drawings); close-ups centre the face, upper bodies
    stand on the lower edge."""
    scale = rng.uniform(*FRAMINGS[framing])
    if framing == "close-up":
        dy = 768 * (0.53 - 0.52 * scale)
    elif framing == "portrait":
        dy = 768 * (1.04 - 1.06 * scale)
    else:
        dy = 768 * (1.0 - 1.09 * scale)
    return scale, rng.uniform(-45, 45), dy + rng.uniform(-18, 12)


def spec(look: Look, scene: Scene, rng: random.Random, size: int) -> dict[str, Any]:
    """One line for `recipe/draw.mjs`: a `size` x `size` px picture of the look in the scene."""
    front, rear = HAIR[look.hair]
    beard = BEARDS[look.beard]
    mouth, eyes, brows = (rng.choice(options) for options in EXPRESSIONS[scene.expression])
    scale, dx, dy = placement(scene.framing, rng)
    return {
        "size": size,
        "style": "toon-head",
        "scale": scale,
        "dx": dx,
        "dy": dy,
        "background": background_svg(scene.background, rng),
        "options": {
            "seed": "darkroom",
            "hair": [front or "spiky"],
            "hairProbability": 100 if front else 0,
            "rearHair": [rear or "neckHigh"],
            "rearHairProbability": 100 if rear else 0,
            "hairColor": [HAIR_COLOURS[look.hair_colour]],
            "skinColor": [SKINS[look.skin]],
            "beard": [beard or "chin"],
            "beardProbability": 100 if beard else 0,
            "clothes": [CLOTHES[look.clothes]],
            "clothesColor": [CLOTHES_COLOURS[look.clothes_colour]],
            "mouth": [mouth],
            "eyes": [eyes],
            "eyebrows": [brows],
        },
    }
