"""Lending one's subjects to a session."""

from __future__ import annotations

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.views.room.door import OfRoom, RoomMenu, ask
from storage import rights, sessions, sharing
from storage.errors import NotYours
from storage.rights import Asker
from storage.tables import Session


class Lend(OfRoom, verb="session-lend"):
    label = "SESSION_LEND"

    async def does(self, interaction: Interaction, room: Session) -> None:
        await lend(interaction, room)


async def lend(interaction: Interaction, room: Session) -> None:
    """Let the member choose which of their subjects everybody may draw here."""
    database, member_id = app_of(interaction).database, interaction.user.id
    mine = await rights.usable(database, Asker(member_id))
    lent = {subject.id for _, subject in await sessions.lent(database, room.id or 0)}
    options = [
        discord.SelectOption(
            label=f"{one.subject.token} ({one.subject.class_word})",
            value=str(one.subject.id),
            default=one.subject.id in lent,
        )
        for one in sorted(mine, key=lambda one: one.subject.id or 0)
        if one.share_id is None
        and one.adapter is not None
        and one.subject.likeness_of in {None, member_id}
    ]
    if not options:
        await tell(interaction, words.SESSION_NOTHING_TO_LEND)
        return
    menus = LendThese.lists(member_id, room.id or 0, options=options, least=0, most=len(options))
    await ask(interaction, words.SESSION_LEND_WHICH, menus)


class LendThese(RoomMenu, verb="session-lend-these"):
    """A list of the member's subjects, by their ids; those of other lists stay as they are."""

    placeholder = "SESSION_LEND_MENU"

    async def chosen(self, interaction: Interaction, session_id: int, /, *part: int) -> str:
        first, last, *_ = part
        app, wanted = app_of(interaction), {int(value) for value in self.values}
        lent = await sessions.lent(app.database, session_id)
        for share, subject in lent:
            is_here = subject.owner_id == self.owner_id and first <= (subject.id or 0) <= last
            if is_here and subject.id not in wanted:
                await sharing.take_back(app.database, app.blobs, self.owner_id, share.id or 0)
        try:
            for subject_id in sorted(wanted - {subject.id for _, subject in lent}):
                await sessions.lend(app.database, self.owner_id, session_id, subject_id)
        except NotYours:
            return words.SESSION_CANNOT_LEND
        lent = await sessions.lent(app.database, session_id)
        return words.session_lent([s.token for _, s in lent if s.owner_id == self.owner_id])
