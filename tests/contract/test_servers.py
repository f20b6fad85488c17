from __future__ import annotations

import asyncio

import pytest

from storage import screening, servers
from storage.engine import Database
from storage.errors import NotYours, StylesFull, StyleTaken
from storage.tables import Server, Style
from tests.rows import count, new_subject, rows

#: Discord's numbers need 64 bits.
HERE, THERE = 1_180_000_000_000_000_001, 2


async def style(database: Database, server_id: int, name: str, most: int = 25) -> Style:
    return await servers.add_style(
        database, server_id, name=name, words="in oil", negative="photo", most=most
    )


async def test_a_server_that_never_said_anything_has_the_defaults(database: Database) -> None:
    found = await screening.safety_of(database, HERE)
    assert (found.id, found.explicit_limit, found.alerts_channel_id) == (HERE, None, None)
    assert await servers.styles_of(database, HERE) == []
    assert await count(database, Server) == 0


async def test_a_servers_row_is_made_once(database: Database) -> None:
    await style(database, HERE, "one")
    await style(database, HERE, "two")
    (row,) = await rows(database, Server)
    assert row == await screening.safety_of(database, HERE)


async def test_styles_are_their_servers_own_and_listed_by_name(database: Database) -> None:
    for server_id, name in ((HERE, "sepia"), (THERE, "sepia"), (HERE, "anime")):
        await style(database, server_id, name)
    assert [one.name for one in await servers.styles_of(database, HERE)] == ["anime", "sepia"]
    (theirs,) = await servers.styles_of(database, THERE)
    assert (theirs.words, theirs.negative) == ("in oil", "photo")
    await servers.remove_style(database, HERE, "sepia")
    assert [one.name for one in await servers.styles_of(database, HERE)] == ["anime"]
    assert len(await servers.styles_of(database, THERE)) == 1
    for server_id, name in ((HERE, "sepia"), (THERE, "anime"), (3, "sepia")):
        with pytest.raises(NotYours):
            await servers.remove_style(database, server_id, name)


async def test_a_name_is_taken_once(database: Database) -> None:
    await style(database, HERE, "sepia")
    with pytest.raises(StyleTaken):
        await style(database, HERE, "sepia", most=1)
    assert await count(database, Style) == 1


async def test_of_styles_that_race_for_the_last_places_no_more_are_kept(
    database: Database,
) -> None:
    await style(database, THERE, "elsewhere")
    made = await asyncio.gather(
        *(style(database, HERE, f"style {n}", most=3) for n in range(6)), return_exceptions=True
    )
    assert sum(isinstance(one, StylesFull) for one in made) == 3
    assert len(await servers.styles_of(database, HERE)) == 3


async def test_tokens_are_told_from_other_words(database: Database) -> None:
    await new_subject(database)
    await new_subject(database, 2, token="qqxy")
    assert await servers.tokens_among(database, {"in", "oil", "zwx", "qqxy"}) == ["qqxy", "zwx"]
    assert await servers.tokens_among(database, set()) == []
