"""What a test makes go wrong between the bot and Discord."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any

DAY_S = 86400.0
#: Discord's own proxy says this of itself. Without it discord.py takes a 429 for a ban.
VIA = {"Via": "1.1 google"}


@dataclass
class Refusal:
    """How requests that match are answered, so many times."""

    method: str
    path: str
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1

    def meets(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in {"*", method} and fnmatch(path, self.path)


@dataclass
class Faults:
    """Nothing of it, unless a test says so."""

    refusals: list[Refusal] = field(default_factory=list)
    #: How long a link to a file is good for; 0 or less: it never was.
    links_last_s: float = DAY_S
    #: Files that are no longer where a link leads, whatever the link says.
    files_gone: bool = False
    #: While it is there and not set, a file comes half and then nothing.
    gate: asyncio.Event | None = None
    #: Members who take no direct messages.
    closed_to: set[int] = field(default_factory=set)
    #: Every interaction is told so often.
    told: int = 1
    #: Interactions are past their 3 seconds when they are answered.
    impatient: bool = False

    def refuse(
        self, method: str, path: str, status: int = 500, *, code: int = 0, times: int = 1
    ) -> Refusal:
        """Answer the next requests of that kind with an error, in Discord's own words where it
        has a code."""
        refusal = Refusal(
            method, path, status, {"code": code, "message": f"refused with {status}"}, times=times
        )
        self.refusals.append(refusal)
        return refusal

    def slow_down(self, method: str, path: str, retry_after: float, *, times: int = 1) -> Refusal:
        """Answer the next requests of that kind with a 429."""
        body = {"message": "You are being rate limited.", "retry_after": retry_after,
                "global": False}  # fmt: skip
        refusal = Refusal(method, path, 429, body, VIA, times)
        self.refusals.append(refusal)
        return refusal

    def met(self, method: str, path: str) -> Refusal | None:
        """The refusal that this request meets, counted."""
        for refusal in self.refusals:
            if refusal.meets(method, path):
                refusal.times -= 1
                return refusal
        return None
