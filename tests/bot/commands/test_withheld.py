"""No picture leaves that nobody looked at, and none that looks too explicit for its server."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from bot.deliver import MOST_LOOKS, MOST_STUMBLES
from bot.photos import darkbox
from bot.photos.darkbox import Examiner
from bot.photos.errors import PhotoRefused
from bot.screen import UNREADABLE
from storage import screening
from storage.outbox import LONGEST_BACKOFF_S, TAKEN_S
from storage.screening import LIMIT
from storage.tables import Image, Offence, Outgoing
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.bot.commands.delivering import outgoing
from tests.bot.commands.editing import drew, edits
from tests.bot.commands.endings import ended
from tests.bot.commands.screening import BOLD, CALM, STRICT, draw, put, strict
from tests.rows import claimed, count, rows


async def scores(studio: Studio) -> list[float | None]:
    return [image.explicit for image in await rows(studio.bot.database, Image)]


def names(message: Any) -> list[str]:
    return [attachment.filename for attachment in message.attachments]


def never_asked(*_: object) -> float:
    raise AssertionError("it was looked at twice")


async def test_every_picture_that_is_shown_was_looked_at(studio: Studio) -> None:
    await studio.trained()
    message = await draw(studio, CALM, BOLD)
    assert await scores(studio) == [None, None]
    await studio.look()
    assert names(studio.again(message)) == ["darkroom-1-0.png", "darkroom-1-1.png"]
    calm, bold = await scores(studio)
    assert calm is not None
    assert bold is not None
    assert calm < 0.1 < bold < LIMIT
    assert await count(studio.bot.database, Offence) == 0


async def test_a_withheld_picture_is_never_sent(studio: Studio) -> None:
    await studio.trained()
    await strict(studio)
    message = await draw(studio, BOLD)
    await studio.look()
    answered = studio.again(message)
    assert answered.attachments == []
    assert words.pictures_withheld(1, 1) in shown(answered)
    assert words.pictures_lost(1) not in shown(answered)
    assert await studio.delivered() == [True]


async def test_the_others_of_a_withheld_picture_are_shown(studio: Studio) -> None:
    await studio.trained()
    await strict(studio)
    message = await draw(studio, CALM, BOLD, CALM)
    await studio.look()
    answered = studio.again(message)
    assert names(answered) == ["darkroom-1-0.png", "darkroom-1-2.png"]
    assert words.pictures_withheld(1, 3) in shown(answered)


async def test_of_an_edit_no_other_words_are_asked_for(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice, explicit=0.0)
    await strict(studio)
    message = messages(await studio.slash(studio.alice, "edit vary", how="subtle", pictures=2))[-1]
    await put(studio, await claimed(studio.bot.database), BOLD, CALM[:-30])
    await studio.look()
    answered = shown(studio.again(message))
    assert words.pictures_withheld(1, 2, is_edit=True) in answered
    assert words.pictures_lost(1, is_edit=True) in answered


async def test_where_all_are_withheld_that_is_said_once(studio: Studio) -> None:
    await studio.trained()
    await strict(studio)
    message = await draw(studio, BOLD, BOLD)
    await studio.look()
    answered = studio.again(message)
    assert answered.attachments == []
    assert words.pictures_withheld(2, 2) in shown(answered)


async def test_what_one_server_withholds_another_shows(studio: Studio) -> None:
    await studio.trained()
    await screening.set_safety(
        studio.bot.database, 4711, explicit_limit=0.1, alerts_channel_id=None
    )
    message = await draw(studio, BOLD)
    await studio.look()
    assert len(studio.again(message).attachments) == 1


async def test_withheld_pictures_of_a_job_are_one_offence_however_often_it_is_said(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.trained()
    await strict(studio)
    monkeypatch.setattr("bot.screen.LIMIT", STRICT)
    message = await draw(studio, BOLD, BOLD)
    studio.env.inject_error("PATCH", "/channels/*/messages/*", status=503)
    await studio.look()
    assert await studio.delivered() == [False]
    monkeypatch.setattr(Examiner, "screen", never_asked)
    await studio.look(TAKEN_S + LONGEST_BACKOFF_S)
    assert words.pictures_withheld(2, 2) in shown(studio.again(message))
    (offence,) = await rows(studio.bot.database, Offence)
    assert (offence.kind, offence.member_id) == ("picture", studio.alice.id)
    assert offence.server_id == studio.channel.guild.id


async def test_what_only_a_stricter_server_withholds_is_nobodys_offence(studio: Studio) -> None:
    await studio.trained()
    await strict(studio)
    message = await draw(studio, BOLD)
    await studio.look()
    assert words.pictures_withheld(1, 1) in shown(studio.again(message))
    assert await rows(studio.bot.database, Offence) == []


async def test_a_restart_does_not_look_twice(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.trained()
    message = await draw(studio, CALM)
    studio.env.inject_error("PATCH", "/channels/*/messages/*", status=503)
    await studio.look()
    monkeypatch.setattr(Examiner, "screen", never_asked)
    await studio.restart()
    await studio.look(TAKEN_S + LONGEST_BACKOFF_S)
    assert len(studio.again(message).attachments) == 1


async def test_while_nobody_can_look_nothing_is_shown_and_nothing_is_lost(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.trained()
    message = await draw(studio, CALM)
    with monkeypatch.context() as blind:
        blind.setattr(darkbox, "_CHILD", ("/bin/false",))
        studio.bot.examiner._end_child()
        await studio.look()
        assert studio.again(message).attachments == []
        assert await studio.delivered() == [False]
        assert await scores(studio) == [None]
        async with studio.bot.database.write() as session:
            row = await session.get_one(Outgoing, (await outgoing(studio)).id)
            row.attempt = 2 * MOST_STUMBLES  # it is not given up, however long it takes
        await studio.look(LONGEST_BACKOFF_S)
        assert await studio.delivered() == [False]
        assert (await outgoing(studio)).undeliverable is None
    await studio.look(LONGEST_BACKOFF_S)
    assert len(studio.again(message).attachments) == 1
    assert await studio.delivered() == [True]


async def test_a_picture_that_cannot_be_decoded_is_not_shown_and_nobodys_fault(
    studio: Studio,
) -> None:
    await studio.trained()
    message = await draw(studio, CALM[:-30], CALM)
    await studio.look()
    answered = studio.again(message)
    assert names(answered) == ["darkroom-1-1.png"]
    assert words.pictures_lost(1) in shown(answered)
    assert (await scores(studio))[0] == UNREADABLE
    assert await count(studio.bot.database, Offence) == 0


async def test_a_look_that_took_too_long_once_is_tried_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.trained()
    message = await draw(studio, CALM)
    real, tries = Examiner.screen, []

    async def slow(examiner: Examiner, png: bytes) -> float:
        tries.append(png)
        if len(tries) == 1:
            raise PhotoRefused("took_too_long", limit_s=5)
        return await real(examiner, png)

    monkeypatch.setattr(Examiner, "screen", slow)
    await studio.look()
    assert len(studio.again(message).attachments) == 1
    assert len(tries) == 2


async def test_a_look_that_takes_too_long_is_no_verdict(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: object) -> float:
        raise PhotoRefused("took_too_long", limit_s=5)

    await studio.trained()
    message, later = await draw(studio, CALM), await draw(studio, CALM)
    with monkeypatch.context() as busy:
        busy.setattr(Examiner, "screen", slow)
        await studio.look()
        assert await studio.delivered() == [False, False]  # they are looked at again
        async with studio.bot.database.write() as session:
            (await session.get_one(Outgoing, 1)).attempt = MOST_LOOKS - 1
        await studio.look()
        assert await studio.delivered() == [True, False]
        answered = studio.again(message)
        assert names(answered) == []
        assert words.pictures_unchecked(1) in shown(answered)
        for other in (words.pictures_lost(1), words.pictures_withheld(1, 1)):
            assert other not in shown(answered)
        sentence = said(await studio.slash(studio.alice, "edit upscale", of="1-0"))
        assert sentence == words.pictures_unchecked(1)
    assert await scores(studio) == [None, None]
    assert await count(studio.bot.database, Offence) == 0
    await studio.look(LONGEST_BACKOFF_S)
    assert names(studio.again(later)) == ["darkroom-2-0.png"]
    await studio.slash(studio.alice, "edit vary", how="subtle", of="1-0")
    assert len(await edits(studio)) == 1


async def test_the_most_explicit_picture_is_withheld_by_the_mildest_server(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sure(*_: object) -> float:
        return 1.0

    monkeypatch.setattr(Examiner, "screen", sure)
    await studio.trained()
    message = await draw(studio, CALM)
    await studio.look()
    assert words.pictures_withheld(1, 1) in shown(studio.again(message))
    assert await count(studio.bot.database, Offence) == 1


async def test_tiles_of_a_sample_sheet_are_withheld_too(studio: Studio) -> None:
    await strict(studio)
    await studio.training()
    lease = await claimed(studio.bot.database)
    await put(studio, lease, CALM, BOLD, CALM, CALM, steps=2, seconds=1.0)
    await studio.look()
    assert await scores(studio) == [None] * 4  # nobody asked to see them yet
    sheet = await studio.alice.click(studio.channel.last_message, label=words.SHOW_SHEET)
    assert words.tiles_withheld(1, 4) in said(sheet)
    (attached,) = messages(sheet)[-1].attachments
    with_all = await attached.read()
    assert None not in await scores(studio)
    await screening.set_safety(
        studio.bot.database, studio.channel.guild.id, explicit_limit=None, alerts_channel_id=None
    )
    again = await studio.alice.click(studio.channel.last_message, label=words.SHOW_SHEET)
    assert words.tiles_withheld(1, 4) not in said(again)
    assert await messages(again)[-1].attachments[0].read() != with_all
    assert await count(studio.bot.database, Offence) == 0  # the sample prompts are ours


async def test_a_sheet_of_candidates_shows_only_what_was_looked_at(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = await ended(studio, explicit=None)
    with monkeypatch.context() as blind:
        blind.setattr(darkbox, "_CHILD", ("/bin/false",))
        studio.bot.examiner._end_child()
        answer = await studio.alice.click(training.ping, label=words.SHOW_SHEET)
        assert said(answer).endswith(words.EYES_SHUT)
        assert messages(answer)[-1].attachments == []
    answer = await studio.alice.click(training.ping, label=words.SHOW_SHEET)
    assert messages(answer)[-1].attachments
    assert None not in await scores(studio)


async def test_a_strict_server_keeps_every_tile_dark(studio: Studio) -> None:
    await screening.set_safety(
        studio.bot.database, studio.channel.guild.id, explicit_limit=0.0, alerts_channel_id=None
    )
    training = await ended(studio, explicit=None)
    answer = await studio.alice.click(training.ping, label=words.SHOW_SHEET)
    assert words.tiles_withheld(12, 12) in said(answer)
