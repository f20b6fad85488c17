"""`/admin moderate | status`."""

from __future__ import annotations

import asyncio
import re
import shutil
from datetime import UTC
from pathlib import Path
from typing import Final

import discord
from discord import app_commands

from bot import rules, words
from bot.admission import managed_server, rules_here
from bot.commands import admin
from bot.quiet import zone_named
from bot.reply import Interaction, app_of, tell
from bot.rules import Rules
from bot.views import moderating
from storage import clock, moderation, status
from storage.errors import NotYours

#: A picture's name or number, as in "darkroom-12-0.png", "12-0" or "12"; or a link to a message.
_NUMBER: Final = re.compile(r"(?:darkroom-)?(\d{1,18})(?:-\d+)?(?:\.\w+)?")
_LINK: Final = re.compile(r"https://\S+/channels/(\d{1,19})/\d{1,19}/(\d{1,19})/?")


@admin.group.command(
    name="moderate", description="Look after a member here, or take a picture down"
)
@app_commands.describe(
    member="What they have here; cancel it, give them a break, end one",
    picture="The number of pictures, or a link to their message, to take them down",
)
async def moderate(
    interaction: Interaction,
    member: discord.User | None = None,
    picture: app_commands.Range[str, 1, 200] | None = None,
) -> None:
    server_id = await managed_server(interaction)
    if server_id is None:
        return
    if picture is None and member is not None:
        await moderating.show(interaction, member.id)
        return
    if picture is None:
        await tell(interaction, words.MODERATE_WHAT)
        return
    try:
        job = await moderation.find(
            app_of(interaction).database, server_id, **_named(picture.strip(), server_id)
        )
    except NotYours:
        await tell(interaction, words.NO_SUCH_PICTURES)
        return
    await moderating.ask(interaction, job)


def _named(picture: str, server_id: int) -> dict[str, int]:
    """Which one is meant. Raises NotYours where that cannot be, or is of another server."""
    link = _LINK.fullmatch(picture)
    if link is not None and int(link[1]) == server_id:
        return {"message_id": int(link[2])}
    number = _NUMBER.fullmatch(picture)
    if number is None:
        raise NotYours
    return {"job_id": int(number[1])}


@admin.group.command(name="status", description="How I am doing: the line, the trainer, the disk")
async def tell_status(interaction: Interaction) -> None:
    server_id = await managed_server(interaction)
    if server_id is None:
        return
    app = app_of(interaction)
    here = await rules_here(interaction) or Rules()
    zone = zone_named(here.zone) or UTC
    now = clock.now()
    today, _ = rules.span("pictures", now, zone)
    week, _ = rules.span("trainings", now, zone)
    floor = await status.floor(app.database, server_id, today, week)
    free = await asyncio.to_thread(_free_bytes, app.settings.data)
    lines = [
        words.status_line(floor.waiting, floor.running, floor.held),
        *(
            [
                words.status_trainer(one.base, one.device, one.step_s, one.image_s)
                for one in floor.trainers
            ]
            or [words.STATUS_ASLEEP]
        ),
        words.status_here(floor.pictures, floor.trainings, floor.sessions),
        words.status_disk(free),
    ]
    await tell(interaction, "\n".join(lines))


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
