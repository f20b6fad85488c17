"""Panels, `/queue` and `/train status` say when it is one's turn, as far as that is known."""

from __future__ import annotations

from typing import Any

from bot import words
from storage import clock, gallery, line, servers
from storage.tables import Worker
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.rows import ask

PROMPT = "zwx at the beach"


async def measured(studio: Studio) -> None:
    """A trainer that is awake and knows how fast it is: a picture a minute."""
    worker = Worker(base="tiny", base_hash="0" * 64, device="cpu")
    number = await gallery.check_in(studio.bot.database, worker)
    await gallery.report_speed(studio.bot.database, number, step_s=1.0, image_s=60.0)


async def rests(studio: Studio) -> None:
    """The server's quiet hours are now, whenever that is, for an hour at least."""
    now = clock.now()
    minute = now.hour * 60 + now.minute
    hours = ((minute - 60) % 1440, (minute + 90) % 1440)
    await servers.set_quiet(studio.bot.database, studio.channel.guild.id, hours)


async def until(studio: Studio) -> Any:
    (moment,) = (await line.look(studio.bot.database)).resting.values()
    return moment


async def test_the_minutes_until_a_picture_are_told_where_they_were_measured(
    studio: Studio,
) -> None:
    await studio.trained()
    await ask(studio.bot.database, studio.bob.id, spec={"pictures": 4})
    before = messages(await studio.slash(studio.alice, "imagine", prompt=PROMPT))[0]
    assert shown(before).endswith(words.waiting_line(1))
    await measured(studio)
    told = f"{words.waiting_line(1)} {words.about_minutes(4)}"
    await studio.look()
    assert shown(studio.again(before)).endswith(told)
    queue = said(await studio.slash(studio.alice, "queue"))
    assert f"number 2 in line · {words.queue_minutes(4)}" in queue
    assert queue.count(words.queue_minutes(4)) == 1  # of one's own
    assert told in said(await studio.slash(studio.alice, "show"))


async def test_a_training_that_rests_says_when_it_begins(studio: Studio) -> None:
    await rests(studio)
    await studio.covered(token="qqxy")
    plan = said(await studio.slash(studio.alice, "train start", token="qqxy"))
    panel = await studio.training()
    told = words.resting_line(await until(studio))
    assert told in plan
    assert told in shown(panel)
    assert words.waiting_line(0) not in shown(panel)
    assert told in said(await studio.slash(studio.alice, "train status"))
    queue = said(await studio.slash(studio.alice, "queue"))
    assert words.queue_resting(await until(studio)) in queue
    assert told in said(await studio.slash(studio.alice, "show"))
    await servers.set_quiet(studio.bot.database, studio.channel.guild.id, None)
    await studio.look()
    assert words.waiting_line(0) in shown(studio.again(panel))


async def test_what_rests_holds_nobody_up(studio: Studio) -> None:
    await rests(studio)
    await studio.training()
    other = await studio.subject(studio.bob, token="qqxy")
    await ask(studio.bot.database, studio.bob.id, kind="train", subject=other)
    assert words.waiting_line(0) in said(await studio.slash(studio.bob, "train status"))
