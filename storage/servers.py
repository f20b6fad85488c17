"""What each Discord server wants: its settings, and its styles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, wake
from storage.engine import Database, insert, one_at_a_time
from storage.errors import NotYours, StylesFull, StyleTaken
from storage.tables import Server, Style, Subject, columns

servers = columns(Server)
styles = columns(Style)
subjects = columns(Subject)


async def _row(session: AsyncSession, server_id: int) -> Server:
    """The server's row, which is made where there is none."""
    await session.execute(
        insert(session, servers)
        .values(id=server_id, created_at=clock.now())
        .on_conflict_do_nothing(index_elements=["id"])
    )
    return await session.get_one(Server, server_id)


async def set_quiet(database: Database, server_id: int, hours: tuple[int, int] | None) -> None:
    """From when to when no training of the server begins, in minutes after midnight UTC; None: it
    may at any time. Those under way go on, and pictures are drawn all the same."""
    async with database.write() as session:
        server = await _row(session, server_id)
        server.quiet_from, server.quiet_until = hours or (None, None)
        await wake.tell(session)  # what waited may begin now


async def set_rules(
    database: Database,
    server_id: int,
    change: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> dict[str, Any]:
    """What `change` makes of the server's rules holds from now on. Two changes at once happen one
    after the other."""
    async with database.write() as session:
        await _row(session, server_id)
        held = select(servers).where(servers.id == server_id).with_for_update()
        server: Server = (await session.scalars(held)).one()
        server.rules = change(server.rules)
        return server.rules


async def styles_of(database: Database, server_id: int) -> Sequence[Style]:
    """The server's styles by name."""
    async with database.read() as session:
        mine = select(styles).where(styles.server_id == server_id).order_by(styles.name)
        return (await session.scalars(mine)).all()


async def add_style(
    database: Database, server_id: int, *, name: str, words: str, negative: str, most: int
) -> Style:
    """A new style of the server, which may have `most` of them.

    Raises StyleTaken for a name that it has, and StylesFull.
    """
    async with database.write() as session:
        await one_at_a_time(session, f"styles of server {server_id}")
        await _row(session, server_id)
        mine = select(styles.name).where(styles.server_id == server_id)
        names = (await session.scalars(mine)).all()
        if name in names:
            raise StyleTaken
        if len(names) >= most:
            raise StylesFull
        style = Style(
            server_id=server_id, name=name, words=words, negative=negative, created_at=clock.now()
        )
        session.add(style)
        await session.flush()
        return style


async def remove_style(database: Database, server_id: int, name: str) -> None:
    """Raises NotYours where the server has no style of that name."""
    async with database.write() as session:
        gone = await session.scalar(
            delete(styles)
            .where(styles.server_id == server_id, styles.name == name)
            .returning(styles.id)
        )
        if gone is None:
            raise NotYours


async def tokens_among(database: Database, words: Collection[str]) -> list[str]:
    """Those of these words that are a subject's token, whoever's."""
    async with database.read() as session:
        found = select(subjects.token).where(subjects.token.in_(words))
        return sorted((await session.scalars(found)).all())
