"""The labels say what they promise, and the photographs are the ones that were labelled."""

from __future__ import annotations

import json
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.photographs import fetch
from tests.photographs.fetch import HERE, PhotographsUnavailable, photographs
from tests.photographs.labels import Label, labels, split_of

ALL = list(labels())
BY_NAME = pytest.mark.parametrize("label", ALL, ids=lambda label: label.name)


def test_a_name_and_a_file_occur_once():
    assert max(Counter(one.name for one in ALL).values()) == 1
    assert max(Counter(one.sha256 for one in ALL).values()) == 1


def test_there_are_enough_of_each_kind():
    kinds = Counter(min(one.faces, 2) if one.people else "nobody" for one in ALL)

    assert kinds[1] >= 100
    assert kinds[2] >= 19
    assert kinds["nobody"] >= 50


@pytest.mark.parametrize("framing", ["face", "chest", "torso"])
@pytest.mark.parametrize("split", ["tune", "judge"])
def test_both_parts_have_every_framing(split, framing):
    assert sum(one.framing == framing for one in labels(split)) >= 9


def test_a_group_stays_in_the_part_its_hash_says():
    assert all(one.split == split_of(one.group) for one in ALL)
    assert not {one.group for one in labels("tune")} & {one.group for one in labels("judge")}


@BY_NAME
def test_a_label_makes_sense(label: Label):
    assert label.framing in {"face", "chest", "torso", "other"}
    assert label.close_call in {None, "face", "chest", "torso"} - {label.framing}
    assert label.people or label.faces == 0
    assert (label.framing == "other") == (label.faces != 1)
    assert label.faces or not (label.sunglasses or label.covered)
    assert label.licence
    assert label.source == "vendored" or label.source.startswith(("pip ", "pip-source ", "npm "))


def test_the_photographs_that_lie_here_are_the_labelled_ones_and_no_others():
    here = photographs(network=False)

    assert {one.label.path for one in here} == {f.name for f in (HERE / "vendored").iterdir()}
    assert max(max(Image.open(BytesIO(one.data)).size) for one in here) <= 1024
    assert sum(len(one.data) for one in here) < 4_000_000
    assert {one.label.licence for one in here} <= {"CC0-1.0", "public domain"}


def test_every_photograph_that_lies_here_has_its_author_named():
    authors = (HERE / "CREDITS.md").read_text()

    assert all(f"`{one.label.path}`" in authors for one in photographs(network=False))


def test_a_photograph_that_was_changed_is_not_handed_out(monkeypatch, tmp_path: Path):
    changed = [{**facts, "sha256": "0" * 64} for facts in json.loads(_vendored_only())]
    (tmp_path / "labels.json").write_text(json.dumps(changed))
    monkeypatch.setattr("tests.photographs.labels.LABELS", tmp_path / "labels.json")

    with pytest.raises(PhotographsUnavailable, match="not the photograph that was labelled"):
        photographs(network=False)


def test_without_npm_the_reason_is_told(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(fetch, "KEPT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    npm_only = [one for one in ALL if one.source.startswith("npm ")]
    monkeypatch.setattr(fetch, "labels", lambda split: npm_only)

    with pytest.raises(PhotographsUnavailable, match=r"npm, which has .*, is not installed"):
        photographs()


def _vendored_only() -> str:
    facts = json.loads((HERE / "labels.json").read_text())
    return json.dumps([one for one in facts if one["source"] == "vendored"])
