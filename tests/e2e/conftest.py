"""The real bot on a Discord of this machine: sockets, TLS, compressed streams, signed links."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.app import Darkroom
from bot.intake import consent_version
from bot.photos import darkbox
from bot.settings import BotSettings
from storage import outbox, queue, subjects
from storage.engine import Database
from storage.tables import Outgoing, Subject
from storage.wake import Watch
from tests import sqlite
from tests.bot.warm import warm_children
from tests.loopback.road import connector
from tests.loopback.server import LIMIT_S, Loopback
from tests.rows import SQUARE, an_image, claimed, new_subject, rows, trained

PROMPT = "zwx at the beach"
#: discord.py waits so long for another guild before it calls itself ready; there is none.
NO_MORE_GUILDS_S = 0.05
#: The bot looks so often for what is to be said.
LOOK_EVERY_S = 0.1
LOOK_AGAIN_S = 0.05


class Hasty(Darkroom):
    """Tells who it is at once: Discord wants 5 seconds between two sessions, this one does not."""

    async def before_identify_hook(self, _shard: int | None, *, initial: bool = False) -> None:
        pass


class Wire:
    """One bot, its Discord, and Alice and Bob there."""

    def __init__(self, discord: Loopback, settings: BotSettings) -> None:
        self.discord = discord
        self.faults = discord.faults
        self.settings = settings
        self.bot = Hasty(
            settings,
            connector=connector(discord.port),
            guild_ready_timeout=NO_MORE_GUILDS_S,
        )
        self.alice = discord.member("alice")
        self.bob = discord.member("bob")

    async def trained(self, owner: Any = None, token: str = "zwx") -> Subject:
        """A subject that can be drawn."""
        database, who = self.bot.database, (owner or self.alice).id
        await subjects.give_consent(database, who, consent_version(self.bot))
        subject = await new_subject(database, who, token)
        await trained(database, self.bot.blobs, subject)
        return subject

    async def asked(self, member: Any = None, prompt: str = PROMPT) -> tuple[Any, queue.Lease]:
        """The message of a picture that is asked for, and what a trainer has of it."""
        answer = await (member or self.alice).slash("imagine", prompt=prompt)
        return answer.message, await claimed(self.bot.database)

    async def drawn(self, lease: queue.Lease) -> None:
        """The trainer is done with it."""
        await draw(self.bot.database, self.bot.blobs, lease)

    async def said(self) -> Outgoing:
        """What was to be said, as soon as it was, or never will be."""
        await until_settled(self.bot.database)
        return (await rows(self.bot.database, Outgoing))[-1]


async def draw(database: Database, blobs: Any, lease: queue.Lease) -> None:
    """What a trainer does at the end of a job of one picture."""
    async with queue.finishing(database, lease, {"seconds": 1.0}) as session:
        session.add(an_image(lease.job, 0, await blobs.put("images", SQUARE, "png")))


async def until_settled(database: Database) -> None:
    """Until nothing is left to be said."""
    async with asyncio.timeout(LIMIT_S), Watch(database) as watch:
        while await outbox.waiting(database):
            await watch.changed(asyncio.Event(), LOOK_AGAIN_S)


@pytest.fixture(scope="session")
def eye(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    with warm_children(tmp_path_factory.mktemp("eye")) as command:
        yield command


@pytest.fixture
async def discord() -> AsyncIterator[Loopback]:
    async with Loopback() as opened:
        yield opened
    assert opened.rest.unknown == []


@contextlib.asynccontextmanager
async def serving(wire: Wire) -> AsyncIterator[Wire]:
    """The bot is there and ready, until the block ends."""
    async with wire.bot:
        running = asyncio.create_task(wire.bot.start(wire.discord.token))
        ready = asyncio.create_task(wire.bot.wait_until_ready())
        await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield wire
        await wire.bot.close()
        await running


@pytest.fixture
async def wire(
    discord: Loopback,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    eye: tuple[str, ...],
) -> AsyncIterator[Wire]:
    monkeypatch.setattr(darkbox, "_CHILD", eye)
    monkeypatch.setattr(app, "LOOK_EVERY_S", LOOK_EVERY_S)
    settings = BotSettings(data=tmp_path / "data", base="tiny")
    sqlite.new_database(Path(settings.database))
    async with serving(Wire(discord, settings)) as there:
        yield there
    assert failures(caplog) == []


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the bot did not foresee."""
    told = [*caplog.get_records("call"), *caplog.get_records("teardown")]
    return [record.getMessage() for record in told if record.levelno >= logging.ERROR]
