"""Being woken by what others write; `storage.queue` never relies on it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage import clock
from storage.engine import Database
from storage.wake import Watch
from tests.rows import ask

LONG_S = 60.0


async def test_a_waiting_worker_is_woken_by_a_request(
    database: Database, place: Path | str
) -> None:
    other = await Database.open(place)
    never = asyncio.Event()
    async with Watch(database) as watch:
        for _ in range(2):
            woken = asyncio.create_task(watch.changed(never, LONG_S))
            await ask(other)
            async with asyncio.timeout(LONG_S / 2):
                await woken
    await other.close()


async def test_a_request_that_came_before_the_wait_is_not_missed(database: Database) -> None:
    async with Watch(database) as watch:
        await ask(database)
        async with asyncio.timeout(LONG_S / 2):
            await watch.changed(asyncio.Event(), LONG_S)


async def test_a_waiting_worker_can_be_stopped(database: Database) -> None:
    stopping = asyncio.Event()
    async with Watch(database) as watch:
        waiting = asyncio.create_task(watch.changed(stopping, LONG_S))
        stopping.set()
        async with asyncio.timeout(LONG_S / 2):
            await waiting


async def test_a_wait_without_news_ends_by_itself(database: Database) -> None:
    async with Watch(database) as watch:
        await watch.changed(asyncio.Event(), 0.01)  # what was written before
        began = clock.monotonic_s()
        await watch.changed(asyncio.Event(), 0.3)
        assert clock.monotonic_s() - began >= 0.3


async def test_a_lost_line_to_the_database_is_taken_up_again(
    database: Database, place: Path | str
) -> None:
    async with Watch(database) as watch:
        if watch._listener is not None:
            await watch._listener.close()
        await watch.changed(asyncio.Event(), 0.01)
        woken = asyncio.create_task(watch.changed(asyncio.Event(), LONG_S))
        await asyncio.sleep(0)  # no wait: the task begins, before anything is written
        other = await Database.open(place)
        while not woken.done():  # the line may still be opening: a hint, not a promise
            await ask(other)
        await other.close()
        await woken


async def test_who_is_busy_hears_of_news_once(database: Database, place: Path | str) -> None:
    other = await Database.open(place)
    async with Watch(database) as watch:
        await watch.changed(asyncio.Event(), 0.01)  # what was written before
        assert not watch.is_news()
        await ask(other)
        heard = False
        async with asyncio.timeout(LONG_S / 2):
            while not heard:
                heard = watch.is_news()
                await asyncio.sleep(0)
        assert not watch.is_news()
    await other.close()
