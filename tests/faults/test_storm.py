"""Case 22, 16, 17 and 39 at random: bots and trainers are killed, and nothing is lost."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from tests.faults.storm import storm
from tests.faults.zygote import Zygote

#: Two storms of this make the short form; the long one is `make soak`.
KILLS = 20


@pytest.mark.parametrize("number", range(2))
def test_nothing_is_lost_when_bots_and_trainers_are_killed_at_random(
    zygote: Zygote, empty: Path, tmp_path: Path, number: int
) -> None:
    blown = storm(zygote, empty, tmp_path / "storm", seed=secrets.randbelow(2**31), kills=KILLS)
    assert not blown.lost
    assert blown.killed.total() == KILLS
    assert len(blown.lines) > KILLS
