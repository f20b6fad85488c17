"""After a training: its candidates, all versions, and going back."""

from __future__ import annotations

from typing import Any

from bot import words
from bot.views.versions import MOST
from storage import gallery
from storage.erase import erase
from storage.tables import Adapter, Worker
from tests.bot.commands.conftest import Studio, messages, parts, said, shown
from tests.bot.commands.endings import PROMPTS, STEPS, ended, in_use, three
from tests.bot.commands.pressing import choose, menu, picture
from tests.bot.commands.test_panels import Kept
from tests.bot.sheets.tiles import pixels
from tests.rows import ask, claimed, count, files, new_subject, rows, trained


async def sheet_of(studio: Studio, message: Any) -> Any:
    """The sample sheet that a button of the message opens."""
    answer = await studio.alice.click(message, label=words.SHOW_SHEET)
    return messages(answer)[-1]


def entries(panel: Any, verb: str) -> list[tuple[str, str]]:
    """What a menu offers: labels and remarks."""
    return [(one["label"], one.get("description", "")) for one in menu(panel, verb)["options"]]


async def test_the_sheet_shows_the_candidates_in_rows_and_which_is_used(studio: Studio) -> None:
    end = await ended(studio)
    sheet = await sheet_of(studio, end.ping)
    assert sheet.ephemeral
    text = shown(sheet)
    assert "I chose step 280: after that, your photos were being copied." in text
    assert all(prompt in text for prompt in PROMPTS)
    assert "Steps: 20" not in text
    assert entries(sheet, "candidate-use") == [
        ("Step 160", ""), ("Step 280", "my choice, in use"), ("Step 400", "")
    ]  # fmt: skip
    assert picture(sheet) == "sheet.png"
    drawn = pixels(await sheet.attachments[0].read())
    middle = [drawn[(2 * row + 1) * len(drawn) // 6 + 20, 200].argmax() for row in range(3)]
    assert middle == [0, 1, 2]  # red, green, blue


async def test_another_candidate_is_drawn_with_from_its_choice_on(studio: Studio) -> None:
    end = await ended(studio)
    assert await in_use(studio, end.subject) == end.adapters[1].id
    await studio.restart()
    sheet = await sheet_of(studio, end.panel)
    before = await sheet.attachments[0].read()
    answer = await choose(studio, sheet, "candidate-use", end.adapters[0].id)
    assert words.version_chosen("zwx", 160) in shown(answer.response)
    assert entries(answer.response, "candidate-use") == [
        ("Step 160", "in use"), ("Step 280", "my choice"), ("Step 400", "")
    ]  # fmt: skip
    assert await answer.response.attachments[0].read() != before
    assert await in_use(studio, end.subject) == end.adapters[0].id
    again = await choose(studio, sheet, "candidate-use", end.adapters[0].id)
    assert words.VERSION_THERE in shown(again.response)
    back = await choose(studio, sheet, "candidate-use", end.adapters[1].id)
    assert words.version_chosen("zwx", 280) in shown(back.response)
    assert await in_use(studio, end.subject) == end.adapters[1].id


async def test_a_sheet_from_before_there_were_candidates_is_still_shown(studio: Studio) -> None:
    panel = await studio.training()
    await studio.finish(await claimed(studio.bot.database), {"steps": 120, "seconds": 60.0}, 8)
    await studio.look()
    sheet = await sheet_of(studio, studio.again(panel))
    assert picture(sheet) == "sheet.png"
    assert pixels(await sheet.attachments[0].read()).shape[:2] == (338, 670)
    assert not [part for part in parts(sheet) if "options" in part]
    assert "I use step" not in shown(sheet)


async def test_all_versions_are_listed_and_any_can_be_gone_back_to(studio: Studio) -> None:
    end = await ended(studio)
    await ask(studio.bot.database, studio.alice.id, kind="train", subject=end.subject)
    await studio.look(60)
    second = await three(studio, end.subject, step=400, photos=10)
    panel = messages(await studio.slash(studio.alice, "subject versions", token="zwx"))[0]
    assert words.VERSIONS_TITLE.format(token="zwx") in shown(panel)
    lines = listed(panel)
    for line, step in zip(lines, (*STEPS, *STEPS)[::-1], strict=True):
        assert f"**step {step}**" in line
    assert ["10 photos" in line for line in lines] == [True] * 3 + [False] * 3
    assert [remarks(line) for line in lines] == [
        (True, True), (False, False), (False, False), (False, False), (True, False), (False, False)
    ]  # fmt: skip
    newest = await gallery.candidates_of(studio.bot.database, second)
    assert await in_use(studio, end.subject) == newest[2].id
    await studio.restart()
    answer = await choose(studio, panel, "version-use", end.adapters[1].id)
    assert words.version_chosen("zwx", 280) in shown(answer.response)
    assert [remarks(line) for line in listed(answer.response)][::4] == [(True, False), (True, True)]
    assert await in_use(studio, end.subject) == end.adapters[1].id
    sheet = await sheet_of(studio, answer.response)
    assert ("Step 280", "my choice, in use") in entries(sheet, "candidate-use")


def listed(panel: Any) -> list[str]:
    """The lines of a list of versions."""
    text = shown(panel).split(words.VERSIONS_TITLE.format(token="zwx"))[1]
    return text.strip().splitlines()


def remarks(line: str) -> tuple[bool, bool]:
    """Whether a version is said to be my choice, and in use."""
    return "my choice" in line, "in use" in line


async def test_a_sheet_says_when_another_trainings_version_is_in_use(studio: Studio) -> None:
    end = await ended(studio)
    await studio.look(60)
    newer = await trained(studio.bot.database, studio.bot.blobs, end.subject, step=77)
    sheet = await sheet_of(studio, end.ping)
    assert words.in_use_elsewhere(77) in shown(sheet)
    assert entries(sheet, "candidate-use")[1] == ("Step 280", "my choice")
    assert await in_use(studio, end.subject) == newer.id


async def test_versions_are_reached_from_the_panel_of_a_training(studio: Studio) -> None:
    end = await ended(studio)
    for message in (end.panel, end.ping):
        answer = await studio.alice.click(message, label=words.SHOW_VERSIONS)
        assert words.VERSIONS_TITLE.format(token="zwx") in said(answer)
        stranger = await studio.bob.click(message, label=words.SHOW_VERSIONS)
        assert said(stranger) == words.NOT_FOR_YOU


async def test_a_subject_without_versions_says_what_comes_first(studio: Studio) -> None:
    await studio.subject()
    answer = await studio.slash(studio.alice, "subject versions", token="zwx")
    assert said(answer) == words.no_versions("zwx")
    stranger = await studio.slash(studio.bob, "subject versions", token="zwx")
    assert said(stranger) == words.unknown_subject("zwx")


async def test_of_many_versions_the_newest_are_offered(studio: Studio) -> None:
    subject = await studio.subject()
    for step in range(1, MOST + 4):
        await trained(studio.bot.database, studio.bot.blobs, subject, step=step)
    answer = await studio.slash(studio.alice, "subject versions", token="zwx")
    offered = menu(answer.response, "version-use")["options"]
    assert [one["label"].split(",")[0] for one in offered] == [
        f"Step {step}" for step in range(MOST + 3, 3, -1)
    ]
    assert words.more_versions(3) in said(answer)
    assert "**step 4**" in said(answer)
    assert "**step 3**" not in said(answer)


async def test_the_one_in_use_is_listed_however_old_it_is(studio: Studio) -> None:
    subject = await studio.subject()
    first, *_ = [
        await trained(studio.bot.database, studio.bot.blobs, subject, step=step)
        for step in range(1, MOST + 4)
    ]
    await gallery.choose(studio.bot.database, first.id or 0, studio.alice.id)
    answer = await studio.slash(studio.alice, "subject versions", token="zwx")
    *_, last, rest = listed(answer.response)
    assert "**step 1**" in last
    assert "in use" in last
    assert rest == words.more_versions(2)


async def test_nobody_chooses_on_somebody_elses_panel(studio: Studio) -> None:
    end = await ended(studio)
    sheet = await sheet_of(studio, end.ping)
    forged = Kept(sheet)
    chosen = await forged.use(studio.bob, forged.id("candidate-use"))
    assert said(chosen) == words.NOT_FOR_YOU
    assert await in_use(studio, end.subject) == end.adapters[1].id


async def test_a_menu_tells_nothing_of_somebody_elses_version(studio: Studio) -> None:
    end = await ended(studio)
    theirs = await new_subject(studio.bot.database, studio.bob.id, token="qqx")
    made = await trained(studio.bot.database, studio.bot.blobs, theirs)
    async with studio.bot.database.write() as session:
        (await session.get_one(Adapter, made.id)).base = "of another day"
    forged = Kept(await sheet_of(studio, end.ping))
    menu_id = forged.id("candidate-use")
    (offered,) = [c["options"] for c in forged.controls if c["custom_id"] == menu_id]
    offered[-1]["value"] = str(made.id)
    answer = await forged.use(studio.alice, menu_id)
    assert words.VERSION_GONE in shown(answer.response)


async def test_a_version_of_another_base_is_kept_and_not_chosen(studio: Studio) -> None:
    end = await ended(studio)
    worker = Worker(base="tiny", base_hash="1" * 64, device="cpu")
    await gallery.check_in(studio.bot.database, worker)  # the bundled base came anew
    panel = messages(await studio.slash(studio.alice, "subject versions", token="zwx"))[0]
    assert shown(panel).count("made on another base") == 3
    answer = await choose(studio, panel, "version-use", end.adapters[0].id)
    assert words.other_base("zwx", "tiny") in shown(answer.response)
    assert await in_use(studio, end.subject) == end.adapters[1].id


async def test_a_version_that_is_gone_meanwhile_is_not_chosen(studio: Studio) -> None:
    end = await ended(studio)
    sheet = await sheet_of(studio, end.ping)
    async with studio.bot.database.write() as session:
        await session.delete(await session.get_one(Adapter, end.adapters[0].id))
    answer = await choose(studio, sheet, "candidate-use", end.adapters[0].id)
    assert words.VERSION_GONE in shown(answer.response)
    assert [label for label, _ in entries(answer.response, "candidate-use")] == [
        "Step 280", "Step 400"
    ]  # fmt: skip


async def test_all_candidates_are_forgotten_with_their_member(studio: Studio) -> None:
    end = await ended(studio)
    sheet = await sheet_of(studio, end.ping)
    receipt = await erase(studio.bot.database, studio.bot.blobs, studio.alice.id)
    assert receipt.adapters == 3
    assert await count(studio.bot.database, Adapter) == 0
    assert await files(studio.bot.blobs) == set()
    answer = await choose(studio, sheet, "candidate-use", end.adapters[0].id)
    assert words.SHEET_GONE in [shown(message) for message in messages(answer)]
    assert await rows(studio.bot.database, Adapter) == []
