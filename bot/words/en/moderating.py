"""Looking after members, and how everything is doing: for a server's admins."""

from __future__ import annotations

from datetime import datetime

from bot.words.en.measures import count, plain, size, when

MODERATE_WHAT = (
    "Name a `member` to see what they have here, or a `picture` by its number or its message's link"
    " to take it down."
)
MODERATE_HINT = (
    "All of this is about this server alone. Whoever has a break is told so when they ask me, and"
    " keeps their subjects and photos."
)
CANCEL_THEIRS = "Cancel what is open"
GIVE_BREAK = "Give them a break from me here"
END_BREAK = "End the break"
TAKE_DOWN = "Take down and delete"
TAKEN_DOWN = (
    "Gone, here and on my side. I tell whose it was in private, without naming you; nothing else of"
    " theirs is touched."
)
NO_SUCH_PICTURES = (
    "I find no pictures of that number or message that were asked for on this server. The number is"
    " in their file name: `darkroom-12-0.png` is `12`."
)
STATUS_ASLEEP = "No trainer is awake. Jobs keep their place until one wakes."


def moderate_title(mention: str) -> str:
    return f"### {mention} on this server"


def moderate_record(pictures: int, trainings: int, offended: int, subjects: int) -> str:
    return (
        f"Open here: {count(pictures, 'picture')}, {count(trainings, 'training')}."
        f" Asked here for what I do not draw, within a week: {count(offended, 'time')}."
        f" Subjects in all: {subjects}."
    )


def moderate_break(paused: datetime | None, suspended: datetime | None) -> str:
    if paused is None and suspended is None:
        return "No break."
    told = [f"A break that admins of this server gave ends {when(paused)}."] if paused else []
    if suspended is not None:
        told.append(f"A break for what they asked for ends {when(suspended)}.")
    return " ".join(told)


def break_of(hours: int) -> str:
    return count(hours, "hour") if hours < 24 else count(hours // 24, "day")


def cancelled_theirs(number: int) -> str:
    return f"Cancelled: {count(number, 'job')}. Their panels say so."


def take_down_question(job_id: int, owner_id: int) -> str:
    return (
        f"Take down the pictures of number {job_id}, which <@{owner_id}> asked for? They go from"
        " here and from my side for good, and I tell their owner kindly."
    )


def pictures_removed(server: str | None, job_id: int) -> str:
    """To whose pictures admins took down."""
    where = f"of **{plain(server)}**" if server else "of a server"
    return (
        f"The admins {where} took down the pictures of number {job_id}, as they did not fit in"
        " there. Nothing else of yours is touched, and another prompt is welcome; ask them if you"
        " wonder why."
    )


def status_line(waiting: int, running: int, held: int) -> str:
    resting = f", {held} of them until quiet hours end" if held else ""
    return f"**The line:** {waiting} waiting{resting}, {running} under way."


def status_trainer(base: str, device: str, step_s: float | None, image_s: float | None) -> str:
    speeds = []
    if step_s:
        speeds.append(f"{step_s:.2g} s a step")
    if image_s:
        speeds.append(f"{image_s:.2g} s a picture")
    told = ", ".join(speeds) or "speeds not measured yet"
    return f"**Trainer:** awake, {plain(base)} on {plain(device)}, {told}."


def status_here(pictures: int, trainings: int, sessions: int) -> str:
    return (
        f"**Here:** {count(pictures, 'picture')} today, {count(trainings, 'training')} this week,"
        f" {count(sessions, 'session')} under way."
    )


def status_disk(free_bytes: int | None) -> str:
    if free_bytes is None:
        return "**Disk:** I cannot see it."
    return f"**Disk:** {size(free_bytes)} free."
