"""`/train start | status | cancel | more | choose`."""

from __future__ import annotations

from discord import app_commands

from bot import words
from bot.admission import is_refused
from bot.commands.own import OwnSubject
from bot.plan import Wish
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from bot.views import brought, more, planning, progress, versions
from storage import gallery, line
from storage.tables import Job, Subject

group = app_commands.Group(name="train", description="Learning a subject from its photos")


async def offer_methods(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The ways of learning that the operator allows."""
    return [
        app_commands.Choice(name=f"{method}: {words.method_called(method)}", value=method)
        for method in app_of(interaction).settings.methods
        if typed.lower() in method
    ]


# The numbers' bounds are not Discord's: those of a learning rate depend on the base, and what is
# refused is refused with a sentence.
@group.command(name="start", description="Learn a subject from its photos")
@app_commands.describe(
    subject="Which subject",
    steps="Training steps; best left to me",
    class_images="Pictures of the class in general, so that I do not forget it; best left to me",
    learning_rate="How much each step changes, such as 0.0005; best left to me",
    method="How it is learned; best left to me",
)
@app_commands.rename(subject="token")
@app_commands.autocomplete(method=offer_methods)
async def start(
    interaction: Interaction,
    subject: OwnSubject,
    steps: int | None = None,
    class_images: int | None = None,
    learning_rate: str | None = None,
    method: str | None = None,
) -> None:
    offered = app_of(interaction).settings.methods
    wanted = next((one for one in offered if method and one == method.strip().lower()), None)
    if method and wanted is None:
        await tell(interaction, words.method_not_offered(offered))
        return
    try:
        rate = float(learning_rate.replace(",", ".")) if learning_rate else None
    except ValueError:
        await tell(interaction, words.NO_RATE)
        return
    if await is_suspended(interaction) or await is_refused(interaction, "training"):
        return
    await planning.show(interaction, subject, Wish(steps, class_images, rate, wanted))


@group.command(name="status", description="How your training is doing, for you alone")
@app_commands.describe(subject="Which subject; without it, whichever is first in line")
@app_commands.rename(subject="token")
async def status(interaction: Interaction, subject: OwnSubject | None = None) -> None:
    job = await _open_training(interaction, subject)
    if job is None:
        return
    await brought.show(interaction, job.id)


@group.command(name="cancel", description="Stop a training that waits or is under way")
@app_commands.describe(subject="Which subject; without it, whichever is first in line")
@app_commands.rename(subject="token")
async def cancel(interaction: Interaction, subject: OwnSubject | None = None) -> None:
    job = await _open_training(interaction, subject)
    if job is not None:
        await progress.cancel(interaction, job.id or 0)


@group.command(name="more", description="Train the version in use further")
@app_commands.describe(subject="Which subject")
@app_commands.rename(subject="token")
async def further(interaction: Interaction, subject: OwnSubject) -> None:
    if await is_suspended(interaction) or await is_refused(interaction, "training"):
        return
    in_use = await gallery.current_adapter(app_of(interaction).database, subject.id or 0)
    if in_use is None:
        await tell(interaction, words.no_versions(subject.token))
    else:
        await more.go_on(interaction, in_use)


@group.command(name="choose", description="All versions of a subject, to choose the one I use")
@app_commands.describe(subject="Which subject")
@app_commands.rename(subject="token")
async def choose(interaction: Interaction, subject: OwnSubject) -> None:
    await versions.show(interaction, subject)


async def _open_training(interaction: Interaction, subject: Subject | None) -> Job | None:
    """The member's training that is under way or next in line; None after saying there is none."""
    for job in await line.open_jobs(app_of(interaction).database):
        is_mine = job.kind == "train" and job.owner_id == interaction.user.id
        if is_mine and (subject is None or job.subject_id == subject.id):
            return job
    await tell(interaction, words.NO_TRAINING)
    return None
