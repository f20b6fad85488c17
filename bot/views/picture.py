"""The message of an `/imagine` or an `/edit`: waiting, drawing, and the pictures themselves."""

from __future__ import annotations

from typing import Any

from bot import words
from bot.styles import appended
from bot.turn import Turn
from bot.views.press import panel
from bot.views.progress import CancelJob
from storage.tables import Job


def waiting(job: Job, turn: Turn) -> dict[str, Any]:
    """Before the trainer took it."""
    return {
        "content": words.picture_waiting(job.spec["typed"], turn.said()),
        "view": panel(CancelJob(job.owner_id, job.id or 0)),
    }


def running(job: Job) -> dict[str, Any]:
    how, typed = _how(job), job.spec["typed"]
    return {
        "content": words.edit_running(how, typed) if how else words.picture_running(typed),
        "view": panel(CancelJob(job.owner_id, job.id or 0)),
    }


def ended(job: Job, lost: int = 0, withheld: int = 0, unchecked: int = 0) -> dict[str, Any]:
    """After the end, without the pictures: `deliver` attaches those, but for those that are lost,
    withheld, or that nobody could look at."""
    typed = job.spec["typed"]
    if job.state == "done":
        seeds = [job.spec["seed"] + i for i in range(job.spec["pictures"])]
        style = job.spec.get("style") or {"name": None, "words": ""}
        plainly = appended(typed, style["words"]) if style["words"] else typed
        told = (f"<@{job.owner_id}>", typed, seeds, plainly != job.spec["prompt"])
        how = _how(job)
        text = words.edit_done(how, *told) if how else words.picture_done(*told, style["name"])
    elif job.state == "cancelled":
        text = words.picture_cancelled(typed)
    else:
        text = words.picture_failed(typed, job.error)
    if lost:
        text += "\n" + words.pictures_lost(lost, is_edit=bool(_how(job)))
    if withheld:
        text += "\n" + words.pictures_withheld(
            withheld, job.spec["pictures"], is_edit=bool(_how(job))
        )
    if unchecked:
        text += "\n" + words.pictures_unchecked(unchecked)
    return {"content": text}


def _how(job: Job) -> str:
    """What is done to a picture; nothing where one is drawn from words alone."""
    return str(job.spec.get("edit", {}).get("how", ""))
