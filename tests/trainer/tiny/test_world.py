from __future__ import annotations

import hashlib
import json
import random

import pytest

from trainer.tiny import world
from trainer.tiny.captions import background_words, caption
from trainer.tiny.scenery import BACKDROPS, background_svg, spec

PEOPLE = 50


def people(rng: random.Random) -> list[tuple[world.Look, world.Scene]]:
    return [(world.draw_stranger(rng), world.draw_scene(rng)) for _ in range(PEOPLE)]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_a_seed_stands_for_the_same_pictures_and_captions_for_ever() -> None:
    rng = random.Random(1)
    drawn = people(rng)
    specs = [spec(look, scene, rng, 64) for look, scene in drawn]
    told = [caption(look, scene, rng) for look, scene in drawn]
    assert sha256(json.dumps(specs)) == "a99e9c0a05e6de28"
    assert sha256("\n".join(told)) == "4d06a3e1b6fac291"
    assert (
        sha256(repr([world.reserved_look(seed) for seed in world.RESERVED_SEEDS]))
        == "3a847ca634cc0b55"
    )


def test_every_scene_can_be_drawn_and_no_other() -> None:
    assert set(BACKDROPS) == set(world.SCENES)
    colours = [f"{colour} background" for colour in world.BACKGROUND_COLOURS]
    for background in (*world.SCENES, *colours):
        assert background_svg(background, random.Random(0)).startswith("<")
    with pytest.raises(KeyError):
        background_svg("on the moon", random.Random(0))


def test_a_caption_that_keeps_everything_names_everything() -> None:
    rng = random.Random(2)
    for look, scene in people(rng):
        said = caption(look, scene, rng, keep=1.0)
        assert scene.expression in said
        assert f"{look.skin} skin" in said
        assert f"{look.clothes_colour} {look.clothes}" in said
        assert (look.beard in said) == (look.beard != "no beard")
        bare = caption(look, scene, rng, keep=0.0)
        assert look.clothes not in bare.replace(background_words(scene.background), "")


def test_no_stranger_is_like_a_reserved_subject() -> None:
    reserved = {
        (look.hair, look.hair_colour, look.skin, look.beard)
        for look in map(world.reserved_look, world.RESERVED_SEEDS)
    }
    rng = random.Random(3)
    strangers = [world.draw_stranger(rng) for _ in range(5000)]
    assert not reserved & {(s.hair, s.hair_colour, s.skin, s.beard) for s in strangers}
    with pytest.raises(ValueError, match="0 to 23"):
        world.reserved_look(24)
