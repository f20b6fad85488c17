from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plan import (
    FEWEST_STEPS,
    MOST_CLASS_IMAGES,
    MOST_STEPS,
    Plan,
    choose,
    recommend,
    seconds,
)

BASES = st.sampled_from(["tiny", "some/base"])


def test_more_photos_are_learned_longer_up_to_a_point() -> None:
    steps = [recommend("some/base", photos).steps for photos in range(1, 40)]
    assert steps == sorted(steps)
    assert (steps[0], steps[7], steps[-1]) == (400, 800, 1200)


@given(BASES, st.integers(1, 60))
def test_a_recommendation_warns_of_nothing(base: str, photos: int) -> None:
    best = recommend(base, photos)
    assert choose(base, photos, None, None) == best
    assert choose(base, photos, best.steps, best.class_images).warnings == ()


@given(BASES, st.integers(1, 60), st.integers(-10, 10_000), st.integers(-10, 10_000))
def test_a_choice_stays_within_the_bounds(base: str, photos: int, steps: int, images: int) -> None:
    chosen = choose(base, photos, steps, images)
    assert FEWEST_STEPS <= chosen.steps <= MOST_STEPS
    assert 0 <= chosen.class_images <= MOST_CLASS_IMAGES


@pytest.mark.parametrize(
    ("steps", "images", "warnings"),
    [
        (479, 100, ("underfit",)),
        (480, 100, ()),
        (1440, 100, ()),
        (1441, 100, ("overfit",)),
        (800, 0, ("no_class_images",)),
        (50, 0, ("underfit", "no_class_images")),
    ],
)
def test_too_little_and_too_much_is_said_before_the_start(
    steps: int, images: int, warnings: tuple[str, ...]
) -> None:
    assert choose("some/base", 8, steps, images).warnings == warnings


def test_time_is_steps_and_the_class_images_that_are_missing() -> None:
    plan = Plan(steps=100, class_images=10)
    assert seconds(plan, 4, 0.5, 2.0) == 100 * 0.5 + 6 * 2.0
    assert seconds(plan, 50, 0.5, 2.0) == 50
    for step_s, image_s in ((0.5, None), (None, 2.0), (None, None)):
        assert seconds(plan, 0, step_s, image_s) is None  # a half-measured device says nothing
