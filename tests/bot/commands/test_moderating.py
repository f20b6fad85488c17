"""`/admin moderate | status`: after members of one's own server, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot import words
from storage import gallery, moderation, offences, pauses
from storage.offences import MOST
from storage.tables import Image, Job, Outgoing, Pause, Worker
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.bot.commands.editing import drew
from tests.bot.commands.managing import manager, shows_admin_to
from tests.bot.commands.pressing import menu
from tests.bot.commands.screening import offend
from tests.rows import ask, count, files, rows

PROMPT = "zwx at the beach"


@pytest.fixture
def carol(studio: Studio) -> Any:
    return manager(studio)


async def looked_after(studio: Studio, carol: Any, member: Any = None) -> Any:
    who = member or studio.alice
    answer = await studio.slash(carol, "admin moderate", member=who)
    assert said(answer)
    return messages(answer)[0]


async def open_jobs(studio: Studio) -> list[str]:
    return [job.state for job in await rows(studio.bot.database, Job)]


async def test_what_a_member_has_here_is_shown_and_cancelled(studio: Studio, carol: Any) -> None:
    subject = await studio.trained()
    await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    await ask(studio.bot.database, studio.alice.id, subject=subject, server_id=4711)
    card = await looked_after(studio, carol)
    assert words.moderate_record(1, 0, 0, 1) in shown(card)
    assert "zwx" not in shown(card)  # neither tokens nor prompts are an admin's to read
    card = (await carol.click(card, label=words.CANCEL_THEIRS)).response
    assert words.cancelled_theirs(1) in shown(card)
    assert await open_jobs(studio) == ["cancelled", "queued"]


async def test_a_break_is_given_told_and_ended(studio: Studio, carol: Any) -> None:
    await studio.trained()
    card = await looked_after(studio, carol)
    chosen = await carol.select(card, ["24"], custom_id=menu(card, "moderate-break")["custom_id"])
    (pause,) = await rows(studio.bot.database, Pause)
    assert (pause.server_id, pause.member_id) == (studio.channel.guild.id, studio.alice.id)
    assert words.moderate_break(pause.until, None) in shown(chosen.response)
    refused = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert said(refused) == words.rule_paused(pause.until)
    ended = await carol.click(chosen.response, label=words.END_BREAK)
    assert words.moderate_break(None, None) in shown(ended.response)
    await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert await open_jobs(studio) == ["queued"]


async def test_lifting_ends_a_break_of_either_kind(studio: Studio, carol: Any) -> None:
    here = studio.channel.guild.id
    await offend(studio, MOST)
    await pauses.give(studio.bot.database, here, studio.alice.id, 24)
    lifted = await studio.slash(carol, "admin lift", member=studio.alice)
    assert said(lifted) == words.suspension_lifted(f"<@{studio.alice.id}>")
    assert await pauses.until(studio.bot.database, here, studio.alice.id) is None
    assert await offences.suspended_until(studio.bot.database, studio.alice.id, here) is None


async def test_nobody_ends_their_own_break(studio: Studio, carol: Any) -> None:
    await pauses.give(studio.bot.database, studio.channel.guild.id, carol.id, 24)
    card = await looked_after(studio, carol, carol)
    assert said(await carol.click(card, label=words.END_BREAK)) == words.NOT_YOUR_OWN
    assert await count(studio.bot.database, Pause) == 1


@pytest.mark.parametrize("by", ["number", "name", "file", "link"])
async def test_a_picture_is_taken_down_and_its_owner_told(
    studio: Studio, carol: Any, by: str
) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    await studio.look()
    (message,) = studio.channel.history()
    guild = studio.channel.guild.id
    named = {
        "number": "1",
        "name": "1-0",
        "file": "darkroom-1-0.png",
        "link": f"https://discord.com/channels/{guild}/{studio.channel.id}/{message.id}",
    }
    question = await studio.slash(carol, "admin moderate", picture=named[by])
    assert said(question).strip().startswith(words.take_down_question(1, studio.alice.id))
    assert await count(studio.bot.database, Image) == 1
    second = await studio.slash(carol, "admin moderate", picture="1")
    done = await carol.click(messages(question)[0], label=words.TAKE_DOWN)
    assert words.TAKEN_DOWN in shown(done.response)
    assert await count(studio.bot.database, Job) == await count(studio.bot.database, Image) == 0
    assert not any(key.startswith("images") for key in await files(studio.bot.blobs))
    await studio.look()
    assert studio.channel.history() == []
    told = studio.alice.user.dm_channel.history()
    assert [one.content for one in told] == [words.pictures_removed("The Portrait Corner", 1)]
    late = await carol.click(messages(second)[0], label=words.TAKE_DOWN)
    assert words.NO_SUCH_PICTURES in shown(late.response)


async def test_pictures_that_are_being_drawn_are_never_shown(studio: Studio, carol: Any) -> None:
    await studio.trained()
    await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    question = await studio.slash(carol, "admin moderate", picture="1")
    await carol.click(messages(question)[0], label=words.TAKE_DOWN)
    assert await open_jobs(studio) == []
    kinds = {row.kind for row in await rows(studio.bot.database, Outgoing)}
    assert kinds == {"withdraw", "removed"}


@pytest.mark.parametrize(
    "picture", ["2", "zwx", "https://discord.com/channels/1/2/3", "0" * 150, "-1"]
)
async def test_what_is_not_of_this_server_is_not_found(
    studio: Studio, carol: Any, picture: str
) -> None:
    subject = await studio.trained()
    await ask(studio.bot.database, studio.alice.id, subject=subject, server_id=4711)
    await ask(studio.bot.database, studio.alice.id, kind="train", subject=subject)
    answer = await studio.slash(carol, "admin moderate", picture=picture)
    assert said(answer) == words.NO_SUCH_PICTURES
    answer = await studio.slash(carol, "admin moderate", picture="1")
    assert said(answer) == words.NO_SUCH_PICTURES


async def test_nobody_else_moderates(studio: Studio, carol: Any) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    await shows_admin_to(studio, studio.bob)
    for options in ({"member": studio.alice}, {"picture": "1"}, {}):
        answer = await studio.slash(studio.bob, "admin moderate", **options)
        assert said(answer) == words.ADMINS_ONLY
    assert said(await studio.slash(studio.bob, "admin status")) == words.ADMINS_ONLY
    card = await looked_after(studio, carol)
    (staff,) = [one for one in studio.bot.guilds[0].roles if one.name == "staff"]
    question = await studio.slash(carol, "admin moderate", picture="1")
    await staff.edit(permissions=staff.permissions.none())
    given = await carol.select(card, ["24"], custom_id=menu(card, "moderate-break")["custom_id"])
    taken = await carol.click(messages(question)[0], label=words.TAKE_DOWN)
    assert said(given) == said(taken) == words.ADMINS_ONLY
    assert await count(studio.bot.database, Pause) == 0
    assert await count(studio.bot.database, Image) == 1


async def test_without_a_member_or_a_picture_there_is_a_hint(studio: Studio, carol: Any) -> None:
    assert said(await studio.slash(carol, "admin moderate")) == words.MODERATE_WHAT


async def test_the_status_is_read_off_the_rows(studio: Studio, carol: Any) -> None:
    told = said(await studio.slash(carol, "admin status"))
    assert words.status_line(0, 0, 0) in told
    assert words.STATUS_ASLEEP in told
    assert "GB" in told or "MB" in told
    worker = Worker(base="tiny", base_hash="0", device="cpu", step_s=0.5, image_s=2.0)
    await gallery.check_in(studio.bot.database, worker)
    await gallery.report_speed(studio.bot.database, worker.id or 0, step_s=0.5, image_s=2.0)
    await studio.trained()
    await drew(studio, studio.alice, pictures=3)
    await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    await studio.slash(studio.alice, "session open", theme="A rainy evening")
    told = said(await studio.slash(carol, "admin status"))
    assert words.status_line(1, 0, 0) in told
    assert words.status_trainer("tiny", "cpu", 0.5, 2.0) in told
    assert words.status_here(3, 0, 1) in told


async def test_a_member_who_was_forgotten_is_not_told(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    await studio.look()
    bot = studio.bot
    await moderation.take_down(bot.database, bot.blobs, studio.channel.guild.id, 1)
    question = await studio.slash(studio.alice, "me forget")
    await studio.alice.click(question.response, label=words.FORGET_YES)
    assert not [row for row in await rows(bot.database, Outgoing) if row.kind == "removed"]
    await studio.look()


AT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_sentence_is_short(language: str) -> None:
    with words.speaking(language):
        for sentence in (
            words.MODERATE_WHAT,
            words.MODERATE_HINT,
            words.TAKEN_DOWN,
            words.NO_SUCH_PICTURES,
            words.moderate_record(99, 99, 99, 99),
            words.moderate_break(AT, AT),
            words.take_down_question(10**9, 2**63),
            words.pictures_removed("x" * 100, 10**9),
            words.pictures_removed(None, 1),
            words.status_line(9, 9, 9),
            words.status_trainer("some/base", "cuda:0", 0.123, None),
            words.status_here(1, 1, 1),
            words.status_disk(None),
        ):
            assert 0 < len(sentence) <= 300
            assert "None" not in sentence
