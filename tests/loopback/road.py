"""How the bot finds this Discord: by its own names, at another address."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.app import CONNECTIONS

#: A key and a certificate for `HOSTS` that nobody else trusts.
NOBODY = Path(__file__).parent / "nobody.pem"
API, GATEWAY, CDN = HOSTS = ("discord.com", "gateway.discord.gg", "cdn.discordapp.com")
ADDRESS = "127.0.0.1"


class Here(AbstractResolver):
    """Knows the hosts of Discord, and no others."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host not in HOSTS:
            raise OSError(None, f"the bot asks for {host}")
        return [
            ResolveResult(
                hostname=host,
                host=ADDRESS,
                port=self.port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        pass


def connector(port: int) -> aiohttp.TCPConnector:
    """What a client is given to talk to the Discord at this port. Needs a running loop."""
    trusts = ssl.create_default_context(cafile=str(NOBODY))
    return aiohttp.TCPConnector(
        resolver=Here(port), ssl=trusts, limit=0, limit_per_host=CONNECTIONS
    )


def identity() -> ssl.SSLContext:
    """Who the server says it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(NOBODY)
    return context
