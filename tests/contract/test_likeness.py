"""Whoever a subject shows says yes first, and may take that back: then nothing of it is left."""

from __future__ import annotations

import asyncio
from itertools import product
from typing import Any

import pytest

from storage import clock, erase, likeness, outbox, queue, sessions, sharing
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import AskedLately, LeaseLost, NotYours, TokenTaken
from storage.likeness import Asking
from storage.queue import Request
from storage.retention import expire
from storage.settings import StorageSettings
from storage.sharing import To
from storage.tables import Image, Job, Member, Outgoing, Photo, Session, Subject
from tests.conftest import Clock
from tests.rows import (
    an_image,
    claimed,
    count,
    files,
    new_photo,
    new_subject,
    rows,
    trained,
)

OWNER, SHOWN, STRANGER, ANOTHER = 1, 2, 3, 4
DAY_S = 86_400.0


async def asked(database: Database, token: str = "zwx", owner: int = OWNER) -> Subject:
    """A subject of the owner's that shows another member, who was asked."""
    subject = Subject(
        owner_id=owner,
        token=token,
        class_word="woman",
        kind="person",
        base="tiny",
        likeness_of=SHOWN,
        created_at=clock.now(),
    )
    return await likeness.create(database, subject, Asking(channel_id=7, language="de"))


async def agreed(database: Database, token: str = "zwx", owner: int = OWNER) -> Subject:
    subject = await asked(database, token, owner)
    return await likeness.agree(database, SHOWN, subject.id or 0)


async def told(database: Database) -> list[tuple[str | None, int | None]]:
    """What is to be said, and to whom, as far as it is of likenesses."""
    found = await rows(database, Outgoing)
    return [(row.topic, row.about_id) for row in found if row.kind == "likeness"]


def wanted(subject: Subject, name: str, kind: str = "generate") -> Request:
    return Request(kind=kind, owner_id=OWNER, subject_id=subject.id, request_id=name)


async def test_whoever_is_shown_is_asked_and_kept_by_their_id_alone(database: Database) -> None:
    subject = await asked(database)
    assert likeness.state(subject) == "asked"
    (row,) = await rows(database, Outgoing)
    assert (row.kind, row.topic, row.about_id, row.subject_id) == (
        "likeness",
        "asked",
        SHOWN,
        subject.id,
    )
    assert row.facts == {"asker": "1", "channel": 7, "language": "de"}
    assert {member.id for member in await rows(database, Member)} == {OWNER, SHOWN}
    with pytest.raises(TokenTaken):
        await asked(database)
    assert await told(database) == [("asked", SHOWN)]


async def test_only_who_is_shown_answers(database: Database, blobs: Blobs) -> None:
    subject = await asked(database)
    for other in (OWNER, STRANGER):
        with pytest.raises(NotYours):
            await likeness.agree(database, other, subject.id or 0)
        with pytest.raises(NotYours):
            await likeness.end(database, blobs, other, subject.id or 0)
    own = await new_subject(database, OWNER, "qqxy")
    with pytest.raises(NotYours):
        await likeness.end(database, blobs, OWNER, own.id or 0)
    assert await count(database, Subject) == 2


async def test_a_yes_is_written_once_and_told_once(database: Database) -> None:
    subject = await asked(database)
    first = await likeness.agree(database, SHOWN, subject.id or 0)
    again = await likeness.agree(database, SHOWN, subject.id or 0)
    assert first.likeness_agreed_at == again.likeness_agreed_at is not None
    assert await told(database) == [("asked", SHOWN), ("agreed", OWNER)]
    row = (await rows(database, Outgoing))[-1]
    assert row.facts == {"channel": 7, "language": "de", "token": "zwx"}


ACTIONS = ("again", "yes", "no", "photo", "train", "draw")


async def test_the_states_of_a_consent(database: Database, blobs: Blobs, clock: Clock) -> None:
    """Every order of three things that can happen to it, against the states as they are drawn in
    `storage.likeness`."""
    for number, order in enumerate(product(ACTIONS, repeat=3)):
        clock.advance(DAY_S)
        subject, state = await asked(database, f"t{number:04}"), "asked"
        for step, action in enumerate(order):
            clock.advance(DAY_S + 1)
            does = await _tried(database, blobs, subject, action, f"{number}-{step}")
            may = {
                "again": state == "asked",
                "yes": state != "gone",
                "no": state != "gone",
                "photo": state == "agreed",
                "train": state == "agreed",
                "draw": state == "agreed",
            }[action]
            assert does == may, (order, step, state)
            state = {"yes": "agreed", "no": "gone"}.get(action, state) if may else state
            found = [one for one in await rows(database, Subject) if one.id == subject.id]
            assert [likeness.state(one) for one in found] == ([] if state == "gone" else [state])
        if state != "gone":
            await likeness.end(database, blobs, SHOWN, subject.id or 0)
    assert [await count(database, table) for table in (Subject, Photo, Job)] == [0, 0, 0]
    assert await files(blobs) == set()


async def _tried(
    database: Database, blobs: Blobs, subject: Subject, action: str, name: str
) -> bool:
    """Whether it could be done."""
    number = subject.id or 0
    try:
        match action:
            case "again":
                await likeness.ask_again(database, OWNER, number, Asking())
            case "yes":
                await likeness.agree(database, SHOWN, number)
            case "no":
                await likeness.end(database, blobs, SHOWN, number)
            case "photo":
                return await _photo(database, blobs, subject)
            case "train":
                await queue.enqueue(database, wanted(subject, name, "train"))
                await _cancel(database)
            case _:
                await queue.enqueue(database, wanted(subject, name))
    except NotYours:
        return False
    return True


async def _photo(database: Database, blobs: Blobs, subject: Subject) -> bool:
    before = await files(blobs)
    try:
        await new_photo(database, blobs, subject)
    except (NotYours, AssertionError):  # refused; or gone
        for key in await files(blobs) - before:
            await blobs.delete(key)
        return False
    return True


async def _cancel(database: Database) -> None:
    """So that the next training is not one too many."""
    for job in await rows(database, Job):
        await queue.cancel(database, job.id, OWNER)


async def test_a_question_comes_again_once_a_day_and_takes_the_place_of_the_first(
    database: Database, clock: Clock
) -> None:
    subject = await asked(database)
    (first,) = await outbox.take(database)
    await outbox.delivered(database, first.id or 0, outbox.Message(70, 71))
    with pytest.raises(AskedLately) as lately:
        await likeness.ask_again(database, OWNER, subject.id or 0, Asking())
    assert lately.value.until == clock.at + likeness.AGAIN
    with pytest.raises(NotYours):
        await likeness.ask_again(database, SHOWN, subject.id or 0, Asking())
    clock.advance(DAY_S)
    await likeness.ask_again(database, OWNER, subject.id or 0, Asking())
    down, anew = await outbox.take(database)
    assert (down.kind, down.channel_id, down.message_id) == ("withdraw", 70, 71)
    assert (anew.topic, anew.about_id) == ("asked", SHOWN)
    await likeness.agree(database, SHOWN, subject.id or 0)
    clock.advance(DAY_S)
    with pytest.raises(NotYours):
        await likeness.ask_again(database, OWNER, subject.id or 0, Asking())


@pytest.mark.parametrize("how", ["refused", "deleted"])
async def test_nobody_is_asked_by_the_same_member_again_within_a_day(
    database: Database, blobs: Blobs, clock: Clock, how: str
) -> None:
    """However its owner goes about it."""
    subject = await asked(database)
    if how == "refused":
        await likeness.end(database, blobs, SHOWN, subject.id or 0)
    else:
        await erase.delete_subject(database, blobs, OWNER, "zwx")
    with pytest.raises(AskedLately) as lately:
        await asked(database, "qqxy")
    assert lately.value.until == clock.at + likeness.AGAIN
    assert await count(database, Subject) == 0
    await asked(database, "qqxy", ANOTHER)  # others may
    clock.advance(DAY_S)
    await asked(database, "zwxy")


async def test_a_question_that_came_too_late_is_taken_down(
    database: Database, blobs: Blobs
) -> None:
    subject = await asked(database)
    (taken,) = await outbox.take(database)
    await likeness.end(database, blobs, SHOWN, subject.id or 0)
    await outbox.delivered(database, taken.id or 0, outbox.Message(70, 71))
    down = [row for row in await rows(database, Outgoing) if row.kind == "withdraw"]
    assert [row.message_id for row in down] == [71]


async def test_taking_a_yes_back_ends_what_waits_and_what_is_drawn_and_leaves_nothing(
    database: Database, blobs: Blobs
) -> None:
    subject = await agreed(database)
    await new_photo(database, blobs, subject)
    await trained(database, blobs, subject)
    await queue.enqueue(database, wanted(subject, "done"))
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        session.add(an_image(lease.job, 0, await blobs.put("images", b"a picture", "png")))
    await queue.enqueue(database, wanted(subject, "drawn"))
    drawn = await claimed(database)
    await queue.enqueue(database, wanted(subject, "waits"))
    other = await new_subject(database, OWNER, "qqxy")
    kept = await new_photo(database, blobs, other)
    await likeness.end(database, blobs, SHOWN, subject.id or 0)
    with pytest.raises(LeaseLost):
        async with queue.finishing(database, drawn, {}):
            pytest.fail("a picture was shown after the yes was taken back")
    assert [await count(database, table) for table in (Job, Image)] == [0, 0]
    assert [one.token for one in await rows(database, Subject)] == ["qqxy"]
    assert kept.upright_key in await files(blobs)
    assert len(await files(blobs)) == 2
    assert ("taken-back", OWNER) in await told(database)


async def test_after_taking_back_nothing_waits_whoever_asked_at_that_moment(
    database: Database, blobs: Blobs
) -> None:
    subject = await agreed(database)

    async def ask(number: int) -> Any:
        try:
            return await queue.enqueue(database, wanted(subject, str(number)))
        except NotYours:
            return None

    asks = [ask(number) for number in range(20)]
    ending = likeness.end(database, blobs, SHOWN, subject.id or 0)
    await asyncio.gather(*asks[:10], ending, *asks[10:])
    assert await rows(database, Job) == []


@pytest.mark.parametrize("is_agreed", [False, True])
async def test_forgetting_who_is_shown_takes_what_shows_them_along(
    database: Database, blobs: Blobs, is_agreed: bool
) -> None:
    subject = await (agreed if is_agreed else asked)(database)
    if is_agreed:
        await new_photo(database, blobs, subject)
        await trained(database, blobs, subject)
        await queue.enqueue(database, wanted(subject, "waits"))
    other = await new_subject(database, OWNER, "qqxy")
    receipt = await erase.erase(database, blobs, SHOWN)
    assert (receipt.subjects, receipt.photos, receipt.adapters, receipt.jobs) == (
        (1, 1, 1, 1) if is_agreed else (1, 0, 0, 0)
    )
    assert [one.id for one in await rows(database, Subject)] == [other.id]
    assert await files(blobs) == set()
    assert (await told(database))[-1] == ("taken-back" if is_agreed else "refused", OWNER)
    assert {member.id for member in await rows(database, Member)} == {OWNER}


async def test_forgetting_its_owner_takes_the_question_down(
    database: Database, blobs: Blobs
) -> None:
    await asked(database)
    (first,) = await outbox.take(database)
    await outbox.delivered(database, first.id or 0, outbox.Message(70, 71))
    await erase.erase(database, blobs, OWNER)
    (row,) = await rows(database, Outgoing)
    assert (row.kind, row.message_id) == ("withdraw", 71)
    assert await likeness.showing(database, SHOWN) == []


async def test_an_unanswered_question_ends_with_its_subject(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    await asked(database)
    await agreed(database, "qqxy", ANOTHER)
    clock.advance((likeness.UNANSWERED_DAYS - 1) * DAY_S)
    await expire(database, blobs, StorageSettings())
    assert await count(database, Subject) == 2
    clock.advance(2 * DAY_S)
    await expire(database, blobs, StorageSettings())
    assert [one.token for one in await rows(database, Subject)] == ["qqxy"]
    assert ("lapsed", OWNER) in await told(database)


async def test_where_photos_are_kept_for_less_the_question_is_too(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    await asked(database)
    clock.advance(8 * DAY_S)
    await expire(database, blobs, StorageSettings(photos_days=7))
    assert await count(database, Subject) == 0


async def test_what_shows_another_is_neither_shared_nor_lent(database: Database) -> None:
    subject = await agreed(database)
    with pytest.raises(NotYours):
        await sharing.give(database, OWNER, subject.id or 0, To(server_id=900))
    room = await _room(database)
    with pytest.raises(NotYours):
        await sessions.lend(database, OWNER, room.id or 0, subject.id or 0)


async def test_a_member_sees_what_shows_them(database: Database, blobs: Blobs) -> None:
    first, second = await asked(database), await agreed(database, "qqxy", ANOTHER)
    await new_photo(database, blobs, second)
    found = await likeness.showing(database, SHOWN)
    assert [(one.subject.id, one.photos) for one in found] == [(first.id, 0), (second.id, 1)]
    assert await likeness.showing(database, OWNER) == []
    assert await likeness.waiting(database, ANOTHER) == []
    assert [one.id for one in await likeness.waiting(database, OWNER)] == [first.id]


async def _room(database: Database) -> Session:
    return await sessions.open_room(
        database,
        server_id=900,
        channel_id=1,
        host_id=OWNER,
        theme="Autumn",
        minutes=60,
        vote_minutes=30,
    )


async def test_a_theme_goes_with_its_host(database: Database, blobs: Blobs) -> None:
    room = await _room(database)
    await sessions.join(database, room.id or 0, STRANGER)
    await erase.erase(database, blobs, OWNER)
    (left,) = await rows(database, Session)
    assert (left.theme, left.host_id) == ("", None)


@pytest.mark.parametrize(("settings", "days"), [({}, 90), ({"pictures_days": 7}, 7)])
async def test_closed_sessions_go_after_a_while(
    database: Database, blobs: Blobs, clock: Clock, settings: dict[str, Any], days: int
) -> None:
    closed = await _room(database)
    await sessions.close(database, closed.id or 0)
    await _room(database)  # one that is under way
    clock.advance((days - 1) * DAY_S)
    await expire(database, blobs, StorageSettings(**settings))
    assert await count(database, Session) == 2
    clock.advance(2 * DAY_S)
    await expire(database, blobs, StorageSettings(**settings))
    assert [room.stage for room in await rows(database, Session)] == ["open"]
