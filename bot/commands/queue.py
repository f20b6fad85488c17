"""`/queue`."""

from __future__ import annotations

from discord import app_commands

from bot import words
from bot.reply import Interaction, app_of
from bot.views.layout import Part, beside, card, line, title
from bot.views.progress import CancelJob
from storage import gallery, subjects
from storage.line import open_jobs

MOST_LINES = 20
#: Of one's own that can be stopped here: each is a component more of the 40 there may be.
MOST_BUTTONS = 5


@app_commands.command(name="queue", description="Who is being served, and when it is your turn")
async def queue(interaction: Interaction) -> None:
    app = app_of(interaction)
    jobs = await open_jobs(app.database)
    worker = await gallery.latest_worker(app.database)
    mine = await subjects.list_subjects(app.database, interaction.user.id)
    tokens = {one.subject.id: one.subject.token for one in mine}
    running = sum(job.state == "running" for job in jobs)
    told: list[Part] = []
    buttons = 0
    for place, job in enumerate(jobs):
        is_own = job.owner_id == interaction.user.id
        if place >= MOST_LINES and not is_own:
            continue
        said = words.queue_line(
            place - running + 1, job.kind, tokens.get(job.subject_id), job.state == "running"
        )
        if is_own and buttons < MOST_BUTTONS:
            buttons += 1
            told.append(beside(said, CancelJob(job.owner_id, job.id or 0)))
        elif told and isinstance(told[-1], str):
            told[-1] += f"\n{said}"
        else:
            told.append(said)
    shown = min(len(jobs), MOST_LINES) + sum(
        job.owner_id == interaction.user.id for job in jobs[MOST_LINES:]
    )
    awake = gallery.is_awake(worker)
    trainer = words.trainer_line(
        awake, worker.base if worker else None, worker.device if worker else None
    )
    await interaction.response.send_message(
        view=card(
            title(words.QUEUE_TITLE),
            *(told or [words.QUEUE_EMPTY]),
            words.more_in_line(len(jobs) - shown) if len(jobs) > shown else None,
            line(),
            f"-# {trainer}",
        ),
        ephemeral=True,
    )
