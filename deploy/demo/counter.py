"""The scene at the counter: who may draw whom, what is kept, and what a server's admins decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import words
from deploy.demo.answers import components, last, menus, private
from storage import outbox, tables

if TYPE_CHECKING:
    from deploy.demo.story import Story


#: Which subject.
HERS = {"token": "zwx"}


async def stands_at_the_counter(story: Story) -> None:
    """Alice looks after her folder and her rights; Bob is asked about himself; Dora, who manages
    the server, sets its rules."""
    story.scene(0.95, "At the counter")
    await _looks_at_a_photo(story)
    await _shares(story)
    await _is_asked(story)
    await _sets_rules(story)
    await _sees_what_is_kept(story)


async def _looks_at_a_photo(story: Story) -> None:
    stage = story.stage
    answer = await stage.slash(stage.alice, "photos show", **HERS)
    option = menus(last(answer))[0]["options"][0]
    answer = await stage.choose(stage.alice, last(answer), option["label"], [option["value"]])
    story.check("a photo is looked at with its squares", bool(last(answer).attachments))


async def _shares(story: Story) -> None:
    stage = story.stage
    answer = await stage.slash(stage.alice, "subject share", **HERS, member=stage.bob)
    story.check("a subject is shared with one member", private(answer, f"<@{stage.bob.id}>"))
    option = menus(last(answer))[0]["options"][0]
    answer = await stage.choose(stage.alice, last(answer), option["label"], [option["value"]])
    await stage.click(stage.alice, last(answer), words.TAKE_BACK)
    rights = await story.count(tables.Share)
    story.check("and taken back again", rights == 0)
    await stage.slash(stage.alice, "subject show", **HERS)
    await stage.slash(stage.alice, "subject versions", **HERS)


async def _is_asked(story: Story) -> None:
    stage = story.stage
    about = {"token": "mivoq", "kind": "person", "of": stage.bob}
    await stage.slash(stage.carol, "subject create", **about)

    async def is_told() -> bool:
        return not await outbox.waiting(stage.bot.database)

    await stage.wait_for("the question", is_told)
    card = stage.bob.user.dm_channel.history()[-1]
    await stage.transcript.bot(card)
    story.check("whoever is shown is asked first", words.LIKENESS_YES in _labels(card))
    await stage.click(stage.bob.user, card, words.LIKENESS_NO)
    mine = await stage.slash(stage.carol, "subject list")
    story.check("and a no ends it", private(mine, words.NO_SUBJECTS))


async def _sets_rules(story: Story) -> None:
    stage = story.stage
    await stage.slash(stage.dora, "admin quotas", pictures=50)
    answer = await stage.slash(stage.dora, "admin settings")
    story.check("a server's admins see and set its rules", private(answer, "50"))
    await stage.slash(stage.dora, "admin status")


async def _sees_what_is_kept(story: Story) -> None:
    stage = story.stage
    answer = await stage.slash(stage.alice, "me quota")
    story.check("everybody sees what is left for them", private(answer, "of 50"))
    await stage.slash(stage.alice, "me settings")
    answer = await stage.slash(stage.alice, "me data")
    story.check("and what is kept of them", private(answer, words.DATA_TITLE))
    answer = await stage.click(stage.alice, last(answer), words.DATA_HAND_OVER)
    story.check("and takes all of it along", last(answer).attachments[0].filename.endswith(".zip"))


def _labels(message: Any) -> list[str]:
    return [part["label"] for part in components(message) if part.get("label")]
