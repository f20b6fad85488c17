"""What a member may ask for once in a while."""

from __future__ import annotations

import pytest

from bot.seldom import Seldom, TooSoon, UnderWay
from tests.conftest import Clock


def test_once_at_a_time_and_once_in_a_while(clock: Clock) -> None:
    seldom = Seldom(3600.0)
    with seldom.once(1):
        with pytest.raises(UnderWay), seldom.once(1):
            pytest.fail("twice at once")
        with seldom.once(2):
            pass
    clock.advance(600)
    with pytest.raises(TooSoon) as soon, seldom.once(1):
        pytest.fail("twice within the hour")
    assert soon.value.wait_s == 3000
    clock.advance(3001)
    with seldom.once(1):
        pass


def test_what_failed_may_be_asked_for_at_once(clock: Clock) -> None:
    seldom = Seldom(3600.0)
    with pytest.raises(OSError), seldom.once(1):
        raise OSError
    with seldom.once(1):
        pass
