"""A session in its thread: its card, and what each of its buttons does."""

from __future__ import annotations

from bot.views.room.card import message, results, says, to_the_vote
from bot.views.room.hanging import hang
from bot.views.room.lending import lend
from bot.views.room.managing import may_manage
from bot.views.room.recap import recap
from bot.views.room.seats import join
from bot.views.room.voting import vote

__all__ = [
    "hang",
    "join",
    "lend",
    "may_manage",
    "message",
    "recap",
    "results",
    "says",
    "to_the_vote",
    "vote",
]
