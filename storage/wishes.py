"""What members want by default. Part of their row, and gone with it; who has none yet, because they
agreed to nothing, has no wishes that are kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from storage.engine import Database
from storage.errors import NotYours
from storage.tables import Member, columns

members = columns(Member)


async def of(database: Database, member_id: int) -> dict[str, Any]:
    """What the member wants; nothing of one who is not known."""
    async with database.read() as session:
        found = await session.get(Member, member_id)
        return {} if found is None else found.wishes


async def languages(database: Database) -> dict[int, str]:
    """The language of everybody who chose one, as the bot wrote it."""
    async with database.read() as session:
        chosen = members.wishes["language"].as_string()
        found = await session.execute(select(members.id, chosen).where(chosen.is_not(None)))
        return {row[0]: row[1] for row in found}


async def keep(database: Database, member_id: int, **wanted: Any) -> dict[str, Any]:
    """All that the member wants, with these from now on; None: as by default. Raises NotYours for
    one who is not known."""
    async with database.write() as session:
        held = select(members).where(members.id == member_id).with_for_update()
        member: Member | None = await session.scalar(held)
        if member is None:
            raise NotYours
        now = {**member.wishes, **wanted}
        member.wishes = {name: value for name, value in now.items() if value is not None}
        return member.wishes
