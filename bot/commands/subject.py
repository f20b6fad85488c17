"""`/subject create | list | show | share | lend | rename | export | versions | delete`."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from bot import words
from bot.commands.own import OwnSubject
from bot.reply import Interaction, app_of, asker_of, tell
from bot.tokens import CLASSES
from bot.views import about, naming, renaming, sharing, sure, taking, versions
from bot.views import room as rooms
from storage import rights, sessions, subjects
from storage.errors import NotYours, SharesFull
from storage.sharing import MOST, To, give
from storage.tables import Subject

Kind = Literal["person", "pet", "object", "character"]

group = app_commands.Group(name="subject", description="Who or what I learn to draw")


@group.command(name="create", description="Open a folder for a person, pet, object or character")
@app_commands.describe(
    token="A word that means nothing, 3 to 16 letters or digits: zwx",
    kind="What it is",
    class_word="The plain word for it: woman, dog, robot …",
    of="Who is shown, where it is another member: I ask them first",
)
@app_commands.rename(class_word="class")
async def create(
    interaction: Interaction,
    token: str,
    kind: Kind,
    class_word: str | None = None,
    of: discord.User | None = None,
) -> None:
    if of is not None and of.bot:
        await tell(interaction, words.LIKENESS_A_BOT)
        return
    shown_id = None if of is None or of.id == interaction.user.id else of.id
    if shown_id is not None and kind != "person":
        await tell(interaction, words.LIKENESS_PERSONS_ONLY)
        return
    await naming.create(interaction, token, kind, class_word or CLASSES[kind][0], shown_id)


@create.autocomplete("class_word")
async def offer_classes(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    kind = getattr(interaction.namespace, "kind", None)
    offered = CLASSES.get(kind or "person", CLASSES["person"])
    return [app_commands.Choice(name=c, value=c) for c in offered if typed.lower() in c]


@group.command(name="list", description="Your subjects, and those shared with you")
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
    lines = lines or [words.NO_SUBJECTS]
    usable = await rights.usable(app_of(interaction).database, await asker_of(interaction))
    others = [
        words.shared_line(
            one.subject.token,
            one.subject.class_word,
            one.subject.owner_id,
            trained=one.adapter is not None,
        )
        for one in usable
        if one.share_id is not None
    ]
    if others:
        lines += ["", words.SHARED_WITH_YOU, *others]
    await tell(interaction, words.fitting(lines))


@group.command(name="show", description="What I know of a subject, and who may draw it")
@app_commands.describe(subject="Which subject")
@app_commands.rename(subject="token")
async def show(interaction: Interaction, subject: OwnSubject) -> None:
    await about.show(interaction, subject)


@group.command(name="share", description="Let others draw a subject of yours, or take that back")
@app_commands.describe(
    subject="Which subject",
    member="One member, wherever they are",
    role="Whoever has this role here",
    server="Everybody on this server",
)
@app_commands.rename(subject="token")
async def share(
    interaction: Interaction,
    subject: OwnSubject,
    member: discord.User | None = None,
    role: discord.Role | None = None,
    server: bool = False,
) -> None:
    wanted = sum((member is not None, role is not None, server))
    if wanted == 0:
        await sharing.show(interaction, subject)
    elif wanted > 1:
        await tell(interaction, words.SHARE_ONE)
    elif member is None and interaction.guild_id is None:
        await tell(interaction, words.SHARE_IN_A_SERVER)
    elif member is not None and member.id == interaction.user.id:
        await tell(interaction, words.SHARE_WITH_YOURSELF)
    elif member is not None and member.bot:
        await tell(interaction, words.SHARE_WITH_A_BOT)
    elif subject.likeness_of not in {None, subject.owner_id}:
        await tell(interaction, words.SHARE_SHOWS_ANOTHER)
    else:
        await _share(interaction, subject, member, role)


async def _share(
    interaction: Interaction,
    subject: Subject,
    member: discord.User | None,
    role: discord.Role | None,
) -> None:
    if member is not None:
        to, whom = To(member_id=member.id), member.mention
    elif role is not None and not role.is_default():
        to, whom = To(role_id=role.id, server_id=interaction.guild_id), role.mention
    else:
        to = To(server_id=interaction.guild_id)
        whom = words.holder("server", None, None, is_here=True)
    try:
        await give(app_of(interaction).database, interaction.user.id, subject.id or 0, to)
    except SharesFull:
        await tell(interaction, words.shares_full(MOST))
    except NotYours:
        await tell(interaction, words.SUBJECT_GONE)
    else:
        await sharing.show(interaction, subject, words.shared(subject.token, whom))


@group.command(name="lend", description="Lend subjects to the session of this thread, or stop")
async def lend(interaction: Interaction) -> None:
    room = await sessions.in_thread(app_of(interaction).database, interaction.channel_id or 0)
    if room is None:
        await tell(interaction, words.SESSION_NO_ROOM)
    elif room.stage != "open":
        await tell(interaction, words.SESSION_OVER)
    else:
        await rooms.lend(interaction, room)


@group.command(name="versions", description="What trainings made of a subject; go back, or go on")
@app_commands.describe(subject="Which subject")
@app_commands.rename(subject="token")
async def show_versions(interaction: Interaction, subject: OwnSubject) -> None:
    await versions.show(interaction, subject)


@group.command(name="rename", description="Give a subject another token; nothing is learned anew")
@app_commands.describe(subject="Which subject", to="Its new token, 3 to 16 letters or digits")
@app_commands.rename(subject="token")
async def rename(interaction: Interaction, subject: OwnSubject, to: str) -> None:
    await renaming.rename(interaction, subject, to)


@group.command(name="export", description="What was learned, as files for your own tools")
@app_commands.describe(subject="Which subject")
@app_commands.rename(subject="token")
async def export(interaction: Interaction, subject: OwnSubject) -> None:
    await taking.take_along(interaction, subject)


@group.command(name="delete", description="Delete one subject with everything that belongs to it")
@app_commands.describe(subject="Which subject")
@app_commands.rename(subject="token")
async def delete(interaction: Interaction, subject: OwnSubject) -> None:
    photos = await subjects.photos_of(app_of(interaction).database, subject.id or 0)
    await sure.delete(interaction, subject, len(photos))
