"""Sessions: stages go forward only, caps hold, votes are blind and fair, lent rights end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import ballot, clock, erase, queue, rights, screening, sessions, sharing, wall
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import (
    CapReached,
    LeaseLost,
    NoSeat,
    NotYours,
    SessionOver,
    SessionsFull,
    WallFull,
)
from storage.queue import Request
from storage.retention import SESSIONS_DAYS, expire
from storage.rights import Asker
from storage.sessions import Caps
from storage.settings import StorageSettings
from storage.tables import Entry, Image, Job, Outgoing, Seat, Session, Share, Subject, Vote
from tests.rows import an_image, claimed, new_subject, rows, trained

HOST, ANNA, BEN, SERVER = 1, 2, 3, 900


async def room(database: Database, host: int = HOST, **options: Any) -> Session:
    """A session of three members."""
    made = await sessions.open_room(
        database,
        server_id=SERVER,
        channel_id=1,
        host_id=host,
        theme="Autumn",
        minutes=60,
        vote_minutes=30,
        caps=Caps(**options),
    )
    for member in (ANNA, BEN):
        await sessions.join(database, made.id or 0, member)
    return made


async def theirs(database: Database, blobs: Blobs, owner: int, token: str) -> Subject:
    subject = await new_subject(database, owner, token=token)
    await trained(database, blobs, subject)
    return subject


def wanted(made: Session, subject: Subject, owner: int, name: str, share: Any = None) -> Request:
    return Request(
        kind="generate",
        owner_id=owner,
        subject_id=subject.id,
        share_id=share and share.id,
        session_id=made.id,
        request_id=name,
        server_id=SERVER,
    )


async def drew(
    database: Database, blobs: Blobs, request: Request, explicit: float | None = 0.1
) -> Image:
    await queue.enqueue(database, request)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        image = an_image(lease.job, 0, await blobs.put("images", b"a picture", "png"))
        session.add(image)
        await session.flush()
        image_id = image.id or 0
    if explicit is not None:
        await screening.note_scores(database, {image_id: explicit})
    return next(image for image in await rows(database, Image) if image.id == image_id)


async def hung(database: Database, blobs: Blobs, made: Session) -> dict[int, Entry]:
    """One picture of each member on the wall."""
    entries = {}
    for member, token in ((HOST, "zwx"), (ANNA, "qqx"), (BEN, "kkx")):
        subject = await theirs(database, blobs, member, token)
        image = await drew(database, blobs, wanted(made, subject, member, token))
        entries[member] = await wall.hang(database, member, made.id or 0, image.id or 0)
    return entries


def later(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(minutes=minutes))


async def test_a_server_has_so_many_sessions_at_once(database: Database) -> None:
    made = [await room(database, host) for host in range(11, 11 + sessions.MOST_OPEN)]
    with pytest.raises(SessionsFull) as full:
        await room(database)
    assert full.value.whose == "server"
    await sessions.close(database, made[0].id or 0)
    await room(database)


async def test_a_host_has_one_session_at_once(database: Database) -> None:
    made = await room(database)
    with pytest.raises(SessionsFull) as full:
        await room(database)
    assert full.value.whose == "member"
    await sessions.close(database, made.id or 0)
    await room(database)


async def test_a_session_that_never_got_its_room_keeps_nobody_from_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room(database)
    with pytest.raises(SessionsFull):
        await room(database)
    later(monkeypatch, 6)
    await sessions.place(database, (await room(database)).id or 0, 5, 6)
    later(monkeypatch, 6)
    with pytest.raises(SessionsFull):
        await room(database)


async def test_an_old_session_goes_with_the_messages_that_show_it(
    database: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await room(database)
    await hung(database, blobs, made)
    await sessions.place(database, made.id or 0, 5, 6)
    await sessions.close(database, made.id or 0)
    await sessions.note_results(database, made.id or 0, 7)
    settings = StorageSettings()
    await expire(database, blobs, settings)
    assert len(await rows(database, Session)) == 1
    later(monkeypatch, 60 * 24 * (SESSIONS_DAYS + 1))
    await expire(database, blobs, settings)
    assert await rows(database, Session) == []
    gone = [row for row in await rows(database, Outgoing) if row.kind == "withdraw"]
    assert {(row.channel_id, row.message_id) for row in gone} == {(5, 6), (5, 7)}


async def test_a_closed_session_is_outdated_until_its_card_shows_what_hangs(
    database: Database, blobs: Blobs
) -> None:
    made = await room(database)
    await hung(database, blobs, made)
    await sessions.place(database, made.id or 0, 5, 6)

    async def outdated() -> list[int | None]:
        return [one.id for one in await sessions.outdated(database)]

    assert await outdated() == []  # its card is shown as that of any that is under way
    await sessions.close(database, made.id or 0)
    assert await outdated() == [made.id]
    await sessions.note_card(database, made.id or 0, 3)
    assert await outdated() == []
    await wall.hide(database, made.id or 0, 1)
    assert await outdated() == [made.id]
    await sessions.note_card(database, made.id or 0, 2)
    assert await outdated() == []
    await erase.erase(database, blobs, HOST)
    assert await outdated() == [made.id]


async def test_a_seat_is_taken_once(database: Database) -> None:
    made = await room(database)
    assert await sessions.seated(database, made.id or 0) == 3
    assert not await sessions.join(database, made.id or 0, HOST)
    assert await sessions.join(database, made.id or 0, 4)
    await sessions.close(database, made.id or 0)
    with pytest.raises(SessionOver):
        await sessions.join(database, made.id or 0, 5)


async def test_only_who_joined_asks_and_only_so_often(database: Database, blobs: Blobs) -> None:
    made = await room(database, prompts=2)
    subject = await theirs(database, blobs, 9, "zwx")
    with pytest.raises(NoSeat):
        await queue.enqueue(database, wanted(made, subject, 9, "a"))
    await sessions.join(database, made.id or 0, 9)

    async def ask(name: str) -> Any:
        try:
            return await queue.enqueue(database, wanted(made, subject, 9, name))
        except CapReached as reached:
            return reached.limit

    asked = await asyncio.gather(*(ask(f"at once {n}") for n in range(5)))
    assert sorted(isinstance(one, Job) for one in asked) == [False] * 3 + [True] * 2
    known = next(job for job in await rows(database, Job))
    assert (await ask(known.request_id)).id == known.id  # a press that came twice
    await queue.cancel(database, known.id or 0, 9)
    assert isinstance(await ask("in its place"), Job)


async def test_what_is_lent_is_drawn_there_and_nowhere_else(
    database: Database, blobs: Blobs
) -> None:
    made, other = await room(database), await room(database, 12)
    subject = await theirs(database, blobs, ANNA, "qqx")
    share = await sessions.lend(database, ANNA, made.id or 0, subject.id or 0)
    assert (await sessions.lend(database, ANNA, made.id or 0, subject.id or 0)).id == share.id
    for where, tokens in ((made.id, ["qqx"]), (other.id, []), (None, [])):
        found = await rights.usable(database, Asker(BEN, SERVER, session_id=where))
        assert [one.subject.token for one in found] == tokens
    with pytest.raises(NotYours):
        await sessions.lend(database, BEN, made.id or 0, subject.id or 0)
    stranger = await theirs(database, blobs, 9, "zwx")
    with pytest.raises(NoSeat):
        await sessions.lend(database, 9, made.id or 0, stranger.id or 0)


async def test_what_is_lent_is_taken_back_at_once(database: Database, blobs: Blobs) -> None:
    made = await room(database)
    subject = await theirs(database, blobs, ANNA, "qqx")
    share = await sessions.lend(database, ANNA, made.id or 0, subject.id or 0)
    await queue.enqueue(database, wanted(made, subject, BEN, "a", share))
    await sharing.take_back(database, blobs, ANNA, share.id or 0)
    assert [job.state for job in await rows(database, Job)] == ["cancelled"]
    assert await sessions.lent(database, made.id or 0) == []


async def test_only_ones_own_fit_pictures_of_the_session_are_hung_up(
    database: Database, blobs: Blobs
) -> None:
    made = await room(database, entries=1)
    subject = await theirs(database, blobs, ANNA, "qqx")
    good = await drew(database, blobs, wanted(made, subject, ANNA, "good"))
    withheld = await drew(database, blobs, wanted(made, subject, ANNA, "bad"), 0.9)
    unseen = await drew(database, blobs, wanted(made, subject, ANNA, "new"), None)
    plain = Request(kind="generate", owner_id=ANNA, subject_id=subject.id, request_id="before")
    elsewhere = await drew(database, blobs, plain)
    for image in (withheld, unseen, elsewhere):
        with pytest.raises(NotYours):
            await wall.hang(database, ANNA, made.id or 0, image.id or 0)
    with pytest.raises(NotYours):
        await wall.hang(database, BEN, made.id or 0, good.id or 0)
    offered = await wall.drawn(database, made.id or 0, ANNA)
    assert [one.image.id for one in offered] == [good.id]
    entry = await wall.hang(database, ANNA, made.id or 0, good.id or 0)
    assert (await wall.hang(database, ANNA, made.id or 0, good.id or 0)).id == entry.id
    assert await wall.drawn(database, made.id or 0, ANNA) == []
    second = await drew(database, blobs, wanted(made, subject, ANNA, "second"))
    with pytest.raises(CapReached):
        await wall.hang(database, ANNA, made.id or 0, second.id or 0)


async def test_votes_are_for_others_and_can_be_changed(database: Database, blobs: Blobs) -> None:
    made = await room(database, votes=1)
    hanging = await hung(database, blobs, made)
    number = {member: entry.number for member, entry in hanging.items()}
    with pytest.raises(SessionOver):
        await ballot.cast(database, ANNA, made.id or 0, [number[BEN]])
    await sessions.go_on(database, made.id or 0, "open")
    for wrong in ([number[ANNA]], [99]):
        with pytest.raises(NotYours):
            await ballot.cast(database, ANNA, made.id or 0, wrong)
    with pytest.raises(CapReached):
        await ballot.cast(database, ANNA, made.id or 0, [number[BEN], number[HOST]])
    with pytest.raises(NoSeat):
        await ballot.cast(database, 9, made.id or 0, [number[BEN]])
    for choice in (BEN, HOST, HOST):
        await ballot.cast(database, ANNA, made.id or 0, [number[choice]])
        assert await ballot.votes_of(database, made.id or 0, ANNA) == {number[choice]}
    await ballot.cast(database, ANNA, made.id or 0, [])
    assert await rows(database, Vote) == []


async def test_votes_among_some_numbers_leave_the_others(database: Database, blobs: Blobs) -> None:
    made = await room(database, votes=2)
    await hung(database, blobs, made)
    await sessions.join(database, made.id or 0, 9)
    await sessions.go_on(database, made.id or 0, "open")

    async def cast(*numbers: int, among: range) -> set[int]:
        await ballot.cast(database, 9, made.id or 0, numbers, among=among)
        return await ballot.votes_of(database, made.id or 0, 9)

    assert await cast(1, 2, among=range(1, 3)) == {1, 2}
    with pytest.raises(CapReached):
        await cast(3, among=range(3, 4))
    assert await ballot.votes_of(database, made.id or 0, 9) == {1, 2}
    assert await cast(2, among=range(1, 3)) == {2}
    assert await cast(3, among=range(3, 4)) == {2, 3}
    assert await cast(among=range(1, 3)) == {3}


async def test_a_wall_holds_so_many(
    database: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await room(database)
    monkeypatch.setattr(wall, "MOST", 2)
    with pytest.raises(WallFull):
        await hung(database, blobs, made)
    assert [one.entry.number for one in await wall.hanging(database, made.id or 0)] == [1, 2]


async def test_the_most_votes_win_and_all_that_was_lent_ends(
    database: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await room(database)
    hanging = await hung(database, blobs, made)
    subject = (await rows(database, Subject))[1]
    share = await sessions.lend(database, ANNA, made.id or 0, subject.id or 0)
    await queue.enqueue(database, wanted(made, subject, BEN, "late", share))
    lease = await claimed(database)
    assert await sessions.advance(database) == []
    later(monkeypatch, 61)
    (voting,) = await sessions.advance(database)
    assert voting.stage == "voting"
    assert await sessions.advance(database) == []
    for voter in (HOST, BEN):
        await ballot.cast(database, voter, made.id or 0, [hanging[ANNA].number])
    later(monkeypatch, 31)
    (closed,) = await sessions.advance(database)
    assert closed.stage == "closed"
    places = [(one["entry"], one["place"], one["votes"]) for one in closed.results["places"]]
    assert places[0] == (hanging[ANNA].id, 1, 2)
    assert [place for _, place, _ in places[1:]] == [0, 0]
    assert await rows(database, Share) == []
    with pytest.raises(LeaseLost):
        async with queue.finishing(database, lease, {}):
            pytest.fail("drawn by a right that has ended")
    told = [row.topic for row in await rows(database, Outgoing) if row.kind == "session"]
    assert told == ["voting", "results"]
    with pytest.raises(SessionOver):
        await ballot.cast(database, HOST, made.id or 0, [])


async def test_a_wall_that_stayed_empty_is_not_voted_on(database: Database) -> None:
    made = await room(database)
    ended = await sessions.go_on(database, made.id or 0, "open")
    assert (ended.stage, ended.results) == ("closed", {"places": []})


async def test_a_stage_ends_once_whoever_ends_it(database: Database, blobs: Blobs) -> None:
    made = await room(database)
    await hung(database, blobs, made)
    await asyncio.gather(*(sessions.go_on(database, made.id or 0, "open") for _ in range(5)))
    found = await sessions.get(database, made.id or 0)
    assert found is not None
    assert found.stage == "voting"
    assert found.vote_until - found.submit_until == timedelta(minutes=30)
    told = [row.topic for row in await rows(database, Outgoing) if row.kind == "session"]
    assert told == ["voting"]


async def test_what_is_hidden_is_neither_seen_nor_voted_for(
    database: Database, blobs: Blobs
) -> None:
    made = await room(database)
    hanging = await hung(database, blobs, made)
    await sessions.go_on(database, made.id or 0, "open")
    await ballot.cast(database, BEN, made.id or 0, [hanging[ANNA].number])
    await wall.hide(database, made.id or 0, hanging[ANNA].number)
    assert [one.entry.member_id for one in await wall.hanging(database, made.id or 0)] == [
        HOST,
        BEN,
    ]
    assert await rows(database, Vote) == []
    with pytest.raises(NotYours):
        await ballot.cast(database, BEN, made.id or 0, [hanging[ANNA].number])
    with pytest.raises(NotYours):
        await wall.hide(database, made.id or 0, 99)


async def test_more_time_moves_all_that_comes_after(database: Database) -> None:
    made = await room(database)
    found = await sessions.extend(database, made.id or 0, 10)
    assert found.submit_until - made.submit_until == timedelta(minutes=10)
    assert found.vote_until - made.vote_until == timedelta(minutes=10)


@pytest.mark.parametrize("gone", [HOST, ANNA])
async def test_who_is_forgotten_leaves_and_the_session_goes_on(
    database: Database, blobs: Blobs, gone: int
) -> None:
    made = await room(database)
    hanging = await hung(database, blobs, made)
    await sessions.go_on(database, made.id or 0, "open")
    voter = ANNA if gone == HOST else HOST
    await ballot.cast(database, voter, made.id or 0, [hanging[gone].number])
    await ballot.cast(database, gone, made.id or 0, [hanging[BEN].number])
    await erase.erase(database, blobs, gone)
    assert gone not in {one.member_id for one in await rows(database, Seat)}
    assert gone not in {one.member_id for one in await rows(database, Entry)}
    assert await rows(database, Vote) == []
    numbers = [one.entry.number for one in await wall.hanging(database, made.id or 0)]
    assert numbers == [entry.number for who, entry in hanging.items() if who != gone]
    ended = await sessions.close(database, made.id or 0)
    assert ended.host_id == (None if gone == HOST else HOST)


@given(st.dictionaries(st.integers(1, 50), st.integers(0, 5)))
def test_equal_votes_share_a_place(counts: dict[int, int]) -> None:
    ranks = ballot.ranked(counts)
    assert {entry: votes for entry, _, votes in ranks} == counts
    assert [votes for *_, votes in ranks] == sorted(counts.values(), reverse=True)
    for entry, place, votes in ranks:
        better = sum(other > votes for other in counts.values())
        assert place == (better + 1 if votes else 0), entry
