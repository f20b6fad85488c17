"""`/photos add | show | review | coverage`."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from bot import words
from bot.commands.own import OwnSubject
from bot.intake import Taken, has_consented, take_all
from bot.photos.coverage import FACES_NEEDED, TORSOS_NEEDED
from bot.reply import Interaction, app_of, tell
from bot.views import checklist, consent
from bot.views.folder import Folder
from bot.views.form import PhotosForm
from bot.views.likeness import is_waiting

Framing = Literal["face", "chest", "torso"]

group = app_commands.Group(name="photos", description="What I learn from")


@group.command(name="add", description="Hand me photos; without attachments a private form opens")
@app_commands.describe(
    subject="Which subject they are of",
    framing="What they show (of pets, objects and characters I cannot see it by myself)",
    **{f"photo{number}": "A photo, up to 20 MB" for number in range(1, 11)},
)
@app_commands.rename(subject="token")
async def add(
    interaction: Interaction,
    subject: OwnSubject,
    framing: Framing | None = None,
    photo1: discord.Attachment | None = None,
    photo2: discord.Attachment | None = None,
    photo3: discord.Attachment | None = None,
    photo4: discord.Attachment | None = None,
    photo5: discord.Attachment | None = None,
    photo6: discord.Attachment | None = None,
    photo7: discord.Attachment | None = None,
    photo8: discord.Attachment | None = None,
    photo9: discord.Attachment | None = None,
    photo10: discord.Attachment | None = None,
) -> None:
    given = (photo1, photo2, photo3, photo4, photo5, photo6, photo7, photo8, photo9, photo10)
    files = [file for file in given if file is not None]
    app = app_of(interaction)
    if await is_waiting(interaction, subject):
        return
    if not await has_consented(app, interaction.user.id):
        await consent.ask(interaction, subject, files, framing)
    elif files:
        await interaction.response.defer(ephemeral=True, thinking=True)
        taken = await take_all(app, subject, files, framing)
        await checklist.show(interaction, subject, taken)
    else:
        await interaction.response.send_modal(PhotosForm(subject, checklist.show))


@group.command(name="show", description="The checklist: what there is and what is missing")
@app_commands.describe(subject="Which subject")
@app_commands.rename(subject="token")
async def show(interaction: Interaction, subject: OwnSubject) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    await checklist.show(interaction, subject)


@group.command(name="review", description="The photos that need a look, from the first of them on")
@app_commands.describe(subject="Which subject")
@app_commands.rename(subject="token")
async def review(interaction: Interaction, subject: OwnSubject) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    folder = await Folder.of(app_of(interaction), subject)
    doubtful = next((shot for shot in folder.shots if folder.mark(shot) != "counts"), None)
    if doubtful is None:
        await tell(interaction, words.nothing_to_review(subject.token, len(folder.shots)))
    else:
        await checklist.show(interaction, subject, [Taken(doubtful.photo.filename, doubtful)])


@group.command(name="coverage", description="What counts, what is missing, and what to add next")
@app_commands.describe(subject="Which subject")
@app_commands.rename(subject="token")
async def coverage(interaction: Interaction, subject: OwnSubject) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    folder = await Folder.of(app_of(interaction), subject)
    cover, variety, kind = folder.cover, folder.variety, subject.kind
    best = variety.advice
    lines = (
        words.coverage_line(kind, cover.faces, cover.torsos, FACES_NEEDED, TORSOS_NEEDED),
        words.missing_line(kind, cover.missing_faces, cover.missing_torsos, len(folder.shots)),
        words.variety_title(variety.score),
        words.advice_line(kind, best.code, best.same, best.of),
    )
    await tell(interaction, "\n".join(line for line in lines if line))
