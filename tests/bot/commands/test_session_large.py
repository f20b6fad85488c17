"""Sessions of many: more pictures than one menu or one sheet holds."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from storage import clock, sessions, wall
from storage.subjects import know
from storage.tables import Entry, Job, Vote
from tests.bot.commands.conftest import Studio, labels, messages, parts, said, shown
from tests.bot.commands.editing import PICTURE
from tests.bot.commands.pressing import menu
from tests.bot.commands.test_session import Room, opened
from tests.rows import an_image, rows

MANY = 30
#: Of a message, by Discord's limits.
MOST_LETTERS, MOST_COMPONENTS = 4000, 40
PROMPT = "zwx in the rain at night with a lantern and many wet leaves " * 3


async def drew(studio: Studio, owner: int, number: int = 1) -> list[int]:
    """So many pictures that a member drew in the session; their ids."""
    keys = [await studio.bot.blobs.put("images", PICTURE, "png") for _ in range(number)]
    async with studio.bot.database.write() as session:
        await know(session, owner)
        job = Job(
            kind="generate",
            state="done",
            attempt=1,
            interactive=True,
            owner_id=owner,
            session_id=1,
            request_id=f"of {owner}",
            spec={"typed": PROMPT},
            run_after=clock.now(),
            finished_at=clock.now(),
            created_at=clock.now(),
        )
        session.add(job)
        await session.flush()
        images = [an_image(job, at, key) for at, key in enumerate(keys)]
        for image in images:
            image.explicit = 0.1
            session.add(image)
        await session.flush()
        return [image.id or 0 for image in images]


async def filled(studio: Studio, number: int = MANY, **options: Any) -> Room:
    """A session whose wall has so many pictures, each of another member."""
    room = await opened(studio, **options)
    for owner in range(10**17, 10**17 + number):
        (image_id,) = await drew(studio, owner)
        await sessions.join(studio.bot.database, 1, owner)
        await wall.hang(studio.bot.database, owner, 1, image_id)
    await studio.look()
    return room


def lists(answer: Any, verb: str) -> list[dict[str, Any]]:
    """All menus of that verb."""
    panel = messages(answer)[-1]
    return [c for c in parts(panel) if c.get("custom_id", "").startswith(f"{verb}:")]


def offered(menus: list[dict[str, Any]]) -> list[str]:
    return [option["value"] for one in menus for option in one["options"]]


async def pick(actor: Any, answer: Any, which: dict[str, Any], *values: int) -> Any:
    chosen = [str(value) for value in values]
    return await actor.select(messages(answer)[-1], chosen, custom_id=which["custom_id"])


async def votes(studio: Studio) -> list[int]:
    found = await rows(studio.bot.database, Vote)
    return sorted(vote.entry_id for vote in found)


async def test_every_picture_is_on_the_card_and_can_be_voted_for(studio: Studio) -> None:
    room = await filled(studio, votes=3)
    assert [file.filename for file in room.card.attachments] == ["session-1.png", "session-2.png"]
    await room.ends_stage()
    await room.press(studio.bob, words.SESSION_JOIN)
    answer = await room.press(studio.bob, words.SESSION_VOTE)
    first, second = lists(answer, "session-vote-for")
    assert offered([first, second]) == [str(number) for number in range(1, MANY + 1)]
    assert second["placeholder"].endswith(words.from_to("Number 26", "Number 30"))
    done = await pick(studio.bob, answer, second, 30)
    assert words.session_voted([30]) in said(done)
    # what was chosen on one list stays when another one is used
    first, second = lists(done, "session-vote-for")
    assert [one["value"] for one in second["options"] if one.get("default")] == ["30"]
    done = await pick(studio.bob, done, first, 2, 7)
    assert words.session_voted([2, 7, 30]) in said(done)
    assert await votes(studio) == [2, 7, 30]
    spent = await pick(studio.bob, done, lists(done, "session-vote-for")[1], 29, 30)
    assert words.session_votes_spent(3) in said(spent)
    assert await votes(studio) == [2, 7, 30]
    done = await pick(studio.bob, spent, lists(spent, "session-vote-for")[0])
    assert words.session_voted([30]) in said(done)


async def test_the_host_can_take_any_picture_off(studio: Studio) -> None:
    room = await filled(studio)
    answer = await room.press(studio.alice, words.SESSION_MANAGE)
    menus = lists(answer, "session-off-wall")
    assert offered(menus) == [str(number) for number in range(1, MANY + 1)]
    assert len(menu(messages(answer)[-1], "session-manage-do")["options"]) == 3
    done = await pick(studio.alice, answer, menus[1], 28)
    assert said(done) == words.session_taken_down(28)
    hanging = await wall.hanging(studio.bot.database, 1)
    assert [one.entry.number for one in hanging] == [*range(1, 28), 29, 30]


async def test_what_was_drawn_first_can_still_be_hung_up(studio: Studio) -> None:
    room = await opened(studio, prompts=50)
    oldest, *_ = await drew(studio, studio.alice.id, MANY)
    answer = await room.press(studio.alice, words.SESSION_HANG)
    first, second = lists(answer, "session-hang-these")
    assert len(offered([first, second])) == MANY
    assert len(messages(answer)[-1].attachments) == 2
    assert offered([second])[-1] == str(oldest)
    done = await pick(studio.alice, answer, second, oldest)
    assert said(done) == words.session_hung([1])
    (entry,) = await rows(studio.bot.database, Entry)
    assert entry.image_id == oldest


async def test_a_full_wall_says_so(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "MOST", 1)
    room = await opened(studio)
    await studio.trained()
    first, second = await room.draws(studio.alice), await room.draws(studio.alice)
    assert said(await room.hangs(studio.alice, first)) == words.session_hung([1])
    assert said(await room.hangs(studio.alice, second)) == words.session_wall_full(1)


async def test_the_recap_has_pages_with_every_picture_and_prompt(studio: Studio) -> None:
    room = await filled(studio)
    await room.ends_stage()
    await room.ends_stage()
    answer = await room.press(studio.bob, words.SESSION_RECAP)
    told = [said(answer)]
    assert words.EARLIER_PAGE not in labels(messages(answer)[-1])
    while words.LATER_PAGE in labels(messages(answer)[-1]):
        assert len(shown(messages(answer)[-1])) < MOST_LETTERS
        answer = await studio.bob.click(messages(answer)[-1], label=words.LATER_PAGE)
        told.append(said(answer))
    assert len(told) == 3
    numbers = [number for number in range(1, MANY + 1) if f"**{number}** by" in "\n".join(told)]
    assert numbers == list(range(1, MANY + 1))
    back = await studio.bob.click(messages(answer)[-1], label=words.EARLIER_PAGE)
    assert said(back) == told[1]


async def test_many_who_share_a_place_fit_into_the_results(studio: Studio) -> None:
    room = await filled(studio, 40, votes=1)
    await room.ends_stage()
    async with studio.bot.database.write() as session:
        for at in range(1, 41):  # each for the next
            voter = 10**17 + at - 1
            session.add(
                Vote(
                    session_id=1,
                    entry_id=at % 40 + 1,
                    member_id=voter,
                    created_at=clock.now(),
                )
            )
    await room.ends_stage()
    results = next(one for one in room.thread.history() if words.SESSION_RESULTS in shown(one))
    assert words.session_more_winners(15) in shown(results)
    assert len(shown(results)) < MOST_LETTERS
    assert len(list(parts(room.card))) <= MOST_COMPONENTS


def test_many_lent_subjects_are_named_in_a_sentence_that_fits() -> None:
    said = words.session_so_far(200, 250, [f"token{n}".ljust(16, "x") for n in range(100)])
    assert said.endswith("and 90 more")
    assert len(said) <= 300
