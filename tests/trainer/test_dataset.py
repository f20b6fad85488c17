from __future__ import annotations

from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageOps

from tests.trainer.pictures import picture
from trainer.base import Base
from trainer.dataset import NothingToLearn, TrainingPhoto, build_dataset, evenly, pick
from trainer.pixels import PictureNotSquare, as_pixels
from trainer.seeds import stream


def test_mirrored_copies_are_encoded_from_mirrored_pictures(base: Base) -> None:
    photos = [TrainingPhoto(picture(0), "a tkn man"), TrainingPhoto(picture(1), "tkn man, smiling")]
    made = build_dataset(base, photos).instance
    assert len(made) == 4
    flipped = as_pixels([ImageOps.mirror(picture(1))], base.resolution)
    assert torch.allclose(made.mean[3], base.encode_pixels(flipped)[0][0], atol=1e-5)
    assert made.caption.tolist() == [0, 1, 0, 1]
    assert len(build_dataset(base, photos, mirror=False).instance) == 2


def test_a_picture_with_two_captions_is_encoded_once(base: Base) -> None:
    both = picture(0)
    photos = [
        TrainingPhoto(both, "a tkn man"),
        TrainingPhoto(picture(1), "a tkn man"),
        TrainingPhoto(both, "tkn man, smiling"),
    ]
    made = build_dataset(base, photos).instance
    assert (len(made), len(made.mean)) == (6, 4)
    assert made.picture.tolist() == [0, 1, 0, 2, 3, 2]
    assert made.caption.tolist() == [0, 0, 1, 0, 0, 1]
    # what is drawn for each example is its own picture with its own words
    for row, (number, flip) in enumerate(
        [(0, False), (1, False), (0, False), (0, True), (1, True), (0, True)]
    ):
        alone = ImageOps.mirror(picture(number)) if flip else picture(number)
        mean, std = base.encode_pixels(as_pixels([alone], base.resolution))
        latents, words = made.draw([row], stream("x"))
        noise = torch.randn(latents.shape, generator=stream("x"))
        assert torch.allclose(latents, mean + std * noise, atol=1e-4)
        assert words.tolist() == [int(made.caption[row])]


def test_groups_come_equally_often_whatever_their_size() -> None:
    groups = [[TrainingPhoto(picture(0), f"{size} {n}") for n in range(size)] for size in (1, 2, 3)]
    said = Counter(photo.caption for photo in evenly(groups))
    assert said == {"1 0": 6, "2 0": 3, "2 1": 3, "3 0": 2, "3 1": 2, "3 2": 2}
    alone = [group[:1] for group in groups]
    assert [photo.caption for photo in evenly(alone)] == ["1 0", "2 0", "3 0"]
    assert evenly([]) == []


def test_without_class_pictures_there_is_no_prior(base: Base) -> None:
    assert build_dataset(base, [TrainingPhoto(picture(0), "a tkn man")]).prior is None


def test_captions_of_any_length_share_a_batch(base: Base) -> None:
    long = "a tkn man " + "in a very red scarf " * 30
    made = build_dataset(
        base, [TrainingPhoto(picture(0), long)], [TrainingPhoto(picture(1), "a man")]
    )
    assert made.prior is not None
    assert made.instance.words.states.shape[1] == made.prior.words.states.shape[1] > 77


def test_a_draw_comes_from_the_posterior_and_only_from_its_generator(base: Base) -> None:
    made = build_dataset(base, [TrainingPhoto(picture(0), "a tkn man")], mirror=False).instance
    first, words = made.draw([0, 0], stream("x"))
    again, _ = made.draw([0, 0], stream("x"))
    assert torch.equal(first, again)
    assert not torch.equal(first[0], first[1])
    assert made.words.pick(words).states.shape == (2, 77, 32)
    many, _ = made.draw([0] * 400, stream("y"))
    assert torch.allclose(many.mean(0), made.mean[0], atol=4 * float(made.std.max()) / 20)
    assert torch.allclose(many.std(0), made.std[0], rtol=0.3)


def test_uncropped_photos_and_none_at_all_are_refused(base: Base) -> None:
    with pytest.raises(PictureNotSquare):
        build_dataset(base, [TrainingPhoto(picture(0).resize((32, 40)), "a tkn man")])
    with pytest.raises(NothingToLearn):
        build_dataset(base, [])


def test_square_pictures_of_another_size_are_resampled(base: Base) -> None:
    assert as_pixels([picture(0, side=70)], base.resolution).shape == (1, 3, 32, 32)


@given(st.integers(0, 99), st.integers(1, 12), st.integers(1, 5))
def test_every_example_comes_once_before_any_comes_again(seed: int, count: int, batch: int) -> None:
    rounds = 3
    order = [row for step in range(rounds * count) for row in pick(seed, step, count, batch)]
    for turn in range(rounds):
        assert Counter(order[turn * count : (turn + 1) * count]) == Counter(range(count))


def test_the_order_changes_with_the_round_and_the_seed() -> None:
    first, second = pick(0, 0, 20, 20), pick(0, 1, 20, 20)
    assert first != second
    assert pick(1, 0, 20, 20) != first
    assert pick(0, 0, 20, 20) == first
