"""Photos are examined, and pictures screened, in a process of their own, so that a bad one cannot
harm the bot.

One warm child takes one photo after another and looks at each in a fork of itself (see `child`).
Where a fork hangs or the child talks nonsense both are killed, the photo is refused, and the next
photo gets a fresh child.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from bot.photos import prepared
from bot.photos.answer import from_answer, score_of
from bot.photos.errors import ExaminerUnavailable, PhotoRefused
from bot.photos.examined import Examined
from bot.photos.limits import LIMIT_S, MAX_BYTES
from bot.photos.mask import MaskRefused
from bot.photos.prepared import Prepared
from bot.photos.terms import Framing, Kind, require_known
from bot.photos.wire import WireBroken, pack, receive_async, unpack

if TYPE_CHECKING:
    from bot.photos.prepare import Where

Answer = TypeVar("Answer")

_ROOT: Final = Path(__file__).parents[2]
_CHILD: Final = (sys.executable, "-m", "bot.photos.child")
#: No thread but the first: a fork has no other, and would wait for it.
_ENVIRONMENT: Final = {
    "PATH": os.defpath,
    "PYTHONPATH": str(_ROOT),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_START_LIMIT_S: Final = 60.0
_BUFFER_BYTES: Final = 1024 * 1024


@dataclass(frozen=True)
class Spent:
    """What a photo cost: seconds of a processor, and bytes of RAM at its peak beyond what was the
    warm child's own (pages of libraries that it touched are counted, and nobody's but once).
    """

    cpu_s: float
    added_bytes: int


class Examiner:
    """`examine` behind a wall. Use as `async with Examiner() as examiner`."""

    def __init__(self, *, limit_s: float = LIMIT_S) -> None:
        self.limit_s = limit_s
        #: Of the last photo that was looked at to an end.
        self.spent: Spent | None = None
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
            _kill(self._child)  # whoever waits for an answer stops waiting
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
        question = {"kind": kind, "declared": declared, "resolution": resolution}
        return await self._answered(pack(question, data), from_answer)

    async def screen(self, png: bytes) -> float:
        """How explicit a picture looks, 0 to 1, as `bot.photos.nsfw` sees it.

        Raises PhotoRefused where that cannot be said, now or later: what cannot be decoded, or
        takes too long, is not to be shown. ExaminerUnavailable: ask again later.
        """
        if len(png) > MAX_BYTES:
            raise PhotoRefused("too_many_bytes", bytes=len(png), limit=MAX_BYTES)
        return await self._answered(pack({"screens": True}, png), score_of)

    async def prepare(
        self, data: bytes, *, min_side: int, where: Where | None = None, mask: bytes = b""
    ) -> Prepared:
        """As `bot.photos.prepare.prepare`; it waits like any photo.

        Raises PhotoRefused, MaskRefused, ExaminerUnavailable.
        """
        for file in (data, mask):
            if len(file) > MAX_BYTES:
                raise PhotoRefused("too_many_bytes", bytes=len(file), limit=MAX_BYTES)
        asked = {"where": where, "min_side": min_side, "picture": len(data)}
        return await self._answered(pack(asked, data + mask), prepared.from_answer)

    async def _answered(
        self, question: bytes, read: Callable[[dict[str, Any], bytes], Answer]
    ) -> Answer:
        """What the child says to that, as `read` reads it. `read` raises WireBroken for what is no
        honest answer."""
        async with self._turn:
            child = await self._warm_child()
            try:
                async with asyncio.timeout(self.limit_s):
                    head, body = await _ask(child, question)
                self.spent, ended = _report(head)
                if ended != "answered":
                    raise self._lost(ended)
                return read(*unpack(body))
            except (PhotoRefused, MaskRefused, ExaminerUnavailable):
                raise  # an answer like any other: the child is well
            except TimeoutError:
                self._end_child()
                raise self._lost("time") from None
            except WireBroken as error:
                self._end_child()
                if not self._is_open:
                    raise RuntimeError("the examiner was closed") from error
                raise PhotoRefused("damaged") from error
            except BaseException:
                # Cancelled half-way: the pipe holds half a question or somebody's answer.
                self._end_child()
                raise

    def _lost(self, ended: str) -> PhotoRefused | ExaminerUnavailable:
        """Of a photo whose fork ended without an answer, or never began."""
        if ended == "unstarted":
            return ExaminerUnavailable("its own messages say why")
        if ended == "time":
            return PhotoRefused("took_too_long", limit_s=self.limit_s)
        return PhotoRefused("too_heavy" if ended == "memory" else "damaged")

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
            *_CHILD,
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
        _kill(child)
        ending = asyncio.ensure_future(_ended(child))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)


def _report(head: dict[str, Any]) -> tuple[Spent, str]:
    """What a photo cost, and how its fork ended."""
    try:
        return Spent(float(head["cpu_s"]), int(head["added_bytes"])), str(head["ended"])
    except (KeyError, TypeError, ValueError) as error:
        raise WireBroken("no report") from error


def _kill(child: asyncio.subprocess.Process) -> None:
    """The child, and the fork in which it looks at a photo: they are one session."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


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
