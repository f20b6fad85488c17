"""What is offered while a member types."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from discord.app_commands import Choice

from storage.errors import StorageError

log = logging.getLogger("darkroom.bot")

Asked = ParamSpec("Asked")
Value = TypeVar("Value", str, int)


def offer(
    asked: Callable[Asked, Coroutine[Any, Any, list[Choice[Value]]]],
) -> Callable[Asked, Coroutine[Any, Any, list[Choice[Value]]]]:
    """Of an autocomplete: where the database has no time now nothing is offered, and whoever types
    can type on."""

    @functools.wraps(asked)
    async def offered(*args: Asked.args, **kwargs: Asked.kwargs) -> list[Choice[Value]]:
        try:
            return await asked(*args, **kwargs)
        except StorageError as error:
            log.warning("nothing is offered: %s", error)
            return []

    return offered
