from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.photos import darkbox
from bot.photos.darkbox import Examiner
from bot.photos.errors import ExaminerUnavailable, PhotoRefused
from bot.photos.examine import examine
from bot.photos.wire import pack
from tests.bot.photos.pictures import ASTRONAUT, TOONS

PERSON = {"kind": "person", "declared": None, "resolution": 64}
TOON = next(iter(TOONS.values()))


def child_of(examiner: Examiner) -> int:
    assert examiner._child
    return examiner._child.pid


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


class Turn(asyncio.Lock):
    """Tells when somebody comes for it, to have it or to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted = asyncio.Event()

    async def acquire(self) -> bool:
        self.wanted.set()
        return await super().acquire()


class Watched(Examiner):
    def __init__(self) -> None:
        super().__init__()
        self._turn = Turn()


async def request(examiner: Watched, data: bytes) -> asyncio.Task:
    """A request that has its turn, or waits for it."""
    examiner._turn.wanted.clear()
    task = asyncio.create_task(examiner.examine(data, **PERSON))
    await examiner._turn.wanted.wait()
    return task


async def stopped_request(examiner: Watched) -> asyncio.Task:
    """A request under way in a child that does not go on."""
    os.kill(child_of(examiner), signal.SIGSTOP)
    task = await request(examiner, ASTRONAUT)
    assert examiner._turn.locked()
    return task


async def lives(examiner: Examiner) -> bool:
    return await examiner.examine(TOON, **PERSON) == examine(TOON, **PERSON)


async def test_the_answer_is_the_one_of_examine():
    async with Examiner() as examiner:
        assert await examiner.examine(ASTRONAUT, **PERSON) == examine(ASTRONAUT, **PERSON)


async def test_a_refusal_comes_through_and_the_child_stays():
    async with Examiner() as examiner:
        pid = child_of(examiner)
        with pytest.raises(PhotoRefused) as caught:
            await examiner.examine(ASTRONAUT, kind="pet", declared="face", resolution=768)
        assert caught.value.reason == "too_small"
        assert caught.value.facts == {"width": 512, "height": 512, "needed": 768}
        with pytest.raises(PhotoRefused, match="empty"):
            await examiner.examine(b"", **PERSON)
        assert await lives(examiner)
        assert child_of(examiner) == pid


async def test_many_at_once_each_get_their_own_answer():
    async with Examiner() as examiner:
        photos = list(TOONS.values())[:6]
        answers = await asyncio.gather(*(examiner.examine(data, **PERSON) for data in photos))
        assert answers == [examine(data, **PERSON) for data in photos]


async def test_a_child_that_dies_over_a_photo_is_replaced():
    async with Watched() as examiner:
        task = await stopped_request(examiner)
        os.kill(child_of(examiner), signal.SIGKILL)
        with pytest.raises(PhotoRefused, match="damaged"):
            await task
        assert await lives(examiner)


async def test_a_child_that_hangs_is_killed_and_replaced():
    async with Watched() as examiner:
        pid = child_of(examiner)
        examiner.limit_s = 0.05
        with pytest.raises(PhotoRefused, match="took_too_long"):
            await (await stopped_request(examiner))
        examiner.limit_s = 60.0
        assert await lives(examiner)
        assert child_of(examiner) != pid
    assert is_gone(pid)


async def test_a_cancelled_request_leaves_no_answer_behind():
    async with Watched() as examiner:
        task = await stopped_request(examiner)
        pid = child_of(examiner)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await lives(examiner)
        assert child_of(examiner) != pid


async def test_one_that_waits_for_its_turn_may_be_cancelled():
    async with Watched() as examiner:
        first = await stopped_request(examiner)
        pid = child_of(examiner)
        second = await request(examiner, TOON)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        os.kill(pid, signal.SIGCONT)
        assert await first == examine(ASTRONAUT, **PERSON)
        assert child_of(examiner) == pid


async def test_a_child_that_died_of_itself_costs_no_photo():
    async with Examiner() as examiner:
        child = examiner._child
        os.kill(child.pid, signal.SIGKILL)
        await child.wait()
        assert await lives(examiner)


REPORT = {"ended": "answered", "cpu_s": 0.1, "added_bytes": 1}


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (REPORT, pack({"seen": {"width": 1}})),
        (REPORT, pack({"refused": "too_many_files", "facts": {"most": 1}})),
        (REPORT, b""),
        (REPORT, pack({"refused": "empty", "facts": {}}) * 2),
        ({}, pack({"refused": "empty", "facts": {}})),
    ],
)
async def test_an_answer_of_another_shape_is_not_trusted(monkeypatch, report, said):
    async with Examiner() as examiner:
        pid = child_of(examiner)

        async def lie(*_):
            return report, said

        with monkeypatch.context() as patched:
            patched.setattr(darkbox, "_ask", lie)
            with pytest.raises(PhotoRefused, match="damaged"):
                await examiner.examine(TOON, **PERSON)
        assert await lives(examiner)
        assert child_of(examiner) != pid


async def test_the_loop_goes_on_while_a_photo_is_looked_at():
    async with Watched() as examiner:
        task = await stopped_request(examiner)
        loop, came_round = asyncio.get_running_loop(), asyncio.Event()

        def turn(left: int) -> None:  # a loop that is held would never come here again
            came_round.set() if left == 0 else loop.call_soon(turn, left - 1)

        turn(1000)
        await came_round.wait()
        assert not task.done()
        os.kill(child_of(examiner), signal.SIGCONT)
        await task


async def test_no_child_outlives_the_examiner():
    async with Examiner() as examiner:
        pid = child_of(examiner)
    assert is_gone(pid)
    with pytest.raises(RuntimeError):
        await examiner.examine(TOON, **PERSON)


async def test_closing_ends_what_is_under_way_and_blames_no_photo():
    async with Watched() as examiner:
        pid = child_of(examiner)
        first = await stopped_request(examiner)
        second = await request(examiner, TOON)
    for task in (first, second):
        with pytest.raises(RuntimeError, match="closed"):
            await task
    assert is_gone(pid)


async def test_a_child_that_cannot_start_is_no_photos_fault(monkeypatch):
    monkeypatch.setattr(darkbox, "_CHILD", ("/bin/false",))
    with pytest.raises(ExaminerUnavailable):
        async with Examiner():
            pass


async def test_the_child_is_told_no_secrets(monkeypatch):
    monkeypatch.setenv("DARKROOM_SECRET", "the token")
    async with Examiner() as examiner:
        assert b"token" not in environment_of(child_of(examiner))


async def test_a_machine_without_room_for_a_fork_is_no_photos_fault(monkeypatch):
    async def unstarted(*_):
        return {**REPORT, "ended": "unstarted"}, b""

    async with Examiner() as examiner:
        with monkeypatch.context() as patched:
            patched.setattr(darkbox, "_ask", unstarted)
            with pytest.raises(ExaminerUnavailable):
                await examiner.examine(TOON, **PERSON)
        assert await lives(examiner)


async def test_the_warm_child_has_one_thread_as_a_fork_has_no_more():
    async with Examiner() as examiner:
        await examiner.examine(TOON, **PERSON)
        assert len([*Path(f"/proc/{child_of(examiner)}/task").iterdir()]) == 1


async def test_looking_at_photos_lets_the_bot_go_first():
    async with Examiner() as examiner:
        await examiner.examine(TOON, **PERSON)
        child, own = (os.getpriority(os.PRIO_PROCESS, pid) for pid in (child_of(examiner), 0))
        assert child > own


def python(code: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)


def test_the_child_loads_neither_discord_nor_torch():
    done = python(
        "import sys, bot.photos.child\n"
        "sys.exit(bool({'discord', 'torch', 'storage', 'sqlalchemy'} & set(sys.modules)))"
    )
    assert done.returncode == 0, done.stderr


def test_the_child_ends_with_its_input():
    asked = pack({**PERSON}, TOON)
    done = subprocess.run(
        [sys.executable, "-m", "bot.photos.child"], input=asked, capture_output=True, check=True
    )
    assert b'"ready"' in done.stdout
    assert b'"ended": "answered"' in done.stdout
    assert b'"width"' in done.stdout
