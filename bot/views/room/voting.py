"""Voting in a session."""

from __future__ import annotations

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.views.room.door import OfRoom, RoomMenu, ask
from storage import ballot, wall
from storage.errors import CapReached, NotYours, SessionOver
from storage.tables import Session


class OpenVote(OfRoom, verb="session-vote"):
    label = "SESSION_VOTE"
    style = discord.ButtonStyle.primary

    async def does(self, interaction: Interaction, room: Session) -> None:
        await vote(interaction, room)


async def vote(interaction: Interaction, room: Session) -> None:
    """Let the member choose whom they vote for; nobody's name is on the list."""
    if room.stage == "open":
        await tell(interaction, words.SESSION_NO_VOTE_YET)
        return
    if room.stage == "closed":
        raise SessionOver
    database, member_id = app_of(interaction).database, interaction.user.id
    before = await ballot.votes_of(database, room.id or 0, member_id)
    options = [
        discord.SelectOption(
            label=words.session_entry_choice(one.entry.number),
            value=str(one.entry.number),
            default=one.entry.number in before,
        )
        for one in await wall.hanging(database, room.id or 0)
        if one.entry.member_id != member_id
    ]
    if not options:
        await tell(interaction, words.SESSION_NOTHING_TO_VOTE)
        return
    menu = VoteFor(member_id, room.id or 0, options=options, least=0, most=room.votes_each)
    await ask(interaction, words.session_vote_hint(room.votes_each), menu)


class VoteFor(RoomMenu, verb="session-vote-for"):
    placeholder = "SESSION_VOTE_MENU"

    async def chosen(self, interaction: Interaction, session_id: int) -> str:
        numbers = sorted(int(value) for value in self.values)
        try:
            await ballot.cast(app_of(interaction).database, self.owner_id, session_id, numbers)
        except (NotYours, CapReached):
            return words.SESSION_CANNOT_VOTE
        return words.session_voted(numbers)
