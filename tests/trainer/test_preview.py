"""Pictures of a training under way: they are there, and the training is none the wiser."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from storage import newest, queue
from storage.doomed import bury
from storage.engine import Database
from storage.lease import Lease
from storage.newest import Kind
from storage.tables import Job, Preview
from tests.rows import rows
from tests.trainer.lessons import rounded
from tests.trainer.serving import Watched, ask_picture, ask_training, is_tidy, now, ready
from tests.trainer.test_learning import a_studio, adapters, after, served
from trainer import preview
from trainer.base import Base
from trainer.plan import METHODS
from trainer.preview import Previews

STEPS = 40


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The steps of the previews that are kept from here on; however short the training is."""
    monkeypatch.setattr(preview, "SHORTEST_S", 0.0)
    monkeypatch.setattr(preview, "SHARE", 1000.0)
    steps: list[int] = []
    keep = newest.keep

    async def noted(
        database: Database, kind: type[Kind], lease: Lease, step: int, key: str
    ) -> None:
        await keep(database, kind, lease, step, key)
        if kind is Preview:
            steps.append(step)

    monkeypatch.setattr("storage.newest.keep", noted)
    return steps


@pytest.mark.parametrize("how", METHODS)
async def test_previews_change_no_bit_of_what_is_learned(
    tmp_path: Path, base: Base, kept: list[int], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trained(folder: str) -> tuple[Sequence[str], dict[str, Any], torch.Tensor]:
        async with a_studio(tmp_path / folder, base) as worker:
            torch.manual_seed(7)
            job = await ask_training(worker, await ready(worker), STEPS)
            async with worker.studio.database.write() as session:
                (await session.get_one(Job, job.id)).spec = job.spec | {"method": how}
            done = await served(worker, job)
            assert done.state == "done"
            return [row.sha256 for row in await adapters(worker)], done.outcome, torch.rand(4)

    with_some, outcome, chance = await trained("with")
    assert kept == list(range(4, STEPS, 4))
    monkeypatch.setattr(Previews, "is_due", lambda *_: False)
    without, other, luck = await trained("without")
    assert with_some == without
    assert outcome["marks"] == other["marks"]
    assert torch.equal(chance, luck)
    assert len(kept) == 9


async def test_a_training_interrupted_in_a_preview_ends_as_one_that_is_not(
    tmp_path: Path, base: Base, kept: list[int]
) -> None:
    async with a_studio(tmp_path / "whole", base) as worker:
        await served(worker, await ask_training(worker, await ready(worker), STEPS))
        made = [row.sha256 for row in await adapters(worker)]
    async with a_studio(tmp_path / "broken", base) as worker:
        job = await ask_training(worker, await ready(worker), STEPS)

        async def stop() -> None:
            worker.stopping.set()

        after(worker, 10, stop)  # the looks of a preview's own count, too
        assert (await served(worker, job)).state == "queued"
        worker.stopping.clear()
        assert (await served(worker, job)).state == "done"
        assert [row.sha256 for row in await adapters(worker)] == made
        await bury(worker.studio.database, worker.studio.blobs)
        assert await is_tidy(worker)


async def test_the_newest_is_there_while_it_lasts_and_gone_with_its_end(
    worker: Watched, kept: list[int]
) -> None:
    job = await ask_training(worker, await ready(worker), STEPS)
    seen: list[Preview] = []

    async def look() -> None:
        seen.extend(await rows(worker.studio.database, Preview))

    after(worker, 20, look)
    done = await served(worker, job)
    (row,) = seen
    assert row.job_id == done.id
    assert row.step in kept
    assert not await rows(worker.studio.database, Preview)
    await bury(worker.studio.database, worker.studio.blobs)
    assert await is_tidy(worker)


async def test_a_short_training_has_none(worker: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    async def draw(_self: Previews, step: int, _pause: Any) -> None:
        drawn.append(step)

    monkeypatch.setattr(Previews, "draw", draw)
    await served(worker, await ask_training(worker, await ready(worker), STEPS))
    assert not drawn


async def test_they_come_ten_times_at_most_and_never_at_the_end(worker: Watched) -> None:
    subject = await ready(worker)
    await ask_training(worker, subject)
    lease = await queue.claim(worker.studio.database)
    assert lease is not None
    drawing = Previews(worker.studio, lease, subject, 1)
    for total in (10, 95, 100, 801):
        due = [step for step in range(1, total + 1) if drawing.is_due(step, total, rate=0.01)]
        assert len(due) <= preview.MOST
        assert due[0] >= total / preview.MOST
        assert due[-1] < total


async def test_what_they_cost_is_limited(worker: Watched) -> None:
    subject = await ready(worker)
    await ask_training(worker, subject)
    lease = await queue.claim(worker.studio.database)
    assert lease is not None
    drawing = Previews(worker.studio, lease, subject, 1)
    drawing._took_s = drawing._last_s = 3.0
    assert drawing.is_due(10, 100, rate=0.8)
    assert not drawing.is_due(10, 100, rate=0.9)  # 5 % of 111 s


async def test_a_prompt_in_the_middle_of_a_preview_waits_for_one_call(
    worker: Watched, kept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await ready(worker)
    await served(worker, await ask_training(worker, subject, 2))
    kept.clear()
    told: list[Job] = []
    draw = Previews.draw

    async def asked_meanwhile(self: Previews, step: int, pause: Any) -> None:
        async def wait() -> None:
            if not told:
                told.append(await ask_picture(worker, subject))
            worker._looked_at = -1e9
            await pause()
            told[0] = await now(worker, told[0])
            states.append(told[0].state)

        await draw(self, step, wait)

    states: list[str] = []
    monkeypatch.setattr(Previews, "draw", asked_meanwhile)
    done = await served(worker, await ask_training(worker, subject, STEPS))
    assert done.state == "done"
    assert states[0] == "done"
    assert kept[0] == 4


@pytest.mark.parametrize("harm", ["no memory", "no disk"])
async def test_what_keeps_a_preview_away_leaves_the_training_unharmed(
    worker: Watched, kept: list[int], harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = worker.studio.blobs.put

    async def full(folder: str, data: bytes, suffix: str) -> str:
        if folder == "previews":
            raise OSError(28, "No space left on device")
        return await put(folder, data, suffix)

    def none_left(*_: object) -> None:
        raise torch.OutOfMemoryError

    if harm == "no disk":
        monkeypatch.setattr(worker.studio.blobs, "put", full)
    else:
        monkeypatch.setattr("trainer.preview.developed", none_left)
    job = await ask_training(worker, await ready(worker), STEPS)
    assert (await asyncio.wait_for(served(worker, job), 60)).state == "done"
    assert not kept
    assert await is_tidy(worker)


async def test_a_preview_of_a_lost_job_leaves_no_file(
    worker: Watched, kept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = newest.keep

    async def lost(database: Database, kind: type[Kind], lease: Lease, step: int, key: str) -> None:
        found = await queue.get(database, lease.job.id or 0)
        assert found is not None
        await queue.give_back(database, Lease(found, lease.key), count_attempt=False, wait_s=600)
        await keep(database, kind, lease, step, key)

    monkeypatch.setattr("storage.newest.keep", lost)
    job = await ask_training(worker, await ready(worker), STEPS)
    assert (await served(worker, job)).state == "queued"
    assert not kept
    assert await is_tidy(worker)


async def test_on_a_base_of_16_bits_the_weights_in_training_are_worn_as_they_are(
    tmp_path: Path, base: Base, kept: list[int]
) -> None:
    async with a_studio(tmp_path, rounded(base, torch.bfloat16)) as worker:
        for number, how in enumerate(METHODS):
            job = await ask_training(worker, await ready(worker, f"tkn{number}"), 10)
            async with worker.studio.database.write() as session:
                (await session.get_one(Job, job.id)).spec = job.spec | {"method": how}
            assert (await served(worker, job)).state == "done", how
            assert kept == list(range(1, 10)), how
            kept.clear()
