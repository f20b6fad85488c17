"""`/subject share` and `/subject show`: who may draw a subject."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from storage import clock, sharing
from storage.sharing import To
from storage.tables import Job, Share, Subject
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.bot.commands.editing import drew
from tests.bot.commands.pressing import menu
from tests.rows import rows

PROMPT = "zwx at the beach"


async def shared(studio: Studio, **to: Any) -> Any:
    return await studio.slash(studio.alice, "subject share", token="zwx", **to)


async def test_a_subject_is_private_until_it_is_shared(studio: Studio) -> None:
    await studio.trained()
    unknown = said(await studio.slash(studio.bob, "imagine", prompt="qqxy at the beach"))
    assert said(await studio.slash(studio.bob, "imagine", prompt=PROMPT)) == unknown
    answer = await shared(studio, member=studio.bob)
    assert f"<@{studio.bob.id}> may draw `zwx`" in said(answer)
    assert "`zwx`" in said(await studio.slash(studio.bob, "subject list"))
    drawn = messages(await studio.slash(studio.bob, "imagine", prompt=PROMPT))[0]
    assert not drawn.ephemeral
    (job,) = await rows(studio.bot.database, Job)
    assert (job.owner_id, job.share_id) == (studio.bob.id, 1)


async def test_a_server_shares_among_its_members(studio: Studio) -> None:
    await studio.trained()
    await shared(studio, server=True)
    assert not messages(await studio.slash(studio.bob, "imagine", prompt=PROMPT))[0].ephemeral


async def test_who_may_draw_it_is_shown_and_taken_back(studio: Studio) -> None:
    await studio.trained()
    assert words.NOT_SHARED in said(await shared(studio))
    await shared(studio, member=studio.bob)
    await drew(studio, studio.bob)
    await studio.slash(studio.bob, "imagine", prompt=PROMPT)
    panel = messages(await shared(studio))[0]
    assert words.USED_BY in shown(panel)
    assert "1 picture" in shown(panel)
    asked = await studio.alice.select(
        panel, ["1"], custom_id=menu(panel, "share-from")["custom_id"]
    )
    assert labels(messages(asked)[0]) == [
        words.TAKE_BACK,
        words.TAKE_BACK_PICTURES,
        words.KEEP_SHARED,
    ]
    done = await studio.alice.click(messages(asked)[0], label=words.TAKE_BACK)
    assert said(done) == words.taken_back("zwx", pictures=False)
    assert [job.state for job in await rows(studio.bot.database, Job)] == ["done", "cancelled"]
    refused = said(await studio.slash(studio.bob, "imagine", prompt=PROMPT))
    assert refused == said(await studio.slash(studio.bob, "imagine", prompt="qqxy at the beach"))


async def test_what_was_drawn_by_it_can_go_too(studio: Studio) -> None:
    await studio.trained()
    await shared(studio, member=studio.bob)
    await drew(studio, studio.bob)
    panel = messages(await shared(studio))[0]
    asked = await studio.alice.select(
        panel, ["1"], custom_id=menu(panel, "share-from")["custom_id"]
    )
    await studio.alice.click(messages(asked)[0], label=words.TAKE_BACK_PICTURES)
    assert await rows(studio.bot.database, Job) == []
    again = await studio.alice.select(
        panel, ["1"], custom_id=menu(panel, "share-from")["custom_id"]
    )
    assert said(again) == words.SHARE_GONE


async def test_buttons_under_pictures_draw_nothing_new_without_the_right(studio: Studio) -> None:
    await studio.trained()
    await shared(studio, member=studio.bob)
    await drew(studio, studio.bob)
    message = messages(await studio.slash(studio.bob, "show", job=1))[0]
    await sharing.take_back(studio.bot.database, studio.bot.blobs, studio.alice.id, 1)
    for label in (words.AGAIN, words.VARY, words.ENLARGE):
        answer = await studio.bob.click(message, label=label)
        assert "no token of yours" in said(answer)
    assert len(await rows(studio.bot.database, Job)) == 1


async def test_it_is_one_at_a_time_and_never_with_oneself(studio: Studio) -> None:
    await studio.trained()
    assert said(await shared(studio, member=studio.bob, server=True)) == words.SHARE_ONE
    assert said(await shared(studio, member=studio.alice)) == words.SHARE_WITH_YOURSELF
    assert await rows(studio.bot.database, Share) == []


async def test_somebody_elses_subject_is_not_shared(studio: Studio) -> None:
    await studio.trained()
    await shared(studio, member=studio.bob)
    answer = await studio.slash(studio.bob, "subject share", token="zwx", server=True)
    assert said(answer) == words.unknown_subject("zwx")


async def test_a_subject_is_shared_so_often_and_no_more(studio: Studio) -> None:
    subject = await studio.trained()
    for member in range(sharing.MOST):
        to = To(member_id=10_000 + member)
        await sharing.give(studio.bot.database, studio.alice.id, subject.id or 0, to)
    assert said(await shared(studio, server=True)) == words.shares_full(sharing.MOST)
    assert len(menu(messages(await shared(studio))[0], "share-from")["options"]) == sharing.MOST


@pytest.mark.parametrize("state", ["photos", "train", "ready"])
async def test_a_subject_is_shown_with_what_comes_next(studio: Studio, state: str) -> None:
    made = {"photos": studio.subject, "train": studio.covered, "ready": studio.trained}[state]
    await made()
    panel = messages(await studio.slash(studio.alice, "subject show", token="zwx"))[0]
    assert panel.ephemeral
    after = {"photos": "/photos add", "train": "/train start", "ready": "/imagine"}[state]
    assert after in shown(panel)
    assert "Only you can draw it." in shown(panel)
    rights = await studio.alice.click(panel, label=words.RIGHTS)
    assert words.NOT_SHARED in said(rights)
    refused = await studio.slash(studio.bob, "subject show", token="zwx")
    assert said(refused) == words.unknown_subject("zwx")


async def test_whom_another_said_yes_to_shares_no_further(studio: Studio) -> None:
    subject = await studio.trained()
    async with studio.bot.database.write() as session:
        found = await session.get_one(Subject, subject.id)
        found.likeness_of, found.likeness_agreed_at = studio.bob.id, clock.now()
    assert said(await shared(studio, server=True)) == words.SHARE_SHOWS_ANOTHER
    assert await rows(studio.bot.database, Share) == []
