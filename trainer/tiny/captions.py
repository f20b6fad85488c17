"""How the small world is told: captions of a look in a scene, in many wordings."""

from __future__ import annotations

import random

from trainer.tiny.world import SCENES, Look, Scene


def hair_words(look: Look) -> str:
    if look.hair == "no hair":
        return "no hair"
    if look.hair.startswith("hair "):
        return f"{look.hair_colour} {look.hair}"
    return look.hair.removesuffix("hair") + f"{look.hair_colour} hair"


def background_words(background: str) -> str:
    return background if background in SCENES else f"on a {background}"


FRAMING_WORDS = {
    "close-up": ("a close-up of", "a close-up portrait of", "the face of"),
    "portrait": ("a portrait of", "a head and shoulders portrait of"),
    "upper body": ("an upper body picture of", "a half body picture of"),
}
NEUTRAL_WORDS = ("a picture of", "a photo of", "a drawing of", "a cartoon of", "")


def caption(look: Look, scene: Scene, rng: random.Random, keep: float = 0.75) -> str:
    """A caption of the picture: each attribute is named with probability `keep` (the background
    more often: it is what members ask for), in varying order and wording."""

    def named(chance: float = keep) -> bool:
        return rng.random() < chance

    opening = rng.choice(FRAMING_WORDS[scene.framing] if named() else NEUTRAL_WORDS)
    noun = rng.choices(look.classes, weights=(5, 4, 3))[0]
    parts = []
    expression = scene.expression if named() else ""
    if expression and rng.random() < 0.6:
        noun, expression = f"{expression} {noun}", ""
    features = [hair_words(look)] if named() else []
    if named():
        features.append(f"{look.skin} skin")
    if look.beard != "no beard" and named():
        features.append(look.beard)
    rng.shuffle(features)
    if features:
        parts.append("with " + " and ".join(features))
    if named():
        verb = rng.choice(("wearing", "in"))
        article = "an" if look.clothes_colour == "orange" else "a"
        parts.append(f"{verb} {article} {look.clothes_colour} {look.clothes}")
    if expression:
        parts.append(expression)
    if named(0.88):
        parts.append(background_words(scene.background))
    if rng.random() < 0.5:
        rng.shuffle(parts)
    article = "an" if noun[0] in "aeiou" else "a"
    glue = ", " if rng.random() < 0.4 else " "
    return glue.join([f"{opening} {article} {noun}".strip(), *parts])
