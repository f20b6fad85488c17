"""Faults from outside, one at a time: a stopped worker, a held lock, a full disk, wrong clocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import scenarios
from tests.faults.full_disk import fill
from tests.faults.scenarios import Bench
from tests.faults.zygote import Zygote
from trainer.serve import EX_TEMPFAIL


@pytest.fixture
def bench(zygote: Zygote, empty: Path, tmp_path: Path) -> Bench:
    return Bench(zygote, empty, tmp_path / "place")


@pytest.mark.parametrize("when", ["before", "among"])
def test_a_worker_stopped_for_longer_than_its_lease_is_refused_and_its_files_go(
    bench: Bench, when: str
) -> None:
    """Case 23: before its files are written, and with one of them written."""
    assert not scenarios.pause(bench, when)


def test_what_a_worker_stopped_inside_its_last_transaction_writes_stands(bench: Bench) -> None:
    """Case 23: it holds the lock, so nobody could take its job meanwhile."""
    assert not scenarios.pause_within(bench)


def test_a_held_lock_makes_everybody_busy_and_loses_nothing(bench: Bench) -> None:
    """Case 27; `make soak` holds the lock for 40 s."""
    assert not scenarios.locked(bench, hold_s=0, patience_s=0.5)


@pytest.mark.parametrize("during", ["files", "commit", "wal", "adapter"])
def test_a_full_disk_refuses_and_loses_nothing(bench: Bench, during: str) -> None:
    """Case 28."""
    (*_, last) = bench.run(fill, during=during, room_bytes=20_000)
    if last["what"] == "refused":
        pytest.skip(f"no small disk can be mounted here: {last['why']}")
    assert not last["wrong"]
    assert last["done"] >= 2


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_steps_steals_no_job_and_leaves_none_stuck(bench: Bench, hours: int) -> None:
    """Case 31: processes whose wall clocks are wrong by an hour, each the other way."""
    assert not scenarios.clock_steps(bench, hours)


def test_rows_from_before_a_reboot_wait_for_nothing(bench: Bench) -> None:
    """Case 31: the time since boot starts again, and what was written lies far ahead."""
    assert not scenarios.reboot(bench)


def test_two_bots_make_one_job_of_an_interaction_and_say_its_end_once(bench: Bench) -> None:
    """Cases 14 and 15."""
    assert not scenarios.two_bots(bench, interactions=15)


@pytest.mark.parametrize(
    ("deadly", "status", "error"),
    [("kill", -9, "crashed"), ("memory", EX_TEMPFAIL, "out_of_memory")],
)
def test_a_job_that_ends_every_process_fails_at_last_and_the_next_one_is_done(
    bench: Bench, deadly: str, status: int, error: str
) -> None:
    """Cases 24 and 25: a fresh process for each attempt, as the supervisor starts them."""
    assert not scenarios.crash(bench, deadly, status, error)
