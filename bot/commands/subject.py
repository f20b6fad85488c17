"""`/subject create | list | versions | delete`."""

from __future__ import annotations

from typing import Literal

from discord import app_commands

from bot import words
from bot.commands.own import offer_tokens, own_subject
from bot.reply import Interaction, app_of, tell
from bot.tokens import CLASSES
from bot.views import naming, sure, versions
from storage import subjects

Kind = Literal["person", "pet", "object", "character"]

group = app_commands.Group(name="subject", description="Who or what I learn to draw")


@group.command(name="create", description="Open a folder for a person, pet, object or character")
@app_commands.describe(
    token="A word that means nothing, 3 to 16 letters or digits: zwx",
    kind="What it is",
    class_word="The plain word for it: woman, dog, robot …",
)
@app_commands.rename(class_word="class")
async def create(
    interaction: Interaction, token: str, kind: Kind, class_word: str | None = None
) -> None:
    await naming.create(interaction, token, kind, class_word or CLASSES[kind][0])


@create.autocomplete("class_word")
async def offer_classes(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    kind = getattr(interaction.namespace, "kind", None)
    offered = CLASSES.get(kind or "person", CLASSES["person"])
    return [app_commands.Choice(name=c, value=c) for c in offered if typed.lower() in c]


@group.command(name="list", description="Your subjects")
async def show_all(interaction: Interaction) -> None:
    mine = await subjects.list_subjects(app_of(interaction).database, interaction.user.id)
    lines = [
        words.subject_line(
            one.subject.token,
            one.subject.class_word,
            one.subject.kind,
            one.photos,
            one.adapter is not None,
        )
        for one in mine
    ]
    await tell(interaction, "\n".join(lines) or words.NO_SUBJECTS)


@group.command(name="versions", description="What trainings made of a subject; go back, or go on")
@app_commands.describe(token="Which subject")
@app_commands.autocomplete(token=offer_tokens)
async def show_versions(interaction: Interaction, token: str) -> None:
    subject = await own_subject(interaction, token)
    if subject is not None:
        await versions.show(interaction, subject)


@group.command(name="delete", description="Delete one subject with everything that belongs to it")
@app_commands.autocomplete(token=offer_tokens)
async def delete(interaction: Interaction, token: str) -> None:
    subject = await own_subject(interaction, token)
    if subject is not None:
        photos = await subjects.photos_of(app_of(interaction).database, subject.id or 0)
        await sure.delete(interaction, subject, len(photos))
