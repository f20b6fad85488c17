"""Bot, queue and trainer together: the real client, a real trainer process, the bundled base."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image as Pictures
from PIL.Image import Image as Picture

from deploy.demo.answers import shown, text_of
from deploy.demo.props import photo_files
from deploy.demo.stage import Stage
from storage import gallery, line, queue
from tests.rows import files


@asynccontextmanager
async def curtain(folder: Path) -> AsyncIterator[Stage]:
    """A stage for one test. No fixture: simcord's clock belongs to the context of its test."""
    async with Stage(folder) as stage:
        stage.transcript.scene("test")
        yield stage


async def ready_subject(stage: Stage) -> None:
    """Alice has a subject with enough photos."""
    await stage.slash(stage.alice, "subject create", token="zwx", kind="character")
    for framing in ("face", "chest", "torso"):
        files = {f"photo{n}": file for n, file in enumerate(photo_files(framing), 1)}
        answer = await stage.slash(stage.alice, "photos add", token="zwx", framing=framing, **files)
        if framing == "face":
            await stage.click(stage.alice, answer.response, "I agree")


async def start_training(stage: Stage, steps: int = 50, press: str = "Start training") -> int:
    """A short training of it is under way; its job's id."""
    plan = await stage.slash(stage.alice, "train start", token="zwx", steps=steps, class_images=4)
    await stage.click(stage.alice, plan.response, press)
    (job,) = await line.open_jobs(stage.bot.database)
    assert job.id is not None
    return job.id


async def until_state(stage: Stage, job_id: int, state: str) -> Any:
    async def is_so() -> bool:
        job = await queue.get(stage.bot.database, job_id)
        return job is not None and job.state == state

    await stage.wait_for(f"job {job_id} to be {state}", is_so)
    return await queue.get(stage.bot.database, job_id)


async def until_training(stage: Stage, job_id: int) -> None:
    async def is_so() -> bool:
        job = await queue.get(stage.bot.database, job_id)
        assert job is not None
        return job.progress.get("phase") == "training" and job.progress.get("step", 0) > 2

    await stage.wait_for("the first steps", is_so)


async def picture_of_zwx(stage: Stage) -> Picture:
    """What comes as the answer to a prompt."""
    answer = await stage.slash(stage.alice, "imagine", prompt="a portrait of zwx at the beach")

    def shown() -> Any:
        return next(m for m in stage.channel.history() if m.id == answer.response.id)

    async def is_answered() -> bool:
        return bool(shown().attachments)

    await stage.wait_for("the picture", is_answered)
    return Pictures.open(io.BytesIO(await shown().attachments[0].read()))


async def test_photos_become_a_subject_whatever_dies_and_it_is_drawn_while_it_is_trained_anew(
    tmp_path: Path,
) -> None:
    """The first training survives the death of its worker, the second does not hold up a prompt."""
    async with curtain(tmp_path) as stage:
        await ready_subject(stage)
        first = await start_training(stage)
        await until_training(stage, first)
        os.kill(worker_pid(stage), signal.SIGKILL)
        job = await until_state(stage, first, "done")
        assert job.attempt == 2
        assert len(await gallery.images_of(stage.bot.database, first)) == 4 * len(
            job.outcome["candidates"]
        )
        adapter = await gallery.current_adapter(stage.bot.database, job.subject_id)
        assert adapter is not None
        assert adapter.card["planned_steps"] == 50

        second = await start_training(stage, steps=2000, press="Start over")
        await until_training(stage, second)
        picture = await picture_of_zwx(stage)
        training = await queue.get(stage.bot.database, second)
        assert training is not None
        assert training.state == "running"
        assert picture.size == (64, 64)
        assert len(picture.convert("RGB").getcolors(4096) or []) > 200


async def test_a_cancelled_training_leaves_nothing_and_one_stopped_early_can_be_drawn_with(
    tmp_path: Path,
) -> None:
    async with curtain(tmp_path) as stage:
        await ready_subject(stage)
        job_id = await start_training(stage)
        await until_training(stage, job_id)
        asked = await stage.click(stage.alice, panel(stage), "Cancel")
        answer = await stage.click(stage.alice, asked.response, "Stop and throw it away")
        assert "Stopping" in text_of(answer)
        job = await until_state(stage, job_id, "cancelled")
        assert await gallery.current_adapter(stage.bot.database, job.subject_id) is None
        left = {name.split("/")[0] for name in await files(stage.bot.blobs)}
        assert left == {"photos", "crops", "class"}

        job_id = await start_training(stage, steps=400)
        await until_training(stage, job_id)
        asked = await stage.click(stage.alice, panel(stage), "Cancel")
        answer = await stage.click(stage.alice, asked.response, "Stop, keep what you learned")
        assert "stays with you" in text_of(answer)
        job = await until_state(stage, job_id, "done")
        assert 2 < job.outcome["steps"] < 400
        adapter = await gallery.current_adapter(stage.bot.database, job.subject_id)
        assert adapter is not None
        assert adapter.card["steps"] == job.outcome["steps"]
        await picture_of_zwx(stage)


def panel(stage: Stage) -> Any:
    """The newest one of a training."""
    return [m for m in stage.channel.history() if "Training zwx" in shown(m)][-1]


def worker_pid(stage: Stage) -> int:
    """The worker under the stage's supervisor."""
    parent = stage.trainer_pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(children[0])
