"""`/queue`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import words
from bot.estimate import minutes
from bot.reply import Interaction, app_of
from bot.turn import Turn, turns
from bot.views.press import panel
from bot.views.progress import CancelJob
from storage import gallery, line, subjects

MOST_LINES = 20


@app_commands.command(name="queue", description="Who is being served, and when it is your turn")
async def queue(interaction: Interaction) -> None:
    app = app_of(interaction)
    seen = await line.look(app.database)
    jobs, worker = seen.jobs, await gallery.latest_worker(app.database)
    waiting = turns(seen, worker)
    mine = await subjects.list_subjects(app.database, interaction.user.id)
    tokens = {one.subject.id: one.subject.token for one in mine}
    running = sum(job.state == "running" for job in jobs)
    lines = [
        words.queue_line(
            place - running + 1, job.kind, tokens.get(job.subject_id), job.state == "running"
        )
        + _when(waiting.get(job.id or 0), is_own=job.owner_id == interaction.user.id)
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


def _when(turn: Turn | None, *, is_own: bool) -> str:
    """What is known of a waiting job's time, after its line: of one's own, and of what rests."""
    if turn is None:
        return ""
    if turn.rests_until is not None:
        return f" · {words.queue_resting(turn.rests_until)}"
    if is_own and turn.place and turn.seconds:
        return f" · {words.queue_minutes(minutes(turn.seconds))}"
    return ""
