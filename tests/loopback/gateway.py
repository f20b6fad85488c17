"""Discord's websocket: one compressed stream for each connection, sessions that can be resumed."""

from __future__ import annotations

import asyncio
import copy
import json
import secrets
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import discord
from aiohttp import WSMsgType, web
from simcord import intents as manners
from simcord.backend import Backend, serializers

from tests.loopback import road

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT = 0, 1, 2, 6, 7
INVALID_SESSION, HELLO, ACK = 9, 10, 11
#: What Discord asks for; tests are over long before the first.
BEAT_MS = 41250
#: How much of what was told is kept for whoever resumes.
KEPT = 1000
UNKNOWN_ERROR = 4000
AUTHENTICATION_FAILED = 4004


@dataclass
class Session:
    """What one shard was told, and the connection that it has at the moment."""

    shard: tuple[int, int]
    intents: discord.Intents
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    sequence: int = 0
    told: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))
    line: Line | None = None

    def tell(self, event: str, payload: Any) -> None:
        self.sequence += 1
        frame = {"op": DISPATCH, "t": event, "s": self.sequence, "d": payload}
        self.told.append(frame)
        if self.line is not None:
            self.line.send(frame)


class Line:
    """One connection. What is sent leaves in order; nobody waits for it."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._squeezed = zlib.compressobj()
        self._waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def send(self, frame: dict[str, Any]) -> None:
        # as it is now: what is on its way does not change any more
        self._waiting.put_nowait(copy.copy(frame))

    async def _write(self) -> None:
        while True:
            text = json.dumps(await self._waiting.get()).encode()
            data = self._squeezed.compress(text) + self._squeezed.flush(zlib.Z_SYNC_FLUSH)
            try:
                await self._socket.send_bytes(data)
            except ConnectionError:
                return

    async def close(self, code: int) -> None:
        self._writer.cancel()
        await self._socket.close(code=code)


class Gateway:
    def __init__(self, backend: Backend, token: str, shards: int, stir: Callable[[], None]) -> None:
        self.shards = shards
        self.sessions: dict[str, Session] = {}
        #: How often a session began, and how often one was taken up again.
        self.identified = 0
        self.resumed = 0
        self._backend = backend
        self._token = token
        self._stir = stir
        backend.subscribers.append(self.announce)

    # --- what Discord tells ---

    def announce(self, event: str, payload: Mapping[str, Any]) -> None:
        """Tell it to the shard whose guild it is of, as far as that wants to hear of it."""
        guild_id = payload.get("guild_id")
        if guild_id is None and event in {"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"}:
            guild_id = payload["id"]
        shard = self.shard_of(int(guild_id or 0))
        for session in self.sessions.values():
            if session.shard[0] != shard:
                continue
            shaped = self._shaped(session.intents, event, payload)
            if shaped is not None:
                session.tell(event, shaped)

    def shard_of(self, guild_id: int) -> int:
        return (guild_id >> 22) % self.shards

    def _shaped(
        self, intents: discord.Intents, event: str, payload: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """What a client with these intents is told of it; None: nothing."""
        wanted = manners.required_intent(event, payload)
        if wanted is not None and not getattr(intents, wanted):
            return None
        own = copy.deepcopy(dict(payload))
        if event == "GUILD_CREATE":
            manners.prune_guild_create(own, intents, self._backend.bot_user.id)
        if event == "INTERACTION_CREATE" and not intents.message_content:
            self._censor(own)
        return own

    def _censor(self, interaction: dict[str, Any]) -> None:
        bot, data = self._backend.bot_user.id, interaction.get("data") or {}
        if isinstance(interaction.get("message"), dict):
            manners.censor_message(
                interaction["message"], bot, backend=self._backend, exempt_root=True
            )
        for key, message in ((data.get("resolved") or {}).get("messages") or {}).items():
            manners.censor_message(
                message, bot, backend=self._backend, exempt_root=str(data.get("target_id")) == key
            )

    # --- what a test does to the connections ---

    async def drop(self, code: int = UNKNOWN_ERROR) -> None:
        """Every connection breaks. What happens meanwhile is told to whoever resumes."""
        for session in list(self.sessions.values()):
            await self._hang_up(session, code)

    def ask_to_reconnect(self) -> None:
        self._send_all({"op": RECONNECT, "d": None})

    def invalidate(self) -> None:
        """The sessions are over, and may not be resumed."""
        self._send_all({"op": INVALID_SESSION, "d": False})
        self.sessions.clear()

    def _send_all(self, frame: dict[str, Any]) -> None:
        for session in self.sessions.values():
            if session.line is not None:
                session.line.send(frame)

    async def _hang_up(self, session: Session, code: int) -> None:
        line, session.line = session.line, None
        if line is not None:
            await line.close(code)

    # --- what a client says ---

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, autoclose=True)
        await socket.prepare(request)
        line = Line(socket)
        line.send({"op": HELLO, "d": {"heartbeat_interval": BEAT_MS}})
        session: Session | None = None
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            if said["op"] == HEARTBEAT:
                line.send({"op": ACK})
            elif said["op"] == IDENTIFY:
                session = await self._identify(line, said["d"])
            elif said["op"] == RESUME:
                session = self._resume(line, said["d"])
            self._stir()
        if session is not None and session.line is line:
            session.line = None
        await line.close(1000)
        self._stir()
        return socket

    async def _identify(self, line: Line, said: dict[str, Any]) -> Session | None:
        if said["token"] != self._token:
            await line.close(AUTHENTICATION_FAILED)
            return None
        number, count = said.get("shard") or (0, 1)
        intents = discord.Intents._from_value(said["intents"])
        session = Session((number, count), intents, line=line)
        guilds = [one for one in self._backend.guilds.values() if self.shard_of(one.id) == number]
        session.tell(
            "READY",
            {
                "v": 10,
                "user": dict(serializers.user_payload(self._backend.bot_user)),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": f"wss://{road.GATEWAY}",
                "application": {"id": str(self._backend.application_id), "flags": 0},
                "shard": [number, count],
            },
        )
        for guild in guilds:
            told = serializers.guild_create_payload(self._backend, guild)
            session.tell("GUILD_CREATE", self._shaped(intents, "GUILD_CREATE", told))
        self.sessions[session.id] = session
        self.identified += 1
        return session

    def _resume(self, line: Line, said: dict[str, Any]) -> Session | None:
        session = self.sessions.get(said["session_id"])
        if session is None:
            line.send({"op": INVALID_SESSION, "d": False})
            return None
        for frame in session.told:
            if frame["s"] > said["seq"]:
                line.send(frame)
        session.line = line
        session.tell("RESUMED", {})
        self.resumed += 1
        return session
