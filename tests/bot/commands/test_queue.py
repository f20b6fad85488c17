from __future__ import annotations

from bot import words
from storage import gallery
from storage.tables import Job, Worker
from tests.bot.commands.conftest import Studio, labels, messages, said
from tests.rows import ask, claimed, rows


async def test_an_empty_queue_and_a_sleeping_trainer_are_said(studio: Studio) -> None:
    text = said(await studio.slash(studio.alice, "queue"))
    assert words.QUEUE_EMPTY in text
    assert words.trainer_line(False, None, None) in text


async def test_the_queue_names_ones_own_jobs_and_nobody_elses(studio: Studio) -> None:
    database = studio.bot.database
    await gallery.check_in(database, Worker(base="tiny", base_hash="0", device="cpu"))
    theirs = await studio.subject(studio.bob, token="secret7")
    mine = await studio.subject(studio.alice)
    await ask(database, studio.bob.id, kind="train", subject=theirs)
    await claimed(database)
    await ask(database, studio.bob.id, subject=theirs)
    await ask(database, studio.alice.id, subject=mine)
    answer = await studio.slash(studio.alice, "queue")
    text = said(answer)
    assert "secret7" not in text
    assert text.splitlines()[1:4] == [
        "a training, somebody's: under way",
        "a picture, **yours**, `zwx`: number 1 in line",
        "a picture, somebody's: number 2 in line",
    ]
    assert "awake (tiny on cpu)" in text
    assert "**yours**, `secret7`" in said(await studio.slash(studio.bob, "queue"))
    panel = messages(answer)[0]
    assert labels(panel) == [words.CANCEL]
    assert said(await studio.alice.click(panel, label=words.CANCEL)) == words.CANCELLED
    states = [(job.owner_id, job.state) for job in await rows(database, Job)]
    assert states == [
        (studio.bob.id, "running"),
        (studio.bob.id, "queued"),
        (studio.alice.id, "cancelled"),
    ]
    late = await studio.alice.click(panel, label=words.CANCEL)
    assert said(late)
