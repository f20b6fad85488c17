"""Photos from one's own message: by right-click, by mention, and in a direct message."""

from __future__ import annotations

from typing import Any

from bot import words
from storage.tables import Draft, Photo
from tests.bot.commands.conftest import Studio, labels, photo_files, said, shown
from tests.bot.commands.pressing import choose
from tests.rows import count, new_subject, rows

FACES = photo_files("face")
MENU = "Use as training photo"


async def clicked(studio: Studio, actor: Any, message: Any) -> Any:
    return await actor.context_menu(studio.channel, MENU, message)


async def mentioned(studio: Studio, actor: Any, *files: tuple[str, bytes]) -> tuple[Any, list[Any]]:
    """The message, and what the bot answered in the channel."""
    before = studio.posts()
    me = studio.bot.user
    assert me is not None
    message = await actor.send(studio.channel, f"<@{me.id}>", attachments=files)
    await studio.env.settle()
    return message, list(studio.channel.history())[before + 1 :]


async def test_a_right_click_hands_in_the_pictures_of_ones_own_message(studio: Studio) -> None:
    subject = await studio.subject()
    message = await studio.alice.send(studio.channel, "", attachments=FACES[:2])
    panel = await clicked(studio, studio.alice, message)
    assert said(panel) == words.HAND_WHOSE
    done = await choose(studio, panel.response, "hand-of", subject.id)
    assert "close-ups" in said(done)
    assert len(await rows(studio.bot.database, Photo)) == len(FACES[:2])
    assert await count(studio.bot.database, Draft) == 0


async def test_somebody_elses_message_is_refused(studio: Studio) -> None:
    await studio.subject()
    message = await studio.bob.send(studio.channel, "", attachments=FACES[:1])
    assert said(await clicked(studio, studio.alice, message)) == words.HAND_NOT_YOURS
    assert await count(studio.bot.database, Draft) == 0


async def test_a_message_without_pictures_and_a_member_without_subjects_are_told_so(
    studio: Studio,
) -> None:
    empty = await studio.alice.send(studio.channel, "hello")
    assert said(await clicked(studio, studio.alice, empty)) == words.HAND_NO_PICTURES
    message = await studio.alice.send(studio.channel, "", attachments=FACES[:1])
    assert said(await clicked(studio, studio.alice, message)) == words.NO_SUBJECTS


async def test_the_consent_comes_first_and_a_restart_loses_no_photo(studio: Studio) -> None:
    subject = await new_subject(studio.bot.database, studio.alice.id)
    message = await studio.alice.send(studio.channel, "", attachments=FACES[:1])
    panel = await clicked(studio, studio.alice, message)
    asked = await choose(studio, panel.response, "hand-of", subject.id)
    assert said(asked) == words.consent(None, None, None)
    assert await count(studio.bot.database, Photo) == 0
    await studio.restart()
    question = asked.response or asked.followups[0]
    await studio.alice.click(question, label=words.CONSENT_YES)
    assert await count(studio.bot.database, Photo) == 1


async def test_a_mention_names_no_subject_in_public_and_asks_its_author_alone(
    studio: Studio,
) -> None:
    subject = await studio.subject()
    _, (reply,) = await mentioned(studio, studio.alice, *FACES[:1])
    assert words.HAND_IN_PUBLIC in shown(reply)
    assert subject.token not in shown(reply)
    assert said(await studio.bob.click(reply, label=words.HAND_CHOOSE)) == words.NOT_FOR_YOU
    assert labels(reply) == [words.HAND_CHOOSE]
    panel = await studio.alice.click(reply, label=words.HAND_CHOOSE)
    done = await choose(studio, panel.response, "hand-of", subject.id)
    assert "close-ups" in said(done)
    assert await count(studio.bot.database, Photo) == 1


async def test_a_message_that_is_gone_has_no_photos_any_more(studio: Studio) -> None:
    subject = await studio.subject()
    message, (reply,) = await mentioned(studio, studio.alice, *FACES[:1])
    panel = await studio.alice.click(reply, label=words.HAND_CHOOSE)
    await studio.alice.delete(message)
    done = await choose(studio, panel.response, "hand-of", subject.id)
    assert said(done) == words.HAND_GONE
    assert await count(studio.bot.database, Photo) == 0


async def test_without_a_mention_or_without_pictures_the_bot_is_silent(studio: Studio) -> None:
    await studio.subject()
    before = studio.posts()
    await studio.alice.send(studio.channel, "", attachments=FACES[:1])
    await studio.env.settle()
    assert studio.posts() == before + 1
    _, replies = await mentioned(studio, studio.alice)
    assert replies == []


async def test_a_direct_message_is_answered_where_it_came(studio: Studio) -> None:
    subject = await studio.subject()
    sent = studio.sent("POST", "*/messages")
    here = studio.env.backend.get_dm_channel(studio.alice.id)
    files = studio.env.backend.store_attachments(here.id, FACES[:1])
    await studio.alice.send_dm("", attachments=files)
    await studio.env.settle()
    told = studio.sent("POST", "*/messages")[len(sent) :]
    assert len(told) == 1
    assert f"hand-of:{studio.alice.id}" in str(told[0])
    assert subject.token in str(told[0])


async def test_review_and_coverage_say_what_is_there_and_what_is_missing(studio: Studio) -> None:
    await studio.subject()
    empty = await studio.slash(studio.alice, "photos review", token="zwx")
    assert said(empty) == words.nothing_to_review("zwx", 0)
    short = await studio.slash(studio.alice, "photos coverage", token="zwx")
    assert "0/6" in said(short)
    other = await studio.slash(studio.bob, "photos coverage", token="zwx")
    assert said(other) == words.unknown_subject("zwx")
