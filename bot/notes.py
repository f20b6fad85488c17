"""What was done and must still be written down, while the database takes no writes."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from storage.errors import StorageError

log = logging.getLogger("darkroom.bot")


class Notes:
    """Written in the order in which they came, at once or as soon as that can be done.

    They are lost with the process, and the rows are made so that this costs a repetition at
    most: an answer whose place was not noted is given anew, one not marked as said is said again.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], Awaitable[None]]] = deque()
        self._writing = asyncio.Lock()

    async def write(self, note: Callable[[], Awaitable[None]]) -> None:
        """Write this after all that waits; where that cannot be done now, `catch_up` will."""
        self._waiting.append(note)
        await self.catch_up()

    async def catch_up(self) -> bool:
        """Write what waits; whether everything is written."""
        async with self._writing:
            while self._waiting:
                try:
                    await self._waiting[0]()
                except StorageError as error:
                    log.warning("%s notes wait: %s", len(self._waiting), error)
                    return False
                except Exception:
                    log.exception("a note cannot be written")
                self._waiting.popleft()
        return True
