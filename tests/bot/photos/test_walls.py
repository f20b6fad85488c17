"""A stranger's file meets a process that can do nothing but answer, and that ends with it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bot.photos.limits import MEMORY_BYTES

#: What a file might do once it has taken the process over. Each is done in a fork of a warm child.
HOSTILE = {
    "open": "open('/etc/passwd')",
    "write": "open('/tmp/darkroom-hostile', 'w')",
    "look around": "os.listdir('/')",
    "call home": "socket.socket()",
    "start somebody": "os.fork()",
    "start a program": "os.execv('/bin/true', ['true'])",
    "kill its parent": "os.kill(os.getppid(), 9)",
    "kill itself in another's name": "os.kill(os.getpid(), 9)",
    "loosen its limits": "resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))",
    "read the next question": "os.read(0, 1)",
    "share memory": f"mmap.mmap(-1, {2 * MEMORY_BYTES})",
}


def in_a_fork(does: str, *, patches: str = "") -> tuple[dict, bytes, str]:
    """The report of a child whose `examine` does that, what the fork answered, and the log."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD.format(does=does, patches=patches)],
        capture_output=True,
        check=True,
    )
    report, said = json.loads(done.stdout.splitlines()[0]), done.stdout.split(b"\n", 1)[1]
    return report, said, done.stderr.decode()


CHILD = """
import ctypes, json, logging, mmap, os, resource, socket, sys, time
import bot.photos.child as c
from bot.photos import walls
{patches}
def examine(*_, **__):
    {does}
c.examine = examine
head = {{"kind": "pet", "declared": None, "resolution": 64}}
message = c.aside(head, b"", walls.memory_of_this())
from bot.photos.wire import unpack
report, said = unpack(message)
sys.stdout.buffer.write(json.dumps(report).encode() + b"\\n" + said)
"""
ATTEMPT = """
    try:
        {does}
    except (OSError, MemoryError) as error:
        os.write(2, repr(error).encode())
    else:
        os.write(2, b"DONE")
    raise c.PhotoRefused("empty")"""


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
@pytest.mark.parametrize("what", HOSTILE)
def test_case_13_a_file_that_takes_the_process_over_can_do_nothing_with_it(what):
    report, _, log = in_a_fork(ATTEMPT.format(does=HOSTILE[what]))
    assert report["ended"] == "answered"
    assert "DONE" not in log
    assert "Error" in log


@pytest.mark.parametrize(
    "does",
    [
        f"bytearray({MEMORY_BYTES + 10_000_000})",
        f"for _ in range(10**6): list(range({MEMORY_BYTES}))",
    ],
)
def test_a_fork_cannot_take_more_memory_than_a_photo_may_cost(does):
    report, said, _ = in_a_fork(does)
    assert report["added_bytes"] <= MEMORY_BYTES
    if report["ended"] == "answered":
        assert b'"too_heavy"' in said
    else:
        assert report["ended"] == "memory"


def test_what_a_photo_may_cost_it_gets():
    report, said, _ = in_a_fork(
        f"block = bytearray({MEMORY_BYTES - 20_000_000}); raise c.PhotoRefused('empty')"
    )
    assert (report["ended"], b'"empty"' in said) == ("answered", True)


@pytest.mark.parametrize(
    ("does", "ended"),
    [
        ("ctypes.string_at(0)", "broken"),
        ("os.abort()", "broken"),
        ("os._exit(7)", "broken"),
        ("sys.exit()", "broken"),
    ],
)
def test_case_13_a_crash_is_the_forks_alone(does, ended):
    report, said, _ = in_a_fork(does)
    assert (report["ended"], said) == (ended, b"")


def test_a_machine_with_room_for_no_process_says_so():
    no = "def no(): raise BlockingIOError(11, 'no room')\nos.fork = no"
    report, said, log = in_a_fork("pass", patches=no)
    assert (report["ended"], said) == ("unstarted", b"")
    assert "no room" in log


def test_an_operators_own_limits_are_heeded():
    own = "resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\nwalls.MEMORY_BYTES = 2**40"
    report, said, _ = in_a_fork("bytearray(2**31)", patches=own)
    assert report["ended"] == "answered"
    assert b'"too_heavy"' in said


def test_case_13_a_loop_is_ended_by_the_processors_time():
    report, said, _ = in_a_fork("while True: pass", patches="walls.LIMIT_S = 1")
    assert (report["ended"], said) == ("time", b"")


def test_case_13_a_fork_that_only_waits_is_ended_too():
    report, said, _ = in_a_fork("time.sleep(600)", patches="c.LONGEST_S = 0.05")
    assert (report["ended"], said) == ("time", b"")


def test_a_fork_that_never_stops_talking_is_not_listened_to():
    report, said, _ = in_a_fork("while True: os.write(1, bytes(10**6))")
    assert (report["ended"], said) == ("broken", b"")


def test_what_failed_is_told_in_the_log_and_blamed_on_the_file():
    _, said, log = in_a_fork("raise RuntimeError('the decoder stumbled')")
    assert b'"damaged"' in said
    assert "the decoder stumbled" in log
