"""Discord's HTTP API: what simcord knows to answer, with the faults that a test asked for."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from simcord.backend import Backend
from simcord.backend.errors import BackendError
from simcord.http.client import FakeHTTPClient  # its import registers every route  # noqa: F401
from simcord.http.router import RouteNotImplemented, UnsupportedField, dispatch

from tests.loopback import road
from tests.loopback.cdn import Cdn
from tests.loopback.faults import Faults

PREFIX = "/api/v10"
#: When an answer came that Discord did not take any more.
NEVER = float("inf")
#: Members may not be written to: their direct messages are closed, or the bot is blocked.
CLOSED = BackendError(403, 50007, "Cannot send messages to this user")


@dataclass(frozen=True)
class Asked:
    """A request of the bot."""

    method: str
    path: str
    json: Any
    status: int
    at_s: float


@dataclass
class Upload:
    """A file of a multipart body, as simcord takes it."""

    filename: str
    fp: io.BytesIO
    description: str | None = None


@dataclass
class Rest:
    backend: Backend
    faults: Faults
    cdn: Cdn
    token: str
    shards: int
    stir: Callable[[], None]
    log: list[Asked] = field(default_factory=list)
    #: What the bot asked for and simcord does not know: a gap of these tests, never of the bot.
    unknown: list[str] = field(default_factory=list)
    #: By interaction: when its first answer came, for whoever waits for that.
    answers: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    #: By interaction token: how many messages and edits came after the first answer.
    followed: dict[str, int] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        method, path = request.method, request.path.removeprefix(PREFIX)
        at_s = time.perf_counter()
        body, files = await _read(request)
        status, result, headers = self._decide(request, method, path, body, files)
        self.log.append(Asked(method, path, body, status, at_s))
        self._note(path, at_s, status)
        self.stir()
        if result is None:
            return web.Response(status=status, headers=headers)
        text = self.cdn.signed(json.dumps(result))
        # exactly this type: with a charset behind it discord.py takes the body for text
        return web.Response(
            body=text.encode(), status=status, headers=headers, content_type="application/json"
        )

    def _decide(
        self, request: web.Request, method: str, path: str, body: Any, files: list[Upload]
    ) -> tuple[int, Any, dict[str, str]]:
        refusal = self.faults.met(method, path)
        if refusal is not None:
            return refusal.status, refusal.body, refusal.headers
        is_open = path.startswith(("/interactions/", "/webhooks/"))  # their token is in the path
        if not is_open and request.headers.get("Authorization") != f"Bot {self.token}":
            return 401, {"code": 0, "message": "401: Unauthorized"}, {}
        try:
            return self._result(request, method, path, body, files)
        except (RouteNotImplemented, UnsupportedField) as error:
            self.unknown.append(str(error))
            return 501, error.to_json(), {}
        except BackendError as error:
            return error.status, error.to_json(), {}

    def _result(
        self, request: web.Request, method: str, path: str, body: Any, files: list[Upload]
    ) -> tuple[int, Any, dict[str, str]]:
        if (method, path) == ("GET", "/gateway/bot"):
            return 200, self._way_in(), {}
        if method == "POST" and path.startswith("/channels/"):
            self._refuse_closed(path)
        result = dispatch(
            self.backend,
            method,
            path,
            json=body,
            params=dict(request.query),
            files=list(files),
            reason=request.headers.get("X-Audit-Log-Reason"),
        )
        return (204 if result is None else 200), result, {}

    def _way_in(self) -> dict[str, Any]:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return {
            "url": f"wss://{road.GATEWAY}",
            "shards": self.shards,
            "session_start_limit": limit,
        }

    def _refuse_closed(self, path: str) -> None:
        channel = self.backend.channels.get(int(path.split("/")[2]))
        if channel is None or channel.guild_id is not None:
            return
        if self.faults.closed_to & set(channel.recipient_ids):
            raise CLOSED

    def _note(self, path: str, at_s: float, status: int) -> None:
        kind, *rest = path.strip("/").split("/")
        if kind == "interactions" and status in {200, 204, 404}:
            waiting = self.answers.pop(rest[0], None)
            if waiting is not None and not waiting.done():
                waiting.set_result(at_s if status != 404 else NEVER)
        elif kind == "webhooks" and status < 300:
            self.followed[rest[1]] = self.followed.get(rest[1], 0) + 1


async def _read(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON and the files of a request."""
    if not request.content_type.startswith("multipart/"):
        data = await request.read()
        return (json.loads(data) if data else None), []
    body: Any = None
    files: list[Upload] = []
    async for part in await request.multipart():
        data = await part.read()
        if part.name == "payload_json":
            body = json.loads(data)
        elif part.filename is not None:
            files.append(Upload(part.filename, io.BytesIO(data)))
    for told in (body or {}).get("attachments") or []:
        number = int(told["id"])
        if number < len(files):
            files[number].description = told.get("description")
    return body, files
