"""Only one bot works on one database, and a dead one holds nobody up."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from storage import sole as sole_module
from storage.errors import AlreadyRunning, Busy
from storage.sole import sole
from tests import postgresql

HOLDER = """
import asyncio, sys
from pathlib import Path
from storage.sole import sole

async def main():
    where = sys.argv[1]
    async with sole(where if "://" in where else Path(where)):
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""
#: Longer than a killed process takes to be gone for the kernel and the server.
GONE_S = 30


@contextmanager
def another_bot(place: Path | str) -> Iterator[subprocess.Popen[str]]:
    """A process that is the bot of this database, until it ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.kill()


async def is_free(place: Path | str) -> bool:
    try:
        async with sole(place):
            return True
    except AlreadyRunning:
        return False


async def until_free(place: Path | str) -> None:
    async with asyncio.timeout(GONE_S):
        # neither a file's lock nor a server's tells when it is given up: only asking does
        while not await is_free(place):  # noqa: ASYNC110 - the other end is no task of this loop
            await asyncio.sleep(0.01)


async def test_a_second_bot_is_refused_until_the_first_has_ended(place: Path | str) -> None:
    async with sole(place):
        for _ in range(2):
            with pytest.raises(AlreadyRunning, match="Another bot already works"):
                async with sole(place):
                    pass
    assert await is_free(place)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
async def test_a_bot_that_was_killed_holds_nobody_up(
    place: Path | str, end: signal.Signals
) -> None:
    with another_bot(place) as process:
        assert not await is_free(place)
        process.send_signal(end)
        process.wait()
        await until_free(place)


async def test_bots_of_two_databases_do_not_meet(place: Path | str, tmp_path: Path) -> None:
    if isinstance(place, Path):
        other: Path | str = tmp_path / "other" / "darkroom.sqlite3"
    else:
        other = await postgresql.new_database()
    async with sole(place), sole(other):
        pass
    if isinstance(other, str):
        await postgresql.drop(other)


async def test_one_file_is_one_database_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    async with sole(tmp_path / "data" / "darkroom.sqlite3"):
        assert not await is_free(tmp_path / "link" / "darkroom.sqlite3")


async def hang_up(address: str) -> None:
    """The server ends every connection to this database, as when it restarts."""
    admin: Any = await asyncpg.connect(address)
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await admin.close()


async def test_a_lock_that_postgresql_dropped_is_taken_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = await postgresql.new_database()
    monkeypatch.setattr(sole_module, "LOOK_EVERY_S", 0.01)
    async with sole(address):
        await hang_up(address)
        async with asyncio.timeout(GONE_S):
            # what it waits for is the server's lock, which says nothing when it is taken
            while await is_free(address):  # noqa: ASYNC110 - the other end is a server
                await asyncio.sleep(0.01)
    await postgresql.drop(address)


async def test_a_server_that_is_away_is_said_to_be() -> None:
    with pytest.raises(Busy):
        async with sole("postgresql://nobody@127.0.0.1:1/nothing"):
            pass
