"""Voting in a session."""

from __future__ import annotations

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from bot.views.layout import card
from bot.views.room.door import OfRoom, RoomMenu, ask
from storage import ballot, sessions, wall
from storage.errors import CapReached, NotYours, SessionOver
from storage.tables import Session


class OpenVote(OfRoom, verb="session-vote"):
    label = "SESSION_VOTE"
    style = discord.ButtonStyle.primary

    async def does(self, interaction: Interaction, room: Session) -> None:
        await vote(interaction, room)


async def vote(interaction: Interaction, room: Session) -> None:
    """Let the member choose whom they vote for; nobody's name is on the list."""
    if await is_suspended(interaction):
        return
    if room.stage == "open":
        await tell(interaction, words.SESSION_NO_VOTE_YET)
        return
    if room.stage == "closed":
        raise SessionOver
    menus = await _ballot(interaction, room)
    if not menus:
        await tell(interaction, words.SESSION_NOTHING_TO_VOTE)
        return
    await ask(interaction, words.session_vote_hint(room.votes_each), menus)


async def _ballot(interaction: Interaction, room: Session) -> list[VoteFor]:
    """Lists of all that others hung up, with the member's votes as they are."""
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
    return VoteFor.lists(member_id, room.id or 0, options=options, least=0, most=room.votes_each)


class VoteFor(RoomMenu, verb="session-vote-for"):
    """A list of numbers; votes for those of other lists stay as they are."""

    placeholder = "SESSION_VOTE_MENU"

    async def chosen(
        self, interaction: Interaction, session_id: int, /, *part: int
    ) -> str | discord.ui.LayoutView:
        database, (first, last, *_) = app_of(interaction).database, part
        numbers = [int(value) for value in self.values]
        among = range(first, last + 1)
        try:
            await ballot.cast(database, self.owner_id, session_id, numbers, among=among)
        except NotYours:
            said = words.SESSION_CANNOT_VOTE
        except CapReached as reached:
            said = words.session_votes_spent(reached.limit)
        else:
            votes = await ballot.votes_of(database, session_id, self.owner_id)
            said = words.session_voted(sorted(votes))
        room = await sessions.get(database, session_id)
        return said if room is None else card(said, *await _ballot(interaction, room))
