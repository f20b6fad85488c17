from __future__ import annotations

from typing import Any

import pytest

from bot import plan
from bot.estimate import minutes, until_turn
from bot.plan import Plan
from storage import clock
from storage.tables import Job, Worker

STEPS = {"steps": 400, "class_images": 20, "method": "lora"}
WHOLE = plan.seconds(Plan(400, 20, 1e-4), 0, 0.5, 2.0)


def trainer(step_s: float | None = 0.5, image_s: float | None = 2.0) -> Worker:
    return Worker(name="one", step_s=step_s, image_s=image_s, last_seen_at=clock.now())


def job(kind: str, spec: dict[str, Any], **more: Any) -> Job:
    return Job(**{"kind": kind, "owner_id": 1, "spec": spec, "progress": {}, **more})


def test_who_is_next_waits_for_nobody_even_without_a_measurement() -> None:
    assert until_turn([], None) == 0


def test_pictures_take_as_long_as_pictures_were_measured_to_take() -> None:
    drawn = [job("generate", {"pictures": 4}), job("generate", {"pictures": 1})]
    assert until_turn(drawn, trainer(step_s=None)) == pytest.approx(10.0)


def test_a_training_under_way_counts_for_what_is_left_of_it() -> None:
    assert WHOLE is not None
    told = {"phase": "training", "step": 300, "total": 400}
    running = job("train", STEPS, state="running", progress=told)
    assert until_turn([running], trainer()) == pytest.approx(WHOLE / 4)
    assert until_turn([running, job("train", STEPS)], trainer()) == pytest.approx(WHOLE * 5 / 4)


@pytest.mark.parametrize("unmeasured", [None, trainer(step_s=None), trainer(image_s=None)])
def test_what_was_never_measured_is_unknown(unmeasured: Worker | None) -> None:
    assert until_turn([job("train", STEPS)], unmeasured) is None


def test_one_unknown_job_makes_the_whole_wait_unknown() -> None:
    drawn = job("generate", {"pictures": 1})
    assert until_turn([drawn, job("class-images", {})], trainer()) is None


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, 1), (61, 2), (600, 10), (601, 15), (900, 15), (901, 20)]
)
def test_minutes_are_rounded_up_and_to_fives_where_there_are_many(seconds: int, told: int) -> None:
    assert minutes(seconds) == told
