"""Keep one worker alive: start it, and start a fresh one when it dies.

The worker's standard input is a pipe from here. When this process ends, by whatever means, the
pipe ends too and the worker stops by itself. No torch here: the supervisor stays small.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from storage import clock

log = logging.getLogger("darkroom.supervisor")

#: A worker that leaves with this status has told why; starting it again would change nothing.
EX_CONFIG = 78
#: The wait before a fresh worker, doubled while they die young.
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
#: A worker that lived this long was well.
WELL_AFTER_S = 60.0


async def supervise(command: list[str]) -> int:
    """Run `command` until it ends well, is misconfigured, or we are asked to stop (SIGTERM)."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for asked in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(asked, stopping.set)
    wait_s = FIRST_WAIT_S
    while True:
        began = clock.monotonic_s()
        child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
        status = await _until_it_ends(child, stopping)
        if stopping.is_set():
            return 0  # as asked, even when the worker was too young to leave by itself
        if status in (0, EX_CONFIG):
            return status
        if clock.monotonic_s() - began > WELL_AFTER_S:
            wait_s = FIRST_WAIT_S
        log.warning("the worker ended with status %s; a fresh one in %.1f s", status, wait_s)
        try:
            await asyncio.wait_for(stopping.wait(), wait_s)
            return 0
        except TimeoutError:
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)


async def _until_it_ends(child: asyncio.subprocess.Process, stopping: asyncio.Event) -> int:
    ended = asyncio.create_task(child.wait())
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
    if not ended.done():
        child.terminate()
    asked.cancel()
    return await ended


def worker_command() -> list[str]:
    return [sys.executable, "-m", "trainer.serve"]
