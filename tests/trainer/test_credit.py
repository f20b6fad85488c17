"""Pictures and a training share the device."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer import credit
from trainer.credit import MOST_S, SHARE, Credit


class Clock:
    """Time that goes by when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 0.0
        monkeypatch.setattr(credit.clock, "monotonic_s", lambda: self.at)


def test_an_evenings_few_prompts_have_the_device_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    own = Credit()
    own.save()
    clock.at += MOST_S - 1
    assert not own.is_spent()


@given(steps=st.lists(st.floats(0.01, 5), min_size=200, max_size=200))
def test_under_a_flood_a_training_has_its_share(steps: list[float]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock(patch)
        own, drawn, trained = Credit(), 0.0, 0.0
        for step in steps:
            clock.at += step
            trained += step
            own.save()
            while not own.is_spent():  # somebody always waits
                clock.at += 0.25
                drawn += 0.25
            own.spend()
    # all that was saved at first, what came since, and one call more at each turn
    assert drawn <= MOST_S + SHARE * trained + 0.25
    assert drawn >= SHARE * trained


def test_what_is_saved_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    own = Credit()
    clock.at += 10_000
    own.save()
    clock.at += MOST_S
    assert own.is_spent()
