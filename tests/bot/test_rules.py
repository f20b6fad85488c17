"""What a server's rules say, whatever is in its row and whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import rules, words
from bot.admission import sentence
from bot.rules import PICTURES_A_DAY, Deed, Reason, Refusal, Rules, Visitor, refused
from storage.quotas import What
from tests.bot.test_words import is_fit

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
IDS = st.integers(1, 9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted(set(Rules.__dataclass_fields__) - {"others"}))
LIMITS = st.none() | st.integers(0, 50)
BY_ROLE = st.dictionaries(IDS, LIMITS, max_size=4)
RULES = st.builds(
    Rules,
    train_roles=st.frozensets(IDS, max_size=3),
    pictures_a_day=LIMITS,
    trainings_a_week=LIMITS,
    pictures_by_role=BY_ROLE,
    trainings_by_role=BY_ROLE,
    tenure_hours=st.integers(0, 100),
    channels=st.frozensets(IDS, max_size=3),
    adults_only=st.booleans(),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Atlantis"]),
    others=st.dictionaries(st.sampled_from(["x", "later"]), st.integers()),
)
VISITORS = st.builds(
    Visitor,
    role_ids=st.frozensets(IDS, max_size=4),
    joined_at=st.none() | st.integers(0, 200).map(lambda h: NOW - timedelta(hours=h)),
    manages=st.booleans(),
    channel_ids=st.frozensets(IDS, max_size=2),
    is_adult=st.booleans(),
)
DEEDS = st.sampled_from(get_args(Deed))
WHATS = st.sampled_from(get_args(What))


@given(RULES)
def test_rules_are_read_as_they_were_written(made: Rules) -> None:
    assert Rules.read(made.written()) == made


@given(st.dictionaries(NAMES | st.text(), JSON))
def test_whatever_is_in_a_row_rules_are_read_and_what_is_not_known_is_kept(
    told: dict[str, Any],
) -> None:
    read = Rules.read(told)
    for one in (read.pictures_a_day, read.trainings_a_week, read.tenure_hours):
        assert one is None or one >= 0
    unknown = {n: v for n, v in told.items() if n not in Rules.__dataclass_fields__}
    assert unknown.items() <= read.written().items()
    assert Rules.read(read.written()) == read


def test_nobody_needs_to_set_anything_up() -> None:
    assert Rules.read({}) == Rules()
    assert Rules().written() == {}
    for deed in get_args(Deed):
        assert refused(Rules(), deed, Visitor(), NOW) is None
    assert Rules().limit("pictures", Visitor()) == PICTURES_A_DAY


@given(RULES, VISITORS, DEEDS)
def test_who_manages_is_bound_by_the_safety_rules_alone(
    made: Rules, who: Visitor, deed: Deed
) -> None:
    manager = replace(who, manages=True)
    why = refused(made, deed, manager, NOW)
    assert (why is not None) == (made.adults_only and not who.is_adult)
    assert why is None or why.reason == "adults"
    for what in get_args(What):
        assert made.limit(what, manager) is None


@given(RULES, VISITORS, DEEDS)
def test_a_refusal_is_true(made: Rules, who: Visitor, deed: Deed) -> None:
    why = refused(made, deed, who, NOW)
    match why:
        case None:
            assert who.is_adult or not made.adults_only
            assert who.manages or not made.channels or made.channels & who.channel_ids
        case Refusal("adults"):
            assert made.adults_only
        case Refusal("role"):
            assert deed == "training"
            assert not made.train_roles & who.role_ids
            assert set(why.ids) == made.train_roles
        case Refusal("tenure"):
            assert why.opens_at is not None
            assert why.opens_at > NOW
            assert refused(made, deed, who, why.opens_at) != why or who.joined_at is None
        case Refusal("channel"):
            assert set(why.ids) == made.channels
            elsewhere = replace(who, channel_ids=made.channels)
            assert refused(made, deed, elsewhere, NOW) is None


@given(RULES, VISITORS, IDS, WHATS)
def test_a_role_more_never_gives_less(made: Rules, who: Visitor, role: int, what: What) -> None:
    before = made.limit(what, who)
    after = made.limit(what, replace(who, role_ids=who.role_ids | {role}))
    assert after is None or (before is not None and after >= before)


@given(RULES, WHATS, st.none() | IDS, LIMITS)
def test_a_limit_is_set_and_taken_back(
    made: Rules, what: What, role: int | None, most: int | None
) -> None:
    after = made.with_limit(what, role, most)
    whose = Visitor(role_ids=frozenset() if role is None else frozenset({role}))
    had = after.limit(what, whose)
    assert had is None if most is None else had is None or had >= most
    back = after.with_limit(what, role, None, is_set=False)
    if role is None:
        assert back.limit(what, Visitor()) == Rules().limit(what, Visitor())
    else:
        assert back.limit(what, whose) == made.limit(what, Visitor())


@given(st.integers(0, 5_000_000).map(lambda minutes: NOW + timedelta(minutes=minutes)), WHATS)
def test_a_span_holds_its_moment_and_ends_where_the_next_begins(now: datetime, what: What) -> None:
    for zone in (UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")):
        begins, ends = rules.span(what, now, zone)
        assert begins <= now < ends
        assert rules.span(what, ends, zone)[0] == ends
        assert rules.span(what, begins, zone) == (begins, ends)
        assert begins.astimezone(zone).strftime("%H:%M") == "00:00"
        assert what == "pictures" or begins.astimezone(zone).weekday() == 0


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("reason", get_args(Reason))
@pytest.mark.parametrize("deed", get_args(Deed))
def test_every_refusal_has_a_short_sentence(language: str, reason: Reason, deed: Deed) -> None:
    ids = tuple(2**62 + n for n in range(25))
    with words.speaking(language):
        said = sentence(Refusal(reason, ids, NOW), deed)
        assert is_fit(said)
        assert len(said) <= 300
        assert reason != "tenure" or f"<t:{int(NOW.timestamp())}:R>" in said
        one = sentence(Refusal(reason, ids[:1], NOW), deed)
        assert reason not in {"role", "channel"} or str(ids[0]) in one
        for what in get_args(What):
            for limit, used in ((200, 199), (200, 200), (1, 1), (0, 0)):
                spent = words.rule_spent(what, limit, used, NOW)
                assert is_fit(spent)
                assert len(spent) <= 300
                # what never opens is not promised to
                assert (str(limit) in spent) == (limit > 0)
                assert (f"<t:{int(NOW.timestamp())}:R>" in spent) == (limit > 0)
        assert len(words.rule_paused(NOW)) <= 300
