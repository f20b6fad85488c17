"""A session's vote is blind: nothing in its room tells whose a picture is."""

from __future__ import annotations

import discord
import pytest

from bot import words
from storage import pauses, wishes
from storage.tables import Subject
from tests.bot.commands.conftest import Studio, said, shown
from tests.bot.commands.test_session import PROMPT, opened
from tests.rows import claimed


def tells(studio: Studio, text: str) -> bool:
    """Whether a text tells that Alice asked for it, or what for."""
    return str(studio.alice.id) in text or "in the rain" in text


async def test_a_picture_is_shown_to_all_and_its_author_told_to_one(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    answer = await room.slash(studio.alice, "imagine", prompt=PROMPT)
    posted = room.thread.history()[-1]
    assert said(answer) == words.session_asked(posted.jump_url)
    assert words.IN_PRIVATE not in str(studio.sent())
    assert not tells(studio, shown(posted))
    lease = await claimed(studio.bot.database)
    await studio.look()
    assert words.SESSION_RUNNING in shown(room.thread.history()[-1])
    await studio.finish(lease, {"seconds": 1.0}, 1)
    await studio.look()
    done = room.thread.history()[-1]
    assert done.id == posted.id
    assert done.attachments
    assert words.SESSION_DRAWN in shown(done)
    assert not tells(studio, shown(done))
    assert said(await studio.bob.click(done, label=words.AGAIN)) == words.NOT_FOR_YOU
    assert said(await studio.alice.click(done, label=words.SESSION_HANG_THIS)) == (
        words.session_hung([1])
    )
    # for its author alone it has all its words
    own = await studio.slash(studio.alice, "show", job=lease.job.id)
    assert "in the rain" in said(own)


async def test_what_is_asked_for_again_has_no_author_either(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    await room.slash(studio.alice, "imagine", prompt=PROMPT)
    await studio.finish(await claimed(studio.bot.database), {"seconds": 1.0}, 1)
    await studio.look()
    await studio.alice.click(room.thread.history()[-1], label=words.AGAIN)
    first, second = room.thread.history()[-2:]
    assert first.id != second.id
    assert not tells(studio, shown(second))


async def test_a_prompt_is_kept_by_who_wishes_so_at_the_end(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    await room.hangs(studio.alice, await room.draws(studio.alice))
    await wishes.keep(studio.bot.database, studio.alice.id, prompts=False)
    await room.ends_stage()
    await room.ends_stage()
    recap = said(await room.press(studio.bob, words.SESSION_RECAP))
    assert f"<@{studio.alice.id}>" in recap
    assert "zwx in the rain" not in recap


async def test_a_session_is_for_who_may_make_threads(studio: Studio) -> None:
    deny = {studio.alice: discord.PermissionOverwrite(create_public_threads=False)}
    studio.channel = studio.env.guild.create_text_channel("quiet", overwrites=deny)
    answer = await studio.slash(studio.alice, "session open", theme="A rainy evening")
    assert said(answer) == words.SESSION_MAY_NOT
    assert not studio.channel.threads


async def test_a_host_opens_one_room_at_once(studio: Studio) -> None:
    await opened(studio)
    answer = await studio.slash(studio.alice, "session open", theme="Another evening")
    assert said(answer) == words.SESSION_HOSTING


@pytest.mark.parametrize("theme", ["\u3164\u3164\u3164", "\u200b\u200b\u200b", "a\u202eb"])
async def test_a_theme_can_be_seen(studio: Studio, theme: str) -> None:
    answer = await studio.slash(studio.alice, "session open", theme=theme)
    assert said(answer) == words.SESSION_THEME


async def test_who_has_a_break_hangs_nothing_up(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    await room.draws(studio.alice)
    guild = studio.channel.guild.id
    until = await pauses.give(studio.bot.database, guild, studio.alice.id, 24)
    told = words.rule_paused(until)
    assert said(await room.press(studio.alice, words.SESSION_HANG)) == told
    assert said(await room.press(studio.alice, words.SESSION_JOIN)) == told


async def test_subjects_that_show_others_are_not_offered_for_lending(studio: Studio) -> None:
    room = await opened(studio)
    subject = await studio.trained()

    async with studio.bot.database.write() as session:
        row = await session.get(Subject, subject.id)
        assert row is not None
        row.likeness_of = studio.bob.id
    answer = await room.press(studio.alice, words.SESSION_LEND)
    assert said(answer) == words.SESSION_NOTHING_TO_LEND
