from __future__ import annotations

from contextlib import AsyncExitStack, suppress
from pathlib import Path

from discord.app_commands import Choice
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.offer import offer
from storage import subjects
from storage.engine import Database

ANNA = 1


async def test_where_the_database_has_no_time_nothing_is_offered_and_one_types_on(
    tmp_path: Path,
) -> None:
    database = await Database.open(tmp_path / "darkroom.db", 0.05)
    await subjects.create_subject(
        database, owner_id=ANNA, token="zwx", class_word="woman", kind="person", base="tiny"
    )

    @offer
    async def offered() -> list[Choice[str]]:
        mine = await subjects.list_subjects(database, ANNA)
        return [Choice(name=one.subject.token, value=one.subject.token) for one in mine]

    assert [choice.value for choice in await offered()] == ["zwx"]
    async with AsyncExitStack() as held:
        with suppress(PoolTimeout):
            while True:  # every connection that reads
                await (await held.enter_async_context(database.read())).connection()
        assert await offered() == []
    assert [choice.value for choice in await offered()] == ["zwx"]
    await database.close()
