"""Members' pictures in one room: drawn together, each job with an end of its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import torch

from storage import gallery, queue
from storage.tables import Job, Subject
from tests.trainer import serving
from tests.trainer.lessons import rounded
from trainer.base import Base
from trainer.canvas import Canvas
from trainer.easel import Easel
from trainer.printing import PrintingRoom
from trainer.request import Request
from trainer.studio import Studio
from trainer.worker import Worker


async def trained(worker: Worker, token: str) -> Subject:
    subject = await serving.ready(worker, token)
    await serving.ask_training(worker, subject)
    await worker.serve_one()
    return subject


async def two(worker: Worker) -> tuple[Subject, Subject]:
    return await trained(worker, "zwx"), await trained(worker, "qqxy")


def groups(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures share each UNet call of the room from now on."""
    seen: list[int] = []
    predict = Easel._predict

    def counted(easel: Easel, group: list[Canvas]) -> torch.Tensor:
        seen.append(len(group))
        return predict(easel, group)

    monkeypatch.setattr(Easel, "_predict", counted)
    return seen


async def states(worker: Worker, *jobs: Job) -> list[str]:
    return [(await serving.now(worker, job)).state for job in jobs]


async def test_pictures_of_two_members_are_drawn_in_the_same_calls(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [await serving.ask_picture(worker, one, pictures=2) for one in await two(worker)]
    seen = groups(worker, monkeypatch)
    assert await worker.serve_one()
    assert await states(worker, *asked) == ["done", "done"]
    assert max(seen) == 4
    # 25 steps, and the few that the first was ahead
    assert len(seen) < 2 * 25
    assert not await worker.serve_one()


async def test_a_cancelled_job_leaves_the_others_alone(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [await serving.ask_picture(worker, one) for one in await two(worker)]
    step = worker.room.step
    steps = 0

    async def cancelled() -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            await queue.cancel(worker.studio.database, first.id or 0, first.owner_id)
        await step()

    monkeypatch.setattr(worker.room, "step", cancelled)
    worker.settings.lease_s = 0.5  # beats are a part of it: the cancel is heard at once
    await worker.serve_one()
    assert await states(worker, first, second) == ["cancelled", "done"]
    assert await gallery.images_of(worker.studio.database, first.id or 0) == []
    assert len(worker.room) == 0
    assert await serving.is_tidy(worker)


async def test_one_picture_that_cannot_be_drawn_costs_only_its_own_job(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    subjects = await two(worker)
    asked = [await serving.ask_picture(worker, one) for one in subjects]
    predict = Easel._predict

    def refused(easel: Easel, group: list[Canvas]) -> torch.Tensor:
        if any(canvas.request.prompt.startswith("a zwx") for canvas in group):
            raise ZeroDivisionError
        return predict(easel, group)

    monkeypatch.setattr(Easel, "_predict", refused)
    await worker.serve_one()
    bad, good = [await serving.now(worker, job) for job in asked]
    assert good.state == "done"
    # it was given back, and may have been tried again beside the other
    assert (bad.state, bad.error) in {("queued", None), ("failed", "error")}


async def test_under_a_flood_a_training_goes_on(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await trained(worker, "zwx")
    monkeypatch.setattr(worker._credit, "_left_s", 0.0)
    monkeypatch.setattr("trainer.credit.SHARE", 0.0)  # nothing for pictures at all
    training = await serving.ask_training(worker, await serving.ready(worker, "qqxy"), steps=4)
    asked: list[Job] = []

    async def ask_now() -> None:
        asked.append(await serving.ask_picture(worker, subject))

    worker.act = ask_now
    await worker.serve_one()
    assert await states(worker, training, asked[0]) == ["done", "queued"]
    await worker.serve_one()
    assert await states(worker, asked[0]) == ["done"]


async def test_a_flood_keeps_no_overdue_training_away(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, other = await trained(worker, "zwx"), await serving.ready(worker, "qqxy")
    monkeypatch.setattr("storage.turns.OVERDUE_S", 0.0)
    monkeypatch.setattr(worker._credit, "_left_s", 0.0)
    monkeypatch.setattr("trainer.credit.SHARE", 0.0)
    step = worker.room.step
    asked = [await serving.ask_picture(worker, subject)]
    trainings: list[Job] = []
    least = 99

    async def flooded() -> None:
        """From here on somebody waits until the training is over."""
        nonlocal least
        if not trainings:
            trainings.append(await serving.ask_training(worker, other, steps=2))
        if await states(worker, *trainings) != ["done"]:
            asked.append(await serving.ask_picture(worker, subject))
            least = min(least, sum(one != "done" for one in await states(worker, *asked)))
        await step()

    monkeypatch.setattr(worker.room, "step", flooded)
    await asyncio.wait_for(worker.serve_one(), 120)
    assert await states(worker, *trainings) == ["done"]
    assert least > 0


async def test_pictures_begun_beside_a_training_are_ended_after_it(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await trained(worker, "zwx")
    training = await serving.ask_training(worker, await serving.ready(worker, "qqxy"), steps=4)
    asked: list[Job] = []
    step = worker.room.step

    async def exhausted() -> None:
        await step()
        monkeypatch.setattr(worker._credit, "_left_s", 0.0)
        monkeypatch.setattr("trainer.credit.SHARE", 0.0)

    async def ask_now() -> None:
        asked.append(await serving.ask_picture(worker, subject))
        monkeypatch.setattr(worker.room, "step", exhausted)

    worker.act = ask_now
    await worker.serve_one()
    assert await states(worker, training, asked[0]) == ["done", "done"]
    before = [await serving.now(worker, job) for job in (training, asked[0])]
    finished = [job.finished_at for job in before if job.finished_at is not None]
    assert finished == sorted(finished)


async def test_a_worker_that_leaves_ends_the_pictures_in_hand(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await trained(worker, "zwx")
    training = await serving.ask_training(
        worker, await serving.ready(worker, "qqxy"), steps=serving.ENDLESS
    )
    asked: list[Job] = []

    async def stopped() -> None:
        await step()
        monkeypatch.setattr(worker._credit, "_left_s", 0.0)
        worker.stopping.set()

    async def ask_now() -> None:
        asked.append(await serving.ask_picture(worker, subject))
        monkeypatch.setattr(worker.room, "step", stopped)

    step = worker.room.step
    worker.act = ask_now
    await asyncio.wait_for(worker.run(), 60)
    back = [await serving.now(worker, job) for job in (training, *asked)]
    assert [(job.state, job.attempt) for job in back] == [("queued", 0), ("done", 1)]
    assert await serving.is_tidy(worker)


async def test_what_overflows_in_16_bits_is_drawn_again_in_32(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = rounded(worker.studio.base, torch.bfloat16)
    studio = Studio(worker.studio.database, worker.studio.blobs, half)
    room, predict, tried = PrintingRoom(studio), half.predict, []

    def overflowing(*given: Any, **named: Any) -> torch.Tensor:
        tried.append(half.dtype)
        whole = predict(*given, **named)
        return whole if half.dtype == torch.float32 else whole * torch.nan

    object.__setattr__(half, "predict", overflowing)
    request = Request("a man", steps=2)
    drawing = asyncio.create_task(room.draw([request], lambda: None))
    await room.wanted.wait()
    while not drawing.done():
        await room.step()
        await asyncio.sleep(0)  # so that the task hears of it
    [picture] = await drawing
    assert picture is not None
    assert tried == [torch.bfloat16] * 2 + [torch.float32] * 2
    assert half.dtype == half.unet.dtype == torch.bfloat16
    studio.close()


async def test_a_training_asks_for_pictures_only_when_somebody_wrote(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await trained(worker, "zwx")
    steps = 40
    training = await serving.ask_training(worker, await serving.ready(worker, "qqxy"), steps=steps)
    looks: list[bool] = []
    drawn_after: list[int] = []
    passed: list[Job] = []
    claim, step, between = worker._claim, worker.room.step, worker._between_steps

    async def looked(*, interactive_only: bool) -> queue.Lease | None:
        looks.append(interactive_only)
        return await claim(interactive_only=interactive_only)

    async def drew() -> None:
        drawn_after.append(len(passed))
        await step()

    async def counted() -> None:
        passed.append(training)
        if len(passed) == steps // 2:
            await serving.ask_picture(worker, subject)
        await between()
        if len(passed) == steps:
            worker.stopping.set()

    for name, own in (("_claim", looked), ("_between_steps", counted)):
        monkeypatch.setattr(worker, name, own)
    monkeypatch.setattr(worker.room, "step", drew)
    await asyncio.wait_for(worker.run(), 60)
    # begun after the very step in which it was asked for
    assert drawn_after[0] == steps // 2
    # looks are for heartbeats and for the picture, not for each step
    assert sum(looks) < steps // 2


async def test_a_picture_that_cannot_be_decoded_costs_only_its_own_job(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its job is tried again, and counted; its company is answered."""
    subject = await trained(worker, "zwx")
    guilty, other = [await serving.ask_picture(worker, subject, seed=seed) for seed in (90, 91)]
    decode = Base.decode_latents
    sizes: list[int] = []

    def refused(base: Base, latents: torch.Tensor) -> torch.Tensor:
        sizes.append(len(latents))
        if len(sizes) == 1:  # that of the one that came first
            raise ValueError("a decoder that fails")
        return decode(base, latents)

    monkeypatch.setattr(Base, "decode_latents", refused)
    while await worker.serve_one():  # a slow machine tries it again before the other is done
        pass
    ended = [await serving.now(worker, job) for job in (guilty, other)]
    assert sorted((job.state, job.attempt) for job in ended) == [("done", 1), ("done", 2)]


async def test_after_a_batch_that_was_too_large_the_next_is_whole_again(base: Base) -> None:
    easel = Easel(base)
    predict, limit = easel._predict, [1]
    seen: list[int] = []

    def tight(group: list[Canvas]) -> torch.Tensor:
        seen.append(len(group))
        if len(group) > limit[0]:
            raise torch.OutOfMemoryError
        return predict(group)

    easel._predict = tight  # type: ignore[method-assign]
    for most in (1, 8):
        limit[0] = most
        for seed in range(4):
            easel.add(Request("a man", seed=seed, steps=1))
        while len(easel):
            easel.step()
    assert seen == [4, 2, 1, 1, 1, 1, 4]
