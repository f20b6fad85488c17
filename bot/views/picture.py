"""The message of an `/imagine` or an `/edit`: waiting, drawing, and the pictures themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import words
from bot.styles import appended
from bot.turn import Turn
from bot.views.layout import Part, card, pictures
from bot.views.progress import CancelJob
from storage.tables import Job


def waiting(job: Job, turn: Turn) -> dict[str, Any]:
    """Before the trainer took it."""
    said = words.picture_waiting(job.spec["typed"], turn.said())
    return {"view": card(said, CancelJob(job.owner_id, job.id or 0))}


def running(job: Job) -> dict[str, Any]:
    how, typed = _how(job), job.spec["typed"]
    said = words.edit_running(how, typed) if how else words.picture_running(typed)
    return {"view": card(said, CancelJob(job.owner_id, job.id or 0))}


def ended(
    job: Job,
    names: Sequence[str] = (),
    below: Sequence[Part | None] = (),
    *,
    lost: int = 0,
    withheld: int = 0,
    unchecked: int = 0,
) -> dict[str, Any]:
    """After the end: the pictures, of files of these names, what was asked, and what is `below`;
    but for pictures that are lost, withheld, or that nobody could look at."""
    missing = []
    if lost:
        missing.append(words.pictures_lost(lost, is_edit=bool(_how(job))))
    if withheld:
        missing.append(
            words.pictures_withheld(withheld, job.spec["pictures"], is_edit=bool(_how(job)))
        )
    if unchecked:
        missing.append(words.pictures_unchecked(unchecked))
    typed = words.plain(job.spec["typed"], 400)
    return {"view": card(pictures(names, typed), _said(job), "\n".join(missing), *below)}


def _said(job: Job) -> str:
    typed = job.spec["typed"]
    if job.state == "cancelled":
        return words.picture_cancelled(typed)
    if job.state != "done":
        return words.picture_failed(typed, job.error)
    seeds = [job.spec["seed"] + i for i in range(job.spec["pictures"])]
    style = job.spec.get("style") or {"name": None, "words": ""}
    plainly = appended(typed, style["words"]) if style["words"] else typed
    told = (f"<@{job.owner_id}>", typed, seeds, plainly != job.spec["prompt"])
    how = _how(job)
    return words.edit_done(how, *told) if how else words.picture_done(*told, style["name"])


def _how(job: Job) -> str:
    """What is done to a picture; nothing where one is drawn from words alone."""
    return str(job.spec.get("edit", {}).get("how", ""))
