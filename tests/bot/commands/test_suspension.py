"""Who asks again and again for what nobody draws has a break, and the admins hear of it once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot import words
from storage import clock, offences, outbox, screening
from storage.erase import erase
from storage.offences import MOST, SUSPENDED
from storage.tables import Job, Offence, Outgoing
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.bot.commands.delivering import MESSAGES, PROMPT, outgoing
from tests.bot.commands.screening import BOLD, STRICT, draw, offend, strict
from tests.rows import count, rows


async def until(studio: Studio) -> datetime:
    ends = await offences.suspended_until(studio.bot.database, studio.alice.id)
    assert ends is not None
    return ends


async def told(studio: Studio) -> str:
    """What the admins are told of Alice."""
    return words.suspension_told(f"<@{studio.alice.id}>", await until(studio))


def owners_mail(studio: Studio) -> Any:
    return studio.channel.guild.owner.dm_channel


async def alerts_go_to(studio: Studio, channel_id: int | None) -> None:
    await screening.set_safety(
        studio.bot.database,
        studio.channel.guild.id,
        explicit_limit=None,
        alerts_channel_id=channel_id,
    )


@pytest.mark.parametrize(
    ("options", "counted"),
    [
        ({"prompt": "a naked zwx at the beach"}, 1),
        ({"prompt": PROMPT, "negative": "clothes"}, 1),
        ({"prompt": "zwx"}, 0),
        ({"prompt": "a man at the beach"}, 0),
        ({"prompt": PROMPT}, 0),
    ],
)
async def test_a_prompt_that_was_refused_as_sexual_counts(
    studio: Studio, options: dict[str, str], counted: int
) -> None:
    await studio.trained()
    await studio.slash(studio.alice, "imagine", **options)
    noted = await rows(studio.bot.database, Offence)
    assert len(noted) == counted
    for one in noted:
        assert (one.kind, one.member_id) == ("prompt", studio.alice.id)
        assert one.server_id == studio.channel.guild.id


async def test_who_asked_once_too_often_is_told_until_when_nothing_is_drawn(
    studio: Studio,
) -> None:
    await studio.trained()
    for _ in range(MOST):
        answer = await studio.slash(studio.alice, "imagine", prompt="a naked zwx at the beach")
        assert "do not make sexual pictures" in said(answer)
    ends = await until(studio)
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert said(answer) == words.suspended(ends)
    assert f"<t:{int(ends.timestamp())}:R>" in said(answer)
    assert await count(studio.bot.database, Job) == 0


async def test_who_is_suspended_can_train_nothing_either(studio: Studio) -> None:
    await studio.covered()
    plan = await studio.slash(studio.alice, "train start", token="zwx")
    await offend(studio)
    sentence = words.suspended(await until(studio))
    assert said(await studio.slash(studio.alice, "train start", token="zwx")) == sentence
    # the plan from before lies there still
    assert said(await studio.alice.click(plan.response, label=words.START)) == sentence
    assert await count(studio.bot.database, Job) == 0


async def test_a_suspension_ends_by_itself_and_is_nobody_elses(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.trained()
    await studio.trained(studio.bob, token="qqxy")
    await offend(studio)
    theirs = await studio.slash(studio.bob, "imagine", prompt="qqxy at the beach")
    assert words.waiting_line(0) in shown(messages(theirs)[0])
    tomorrow = clock.now() + SUSPENDED
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert await count(studio.bot.database, Job) == 2


async def test_withheld_pictures_suspend_too(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.trained()
    await strict(studio)
    monkeypatch.setattr("bot.screen.LIMIT", STRICT)
    await offend(studio, MOST - 1)
    await draw(studio, BOLD)
    await studio.look()
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert said(answer) == words.suspended(await until(studio))


async def test_the_admins_are_told_where_they_want_it_and_once(studio: Studio) -> None:
    desk = studio.channel.guild.create_text_channel("desk")
    await alerts_go_to(studio, desk.id)
    await offend(studio, 3 * MOST)
    await studio.look()
    await studio.look(outbox.LONGEST_BACKOFF_S)
    (message,) = desk.history()
    assert message.content == await told(studio)
    assert owners_mail(studio).history() == []
    assert studio.posts() == 0
    (body,) = [r.json for r in studio.sent("POST", f"/channels/{desk.id}/messages")]
    assert body["allowed_mentions"] == {"parse": []}
    assert body["nonce"] == f"darkroom-{(await outgoing(studio)).id}"
    assert await studio.delivered() == [True]


async def test_where_no_channel_is_set_the_servers_owner_is_told(studio: Studio) -> None:
    await offend(studio)
    await studio.look()
    (message,) = owners_mail(studio).history()
    assert message.content == await told(studio)
    assert await studio.delivered() == [True]


async def test_where_the_channel_is_closed_the_servers_owner_is_told(studio: Studio) -> None:
    await alerts_go_to(studio, studio.channel.id)
    studio.env.inject_error("POST", f"/channels/{studio.channel.id}/messages",
                            status=403, code=50013, times=None)  # fmt: skip
    await offend(studio)
    await studio.look()
    assert len(owners_mail(studio).history()) == 1


async def test_an_alert_survives_a_restart_and_a_discord_that_is_away(studio: Studio) -> None:
    studio.env.inject_error("POST", MESSAGES, status=503, times=None)
    await offend(studio)
    await studio.look()
    assert await studio.delivered() == [False]
    studio.env.backend.faults.clear()
    await studio.restart()
    await studio.look(outbox.LONGEST_BACKOFF_S)
    assert len(owners_mail(studio).history()) == 1
    assert await studio.delivered() == [True]


async def test_an_alert_that_nobody_takes_is_given_up(studio: Studio) -> None:
    studio.env.inject_error("POST", MESSAGES, status=403, code=50007, times=None)
    await offend(studio)
    await studio.look()
    assert (await outgoing(studio)).undeliverable == "403 50007"


async def test_an_alert_of_a_server_that_sent_the_bot_away_is_given_up(studio: Studio) -> None:
    await offend(studio, server_id=4711)
    await studio.look()
    assert (await outgoing(studio)).undeliverable is not None


async def test_outside_a_server_nobody_is_told(studio: Studio) -> None:
    await studio.trained()
    for _ in range(MOST):
        await studio.alice.user.slash("imagine", prompt="a naked zwx at the beach")
    await until(studio)
    await studio.look()
    assert await count(studio.bot.database, Outgoing) == 0
    assert owners_mail(studio).history() == []


async def test_what_was_lifted_before_it_was_told_is_not_told(studio: Studio) -> None:
    await offend(studio)
    assert await offences.lift(studio.bot.database, studio.alice.id, studio.channel.guild.id)
    await studio.look()
    assert owners_mail(studio).history() == []
    assert await studio.delivered() == [True]


async def test_what_the_admins_were_told_of_a_forgotten_member_goes(studio: Studio) -> None:
    await alerts_go_to(studio, studio.channel.id)
    await offend(studio)
    await studio.look()
    assert studio.posts() == 1
    await erase(studio.bot.database, studio.bot.blobs, studio.alice.id)
    await studio.look()
    assert studio.posts() == 0
