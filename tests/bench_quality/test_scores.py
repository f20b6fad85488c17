"""The benchmark's scores on pictures of which the right answer is known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from PIL import Image

from tests.bench.quality import cast, photos, prompts, scores
from tests.bench.quality.scores import Jury
from trainer.loading import load_base
from trainer.pixels import as_pictures

EVERYBODY = (*cast.DEVELOPMENT, *cast.EVALUATION)


@pytest.fixture(scope="module")
def jury() -> Iterator[Jury]:
    torch.set_num_threads(1)
    return Jury.of(load_base("tiny"))


def drawn(jury: Jury, shots: list[photos.Shot], count: int) -> list[Image.Image]:
    """So many pictures of these photos, as the base would draw them at best."""
    squares = torch.stack([scores.pixels_of(shot) for shot in shots])
    seen = as_pictures(scores.through_autoencoder(jury.base, squares))
    return [seen[n % len(seen)] for n in range(count)]


def others(jury: Jury, word: str, count: int) -> list[Image.Image]:
    """So many pictures of strangers of a class, whom no lineup shows."""
    strangers = [s for s in EVERYBODY if cast.class_of(s) == word]
    return drawn(jury, [photos.shots(s, "good8")[n] for s in strangers for n in range(8)], count)


def test_a_picture_of_the_subject_is_told_from_24_others(jury):
    found = [
        scores.fidelity(jury, subject, drawn(jury, photos.shots(subject, "unseen8"), 8))["rank1"]
        for subject in EVERYBODY
    ]
    assert sum(found) / len(found) >= 0.9
    assert min(found) >= 0.6


def test_a_picture_of_somebody_else_is_not_taken_for_the_subject(jury):
    found = []
    for subject in EVERYBODY:
        rest = [s for s in EVERYBODY if s != subject and cast.class_of(s) == cast.class_of(subject)]
        views = [photos.shots(s, "good8")[n] for s in rest for n in range(0, 8, 2)]
        found.append(scores.fidelity(jury, subject, drawn(jury, views, len(views)))["rank1"])
    assert sum(found) / len(found) < 0.15


def test_a_class_that_did_not_change_has_not_drifted_and_one_that_became_the_subject_has(jury):
    subject, count = "14", len(prompts.class_requests())
    before = others(jury, "woman", count)
    after = drawn(jury, photos.shots(subject, "unseen8"), count)
    still = scores.drift(jury, subject, before, before)
    assert still["class_drift"] == pytest.approx(0, abs=1e-6)
    assert still["class_change"] == pytest.approx(0, abs=1e-4)
    gone = scores.drift(jury, subject, before, after)
    assert gone["class_drift"] == pytest.approx(1, abs=0.1)
    assert gone["class_rank1"] >= 0.85


def test_photos_are_found_copied_and_unseen_views_are_not(jury):
    subject, count = "17", len(prompts.subject_requests())
    photographs = drawn(jury, photos.shots(subject, "good8"), count)
    unseen = drawn(jury, photos.shots(subject, "unseen8"), count)
    copied = scores.copying(jury, subject, "good8", photographs)
    assert copied["copying"] == 1
    assert copied["photo_background"] >= 0.9
    fresh = scores.copying(jury, subject, "good8", unseen)
    assert fresh["copying"] == 0
    assert fresh["photo_background"] <= 0.1


def test_a_twin_is_told_from_its_subject(jury):
    for twin in cast.TWINS:
        subject = twin.removesuffix("t")
        mine = drawn(jury, photos.shots(subject, "good8"), 8)
        theirs = drawn(jury, photos.shots(twin, "good8"), 8)
        assert scores.likelier_than(jury, subject, twin, mine) >= 0.85
        assert scores.likelier_than(jury, subject, twin, theirs) <= 0.15
