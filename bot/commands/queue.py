"""`/queue`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import words
from bot.reply import Interaction, app_of
from bot.views.press import panel
from bot.views.progress import CancelJob
from storage import gallery, line, subjects

MOST_LINES = 20


@app_commands.command(name="queue", description="Who is being served, and when it is your turn")
async def queue(interaction: Interaction) -> None:
    app = app_of(interaction)
    jobs = await line.open_jobs(app.database)
    worker = await gallery.latest_worker(app.database)
    mine = await subjects.list_subjects(app.database, interaction.user.id)
    tokens = {one.subject.id: one.subject.token for one in mine}
    running = sum(job.state == "running" for job in jobs)
    lines = [
        words.queue_line(
            place - running + 1, job.kind, tokens.get(job.subject_id), job.state == "running"
        )
        for place, job in enumerate(jobs)
        if place < MOST_LINES or job.owner_id == interaction.user.id
    ]
    if len(jobs) > len(lines):
        lines.append(words.more_in_line(len(jobs) - len(lines)))
    awake = gallery.is_awake(worker)
    trainer = words.trainer_line(
        awake, worker.base if worker else None, worker.device if worker else None
    )
    own = [job for job in jobs if job.owner_id == interaction.user.id][:5]
    await interaction.response.send_message(
        embed=discord.Embed(
            title=words.QUEUE_TITLE,
            description="\n".join([*(lines or [words.QUEUE_EMPTY]), "", trainer]),
        ),
        view=panel(*(CancelJob(job.owner_id, job.id or 0) for job in own)),
        ephemeral=True,
    )
