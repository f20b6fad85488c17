"""What is offered while a member types."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar, cast

from storage.errors import StorageError

log = logging.getLogger("darkroom.bot")

Asked = ParamSpec("Asked")
Choices = TypeVar("Choices", bound="list[Any]")


def offer(
    asked: Callable[Asked, Coroutine[Any, Any, Choices]],
) -> Callable[Asked, Coroutine[Any, Any, Choices]]:
    """Of an autocomplete: where the database has no time now nothing is offered, and whoever types
    can type on."""

    @functools.wraps(asked)
    async def offered(*args: Asked.args, **kwargs: Asked.kwargs) -> Choices:
        try:
            return await asked(*args, **kwargs)
        except StorageError as error:
            log.warning("nothing is offered: %s", error)
            return cast("Choices", [])

    return offered
