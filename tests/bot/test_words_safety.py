"""What is said of what is not shown: kind, short, and with something to do next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot import words
from storage.erase import Receipt
from tests.bot.test_words import is_fit

AT = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
MOST = 300
ID = 2**63 - 1


@pytest.mark.parametrize(
    "sentence",
    [
        *(words.pictures_withheld(n, of) for of in (1, 2, 4) for n in range(1, of + 1)),
        *(words.tiles_withheld(n, 12) for n in (1, 2, 12)),
        words.suspended(AT),
        words.suspension_told(f"<@{ID}>", AT),
        words.safety(0.7, None, is_default=True),
        words.safety(0.1, ID, is_default=False),
        words.alerts_closed(ID),
        words.suspension_lifted(f"<@{ID}>"),
        words.nothing_to_lift(f"<@{ID}>"),
        words.ADMINS_ONLY,
        words.NOT_YOUR_OWN,
        *(words.pictures_unchecked(n) for n in (1, 4)),
        words.EYES_SHUT,
        words.FORGET_QUESTION,
        words.forgotten(Receipt(suspended_until=AT)),
        words.forgotten(Receipt(10, 600, 40, 999, 99, 10**12, 2000, AT)),
    ],
)
def test_every_sentence_is_short_and_accuses_nobody(sentence: str) -> None:
    assert is_fit(sentence)
    assert len(sentence) < MOST
    for hard in ("violat", "forbidden", "illegal", "offence", "NSFW", "banned"):
        assert hard not in sentence


def test_it_is_said_how_many_of_how_many_were_withheld() -> None:
    one, some, every = (words.pictures_withheld(n, of) for n, of in ((1, 1), (1, 4), (4, 4)))
    assert "1 of the 4" in some
    assert "all 4" in every
    assert "all" not in one.split(".")[0]
    for sentence in (one, some, every):
        assert "another go" in sentence


def test_times_are_told_as_discord_tells_them() -> None:
    for sentence in (words.suspended(AT), words.suspension_told("<@1>", AT)):
        assert f"<t:{int(AT.timestamp())}:R>" in sentence
