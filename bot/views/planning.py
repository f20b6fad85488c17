"""The plan of a training, and the button that starts it."""

from __future__ import annotations

import discord

from bot import plan, words
from bot.album import album, covered
from bot.photos.coverage import Coverage
from bot.reply import Interaction, app_of, tell
from bot.request import put_in_line
from bot.views import progress
from bot.views.press import Press, panel, settle, subject_here
from storage import gallery, line, subjects
from storage.tables import Subject


async def show(
    interaction: Interaction,
    subject: Subject,
    steps: int | None = None,
    class_images: int | None = None,
) -> None:
    """Answer with the plan and its two buttons, or with why there is none."""
    app = app_of(interaction)
    assert subject.id is not None
    in_line = await line.open_jobs(app.database)
    if any(job.kind == "train" and job.subject_id == subject.id for job in in_line):
        await tell(interaction, words.ALREADY_TRAINING)
        return
    # the base may have changed since the photos came: then they are cut anew, which takes a while
    await interaction.response.defer(ephemeral=True, thinking=True)
    cover = covered(await album(app, subject))
    if not cover.is_ready:
        await tell(interaction, _not_covered(subject, cover))
        return
    counting = cover.faces + cover.torsos
    chosen = plan.choose(subject.base, counting, steps, class_images)
    best = plan.recommend(subject.base, counting)
    worker = await gallery.latest_worker(app.database)
    shared = await gallery.count_class_images(app.database, subject.class_word)
    seconds = (
        plan.seconds(chosen, shared, worker.step_s, worker.image_s) if worker is not None else None
    )
    lines = words.plan_lines(counting, chosen.steps, chosen.class_images, seconds, len(in_line))
    lines += [words.plan_warning(w, best.steps, subject.class_word) for w in chosen.warnings]
    if not gallery.is_awake(worker):
        lines.append(words.TRAINER_ASLEEP)
    await interaction.followup.send(
        embed=discord.Embed(
            title=words.PLAN_TITLE.format(token=subject.token),
            description="\n".join(lines),
            colour=discord.Colour.blurple(),
        ),
        view=panel(
            Start(interaction.user.id, subject.id, chosen.steps, chosen.class_images),
            NeverMind(interaction.user.id),
        ),
        ephemeral=True,
    )


def _not_covered(subject: Subject, cover: Coverage) -> str:
    return words.not_covered(subject.kind, cover.missing_faces, cover.missing_torsos)


class Start(Press, verb="train-start"):
    label = words.START
    style = discord.ButtonStyle.success

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, steps, class_images = numbers
        app = app_of(interaction)
        subject = await subject_here(interaction, subject_id)
        if subject is None:
            return
        shots = await subjects.album(app.database, subject_id)
        cover = covered(shots)
        if not cover.is_ready:
            await tell(interaction, _not_covered(subject, cover))
            return
        used = [
            shot.photo.id
            for shot in shots
            if shot.crops
            and shot.photo.framing != "other"
            and shot.photo.id not in cover.duplicates
        ]
        await put_in_line(
            interaction,
            "train",
            subject_id,
            {"steps": steps, "class_images": class_images, "photos": used},
            lambda job, place: progress.training_panel(job, subject, place),
        )


class NeverMind(Press, verb="train-not"):
    label = words.NEVER_MIND

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await settle(interaction, words.NEVER_MINDED)
