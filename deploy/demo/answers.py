"""What the bot answered, as the story reads it."""

from __future__ import annotations

from typing import Any


def last(answer: Any) -> Any:
    """The message that an interaction was answered with last."""
    return [m for m in (answer.response, *answer.followups) if m is not None][-1]


def text_of(answer: Any) -> str:
    """Everything an interaction's answer says, embeds included."""
    return "\n".join(shown(m) for m in (answer.response, *answer.followups) if m is not None)


def shown(message: Any) -> str:
    parts = [message.content or ""]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or ""]
        parts += [f"{f.name}\n{f.value}" for f in embed.fields]
    return "\n".join(parts)


def private(answer: Any, *words: str) -> bool:
    """Whether the answer is seen by its member only, and says all of the words."""
    messages = [m for m in (answer.response, *answer.followups) if m is not None]
    said = text_of(answer)
    return all(m.flags.ephemeral for m in messages) and all(word in said for word in words)
