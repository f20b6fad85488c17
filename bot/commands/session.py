"""`/session open | join | submit | vote | close | recap`."""

from __future__ import annotations

import unicodedata
from typing import Final

import discord
from discord import app_commands

from bot import tongue, words
from bot.admission import is_refused
from bot.offer import offer
from bot.prompt import is_sexual, visible
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from bot.views import room as views
from bot.views.press import MOST_CHOICES
from storage import sessions
from storage.errors import NoSeat, SessionOver, SessionsFull
from storage.sessions import Caps
from storage.tables import Session

#: Bounds of what is asked for at all; choices of ours.
MOST_MINUTES: Final = 7 * 24 * 60
FEWEST_LETTERS, MOST_LETTERS = 3, 80
#: So many sessions are looked through for a recap.
MOST_LATEST: Final = 100
#: Letters that show nothing, and are letters all the same: Hangul's fillers, a blank of Braille.
_UNSEEN: Final = frozenset(" \u115f\u1160\u2800\u3164")
#: What a room needs, by Discord's names.
_NEEDED: Final = ("create_public_threads", "send_messages_in_threads", "attach_files")

group = app_commands.Group(
    name="session",
    description="Draw together on a theme, hang pictures up, and vote",
    guild_only=True,
    allowed_contexts=app_commands.AppCommandContext(
        guild=True, dm_channel=False, private_channel=False
    ),
)


@group.command(name="open", description="Open a room with a theme, for a time")
@app_commands.describe(
    theme="What it is about: a rainy evening in the city",
    minutes="How long pictures are drawn; an hour unless you say so",
    voting="How many minutes the vote takes; half an hour unless you say so",
    prompts="How many pictures each member may ask for",
    entries="How many each may hang up",
    votes="How many votes each has",
)
async def open_room(
    interaction: Interaction,
    theme: app_commands.Range[str, FEWEST_LETTERS, MOST_LETTERS],
    minutes: app_commands.Range[int, 1, MOST_MINUTES] = 60,
    voting: app_commands.Range[int, 1, MOST_MINUTES] = 30,
    prompts: app_commands.Range[int, 1, 50] = 10,
    entries: app_commands.Range[int, 1, 5] = 2,
    votes: app_commands.Range[int, 1, 10] = 3,
) -> None:
    channel = interaction.channel
    if not isinstance(channel, discord.TextChannel) or interaction.guild_id is None:
        await tell(interaction, words.SESSION_HERE)
        return
    theme = " ".join(unicodedata.normalize("NFKC", visible(theme)).split())
    if sum(letter not in _UNSEEN for letter in theme) < FEWEST_LETTERS or is_sexual(theme):
        await tell(interaction, words.SESSION_THEME)
        return
    theirs = interaction.permissions
    if not (theirs.create_public_threads and theirs.send_messages_in_threads):
        await tell(interaction, words.SESSION_MAY_NOT)
        return
    mine = channel.permissions_for(channel.guild.me)
    missing = [name for name in _NEEDED if not getattr(mine, name)]
    if missing:
        named = [name.replace("_", " ").title() for name in missing]
        await tell(interaction, words.session_permissions(named))
        return
    if await is_suspended(interaction) or await is_refused(interaction, "picture"):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    app = app_of(interaction)
    try:
        room = await sessions.open_room(
            app.database,
            server_id=interaction.guild_id,
            channel_id=channel.id,
            host_id=interaction.user.id,
            theme=theme,
            minutes=minutes,
            vote_minutes=voting,
            caps=Caps(prompts=prompts, entries=entries, votes=votes),
        )
    except SessionsFull as full:
        own = full.whose == "member"
        await tell(interaction, words.SESSION_HOSTING if own else words.SESSION_FULL)
        return
    try:
        thread = await channel.create_thread(
            name=theme,
            type=discord.ChannelType.news_thread
            if channel.is_news()
            else discord.ChannelType.public_thread,
            auto_archive_duration=1440,
        )
        with words.speaking(tongue.of_server(app, room.server_id)):
            letter, _ = await views.message(app, room)  # nothing hangs yet
            sent = await thread.send(**letter([]))
    except Exception:
        await sessions.close(app.database, room.id or 0)  # there is no room to be in
        raise
    await sessions.place(app.database, room.id or 0, thread.id, sent.id)
    await tell(interaction, words.session_opened(thread.mention))


async def _room(interaction: Interaction) -> Session | None:
    """The session whose thread this is; None after saying that it is none."""
    found = await sessions.in_thread(app_of(interaction).database, interaction.channel_id or 0)
    if found is None:
        await tell(interaction, words.SESSION_NO_ROOM)
    return found


@group.command(name="join", description="Take a seat in this session")
async def join(interaction: Interaction) -> None:
    room = await _room(interaction)
    if room is None:
        return
    try:
        await views.join(interaction, room)
    except SessionOver:
        await tell(interaction, words.SESSION_OVER)


@group.command(name="submit", description="Hang up a picture that you drew in this session")
async def submit(interaction: Interaction) -> None:
    room = await _room(interaction)
    if room is not None:
        await views.hang(interaction, room)


@group.command(name="vote", description="Vote for the pictures of others")
async def vote(interaction: Interaction) -> None:
    room = await _room(interaction)
    if room is None:
        return
    try:
        await views.vote(interaction, room)
    except SessionOver:
        await tell(interaction, words.SESSION_OVER)
    except NoSeat:
        await tell(interaction, words.SESSION_JOIN_FIRST)


@group.command(name="close", description="End this session now, with the votes so far")
async def close(interaction: Interaction) -> None:
    room = await _room(interaction)
    if room is None:
        return
    if not views.may_manage(interaction, room):
        await tell(interaction, words.SESSION_NOT_HOST)
    elif room.stage == "closed":
        await tell(interaction, words.SESSION_OVER)
    else:
        await sessions.close(app_of(interaction).database, room.id or 0)
        await tell(interaction, words.SESSION_DONE["close"])


@group.command(name="recap", description="All pictures of a session, and at its end their prompts")
@app_commands.describe(session="Which one; without it, that of this thread")
async def recap(interaction: Interaction, session: int | None = None) -> None:
    if session is None:
        room = await _room(interaction)
    else:
        room = next((one for one in await _visible(interaction) if one.id == session), None)
        if room is None:
            await tell(interaction, words.SESSION_UNKNOWN)
    if room is not None:
        await views.recap(interaction, room)


@recap.autocomplete("session")
@offer
async def offer_sessions(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """The latest ones whose rooms the member may see."""
    named = [
        (words.session_choice(one.theme or words.SESSION_UNNAMED, one.created_at), one.id or 0)
        for one in await _visible(interaction)
    ]
    found = [
        app_commands.Choice(name=name, value=number)
        for name, number in named
        if typed.lower() in name.lower()
    ]
    return found[:MOST_CHOICES]


async def _visible(interaction: Interaction) -> list[Session]:
    """The server's latest sessions in channels that the member may see."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return []
    seen = []
    for one in await sessions.latest(app_of(interaction).database, guild.id, MOST_LATEST):
        channel = guild.get_channel(one.channel_id)
        if channel is not None and channel.permissions_for(member).view_channel:
            seen.append(one)
    return seen
