"""Discord's files: links that are signed and end, bodies that may stall."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from typing import Any

from aiohttp import web
from simcord.backend import Backend

from tests.loopback import road
from tests.loopback.faults import Faults

_INTERNAL = "https://cdn.simcord.invalid"
_LINK = re.compile(rf'{re.escape(_INTERNAL)}(/attachments/[^"\\]+)')


class Cdn:
    def __init__(self, backend: Backend, faults: Faults) -> None:
        self._backend = backend
        self._faults = faults
        self._key = secrets.token_bytes(32)

    def signed(self, text: str) -> str:
        """The JSON with every link to a file as Discord would write it now."""
        return _LINK.sub(lambda found: self.link(found[1]), text)

    def link(self, path: str) -> str:
        now = int(time.time())
        ends = now + int(self._faults.links_last_s)
        return f"https://{road.CDN}{path}?ex={ends:x}&is={now:x}&hm={self._seal(path, f'{ends:x}')}"

    def _seal(self, path: str, ends: str) -> str:
        return hmac.new(self._key, f"{path} {ends}".encode(), hashlib.sha256).hexdigest()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A file, to whoever has a link that is good."""
        path, ends = request.raw_path.partition("?")[0], request.query.get("ex", "0")
        seal = request.query.get("hm", "")
        data = self._backend.cdn.get(_INTERNAL + request.path)
        is_good = hmac.compare_digest(seal, self._seal(path, ends)) and int(ends, 16) > time.time()
        if data is None or not is_good or self._faults.files_gone:
            return web.Response(status=404, text="This content is no longer available.")
        return await self._send(request, data)

    async def _send(self, request: web.Request, data: bytes) -> web.StreamResponse:
        if self._faults.gate is None:
            return web.Response(body=data, content_type="application/octet-stream")
        response: Any = web.StreamResponse(headers={"Content-Length": str(len(data))})
        await response.prepare(request)
        await response.write(data[: len(data) // 2])
        await self._faults.gate.wait()
        await response.write(data[len(data) // 2 :])
        await response.write_eof()
        return response
