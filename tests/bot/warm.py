"""The child that looks at photos, warm at once.

A bot loads one when it starts, a second of a processor, and few of the tests of its commands ever
show it a photo. Here one process loads everything once and forks; what `darkbox` starts instead of
a child is a door to such a fork. The fork is the product's child in all it does from there: it
reads the very pipes that `darkbox` made, and ends with them.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from types import ModuleType
from typing import NoReturn

ROOT = Path(__file__).parents[2]

#: It hands over its pipes, and is there for as long as the fork is.
DOOR = """
import os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect(sys.argv[1])
    socket.send_fds(line, [b"."], [0, 1, 2])
    os.close(0)
    os.close(1)
    line.recv(1)
"""


@contextmanager
def warm_children(folder: Path) -> Iterator[tuple[str, ...]]:
    """The command that is, in place of `bot.photos.child`, such a child."""
    place = folder / "warm"
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bot.warm", str(place)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,  # it ends with this one, and so with the tests
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.read(1) == b".", "nothing came up that could be forked"
        yield (sys.executable, "-I", "-S", "-c", DOOR, str(place))
        process.stdin.close()


def serve(place: str) -> None:
    """Fork a child for whoever comes, until the input ends."""
    from bot.photos import child

    child.warm()
    child.warm = lambda: None  # a fork has all that
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(place)
        door.listen()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a fork
        os.write(1, b".")
        while door in select([door, 0], [], [])[0]:
            line, _ = door.accept()
            with line:
                _, pipes, _, _ = socket.recv_fds(line, 1, 3)
                if os.fork() == 0:
                    _be(child, pipes)
                for pipe in pipes:
                    os.close(pipe)


def _be(child: ModuleType, pipes: list[int]) -> NoReturn:
    """A fork's whole life; it keeps the line to its door until it ends."""
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # it waits for its own
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
            os.close(pipe)
        child.main()
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
