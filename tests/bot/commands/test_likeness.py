"""A subject that shows another member: they are asked in private, and their word holds."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from storage import clock, likeness
from storage.likeness import Asking
from storage.tables import Draft, Job, Outgoing, Photo, Subject
from tests.bot.commands.conftest import Studio, labels, messages, photo_files, said, shown
from tests.bot.commands.pressing import choose, menu
from tests.rows import count, files, new_photo, rows, trained

FACES = photo_files("face")


async def created(studio: Studio, **options: Any) -> Any:
    return await studio.slash(
        studio.alice,
        "subject create",
        **{"token": "zwx", "kind": "person", "of": studio.bob, **options},
    )


def letters(studio: Studio, member: Any) -> list[Any]:
    """What the bot wrote to a member alone."""
    from simcord import ChannelHandle

    place = studio.env.backend.get_dm_channel(member.id)
    return list(ChannelHandle(studio.env, None, place).history())


async def question(studio: Studio) -> Any:
    """The card that Bob got."""
    await created(studio)
    await studio.look()
    return letters(studio, studio.bob)[-1]


async def consented(studio: Studio) -> None:
    await studio.subject(token="qqxy")


async def test_the_member_shown_is_asked_in_private_and_says_yes(studio: Studio) -> None:
    await consented(studio)
    answer = await created(studio)
    assert said(answer) == words.likeness_asked("zwx", studio.bob.id)
    await studio.look()
    (card,) = letters(studio, studio.bob)
    assert f"<@{studio.alice.id}>" in shown(card)
    assert labels(card) == [words.LIKENESS_YES, words.LIKENESS_NO]
    given = await studio.bob.user.click(card, label=words.LIKENESS_YES)
    assert words.likeness_given(studio.alice.id, "zwx") in shown(given.response)
    await studio.look()
    assert shown(letters(studio, studio.alice)[-1]).strip() == words.likeness_news("agreed", "zwx")
    handed = {"photo1": FACES[0]}
    await studio.slash(studio.alice, "photos add", token="zwx", **handed)
    assert await count(studio.bot.database, Photo) == 1


async def test_until_the_yes_nothing_is_taken_learned_or_drawn(studio: Studio) -> None:
    await consented(studio)
    await created(studio)
    waits = words.likeness_waits("zwx", studio.bob.id)
    subject = (await rows(studio.bot.database, Subject))[-1]
    handed = {"photo1": FACES[0]}
    for command, options in (
        ("photos add", {"token": "zwx", **handed}),
        ("photos add", {"token": "zwx"}),
        ("train start", {"token": "zwx"}),
        ("imagine", {"prompt": "zwx at the beach"}),
    ):
        assert said(await studio.slash(studio.alice, command, **options)) == waits, command
    message = await studio.alice.send(studio.channel, "", attachments=FACES[:1])
    panel = await studio.alice.context_menu(studio.channel, "Use as training photo", message)
    done = await choose(studio, panel.response, "hand-of", subject.id)
    assert said(done) == waits
    card = messages(await studio.slash(studio.alice, "subject show", token="zwx"))[0]
    assert said(await studio.alice.click(card, label=words.ADD_PHOTOS)) == waits
    assert await count(studio.bot.database, Photo) == 0
    assert await count(studio.bot.database, Job) == 0
    assert {name for name in await files(studio.bot.blobs) if "photos" in name} == set()


async def test_a_no_closes_the_folder_and_its_owner_hears_it_kindly(studio: Studio) -> None:
    card = await question(studio)
    await studio.bob.user.click(card, label=words.LIKENESS_NO)
    assert await rows(studio.bot.database, Subject) == []
    await studio.look()
    assert words.likeness_news("refused", "zwx") in shown(letters(studio, studio.alice)[-1])
    # the card that was answered stays, with what became of it
    assert words.likeness_declined("zwx") in shown(letters(studio, studio.bob)[-1])


async def test_nobody_else_answers_for_them(studio: Studio) -> None:
    studio.env.inject_error(
        "POST",
        f"/channels/{studio.env.backend.get_dm_channel(studio.bob.id).id}/messages",
        status=403,
        code=50007,
    )
    await created(studio)
    await studio.look()
    card = studio.channel.last_message
    assert f"<@{studio.bob.id}>" in shown(card)
    sent = studio.sent("POST", f"/channels/{studio.channel.id}/messages")[-1]
    assert str(studio.bob.id) in str(sent.json["allowed_mentions"])
    assert str(studio.alice.id) not in str(sent.json["allowed_mentions"])
    for label in (words.LIKENESS_YES, words.LIKENESS_NO):
        assert said(await studio.alice.click(card, label=label)) == words.NOT_FOR_YOU
    await studio.bob.click(card, label=words.LIKENESS_YES)
    (subject,) = await rows(studio.bot.database, Subject)
    assert subject.likeness_agreed_at is not None


async def test_a_question_is_sent_again_once_a_day(studio: Studio) -> None:
    await question(studio)
    panel = messages(await studio.slash(studio.alice, "subject show", token="zwx"))[0]
    assert words.LIKENESS_ASK_AGAIN in labels(panel)
    early = said(await studio.alice.click(panel, label=words.LIKENESS_ASK_AGAIN))
    assert "not long ago" in early
    later = clock.now() - likeness.AGAIN
    async with studio.bot.database.write() as session:
        (subject,) = await rows(studio.bot.database, Subject)
        (await session.get_one(Subject, subject.id)).likeness_asked_at = later
    again = await studio.alice.click(panel, label=words.LIKENESS_ASK_AGAIN)
    assert said(again) == words.likeness_asked("zwx", studio.bob.id)
    await studio.look()
    await studio.look()
    assert len(letters(studio, studio.bob)) == 1  # the first one is taken down


async def test_bots_and_things_are_not_members_and_oneself_needs_no_asking(
    studio: Studio,
) -> None:
    robot = studio.env.guild.add_member(studio.env.create_user("robot", bot=True))
    assert said(await created(studio, of=robot)) == words.LIKENESS_A_BOT
    assert said(await created(studio, kind="pet")) == words.LIKENESS_PERSONS_ONLY
    assert await rows(studio.bot.database, Subject) == []
    await created(studio, of=studio.alice)
    (own,) = await rows(studio.bot.database, Subject)
    assert own.likeness_of is None
    assert await rows(studio.bot.database, Outgoing) == []


async def test_whom_it_shows_is_not_lost_with_a_token_that_will_not_do(studio: Studio) -> None:
    refused = await created(studio, token="woman")
    free = labels(messages(refused)[0])[0]
    taken = await studio.alice.click(messages(refused)[0], label=free)
    assert said(taken) == words.likeness_asked(free, studio.bob.id)
    (subject,) = await rows(studio.bot.database, Subject)
    assert (subject.token, subject.likeness_of) == (free, studio.bob.id)
    assert await count(studio.bot.database, Draft) == 1


async def showing_bob(studio: Studio) -> Subject:
    """A subject of Alice's to which Bob said yes, with photos and an adapter."""
    database = studio.bot.database
    subject = await likeness.create(
        database,
        Subject(
            owner_id=studio.alice.id,
            token="zwx",
            class_word="man",
            kind="person",
            base="tiny",
            likeness_of=studio.bob.id,
            created_at=clock.now(),
        ),
        Asking(),
    )
    await likeness.agree(database, studio.bob.id, subject.id or 0)
    await new_photo(database, studio.bot.blobs, subject)
    await trained(database, studio.bot.blobs, subject)
    return subject


async def test_a_yes_is_taken_back_in_ones_own_data(studio: Studio) -> None:
    await showing_bob(studio)
    drawn = await studio.slash(studio.alice, "imagine", prompt="zwx at the beach")
    assert not messages(drawn)[0].ephemeral
    panel = messages(await studio.slash(studio.bob, "me data"))[0]
    assert words.DATA_SHOWS_YOU in shown(panel)
    assert "`zwx`" in shown(panel)
    asked = await studio.bob.select(
        panel, ["1"], custom_id=menu(panel, "likeness-from")["custom_id"]
    )
    assert said(asked) == words.likeness_take_back_question("zwx")
    done = await studio.bob.click(messages(asked)[0], label=words.LIKENESS_TAKE_BACK)
    assert said(done) == words.likeness_taken_back("zwx")
    assert [await rows(studio.bot.database, table) for table in (Subject, Job)] == [[], []]
    assert await files(studio.bot.blobs) == set()
    await studio.look()
    assert words.likeness_news("taken-back", "zwx") in shown(letters(studio, studio.alice)[-1])
    late = await studio.bob.select(
        panel, ["1"], custom_id=menu(panel, "likeness-from")["custom_id"]
    )
    assert said(late) == words.LIKENESS_GONE


async def test_forgetting_oneself_counts_what_others_had_of_one(studio: Studio) -> None:
    await showing_bob(studio)
    asked = await studio.slash(studio.bob, "me forget")
    answer = await studio.bob.click(asked.response, label=words.FORGET_YES)
    assert "1 subject, 1 photo, 1 training" in said(answer)
    assert await rows(studio.bot.database, Subject) == []


@pytest.mark.parametrize("topic", ["agreed", "refused", "taken-back", "lapsed"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_news_has_a_sentence_in_every_language(topic: str, language: str) -> None:
    with words.speaking(language):
        told = words.likeness_news(topic, "zwx")
        assert "`zwx`" in told
        assert len(told) <= 300
        card = words.likeness_question(1, "zwx", "woman", 30, 30)
        assert all(len(line) <= 300 for line in card.splitlines())
        assert len(card) < 4000


async def test_who_cannot_be_reached_is_said_to_their_asker(studio: Studio) -> None:
    studio.env.inject_error("POST", "/channels/*/messages", status=403, code=50007, times=None)
    await created(studio)
    await studio.look()
    panel = messages(await studio.slash(studio.alice, "subject show", token="zwx"))[0]
    line = words.likeness_line("asked", studio.bob.id, undeliverable=True)
    assert line in shown(panel)
    assert words.LIKENESS_ASK_AGAIN in labels(panel)


async def test_buttons_of_a_question_work_after_a_restart_and_once_it_is_gone_say_so(
    studio: Studio,
) -> None:
    card = await question(studio)
    await studio.restart()
    await studio.slash(studio.alice, "subject list")
    (subject,) = await rows(studio.bot.database, Subject)
    await likeness.end(studio.bot.database, studio.bot.blobs, studio.bob.id, subject.id or 0)
    await studio.bob.user.click(card, label=words.LIKENESS_YES)
    assert words.LIKENESS_GONE in shown(letters(studio, studio.bob)[-1])


async def test_a_member_who_said_no_is_left_in_peace_for_a_day(studio: Studio) -> None:
    card = await question(studio)
    await studio.bob.user.click(card, label=words.LIKENESS_NO)
    again = await created(studio, token="qqxy")
    assert "not long ago" in said(again)
    assert await rows(studio.bot.database, Subject) == []
    await studio.look()
    assert len(letters(studio, studio.bob)) == 1
