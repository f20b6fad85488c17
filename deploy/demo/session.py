"""The scene in which three members hold a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import words
from deploy.demo.answers import last, menus, private, shown, text_of
from storage import outbox

if TYPE_CHECKING:
    from deploy.demo.story import Story

THEME = "Portraits from everywhere"
#: What each of the three asks for, all of Alice's subject.
PROMPTS = (
    "a portrait of zwx on a red background",
    "a close-up of a smiling zwx woman at the beach",
    "an upper body picture of a zwx woman in the snow",
)


async def hold_a_session(story: Story) -> None:
    """Alice opens a room and lends her subject; Bob and Carol draw it there, and only there; all
    hang a picture up, vote, and are told who won."""
    stage = story.stage
    members = (stage.alice, stage.bob, stage.carol)
    story.scene(0.94, "Three members hold a session")
    answer = await stage.slash(stage.alice, "session open", theme=THEME, minutes=30, entries=1)
    (thread,) = stage.channel.threads
    story.check("a session gets a thread of its own", private(answer, thread.mention))
    card = thread.history()[0]
    await stage.transcript.bot(card)
    for guest in (stage.bob, stage.carol):
        await stage.click(guest, card, words.SESSION_JOIN)
    refused = await stage.slash(stage.bob, "imagine", thread, prompt=PROMPTS[1])
    story.check("nobody draws what nobody lent", private(refused, "no token of yours"))
    answer = await stage.click(stage.alice, card, words.SESSION_LEND)
    option = _options(answer)[0]
    answer = await stage.choose(stage.alice, last(answer), option["label"], [option["value"]])
    story.check("Alice lends her subject", private(answer, "`zwx`"))
    for member, prompt in zip(members, PROMPTS, strict=True):
        await _draws(story, thread, member, prompt)
    outside = await stage.slash(stage.bob, "imagine", prompt=PROMPTS[1])
    story.check("it is lent to the session alone", private(outside, "no token of yours"))
    for member in members:
        answer = await stage.click(member, card, words.SESSION_HANG)
        option = _options(answer)[0]
        await stage.choose(member, last(answer), option["label"], [option["value"]])

    async def all_hang() -> bool:
        return "3 pictures on the wall" in shown(story.again(card))

    await stage.wait_for("the wall", all_hang)
    await stage.transcript.bot(story.again(card))
    story.check(
        "nobody sees whose picture is whose",
        not any(str(member.id) in shown(story.again(card)) for member in members),
    )
    answer = await stage.click(stage.alice, card, words.SESSION_MANAGE)
    await stage.choose(stage.alice, last(answer), "To the vote now", ["vote"])

    async def is_told() -> bool:
        return not await outbox.waiting(stage.bot.database)

    await stage.wait_for("the vote", is_told)
    await stage.wait_for("the card", lambda: _has(story, card, words.SESSION_VOTE))
    for member, number in zip(members, (3, 3, 1), strict=True):
        answer = await stage.click(member, story.again(card), words.SESSION_VOTE)
        if member is stage.carol:
            story.check(
                "nobody votes for their own",
                [option["value"] for option in _options(answer)] == ["1", "2"],
            )
        await stage.choose(member, last(answer), f"Number {number}", [str(number)])
    await stage.slash(stage.alice, "session close", thread)
    await stage.wait_for("the results", is_told)
    results = next(one for one in thread.history() if words.SESSION_RESULTS in shown(one))
    await stage.transcript.bot(results)
    story.check(
        "the most votes win", f"Number 3 by <@{stage.carol.id}> · 2 votes" in shown(results)
    )
    (sheet,) = results.attachments
    story.album.results = await sheet.read()
    recap = await stage.slash(stage.bob, "session recap", thread)
    story.check("the recap tells the prompts", all(one in text_of(recap) for one in PROMPTS))
    after = await stage.slash(stage.bob, "imagine", thread, prompt=PROMPTS[1])
    story.check("what was lent has ended with it", private(after, "no token of yours"))


async def _draws(story: Story, thread: Any, member: Any, prompt: str) -> None:
    """A picture that is seen by everybody, and whose author is not told."""
    answer = await story.stage.slash(member, "imagine", thread, prompt=prompt, seed=3)
    posted = thread.history()[-1]
    unsigned = str(member.id) not in shown(posted) and prompt not in shown(posted)
    story.check("everybody sees it, and not whose it is", private(answer) and unsigned)
    (picture,) = await story.answered(posted, f"{member.name}'s picture")
    story.album.session.append((f"{member.name}: {prompt}", picture))


async def _has(story: Story, card: Any, label: str) -> bool:
    return label in str([part.to_dict() for part in story.again(card).components])


def _options(answer: Any) -> list[dict[str, Any]]:
    """What the first menu of an answer offers."""
    return list(menus(last(answer))[0]["options"])
