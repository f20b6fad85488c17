"""Others draw a subject by a right that its owner gave, for as long as that is there."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from storage import clock, erase, gallery, queue, rights, sharing
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import LeaseLost, NotYours, SharesFull
from storage.queue import Request
from storage.rights import Asker
from storage.sharing import To
from storage.tables import Image, Job, Member, Outgoing, Share, Subject
from tests.rows import an_image, claimed, new_subject, rows, trained

OWNER, FRIEND, STRANGER, HERE, ROLE = 1, 2, 3, 900, 77


async def theirs(database: Database, blobs: Blobs) -> Subject:
    """A subject of the owner's that can be drawn."""
    subject = await new_subject(database, OWNER)
    await trained(database, blobs, subject)
    return subject


def wanted(subject: Subject, share: Share | None, name: str = "a", owner: int = FRIEND) -> Request:
    return Request(
        kind="generate",
        owner_id=owner,
        subject_id=subject.id,
        share_id=None if share is None else share.id,
        request_id=name,
    )


async def tokens(database: Database, who: Asker) -> list[str]:
    return [one.subject.token for one in await rights.usable(database, who)]


@pytest.mark.parametrize(
    ("to", "may", "may_not"),
    [
        (To(member_id=FRIEND), [Asker(FRIEND), Asker(FRIEND, HERE)], [Asker(STRANGER, HERE)]),
        (To(server_id=HERE), [Asker(FRIEND, HERE)], [Asker(FRIEND), Asker(FRIEND, 901)]),
        (
            To(role_id=ROLE, server_id=HERE),
            [Asker(FRIEND, HERE, frozenset({ROLE, 5}))],
            [
                Asker(FRIEND, HERE),
                Asker(FRIEND, HERE, frozenset({5})),
                Asker(FRIEND, 901, frozenset({ROLE})),
            ],
        ),
    ],
)
async def test_a_right_reaches_whom_it_names_and_nobody_else(
    database: Database, blobs: Blobs, to: To, may: list[Asker], may_not: list[Asker]
) -> None:
    subject = await theirs(database, blobs)
    for who in (*may, *may_not):
        assert await tokens(database, who) == []
    share = await sharing.give(database, OWNER, subject.id or 0, to)
    for who in may:
        (one,) = await rights.usable(database, who)
        assert (one.subject.token, one.share_id) == (subject.token, share.id)
        assert one.adapter is not None
    for who in may_not:
        assert await tokens(database, who) == []
    (own,) = await rights.usable(database, Asker(OWNER, HERE, frozenset({ROLE})))
    assert own.share_id is None


async def test_a_subject_that_several_rights_reach_is_there_once(
    database: Database, blobs: Blobs
) -> None:
    subject = await theirs(database, blobs)
    first = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    await sharing.give(database, OWNER, subject.id or 0, To(server_id=HERE))
    (one,) = await rights.usable(database, Asker(FRIEND, HERE))
    assert one.share_id == first.id


async def test_giving_twice_is_once(database: Database, blobs: Blobs) -> None:
    subject = await theirs(database, blobs)
    for to in (To(member_id=FRIEND), To(server_id=HERE), To(role_id=ROLE, server_id=HERE)):
        given = [await sharing.give(database, OWNER, subject.id or 0, to) for _ in range(2)]
        assert given[0].id == given[1].id
    assert len(await sharing.given(database, subject.id or 0)) == 3


async def test_only_its_owner_gives_and_takes_back(database: Database, blobs: Blobs) -> None:
    subject = await theirs(database, blobs)
    with pytest.raises(NotYours):
        await sharing.give(database, FRIEND, subject.id or 0, To(member_id=STRANGER))
    share = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    with pytest.raises(NotYours):
        await sharing.take_back(database, blobs, FRIEND, share.id or 0)
    with pytest.raises(NotYours):
        await sharing.own(database, FRIEND, share.id or 0)
    assert len(await sharing.given(database, subject.id or 0)) == 1


async def test_a_subject_is_shared_so_often_and_no_more(database: Database, blobs: Blobs) -> None:
    subject = await theirs(database, blobs)
    for member in range(sharing.MOST):
        await sharing.give(database, OWNER, subject.id or 0, To(member_id=100 + member))
    with pytest.raises(SharesFull):
        await sharing.give(database, OWNER, subject.id or 0, To(member_id=99))
    # what is there already is no further one
    await sharing.give(database, OWNER, subject.id or 0, To(member_id=100))


async def test_nothing_is_put_in_line_without_a_right(database: Database, blobs: Blobs) -> None:
    subject, other = await theirs(database, blobs), await new_subject(database, OWNER, token="qqx")
    of_other = await sharing.give(database, OWNER, other.id or 0, To(member_id=FRIEND))
    for share in (None, of_other):
        with pytest.raises(NotYours):
            await queue.enqueue(database, wanted(subject, share))
    share = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    assert (await queue.enqueue(database, wanted(subject, share))).share_id == share.id
    with pytest.raises(NotYours):  # to learn it anew is its owner's
        await queue.enqueue(
            database,
            Request(kind="train", owner_id=FRIEND, subject_id=subject.id, request_id="t"),
        )


async def test_taking_back_ends_what_waits_and_what_is_drawn(
    database: Database, blobs: Blobs
) -> None:
    subject = await theirs(database, blobs)
    share = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    await queue.enqueue(database, wanted(subject, share, "drawn"))
    await queue.enqueue(database, wanted(subject, share, "waits"))
    await queue.enqueue(database, wanted(subject, None, "own", OWNER))
    lease = await claimed(database)
    while lease.job.owner_id == OWNER:
        lease = await claimed(database)
    await sharing.take_back(database, blobs, OWNER, share.id or 0)
    states = {job.request_id: job.state for job in await rows(database, Job)}
    assert states["drawn"] == states["waits"] == "cancelled"
    assert states["own"] in {"queued", "running"}
    with pytest.raises(LeaseLost):
        async with queue.finishing(database, lease, {}):
            pytest.fail("a picture was shown by a right that was taken back")
    told = {row.job_id for row in await rows(database, Outgoing) if row.kind == "ended"}
    assert len(told) == 2  # their member hears of it
    assert await tokens(database, Asker(FRIEND)) == []
    with pytest.raises(NotYours):
        await queue.enqueue(database, wanted(subject, share, "again"))


async def test_a_right_given_anew_is_another_one(database: Database, blobs: Blobs) -> None:
    subject = await theirs(database, blobs)
    first = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    await sharing.take_back(database, blobs, OWNER, first.id or 0)
    second = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    assert second.id != first.id
    with pytest.raises(NotYours):  # a press from before
        await queue.enqueue(database, wanted(subject, first))


async def drew(database: Database, blobs: Blobs, request: Request) -> None:
    await queue.enqueue(database, request)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        session.add(an_image(lease.job, 0, await blobs.put("images", b"a picture", "png")))


@pytest.mark.parametrize("pictures", [False, True])
async def test_their_pictures_stay_unless_they_are_to_go(
    database: Database, blobs: Blobs, pictures: bool
) -> None:
    subject = await theirs(database, blobs)
    share = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    await drew(database, blobs, wanted(subject, share))
    await drew(database, blobs, wanted(subject, None, "own", OWNER))
    (use,) = await sharing.uses(database, OWNER, subject.id or 0)
    assert (use.member_id, use.pictures) == (FRIEND, 1)
    assert await sharing.uses(database, FRIEND, subject.id or 0) == []
    await sharing.take_back(database, blobs, OWNER, share.id or 0, pictures=pictures)
    left = await rows(database, Image)
    assert [image.owner_id for image in left] == ([OWNER] if pictures else [FRIEND, OWNER])
    for image in left:
        assert await blobs.get(image.blob_key)
    there = {key async for key, _ in blobs.ages() if key.startswith("images")}
    assert there == {image.blob_key for image in left}


async def test_what_others_drew_goes_with_the_subject(database: Database, blobs: Blobs) -> None:
    subject = await theirs(database, blobs)
    share = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    await drew(database, blobs, wanted(subject, share))
    await erase.delete_subject(database, blobs, OWNER, subject.token)
    assert [await rows(database, table) for table in (Share, Job, Image)] == [[], [], []]
    assert [key async for key, _ in blobs.ages()] == []


@pytest.mark.parametrize("gone", [OWNER, FRIEND])
async def test_no_right_outlives_a_member_who_is_forgotten(
    database: Database, blobs: Blobs, gone: int
) -> None:
    subject = await theirs(database, blobs)
    share = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    await drew(database, blobs, wanted(subject, share))
    await erase.erase(database, blobs, gone)
    assert await rows(database, Share) == []
    assert await rows(database, Image) == []
    assert gone not in {member.id for member in await rows(database, Member)}
    assert (await gallery.current_adapter(database, subject.id or 0) is None) == (gone == OWNER)


async def test_whoever_is_shown_must_have_agreed(database: Database, blobs: Blobs) -> None:
    subject = await theirs(database, blobs)
    share = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))

    async def shows(likeness_of: int | None) -> None:
        async with database.write() as session:
            found = await session.get_one(Subject, subject.id)
            found.likeness_of = likeness_of

    await shows(STRANGER)
    for who, by in ((OWNER, None), (FRIEND, share)):
        assert await tokens(database, Asker(who)) == []
        with pytest.raises(NotYours):
            await queue.enqueue(database, wanted(subject, by, f"of {who}", who))
    await shows(OWNER)
    assert await tokens(database, Asker(OWNER)) == [subject.token]


async def test_after_taking_back_nothing_waits_whoever_asked_at_that_moment(
    database: Database, blobs: Blobs
) -> None:
    subject = await theirs(database, blobs)
    share = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))

    async def ask(number: int) -> Any:
        try:
            return await queue.enqueue(database, wanted(subject, share, str(number)))
        except NotYours:
            return None

    asked = [ask(number) for number in range(20)]
    taking = sharing.take_back(database, blobs, OWNER, share.id or 0)
    await asyncio.gather(*asked[:10], taking, *asked[10:])
    assert {job.state for job in await rows(database, Job)} <= {"cancelled"}


async def test_the_yes_of_whoever_is_shown_is_for_its_owner_alone(
    database: Database, blobs: Blobs
) -> None:
    subject = await theirs(database, blobs)
    share = await sharing.give(database, OWNER, subject.id or 0, To(member_id=FRIEND))
    async with database.write() as session:
        found = await session.get_one(Subject, subject.id)
        found.likeness_of, found.likeness_agreed_at = STRANGER, clock.now()
    assert await tokens(database, Asker(OWNER)) == [subject.token]
    assert await tokens(database, Asker(FRIEND)) == []
    with pytest.raises(NotYours):
        await queue.enqueue(database, wanted(subject, share))
    with pytest.raises(NotYours):
        await sharing.give(database, OWNER, subject.id or 0, To(server_id=HERE))
