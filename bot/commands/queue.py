"""`/queue`."""

from __future__ import annotations

from discord import app_commands

from bot import words
from bot.estimate import minutes
from bot.reply import Interaction, app_of
from bot.turn import Turn, turns
from bot.views.layout import Part, beside, card, title
from bot.views.layout import line as rule
from bot.views.progress import CancelJob
from storage import gallery, line, subjects

MOST_LINES = 20
#: Of one's own that can be stopped here: each is a component more of the 40 there may be.
MOST_BUTTONS = 5


@app_commands.command(name="queue", description="Who is being served, and when it is your turn")
async def queue(interaction: Interaction) -> None:
    app = app_of(interaction)
    seen = await line.look(app.database)
    jobs, worker = seen.jobs, await gallery.latest_worker(app.database)
    waiting = turns(seen, worker)
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
        said += _when(waiting.get(job.id or 0), is_own=is_own)
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
            rule(),
            f"-# {trainer}",
        ),
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
