"""What a server's rules keep a member from, and when it opens again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from bot.words.en.measures import count, when

#: Of a list of roles or channels, so many are named.
_MOST_LISTED = 5

RULE_ADULTS = (
    "On this server I draw and train in age-restricted channels only. Ask me in one of those and I"
    " am glad to."
)


def rule_role(role_ids: Sequence[int]) -> str:
    """The roles that there are; none, where those that may train were deleted."""
    if not role_ids:
        return (
            "On this server training is for a role that was deleted since. An admin can say with"
            " `/admin roles` who may train; what is trained already you can draw as ever."
        )
    return (
        f"On this server training is for {_any_of('@&', role_ids)}. An admin can give you that"
        " role; what is trained already you can draw as ever."
    )


def rule_tenure(opens_at: datetime, *, is_training: bool) -> str:
    what = "train" if is_training else "draw"
    return (
        "This server would like its members to settle in first. I"
        f" begin to {what} for you {when(opens_at)}; subjects and photos are welcome already."
    )


def rule_channel(channel_ids: Sequence[int]) -> str:
    return (
        f"On this server my pictures and trainings live in {_any_of('#', channel_ids)}. Ask me"
        " there and I begin at once."
    )


def rule_spent(
    what: Literal["pictures", "trainings"], limit: int, used: int, opens_at: datetime
) -> str:
    """The day's pictures or the week's trainings do not suffice for that."""
    one, span = ("picture", "a day") if what == "pictures" else ("training", "a week")
    if not limit:
        return (
            f"The admins of this server keep {one}s for others: you have none here."
            " They can tell you more, and change it with `/admin quotas`."
        )
    left = max(limit - used, 0)
    fewer = f" Ask for {left} or fewer, or wait a little." if left else ""
    return (
        f"Here you have {count(limit, one)} {span}, and {used} of them are used.{fewer}"
        f" It begins anew {when(opens_at)}. `/me quota` shows what is left."
    )


def rule_paused(until: datetime) -> str:
    """A break that the server's admins gave."""
    return (
        f"The admins of this server gave you a break from me here; it ends {when(until)} by itself."
        " Your subjects and photos are safe. They can tell you more, and end it sooner."
    )


def _any_of(sign: str, ids: Sequence[int]) -> str:
    shown = [f"<{sign}{one}>" for one in ids[:_MOST_LISTED]]
    if len(ids) > _MOST_LISTED:
        shown.append(f"{len(ids) - _MOST_LISTED} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
