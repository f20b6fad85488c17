from __future__ import annotations

from pathlib import Path

import pytest

from bot.photos import weights as weights_module
from bot.photos.weights import FOLDER, SHA256, network, weights


@pytest.mark.parametrize("name", SHA256)
def test_every_file_is_the_known_one_and_has_its_notice(name):
    assert weights(name)
    notice = (FOLDER / "NOTICE.md").read_text()
    assert SHA256[name] in notice
    assert f"`{name}`" in notice


def test_nothing_else_lies_beside_them():
    assert {path.name for path in FOLDER.iterdir()} == {*SHA256, "NOTICE.md"}


@pytest.mark.parametrize("name", SHA256)
def test_another_file_is_not_loaded(name, monkeypatch, tmp_path: Path):
    (tmp_path / name).write_bytes(weights(name)[:-1] + b"x")
    monkeypatch.setattr(weights_module, "FOLDER", tmp_path)
    with pytest.raises(RuntimeError, match=name):
        weights(name)


def test_a_network_is_loaded_once():
    assert network("face_landmark") is network("face_landmark")
