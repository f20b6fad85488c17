from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

import deploy.demo
import tests.bench
from trainer.loading import load_base
from trainer.pixels import as_pixels
from trainer.tiny import world
from trainer.tiny.recipe.judge import through_autoencoder
from trainer.tiny.recipe.probes import (
    ATTRIBUTES,
    HIDDEN,
    Probes,
    ProbesForeign,
    accuracy,
    labels,
    load_probes,
    save_probes,
    shows,
)

SHIPPED = Path(tests.bench.__file__).parent / "data" / "probes.safetensors"
PHOTOS = Path(deploy.demo.__file__).parent / "photos"
LOOK = world.reserved_look(22)


def words(**changed: str) -> dict[str, str]:
    scene = world.Scene("smiling", "portrait", "red background")
    return {**world.as_words(LOOK, scene), **changed}


def test_the_shipped_probes_know_the_demo_subject() -> None:
    pictures = [Image.open(path) for path in sorted(PHOTOS.glob("*.jpg"))]
    seen = through_autoencoder(load_base("tiny"), as_pixels(pictures, 64))
    read = load_probes(SHIPPED).read(seen)
    asked = [words(framing=row["framing"]) for row in read]
    for name in ("hair_colour", "skin", "clothes_colour"):
        share, count = accuracy(read, asked, name)
        assert count > 0
        assert share >= 0.9, name


def test_the_shipped_probes_are_small() -> None:
    assert SHIPPED.stat().st_size < 1_000_000


def test_what_a_picture_does_not_show_is_neither_learned_nor_scored() -> None:
    bald, close = words(hair="no hair"), words(framing="close-up")
    assert not shows(bald, "hair_colour")
    assert not shows(close, "clothes_colour")
    assert labels([bald])["hair_colour"].tolist() == [HIDDEN]
    assert labels([close])["clothes_colour"].tolist() == [HIDDEN]
    assert accuracy([words(), words()], [bald, words()], "hair_colour") == (1.0, 1)


def test_every_word_of_the_world_has_its_output() -> None:
    scores = Probes().eval()(torch.zeros(2, 3, 64, 64))
    assert {name: tuple(s.shape) for name, s in scores.items()} == {
        name: (2, len(known)) for name, known in ATTRIBUTES.items()
    }


def test_saved_probes_read_as_before(tmp_path: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        probes = Probes().eval()
        pixels = torch.rand(4, 3, 64, 64) * 2 - 1
    save_probes(probes, tmp_path / "probes.safetensors")
    again = load_probes(tmp_path / "probes.safetensors")
    for name, scores in probes(pixels).items():
        assert torch.allclose(again(pixels)[name], scores, atol=2e-3)


def test_probes_for_other_words_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "probes.safetensors"
    save_probes(Probes(), path)
    save_file(load_file(path), path, {"attributes": '{"hair": ["none"]}'})
    with pytest.raises(ProbesForeign, match="trained for other words"):
        load_probes(path)
