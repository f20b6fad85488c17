"""Real processes for the price of a fork.

Importing Darkroom costs seconds, and these tests need hundreds of processes. One process, the
zygote, imports everything once, before any thread or event loop exists, and forks a child for
each order. A child is a process like any other: it has its own connections, its own threads, and
dies of real signals. It tells what it has done, a line of JSON each, into a pipe, and only after
the call returned; a line is written whole or not at all (pipe(7), up to 4096 bytes), so what was
told before a SIGKILL was told.
"""

from __future__ import annotations

import array
import asyncio
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
#: What the children run; imported before the first fork.
MODULES = (
    "tests.faults.bots",
    "tests.faults.trainers",
    "tests.faults.recover",
    "tests.faults.chapters",
    "tests.faults.roles",
    "tests.faults.full_disk",
    "tests.faults.crashes",
)
#: The longest line that a pipe takes in one piece.
LONGEST = 4096

Line = dict[str, Any]
PR_SET_PDEATHSIG = 1


class Say:
    """A child's mouth: each call is one line for the parent."""

    def __init__(self, told: int, go: int) -> None:
        self.lines: list[Line] = []
        self._told = told
        self._go = go

    def __call__(self, what: str, **facts: Any) -> None:
        self.lines.append({"at": time.monotonic_ns(), **facts, "what": what})
        line = json.dumps(self.lines[-1]).encode() + b"\n"
        assert len(line) <= LONGEST
        os.write(self._told, line)

    def wait_for_go(self) -> None:
        """Block, loop and all, until the parent lets go."""
        os.read(self._go, 1)


Work = Callable[..., Awaitable[None]]


class Child:
    """A forked process as its parent sees it."""

    def __init__(self, zygote: Zygote, pid: int, told: int, go: int) -> None:
        self.pid = pid
        self.told = told
        self.lines: list[Line] = []
        self._zygote = zygote
        self._rest = b""
        self._go: int | None = go
        self._status: int | None = None

    def go(self) -> None:
        """Let a child go on that waits for it."""
        if self._go is not None:
            os.close(self._go)
            self._go = None

    def listen(self) -> bool:
        """Wait for what the child says next; False when it has ended."""
        some = os.read(self.told, 1 << 16)
        *whole, self._rest = (self._rest + some).split(b"\n")
        self.lines += [json.loads(line) for line in whole]
        return bool(some)

    def drain(self) -> None:
        """Hear what was said until now, without waiting."""
        while self._status is None and select.select([self.told], [], [], 0)[0]:
            if not self.listen():
                return

    def until(self, what: str) -> Line:
        """Wait until the child says this, if it has not yet."""
        heard = 0
        while True:
            for line in self.lines[heard:]:
                if line["what"] == what:
                    return line
            heard = len(self.lines)
            assert self.listen(), f"it ended without saying {what}: {self.lines}"

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)  # not reaped yet, so the number is still its own

    def kill(self) -> None:
        self.signal(signal.SIGKILL)

    def freeze(self) -> None:
        """SIGSTOP, and see that it stands still: a signal is not obeyed at once."""
        self.signal(signal.SIGSTOP)
        while self.state() not in "TZ":
            os.sched_yield()

    def state(self) -> str:
        """The letter that proc(5) has for what the process does: T stopped, Z ended."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2][0]

    def end(self) -> int:
        """Wait for its end; minus the signal that ended it, else its exit status."""
        if self._status is None:
            self.go()
            while self.listen():
                pass
            os.close(self.told)
            self._status = self._zygote.reap(self.pid)
        return self._status


class Zygote:
    """The parent's end."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        # one thread each: a library that keeps a pool of threads must not be forked
        quiet = {
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "TRANSFORMERS_VERBOSITY": "error",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", str(theirs.fileno())],
            cwd=ROOT,
            env={**os.environ, **quiet},
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        assert self._control.recv(64) == b"ready", "the zygote did not come up"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._control.close()
        self._process.wait()

    def fork(self, work: Work, **facts: Any) -> Child:
        """A new process that does `await work(say, **facts)` and ends."""
        told, theirs_told = os.pipe()
        theirs_go, go = os.pipe()
        order = {"module": work.__module__, "name": work.__name__, "facts": facts}
        pid = self._ask(order, theirs_told, theirs_go)
        os.close(theirs_told)
        os.close(theirs_go)
        return Child(self, pid, told, go)

    def run(self, work: Work, **facts: Any) -> list[Line]:
        """Fork, wait for the end, and hand out what was told. The work must end well."""
        child = self.fork(work, **facts)
        status = child.end()
        assert status == 0, (status, child.lines)
        return child.lines

    def reap(self, pid: int) -> int:
        return self._ask({"reap": pid})

    def _ask(self, order: dict[str, Any], *descriptors: int) -> int:
        with self._turn:
            socket.send_fds(self._control, [json.dumps(order).encode()], list(descriptors))
            answer: int = json.loads(self._control.recv(64))
        return answer


def _serve(control: socket.socket) -> None:
    """The zygote itself: until its parent is gone."""
    for name in MODULES:
        importlib.import_module(name)
    assert len(list(Path("/proc/self/task").iterdir())) == 1, (
        "a thread was started before the first fork"
    )
    gc.freeze()  # the children shall share what is here, not copy it for a look
    control.send(b"ready")
    for order, descriptors in _orders(control):
        if "reap" in order:
            _, status = os.waitpid(order["reap"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                control.close()
                _be(order, *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
        control.send(json.dumps(answer).encode())


def _orders(control: socket.socket) -> Iterator[tuple[dict[str, Any], list[int]]]:
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 2)
        if not data:
            return
        yield json.loads(data), list(array.array("i", descriptors))


def _be(order: dict[str, Any], told: int, go: int) -> None:
    """A child's whole life."""
    # a test that is broken off leaves nobody behind
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    say = Say(told, go)
    status = 0
    try:
        work: Work = getattr(importlib.import_module(order["module"]), order["name"])
        asyncio.run(work(say, **order["facts"]))  # type: ignore[arg-type]  # all are coroutines
    except BaseException:  # noqa: BLE001 - told to the parent, who decides
        status = 1
        with suppress(OSError):
            say("broke", why=traceback.format_exc()[-2000:])
    finally:
        os._exit(status)


if __name__ == "__main__":
    # the children find this module by its name, not as the program that was started
    serve = importlib.import_module("tests.faults.zygote")._serve
    serve(socket.socket(fileno=int(sys.argv[1])))
