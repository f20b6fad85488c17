"""The whole of it: `async with Loopback() as discord`."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web
from simcord._clock import Clock
from simcord.backend import Backend
from simcord.backend.models import Guild, Overwrite
from simcord.enums import OverwriteType

from tests.loopback import road
from tests.loopback.cdn import Cdn
from tests.loopback.faults import Faults
from tests.loopback.gateway import Gateway
from tests.loopback.member import Member
from tests.loopback.rest import PREFIX, Asked, Rest

#: An upload of ten pictures, as Discord lets the best of servers send it.
MOST_BYTES = 512 * 1024 * 1024
#: Longer than anything takes on a busy machine.
LIMIT_S = 60.0
SEND_MESSAGES = 1 << 11
VIEW_CHANNEL = 1 << 10


class WallClock(Clock):
    """Interactions end when they really do."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Loopback:
    """A Discord with one guild and one channel, until the block ends."""

    def __init__(self, *, token: str = "loopback", shards: int = 1) -> None:
        self.token = token
        self.backend = Backend(clock=WallClock())
        # it keeps every word ever said, for messages of failed tests; hours of it are too much
        self.backend.transcript = deque(maxlen=1000)
        self.backend.http_requests = deque(maxlen=1000)
        self.faults = Faults()
        self.gateway = Gateway(self.backend, self.token, shards, self._stir)
        self.cdn = Cdn(self.backend, self.faults)
        self.rest = Rest(self.backend, self.faults, self.cdn, self.token, shards, self._stir)
        self._stirred: asyncio.Future[None] | None = None
        self.guild = self.new_guild("The Portrait Corner", shard=0)
        self.channel = self.new_channel("studio")

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_route("*", PREFIX + "/{path:.*}", self.rest.answer)
        app.router.add_get("/attachments/{path:.*}", self.cdn.answer)
        app.router.add_get("/", self.gateway.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, road.ADDRESS, 0, ssl_context=road.identity())
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.gateway.drop(1001)
        await self._runner.cleanup()

    # --- the world ---

    def new_guild(self, name: str, *, shard: int) -> Guild:
        """A guild that belongs to that shard."""
        return self.backend.create_guild(name, shard_id=shard, shard_count=self.gateway.shards)

    def new_channel(self, name: str, guild: Guild | None = None) -> int:
        return int(self.backend.create_channel((guild or self.guild).id, name).id)

    def member(self, name: str, guild: Guild | None = None, channel_id: int = 0) -> Member:
        """Somebody who joined the guild and looks at that channel."""
        home = guild or self.guild
        user = self.backend.make_user(name)
        self.backend.add_member(home.id, user.id)
        return Member(self, home.id, channel_id or self.channel, user.id)

    def forbid(self, channel_id: int, permissions: int = SEND_MESSAGES) -> None:
        """The bot may no longer do that in this channel."""
        bot = Overwrite(self.backend.bot_user.id, OverwriteType.MEMBER, deny=permissions)
        self.backend.set_overwrite(channel_id, bot)

    def posts(self, channel_id: int = 0) -> list[Any]:
        """What everybody can read in a channel, oldest first."""
        there = self.backend.messages.get(channel_id or self.channel, {})
        return [message for _, message in sorted(there.items()) if not message.is_ephemeral]

    def private(self, member: Member) -> list[Any]:
        """What the bot wrote to a member in private."""
        return self.posts(self.backend.get_dm_channel(member.id).id)

    def commands(self) -> list[dict[str, Any]]:
        """What the bot offers, as it said when it started."""
        return [one for there in self.backend.commands.values() for one in there.values()]

    # --- what came from the bot ---

    def asked(self, method: str = "*", part: str = "") -> list[Asked]:
        """The bot's requests whose path has that part."""
        return [one for one in self.rest.log if method in {"*", one.method} and part in one.path]

    def _stir(self) -> None:
        stirred, self._stirred = self._stirred, None
        if stirred is not None and not stirred.done():
            stirred.set_result(None)

    async def until(self, is_so: Callable[[], object], limit_s: float = LIMIT_S) -> None:
        """Wait for what a request of the bot brings about."""
        async with asyncio.timeout(limit_s):
            while not is_so():
                if self._stirred is None:
                    self._stirred = asyncio.get_running_loop().create_future()
                await asyncio.shield(self._stirred)

    async def connected(self, limit_s: float = LIMIT_S) -> None:
        """Wait until every shard is there and the commands are known."""
        await self.until(lambda: self.commands() and self._lines() == self.gateway.shards, limit_s)

    def _lines(self) -> int:
        return sum(session.line is not None for session in self.gateway.sessions.values())
