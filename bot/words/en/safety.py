"""What is not shown, who may not ask for a while, and what a server's admins can change."""

from __future__ import annotations

from datetime import datetime

from bot.words.en.measures import when


def suspended(until: datetime) -> str:
    return (
        "Let us take a break: more than a few times lately, what you asked for was something I do"
        f" not draw. I am there for you again {when(until)}. Your subjects and photos are safe; the"
        " admins of a server where you asked can end the break there sooner."
    )


def suspension_told(mention: str, until: datetime) -> str:
    return (
        f"I draw and train nothing for {mention} for now; it ends {when(until)} by itself. Several"
        " times within a week, here too, they asked for something sexual, or I had to withhold what"
        " came out. `/admin lift` ends it here sooner."
    )


ADMINS_ONLY = "That is for those who manage this server. Ask one of them, they can help you."


def safety(limit: float, channel_id: int | None, *, is_default: bool) -> str:
    """What holds in a server."""
    default = " (my default)" if is_default else ""
    told = f"in <#{channel_id}>" if channel_id is not None else "by a message to the server's owner"
    return (
        f"I withhold pictures that look explicit from {limit:.2f} on{default}; 0 is harmless, 1 is"
        f" not. When somebody keeps asking for such things I say so {told}."
    )


def alerts_closed(channel_id: int) -> str:
    return (
        f"I may not write in <#{channel_id}>, so I changed nothing. Let me see it and send messages"
        " there, or name another channel."
    )


def suspension_lifted(mention: str) -> str:
    return (
        f"Done: {mention} may ask me for pictures and trainings here again. What happened elsewhere"
        " is not touched by that."
    )


def nothing_to_lift(mention: str) -> str:
    return (
        f"There is no break of {mention} that something here led to, so there was nothing to end."
        " Those from elsewhere are ended there, or by themselves."
    )


NOT_YOUR_OWN = "Your own break is for somebody else to end. Ask another admin of this server."
