"""The message of an `/imagine`: waiting, drawing, and the pictures themselves."""

from __future__ import annotations

from typing import Any

from bot import words
from bot.views.press import panel
from bot.views.progress import CancelJob
from storage.tables import Job


def waiting(job: Job, place: int | None) -> dict[str, Any]:
    """Before the trainer took it."""
    return {
        "content": words.picture_waiting(job.spec["typed"], place),
        "view": panel(CancelJob(job.owner_id, job.id or 0)),
    }


def running(job: Job) -> dict[str, Any]:
    return {
        "content": words.picture_running(job.spec["typed"]),
        "view": panel(CancelJob(job.owner_id, job.id or 0)),
    }


def ended(job: Job, lost: int = 0, withheld: int = 0) -> dict[str, Any]:
    """After the end, without the pictures: `deliver` attaches those, but for those that are lost or
    withheld."""
    typed = job.spec["typed"]
    if job.state == "done":
        seeds = [job.spec["seed"] + i for i in range(job.spec["pictures"])]
        text = words.picture_done(f"<@{job.owner_id}>", typed, seeds, typed != job.spec["prompt"])
    elif job.state == "cancelled":
        text = words.picture_cancelled(typed)
    else:
        text = words.picture_failed(typed, job.error)
    if lost:
        text += "\n" + words.pictures_lost(lost)
    if withheld:
        text += "\n" + words.pictures_withheld(withheld, job.spec["pictures"])
    return {"content": text}
