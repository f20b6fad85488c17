"""Members who left the server in which they asked for a picture: it is not drawn any more.

Without the members intent Discord does not tell who leaves, so it is asked, one member at a time
and few in a round, about those who wait for a while. Nothing but its word that there is no such
member drops anything; whoever comes back asks again.
"""

from __future__ import annotations

import logging

import discord

from bot.desk import Desk
from storage import clock, leavers

log = logging.getLogger("darkroom.bot")

#: Who waits for less is served before it would matter.
WAITED_S = 30.0
#: An answer, whatever it was, holds for so long.
HOLDS_S = 300.0
#: Calls to Discord in one round.
MOST_CALLS = 5
UNKNOWN_MEMBER = 10007


class Leavers:
    """Whom this process asked about, and when. Forgotten on a restart, which costs a few calls."""

    def __init__(self) -> None:
        self._asked_s: dict[tuple[int, int], float] = {}

    async def look(self, app: Desk) -> None:
        """Drop what those wait for who left. Raises StorageError."""
        now_s = clock.monotonic_s()
        self._asked_s = {who: s for who, s in self._asked_s.items() if now_s - s < HOLDS_S}
        waiting = await leavers.who_waits(app.database, WAITED_S)
        unasked = [who for who in waiting if who not in self._asked_s]
        for server_id, member_id in unasked[:MOST_CALLS]:
            self._asked_s[server_id, member_id] = now_s
            if await _has_left(app, server_id, member_id):
                dropped = await leavers.drop(app.database, server_id, member_id)
                log.info("%s pictures of a member who left are dropped", dropped)


async def _has_left(app: Desk, server_id: int, member_id: int) -> bool:
    """Whether Discord says that the server has no such member; False for anything else."""
    guild = app.get_guild(server_id)
    if guild is None:  # it is away, or we left it ourselves
        return False
    try:
        await guild.fetch_member(member_id)
    except discord.HTTPException as error:
        if error.code == UNKNOWN_MEMBER and isinstance(error, discord.NotFound):
            return True
        log.warning("whether a member left is not known: %s", error)
    return False
