"""Photos are examined in a process of their own, so that a bad one cannot harm the bot.

One warm child serves one photo after another. A child that hangs, dies or talks nonsense is
killed, its photo is refused, and the next photo gets a fresh child.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import Any, Final, Self

from bot.photos.answer import from_answer
from bot.photos.errors import ExaminerUnavailable, PhotoRefused
from bot.photos.examined import Examined
from bot.photos.limits import MAX_BYTES
from bot.photos.terms import Framing, Kind, require_known
from bot.photos.wire import WireBroken, pack, receive_async

_ROOT: Final = Path(__file__).parents[2]
#: One thread each: the child has one photo at a time, and thread stacks eat its address space.
_ENVIRONMENT: Final = {
    "PATH": os.defpath,
    "PYTHONPATH": str(_ROOT),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_START_LIMIT_S: Final = 60.0
_BUFFER_BYTES: Final = 1024 * 1024


class Examiner:
    """`examine` behind a wall. Use as `async with Examiner() as examiner`."""

    def __init__(self, *, limit_s: float = 20.0) -> None:
        self.limit_s = limit_s
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._endings: set[asyncio.Task[int]] = set()
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        try:
            await self._warm_child()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def _close(self) -> None:
        self._is_open = False
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()  # whoever waits for an answer stops waiting
        async with self._turn:
            self._end_child()
        await asyncio.gather(*self._endings)

    async def examine(
        self, data: bytes, *, kind: Kind, declared: Framing | None, resolution: int
    ) -> Examined:
        """As `bot.photos.examine.examine`; photos wait for each other, each has `limit_s`.

        Raises PhotoRefused, ExaminerUnavailable where no child can be started.
        """
        require_known(kind, declared)
        if len(data) > MAX_BYTES:
            raise PhotoRefused("too_many_bytes", bytes=len(data), limit=MAX_BYTES)
        question = pack({"kind": kind, "declared": declared, "resolution": resolution}, data)
        async with self._turn:
            child = await self._warm_child()
            try:
                async with asyncio.timeout(self.limit_s):
                    head, body = await _ask(child, question)
                return from_answer(head, body)
            except PhotoRefused:
                raise  # an answer like any other: the child is well
            except TimeoutError:
                self._end_child()
                raise PhotoRefused("took_too_long", limit_s=self.limit_s) from None
            except WireBroken as error:
                self._end_child()
                if not self._is_open:
                    raise RuntimeError("the examiner was closed") from error
                raise PhotoRefused("damaged") from error
            except BaseException:
                # Cancelled half-way: the pipe holds half a question or somebody's answer.
                self._end_child()
                raise

    async def _warm_child(self) -> asyncio.subprocess.Process:
        """The child, a new one if the last has ended by itself since (say, for lack of memory)."""
        if not self._is_open:
            raise RuntimeError("the examiner is closed")
        if self._child is not None:
            assert self._child.stdout
            if self._child.returncode is None and not self._child.stdout.at_eof():
                return self._child
            self._end_child()
        self._child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.photos.child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_BUFFER_BYTES,
            env=_ENVIRONMENT,  # none of the bot's own: it holds the token
            start_new_session=True,
        )
        assert self._child.stdout
        try:
            async with asyncio.timeout(_START_LIMIT_S):
                await receive_async(self._child.stdout)
        except (WireBroken, TimeoutError) as error:
            self._end_child()
            raise ExaminerUnavailable("its own messages say why") from error
        except BaseException:
            self._end_child()
            raise
        return self._child

    def _end_child(self) -> None:
        """Kill the child, if there is one, without waiting for its end; _close waits."""
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        ending = asyncio.ensure_future(_ended(child))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)


async def _ended(child: asyncio.subprocess.Process) -> int:
    assert child.stdin
    assert child.stdout
    child.stdin.close()
    # The transport closes with its pipes: what the child still said has to be read away.
    while await child.stdout.read(_BUFFER_BYTES):
        pass
    return await child.wait()


async def _ask(child: asyncio.subprocess.Process, question: bytes) -> tuple[dict[str, Any], bytes]:
    assert child.stdin
    assert child.stdout
    child.stdin.write(question)
    try:
        await child.stdin.drain()
    except ConnectionError as error:
        raise WireBroken("it ended before it had the photo") from error
    return await receive_async(child.stdout)
