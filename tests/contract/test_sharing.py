"""Rights to draw somebody else's subject."""

from __future__ import annotations

from itertools import count

import pytest

from storage import queue, rights, sharing, subjects
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import LeaseLost, NotYours, SharesFull
from storage.rights import Asker
from storage.tables import Job, Share
from tests.rows import claimed, new_subject, rows

OWNER, FRIEND, SERVER = 1, 2, 9

_numbers = count()


async def _may(database: Database, who: Asker) -> bool:
    return bool(await rights.usable(database, who))


async def _ask(database: Database, subject_id: int, share_id: int | None) -> None:
    await subjects.give_consent(database, FRIEND, 1)
    request = queue.Request(
        kind="generate",
        owner_id=FRIEND,
        subject_id=subject_id,
        share_id=share_id,
        request_id=f"drawn {next(_numbers)}",
        spec={},
    )
    await queue.enqueue(database, request)


async def test_a_right_given_twice_is_one(database: Database) -> None:
    subject = (await new_subject(database, OWNER)).id or 0
    first = await sharing.give(database, OWNER, subject, kind="server", server_id=SERVER)
    again = await sharing.give(database, OWNER, subject, kind="server", server_id=SERVER)
    assert first.id == again.id
    assert [right.id for right in await sharing.given(database, OWNER, subject)] == [first.id]
    assert await sharing.given(database, FRIEND, subject) == []


async def test_only_the_owner_gives_and_takes_back(database: Database, blobs: Blobs) -> None:
    subject = (await new_subject(database, OWNER)).id or 0
    with pytest.raises(NotYours):
        await sharing.give(database, FRIEND, subject, kind="server", server_id=SERVER)
    right = await sharing.give(database, OWNER, subject, kind="server", server_id=SERVER)
    with pytest.raises(NotYours):
        await sharing.take_back(database, blobs, FRIEND, right.id or 0, pictures=False)
    assert len(await rows(database, Share)) == 1


async def test_a_subject_has_only_so_many_rights(database: Database) -> None:
    subject = (await new_subject(database, OWNER)).id or 0
    for server in range(sharing.MOST_SHARES):
        await sharing.give(database, OWNER, subject, kind="server", server_id=server)
    with pytest.raises(SharesFull):
        await sharing.give(database, OWNER, subject, kind="server", server_id=1000)
    await sharing.give(database, OWNER, subject, kind="server", server_id=0)


async def test_who_lost_the_role_draws_no_more(database: Database) -> None:
    subject = (await new_subject(database, OWNER)).id or 0
    await sharing.give(database, OWNER, subject, kind="role", role_id=7, server_id=SERVER)
    assert await _may(database, Asker(FRIEND, SERVER, frozenset({7})))
    assert not await _may(database, Asker(FRIEND, SERVER))
    assert not await _may(database, Asker(FRIEND, SERVER + 1, frozenset({8})))


@pytest.mark.parametrize("pictures", [False, True])
async def test_what_is_being_drawn_ends_with_the_right(
    database: Database, blobs: Blobs, pictures: bool
) -> None:
    subject = (await new_subject(database, OWNER)).id or 0
    right = await sharing.give(database, OWNER, subject, kind="server", server_id=SERVER)
    await _ask(database, subject, right.id)
    lease = await claimed(database)
    await sharing.take_back(database, blobs, OWNER, right.id or 0, pictures=pictures)
    assert not await _may(database, Asker(FRIEND, SERVER))
    with pytest.raises(LeaseLost):
        async with queue.finishing(database, lease, {}):
            pass
    assert [job.state for job in await rows(database, Job)] == ["cancelled"]
    with pytest.raises(NotYours):
        await _ask(database, subject, right.id)
