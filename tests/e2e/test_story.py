"""Bot, queue and trainer together: the real client, a real trainer process, the bundled base."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from deploy.demo.answers import text_of
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
    plan = await stage.slash(stage.alice, "train", token="zwx", steps=steps, class_images=4)
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


async def test_photos_become_a_subject_and_a_prompt_is_served_while_another_training_runs(
    tmp_path: Path,
) -> None:
    async with curtain(tmp_path) as stage:
        await ready_subject(stage)
        first = await until_state(stage, await start_training(stage), "done")
        adapter = await gallery.current_adapter(stage.bot.database, first.subject_id)
        assert adapter is not None
        assert adapter.card["planned_steps"] == 50

        second = await start_training(stage, press="Start over")
        await until_training(stage, second)
        answer = await stage.slash(stage.alice, "imagine", prompt="a portrait of zwx at the beach")
        (drawing,) = [j for j in await line.open_jobs(stage.bot.database) if j.kind == "generate"]

        async def is_answered() -> bool:
            return bool(stage.channel.history()[-1].attachments) or any(
                m.id == answer.response.id and m.attachments for m in stage.channel.history()
            )

        await stage.wait_for("the picture", is_answered)
        drawn = await queue.get(stage.bot.database, drawing.id or 0)
        training = await until_state(stage, second, "done")
        assert drawn is not None
        assert drawn.finished_at is not None
        assert drawn.finished_at < training.finished_at
        shown = next(m for m in stage.channel.history() if m.id == answer.response.id)
        picture = Image.open(io.BytesIO(await shown.attachments[0].read()))
        assert picture.size == (64, 64)
        assert len(picture.convert("RGB").getcolors(4096) or []) > 200


async def test_a_training_survives_the_death_of_its_worker(tmp_path: Path) -> None:
    async with curtain(tmp_path) as stage:
        await ready_subject(stage)
        job_id = await start_training(stage)
        await until_training(stage, job_id)
        os.kill(worker_pid(stage), signal.SIGKILL)
        job = await until_state(stage, job_id, "done")
        assert job.attempt == 2
        assert len(await gallery.images_of(stage.bot.database, job_id)) == 4 * len(
            job.outcome["candidates"]
        )


async def test_a_cancelled_training_stops_and_leaves_nothing(tmp_path: Path) -> None:
    async with curtain(tmp_path) as stage:
        await ready_subject(stage)
        job_id = await start_training(stage)
        await until_training(stage, job_id)
        panel = next(m for m in stage.channel.history() if m.embeds)
        asked = await stage.click(stage.alice, panel, "Cancel")
        answer = await stage.click(stage.alice, asked.response, "Stop and throw it away")
        assert "Stopping" in text_of(answer)
        job = await until_state(stage, job_id, "cancelled")
        assert await gallery.current_adapter(stage.bot.database, job.subject_id) is None
        left = {name.split("/")[0] for name in await files(stage.bot.blobs)}
        assert left == {"photos", "crops", "class"}


async def test_a_training_stopped_early_can_be_drawn_with(tmp_path: Path) -> None:
    async with curtain(tmp_path) as stage:
        await ready_subject(stage)
        job_id = await start_training(stage, steps=400)
        await until_training(stage, job_id)
        panel = next(m for m in stage.channel.history() if m.embeds)
        asked = await stage.click(stage.alice, panel, "Cancel")
        answer = await stage.click(stage.alice, asked.response, "Stop, keep what you learned")
        assert "stays with you" in text_of(answer)
        job = await until_state(stage, job_id, "done")
        assert 2 < job.outcome["steps"] < 400
        adapter = await gallery.current_adapter(stage.bot.database, job.subject_id)
        assert adapter is not None
        assert adapter.card["steps"] == job.outcome["steps"]
        answer = await stage.slash(stage.alice, "imagine", prompt="a portrait of zwx at the beach")

        async def is_answered() -> bool:
            history = stage.channel.history()
            return any(m.id == answer.response.id and m.attachments for m in history)

        await stage.wait_for("the picture", is_answered)


def worker_pid(stage: Stage) -> int:
    """The worker under the stage's supervisor."""
    parent = stage.trainer_pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(children[0])
