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


def waiting(job: Job, turn: Turn, *, is_open: bool = False) -> dict[str, Any]:
    """Before the trainer took it. Here as below: of a picture for a session neither its author nor
    their words are told, unless it `is_open`: for the author alone."""
    said = words.picture_waiting(job.spec["typed"], turn.said())
    if _is_unsigned(job, is_open=is_open):
        said = words.session_waiting(turn.said())
    return {"view": card(said, CancelJob(job.owner_id, job.id or 0))}


def running(job: Job, *, is_open: bool = False) -> dict[str, Any]:
    how, typed = _how(job), job.spec["typed"]
    said = words.edit_running(how, typed) if how else words.picture_running(typed)
    if _is_unsigned(job, is_open=is_open):
        said = words.SESSION_RUNNING
    return {"view": card(said, CancelJob(job.owner_id, job.id or 0))}


def ended(
    job: Job,
    names: Sequence[str] = (),
    below: Sequence[Part | None] = (),
    *,
    lost: int = 0,
    withheld: int = 0,
    unchecked: int = 0,
    is_open: bool = False,
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
    if _is_unsigned(job, is_open=is_open):
        typed, said = words.SESSION_PICTURE, _said_unsigned(job)
    else:
        typed, said = words.plain(job.spec["typed"], 400), _said(job)
    return {"view": card(pictures(names, typed), said, "\n".join(missing), *below)}


def _is_unsigned(job: Job, *, is_open: bool) -> bool:
    return job.session_id is not None and not is_open


def _said_unsigned(job: Job) -> str:
    if job.state == "cancelled":
        return words.SESSION_CANCELLED
    return words.SESSION_DRAWN if job.state == "done" else words.session_failed(job.error)


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
