"""`/me quota` and `/me settings`: for their member alone, and gone with them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import words
from bot.rules import PICTURES_A_DAY, Rules
from bot.wishes import Wishes
from storage import clock, servers, wishes
from storage.tables import Entry, Job, Member
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.bot.commands.editing import drew
from tests.bot.commands.pressing import menu
from tests.bot.commands.test_session import opened
from tests.rows import count, rows

PROMPT = "zwx at the beach"


async def settings(studio: Studio, who: Any = None) -> Any:
    answer = await studio.slash(who or studio.alice, "me settings")
    assert said(answer)
    return messages(answer)[0]


async def choose(who: Any, card: Any, verb: str, value: str) -> Any:
    return await who.select(card, [value], custom_id=menu(card, verb)["custom_id"])


async def test_what_is_left_is_told_with_when_it_renews(studio: Studio) -> None:
    await studio.covered()
    await studio.trained(token="qqxy")
    await drew(studio, studio.alice, "qqxy at the beach", pictures=3)
    told = said(await studio.slash(studio.alice, "me quota"))
    left = PICTURES_A_DAY - 3
    assert f"{left} pictures left today, of {PICTURES_A_DAY}; anew <t:" in told
    assert words.quota_kept(8, 60, 2, 10) in told
    assert words.quota_open(0, 10) in told
    rules = Rules(pictures_a_day=1, trainings_a_week=None).written()
    await servers.set_rules(studio.bot.database, studio.channel.guild.id, lambda _: rules)
    told = said(await studio.slash(studio.alice, "me quota"))
    assert "0 pictures left today, of 1" in told
    assert "as many as you like" in told
    assert "1 picture left today, of 1" in said(await studio.slash(studio.bob, "me quota"))


async def test_outside_of_servers_the_defaults_are_told(studio: Studio) -> None:
    assert words.QUOTA_OUTSIDE not in said(await studio.alice.user.slash("me quota"))
    studio.env.create_guild(name="Elsewhere")
    told = said(await studio.alice.user.slash("me quota"))
    assert f"{PICTURES_A_DAY} pictures left today" in told
    assert words.QUOTA_OUTSIDE in told
    assert await count(studio.bot.database, Member) == 0


async def test_settings_are_kept_and_used(studio: Studio) -> None:
    await studio.trained()
    card = await settings(studio)
    assert words.wishes_told(None, 1, prompts=True) in shown(card)
    card = (await choose(studio.alice, card, "wish-pictures", "3")).response
    assert words.wishes_told(None, 3, prompts=True) in shown(card)
    await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    await studio.slash(studio.alice, "imagine", prompt=PROMPT, pictures=1)
    assert [job.spec["pictures"] for job in await rows(studio.bot.database, Job)] == [3, 1]
    card = (await studio.alice.click(card, label=words.PROMPTS_UNTOLD)).response
    assert words.wishes_told(None, 3, prompts=False) in shown(card)
    assert words.PROMPTS_TOLD in labels(card)
    await studio.restart()
    await studio.alice.click(card, label=words.PROMPTS_TOLD)
    kept = Wishes.read(await wishes.of(studio.bot.database, studio.alice.id))
    assert kept == Wishes(pictures=3)


async def test_a_language_is_chosen_and_left_to_discord_again(studio: Studio) -> None:
    await studio.subject()
    card = (await choose(studio.alice, await settings(studio), "wish-language", "de")).response
    with words.speaking("de"):
        assert words.wishes_told("de", 1, prompts=True) in shown(card)
    assert (await wishes.of(studio.bot.database, studio.alice.id)) == {"language": "de"}
    await choose(studio.alice, card, "wish-language", "auto")
    assert (await wishes.of(studio.bot.database, studio.alice.id)) == {}


async def test_prompts_that_are_kept_to_oneself_are_not_told_in_recaps(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    await wishes.keep(studio.bot.database, studio.alice.id, prompts=False)
    await room.hangs(studio.alice, await room.draws(studio.alice))
    (entry,) = await rows(studio.bot.database, Entry)
    assert not entry.tells_prompt


async def test_of_who_agreed_to_nothing_nothing_is_kept(studio: Studio) -> None:
    card = await settings(studio, studio.bob)
    answer = await choose(studio.bob, card, "wish-pictures", "3")
    assert said(answer) == words.WISHES_NOT_KEPT
    assert await count(studio.bot.database, Member) == 0


async def test_settings_go_with_their_member(studio: Studio) -> None:
    await studio.subject()
    await choose(studio.alice, await settings(studio), "wish-pictures", "3")
    question = await studio.slash(studio.alice, "me forget")
    await studio.alice.click(question.response, label=words.FORGET_YES)
    assert await wishes.of(studio.bot.database, studio.alice.id) == {}
    assert await count(studio.bot.database, Member) == 0


@given(
    st.dictionaries(
        st.sampled_from(["language", "pictures", "prompts", "x"]),
        st.integers() | st.text() | st.booleans() | st.none(),
    )
)
def test_whatever_is_in_a_row_wishes_are_read(told: dict[str, Any]) -> None:
    read = Wishes.read(told)
    assert read.language in {None, "en", "de"}
    assert 1 <= read.pictures <= 4


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_sentence_is_short(language: str) -> None:
    with words.speaking(language):
        for sentence in (
            words.QUOTA_OUTSIDE,
            words.WISHES_NOT_KEPT,
            words.WISHES_HINT,
            words.quota_left("pictures", 200, 3, clock.now()),
            words.quota_left("trainings", None, 3, clock.now()),
            words.quota_kept(9, 60, 1, 10),
            words.quota_open(1, 10),
            words.wishes_told("de", 4, prompts=False),
        ):
            assert 0 < len(sentence) <= 300
            assert "None" not in sentence
