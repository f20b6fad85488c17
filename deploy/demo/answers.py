"""What the bot answered, as the story reads it."""

from __future__ import annotations

from collections.abc import Iterator
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
    parts += [part["content"] for part in components(message) if "content" in part]
    return "\n".join(parts)


def menus(message: Any) -> list[dict[str, Any]]:
    """The menus of a message."""
    return [part for part in components(message) if "options" in part]


def offered(menu: dict[str, Any]) -> list[str]:
    """The values of a menu."""
    return [option["value"] for option in menu["options"]]


def components(message: Any) -> Iterator[dict[str, Any]]:
    """Every component of a message, those inside others included, in the order in which they are
    read."""

    def inside(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield part
        for one in (*part.get("components", ()), *filter(None, [part.get("accessory")])):
            yield from inside(one)

    for part in message.components:
        yield from inside(part if isinstance(part, dict) else part.to_dict())


def private(answer: Any, *words: str) -> bool:
    """Whether the answer is seen by its member only, and says all of the words."""
    messages = [m for m in (answer.response, *answer.followups) if m is not None]
    said = text_of(answer)
    return all(m.flags.ephemeral for m in messages) and all(word in said for word in words)
