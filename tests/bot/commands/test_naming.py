"""A token that will not do, and the free ones that are offered."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from storage import drafts
from storage.errors import NotYours
from storage.tables import Draft, Subject
from tests.bot.commands.conftest import Studio, labels, messages, said
from tests.rows import count, rows


async def refused(studio: Studio, token: str = "olivia") -> Any:
    answer = await studio.slash(
        studio.alice, "subject create", token=token, kind="pet", **{"class": "tabby cat"}
    )
    assert said(answer).endswith(words.FREE_TOKENS)
    assert await count(studio.bot.database, Subject) == 0
    return messages(answer)[-1]


@pytest.mark.parametrize("token", ["olivia", "dog", "zw", "olivia7", "everyone"])
async def test_five_free_tokens_are_offered_and_a_press_takes_one(
    studio: Studio, token: str
) -> None:
    offer = await refused(studio, token)
    free = labels(offer)
    assert len(set(free)) == 5
    answer = await studio.alice.click(offer, label=free[2])
    assert f"`{free[2]}`, a tabby cat" in said(answer)
    (subject,) = await rows(studio.bot.database, Subject)
    assert (subject.token, subject.kind, subject.class_word) == (free[2], "pet", "tabby cat")


async def test_an_offer_outlives_a_restart(studio: Studio) -> None:
    offer = await refused(studio)
    await studio.restart()
    await studio.alice.click(offer, label=labels(offer)[0])
    (subject,) = await rows(studio.bot.database, Subject)
    assert subject.token == labels(offer)[0]


async def test_a_token_that_somebody_took_meanwhile_is_offered_no_more(studio: Studio) -> None:
    offer = await refused(studio)
    first = labels(offer)[0]
    await studio.subject(studio.bob, token=first)
    answer = await studio.alice.click(offer, label=first)
    assert said(answer).startswith(words.token_refusal("token_taken", first))
    assert first not in labels(messages(answer)[-1])


async def test_a_token_taken_by_a_first_press_is_said_to_be_theirs_at_the_second(
    studio: Studio,
) -> None:
    offer = await refused(studio)
    first = labels(offer)[0]
    await studio.alice.click(offer, label=first)
    answer = await studio.alice.click(offer, label=first)
    assert said(answer) == words.YOURS_ALREADY.format(token=first)
    assert await count(studio.bot.database, Subject) == 1


async def test_only_the_newest_offers_of_a_member_are_kept(studio: Studio) -> None:
    database, alice, bob = studio.bot.database, studio.alice.id, studio.bob.id
    of_bob = await drafts.keep(database, bob, {"n": 0})
    numbers = [await drafts.keep(database, alice, {"n": n}) for n in range(drafts.MOST + 1)]
    with pytest.raises(NotYours):
        await drafts.own(database, alice, numbers[0])
    for n, number in enumerate(numbers[1:], 1):
        assert await drafts.own(database, alice, number) == {"n": n}
    assert await drafts.own(database, bob, of_bob) == {"n": 0}


async def test_an_offer_that_is_past_its_day_says_so(studio: Studio) -> None:
    offer = await refused(studio)
    async with studio.bot.database.write() as session:
        for draft in await rows(studio.bot.database, Draft):
            await session.delete(await session.merge(draft))
    answer = await studio.alice.click(offer, label=labels(offer)[0])
    assert said(answer) == words.OFFER_GONE


async def test_the_created_folder_says_how_the_base_reads_its_token(studio: Studio) -> None:
    answer = await studio.slash(studio.alice, "subject create", token="zwx", kind="person")
    assert "I read it as `z·wx`" in said(answer)


async def test_a_draft_is_its_members_alone(studio: Studio) -> None:
    await refused(studio)
    (draft,) = await rows(studio.bot.database, Draft)
    with pytest.raises(NotYours):
        await drafts.own(studio.bot.database, studio.bob.id, draft.id or 0)
