"""Community sessions, from `/session open` to the results, across restarts."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot import words
from storage import queue, screening, sessions
from storage.sessions import Caps
from storage.tables import Entry, Image, Job, Session, Share, Vote
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.bot.commands.editing import PICTURE
from tests.bot.commands.pressing import menu
from tests.rows import an_image, claimed, rows

PROMPT = "zwx in the rain"


class Room:
    """A session that Alice opened, with Bob at hand."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    @property
    def thread(self) -> Any:
        (thread,) = self.studio.channel.threads
        return thread

    @property
    def card(self) -> Any:
        return self.thread.history()[0]

    async def slash(self, actor: Any, command: str, **options: Any) -> Any:
        return await actor.slash(self.thread, command, **options)

    async def press(self, actor: Any, label: str, on: Any = None) -> Any:
        return await actor.click(on or self.card, label=label)

    async def choose(self, actor: Any, answer: Any, verb: str, *values: Any) -> Any:
        panel = messages(answer)[-1]
        chosen = [str(value) for value in values]
        return await actor.select(panel, chosen, custom_id=menu(panel, verb)["custom_id"])

    async def draws(self, actor: Any, prompt: str = PROMPT, explicit: float | None = 0.1) -> Image:
        """A picture that somebody asked for here, drawn."""
        await self.slash(actor, "imagine", prompt=prompt)
        database, blobs = self.studio.bot.database, self.studio.bot.blobs
        lease = await claimed(database)
        async with queue.finishing(database, lease, {}) as session:
            image = an_image(lease.job, 0, await blobs.put("images", PICTURE, "png"))
            session.add(image)
            await session.flush()
            image_id = image.id or 0
        if explicit is not None:
            await screening.note_scores(database, {image_id: explicit})
        return next(one for one in await rows(database, Image) if one.id == image_id)

    async def hangs(self, actor: Any, image: Image) -> Any:
        answer = await self.press(actor, words.SESSION_HANG)
        return await self.choose(actor, answer, "session-hang-these", image.id)

    async def row(self) -> Session:
        (row,) = await rows(self.studio.bot.database, Session)
        assert isinstance(row, Session)
        return row

    async def ends_stage(self) -> None:
        row = await self.row()
        await sessions.go_on(self.studio.bot.database, row.id or 0, row.stage)
        await self.studio.look()


async def opened(studio: Studio, **options: Any) -> Room:
    answer = await studio.slash(studio.alice, "session open", theme="A rainy evening", **options)
    room = Room(studio)
    assert room.thread.mention in said(answer)
    return room


async def test_a_room_is_a_thread_with_a_card(studio: Studio) -> None:
    room = await opened(studio, minutes=20, prompts=4)
    assert room.thread.name == "A rainy evening"
    assert "# A rainy evening" in shown(room.card)
    assert "4 prompts" in shown(room.card)
    assert "1 member joined" in shown(room.card)
    assert labels(room.card) == [
        words.SESSION_JOIN,
        words.SESSION_LEND,
        words.SESSION_HANG,
        words.SESSION_MANAGE,
    ]


async def test_who_joins_is_counted_on_the_card(studio: Studio) -> None:
    room = await opened(studio)
    assert said(await room.press(studio.bob, words.SESSION_JOIN)) == words.SESSION_JOINED
    assert said(await room.slash(studio.bob, "session join")) == words.SESSION_ALREADY
    await studio.look()
    assert "2 members joined" in shown(room.card)


async def test_only_who_joined_draws_there_and_only_so_often(studio: Studio) -> None:
    room = await opened(studio, prompts=1)
    await studio.trained(studio.bob)
    refused = await room.slash(studio.bob, "imagine", prompt=PROMPT)
    assert said(refused) == words.SESSION_JOIN_FIRST
    await room.press(studio.bob, words.SESSION_JOIN)
    await room.slash(studio.bob, "imagine", prompt=PROMPT)
    spent = await room.slash(studio.bob, "imagine", prompt=PROMPT)
    assert said(spent) == words.session_prompts_spent(1)
    # outside of the room it is as ever
    assert not messages(await studio.slash(studio.bob, "imagine", prompt=PROMPT))[0].ephemeral
    assert [job.session_id for job in await rows(studio.bot.database, Job)] == [1, None]


async def test_a_subject_is_lent_and_taken_back_at_once(studio: Studio) -> None:
    room = await opened(studio)
    subject = await studio.trained()
    await room.press(studio.bob, words.SESSION_JOIN)
    assert "no token of yours" in said(await room.slash(studio.bob, "imagine", prompt=PROMPT))
    answer = await room.press(studio.alice, words.SESSION_LEND)
    done = await room.choose(studio.alice, answer, "session-lend-these", subject.id)
    assert said(done) == words.session_lent(["zwx"])
    await room.slash(studio.bob, "imagine", prompt=PROMPT)
    await studio.look()
    assert "lent: `zwx`" in shown(room.card)
    # elsewhere nothing was lent
    assert "no token of yours" in said(await studio.slash(studio.bob, "imagine", prompt=PROMPT))
    answer = await room.slash(studio.alice, "subject lend")
    done = await room.choose(studio.alice, answer, "session-lend-these")
    assert said(done) == words.session_lent([])
    assert [job.state for job in await rows(studio.bot.database, Job)] == ["cancelled"]
    assert await rows(studio.bot.database, Share) == []


async def test_a_session_is_told_from_its_opening_to_its_results(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    await studio.trained(studio.bob, token="qqx")
    await room.press(studio.bob, words.SESSION_JOIN)
    assert said(await room.press(studio.bob, words.SESSION_HANG)) == words.SESSION_NOTHING_TO_HANG
    hers, his = await room.draws(studio.alice), await room.draws(studio.bob, "qqx in the rain")
    assert said(await room.hangs(studio.alice, hers)) == words.session_hung([1])
    await studio.restart()
    assert said(await room.hangs(studio.bob, his)) == words.session_hung([2])
    await studio.look()
    assert "2 pictures on the wall" in shown(room.card)
    assert [file.filename for file in room.card.attachments] == ["session-1.png"]
    assert str(studio.bob.id) not in shown(room.card)  # nobody is told whose is whose
    early = await room.slash(studio.bob, "session vote")
    assert said(early) == words.SESSION_NO_VOTE_YET
    await room.ends_stage()
    assert words.SESSION_TO_THE_VOTE in [shown(one).strip() for one in room.thread.history()]
    await studio.restart()
    await studio.look()
    assert words.SESSION_VOTE in labels(room.card)
    answer = await room.press(studio.bob, words.SESSION_VOTE)
    offered = menu(messages(answer)[-1], "session-vote-for")["options"]
    assert [option["value"] for option in offered] == ["1"]
    done = await room.choose(studio.bob, answer, "session-vote-for", 1)
    assert said(done) == words.session_voted([1])
    again = await room.slash(studio.bob, "session vote")
    assert menu(messages(again)[-1], "session-vote-for")["options"][0]["default"]
    recap = said(await room.slash(studio.bob, "session recap"))
    assert str(studio.alice.id) not in recap
    assert "in the rain" not in recap.replace("A rainy evening", "")
    await room.ends_stage()
    results = next(one for one in room.thread.history() if words.SESSION_RESULTS in shown(one))
    assert f"🥇 Number 1 by <@{studio.alice.id}> · 1 vote" in shown(results)
    assert len(results.attachments) == 1
    assert labels(room.card) == [words.SESSION_RECAP, words.SESSION_MANAGE]
    await studio.restart()
    recap = said(await room.press(studio.bob, words.SESSION_RECAP))
    assert recap.index(f"<@{studio.alice.id}> · 1 vote") < recap.index(f"<@{studio.bob.id}>")
    assert "zwx in the rain" in recap
    for command in ("session join", "session vote", "session close"):
        assert said(await room.slash(studio.bob, command)) in {
            words.SESSION_OVER,
            words.SESSION_NOT_HOST,
        }


async def test_a_picture_that_is_not_to_be_seen_is_not_offered(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    await room.draws(studio.alice, explicit=0.99)
    answer = await room.slash(studio.alice, "session submit")
    assert said(answer) == words.SESSION_NOTHING_TO_HANG


async def test_everybody_hangs_up_so_many(studio: Studio) -> None:
    room = await opened(studio, entries=1)
    await studio.trained()
    first, second = await room.draws(studio.alice), await room.draws(studio.alice)
    await room.hangs(studio.alice, first)
    assert said(await room.hangs(studio.alice, second)) == words.session_entries_spent(1)


async def test_only_the_host_and_moderators_manage_it(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    await room.hangs(studio.alice, await room.draws(studio.alice))
    assert said(await room.press(studio.bob, words.SESSION_MANAGE)) == words.SESSION_NOT_HOST
    assert said(await room.slash(studio.bob, "session close")) == words.SESSION_NOT_HOST
    before = await room.row()
    answer = await room.press(studio.alice, words.SESSION_MANAGE)
    await room.choose(studio.alice, answer, "session-manage-do", "extend")
    assert (await room.row()).submit_until > before.submit_until
    answer = await room.press(studio.alice, words.SESSION_MANAGE)
    done = await room.choose(studio.alice, answer, "session-off-wall", 1)
    assert said(done) == words.session_taken_down(1)
    (entry,) = await rows(studio.bot.database, Entry)
    assert entry.hidden_at is not None
    assert said(await room.slash(studio.alice, "session close")) == words.SESSION_DONE["close"]
    await studio.look()
    assert any(words.SESSION_EMPTY in shown(one) for one in room.thread.history())


async def test_votes_can_be_taken_back(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    await room.hangs(studio.alice, await room.draws(studio.alice))
    await room.ends_stage()
    await room.press(studio.bob, words.SESSION_JOIN)
    for values in ([1], []):
        answer = await room.press(studio.bob, words.SESSION_VOTE)
        await room.choose(studio.bob, answer, "session-vote-for", *values)
        assert len(await rows(studio.bot.database, Vote)) == len(values)
    answer = await room.press(studio.alice, words.SESSION_VOTE)
    assert said(answer) == words.SESSION_NOTHING_TO_VOTE


async def test_a_card_that_was_deleted_comes_back(studio: Studio) -> None:
    room = await opened(studio)
    thread = studio.bot.get_channel(room.thread.id)
    await thread.get_partial_message(room.card.id).delete()  # type: ignore[union-attr]
    await room.slash(studio.bob, "session join")
    await studio.look()
    assert "2 members joined" in shown(room.card)


async def test_a_room_that_was_deleted_ends_its_session(studio: Studio) -> None:
    room = await opened(studio)
    await room.slash(studio.bob, "session join")
    await studio.bot.get_channel(room.thread.id).delete()  # type: ignore[union-attr]
    await studio.look()
    await studio.look()
    assert (await room.row()).stage == "closed"


@pytest.mark.parametrize("theme", ["a naked woman", "   a   "])
async def test_a_theme_is_one_that_everybody_may_see(studio: Studio, theme: str) -> None:
    answer = await studio.slash(studio.alice, "session open", theme=theme)
    assert said(answer) == words.SESSION_THEME


async def test_a_server_has_so_many_at_once(studio: Studio) -> None:
    for host in range(7, 7 + sessions.MOST_OPEN):
        await sessions.open_room(
            studio.bot.database,
            server_id=studio.bot.guilds[0].id,
            channel_id=1,
            host_id=host,
            theme="Autumn",
            minutes=60,
            vote_minutes=30,
            caps=Caps(),
        )
    answer = await studio.slash(studio.alice, "session open", theme="One more")
    assert said(answer) == words.SESSION_FULL


async def test_outside_of_a_room_there_is_nothing_to_join(studio: Studio) -> None:
    for command in ("session join", "session submit", "session vote", "session recap"):
        assert said(await studio.slash(studio.bob, command)) == words.SESSION_NO_ROOM
    assert said(await studio.slash(studio.alice, "subject lend")) == words.SESSION_NO_ROOM


async def test_a_recap_is_found_from_anywhere_by_who_may_see_its_channel(studio: Studio) -> None:
    hall = studio.channel
    deny = {studio.bob: discord.PermissionOverwrite(view_channel=False)}
    studio.channel = studio.env.guild.create_text_channel("locked", overwrites=deny)
    number = (await (await opened(studio)).row()).id

    async def offered(who: Any) -> list[int]:
        found = await who.autocomplete(hall, "session recap", "session", "rain")
        return [choice["value"] for choice in found]

    async def recap(who: Any) -> str:
        return said(await who.slash(hall, "session recap", session=number))

    assert await offered(studio.alice) == [number]
    assert await recap(studio.alice) == words.SESSION_EMPTY
    assert await offered(studio.bob) == []
    assert await recap(studio.bob) == words.SESSION_UNKNOWN
