"""What the buttons do to a mask."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from bot.photos.mask import (
    CHANGES,
    STEP,
    MaskRefused,
    changed,
    checked,
    from_png,
    grown,
    inverted,
    shrunk,
    to_png,
)

MASKS = arrays.arrays(
    np.uint8,
    st.tuples(st.integers(1, 80), st.integers(1, 80)),
    elements=st.sampled_from([0, 255]),
)


def dot(side: int = 200, radius: int = 40) -> np.ndarray:
    y, x = np.mgrid[:side, :side] - side // 2
    return np.where(x**2 + y**2 <= radius**2, 255, 0).astype(np.uint8)


@given(MASKS)
def test_inverted_twice_a_mask_is_itself(mask):
    assert np.array_equal(inverted(inverted(mask)), mask)


@given(MASKS)
def test_a_grown_mask_contains_the_mask_and_a_shrunk_one_is_contained(mask):
    assert not (mask & ~grown(mask)).any()
    assert not (shrunk(mask) & ~mask).any()


@given(MASKS)
def test_no_change_leaves_the_frame_or_the_two_levels(mask):
    for change in CHANGES.values():
        after = change(mask)
        assert after.shape == mask.shape
        assert after.dtype == np.uint8
        assert set(np.unique(after)) <= {0, 255}


@given(MASKS)
def test_to_shrink_is_to_grow_what_stays(mask):
    assert np.array_equal(shrunk(mask), inverted(grown(inverted(mask))))


@given(MASKS)
def test_a_mask_comes_back_from_its_file(mask):
    assert np.array_equal(from_png(to_png(mask)), mask)


def test_a_step_is_three_hundredths_of_the_shorter_side():
    wide = np.zeros((200, 400), np.uint8)
    wide[:, :100] = 255
    step = round(STEP * 200)
    assert (grown(wide)[0] == 255).sum() == 100 + step
    assert (shrunk(wide)[0] == 255).sum() == 100 - step  # not from the picture's own edge
    assert shrunk(wide)[:, 0].all()


def test_a_grown_dot_stays_round():
    assert (grown(dot(200, 40)) != dot(200, 46)).mean() < 0.002


@pytest.mark.parametrize(
    ("mask", "reason"),
    [(np.zeros((64, 96), np.uint8), "empty"), (np.full((64, 96), 255, np.uint8), "full")],
)
def test_a_mask_of_nothing_or_of_all_is_refused(mask, reason):
    with pytest.raises(MaskRefused) as caught:
        checked(mask)
    assert caught.value.reason == reason
    assert np.array_equal(checked(dot()), dot())


def test_nobody_shrinks_a_mask_away_or_grows_it_over_everything():
    small, large = to_png(dot(200, 5)), to_png(inverted(dot(200, 5)))
    with pytest.raises(MaskRefused, match="empty"):
        changed(small, "shrink")
    with pytest.raises(MaskRefused, match="full"):
        changed(large, "grow")
    assert from_png(changed(small, "invert")).mean() > 200


def test_the_file_of_a_mask_is_grey():
    with Image.open(io.BytesIO(to_png(dot()))) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (200, 200))
