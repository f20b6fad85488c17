"""A session's card, which everybody sees, and what is told in its room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import discord

from bot import parcel, words
from bot.desk import Desk
from bot.views.layout import card, pictures
from bot.views.press import Press
from bot.views.room.door import NOBODY
from bot.views.room.hanging import Hang
from bot.views.room.lending import Lend
from bot.views.room.managing import Manage
from bot.views.room.recap import Recap
from bot.views.room.seats import Join
from bot.views.room.sheet import sheets_of
from bot.views.room.voting import OpenVote
from storage import sessions, wall
from storage.tables import Session

#: Places with a medal.
_PODIUM: Final = 3
#: So many winners are named, and shown on one sheet.
_MOST_TOLD: Final = 25


async def says(app: Desk, room: Session) -> str:
    """What the card shows, as one word that changes with it."""
    hanging = await wall.hanging(app.database, room.id or 0)
    lent = await sessions.lent(app.database, room.id or 0)
    seats = await sessions.seated(app.database, room.id or 0)
    numbers = [one.entry.number for one in hanging]
    tokens = [subject.token for _, subject in lent]
    times = f"{room.submit_until} {room.vote_until}"
    return f"{room.theme} {room.stage} {times} {numbers} {tokens} {seats}"


async def message(app: Desk, room: Session) -> tuple[parcel.Letter, list[parcel.File]]:
    """The card, and the contact sheets on it."""
    session_id = room.id or 0
    hanging = await wall.hanging(app.database, session_id)
    lent = await sessions.lent(app.database, session_id)
    files = await sheets_of(app, hanging, [one.entry.number for one in hanging])
    buttons: list[Press] = []
    if room.stage != "closed":
        buttons.append(Join(NOBODY, session_id))
    if room.stage == "open":
        buttons += [Lend(NOBODY, session_id), Hang(NOBODY, session_id)]
    if room.stage == "voting":
        buttons.append(OpenVote(NOBODY, session_id))
    if room.stage == "closed":
        buttons.append(Recap(NOBODY, session_id))
    buttons.append(Manage(NOBODY, session_id))
    seats = await sessions.seated(app.database, session_id)

    def letter(names: Sequence[str]) -> dict[str, Any]:
        view = card(
            words.session_theme(room.theme or words.SESSION_UNNAMED),
            words.session_stage(room.stage, room.submit_until, room.vote_until),
            words.session_rules(room.prompts_each, room.entries_each, room.votes_each)
            if room.stage == "open"
            else None,
            words.session_so_far(seats, len(hanging), [subject.token for _, subject in lent]),
            pictures(names),
            *buttons,
            colour=discord.Colour.blurple(),
        )
        return {"view": view}

    return letter, files


def to_the_vote(room: Session) -> dict[str, Any]:
    """What is said when the vote opens."""
    session_id = room.id or 0
    return {
        "view": card(
            words.SESSION_TO_THE_VOTE, Join(NOBODY, session_id), OpenVote(NOBODY, session_id)
        )
    }


async def results(app: Desk, room: Session) -> tuple[parcel.Letter, list[parcel.File]]:
    """What is said at the end: who won, with their pictures. Of many with equal votes, some."""
    hanging = {one.entry.id: one for one in await wall.hanging(app.database, room.id or 0)}
    ranks = [rank for rank in room.results.get("places", ()) if rank["entry"] in hanging]
    won = [rank for rank in ranks if 1 <= rank["place"] <= _PODIUM]
    places = [rank["place"] for rank in won]
    lines = [
        words.session_place(
            rank["place"],
            hanging[rank["entry"]].entry.number,
            hanging[rank["entry"]].entry.member_id,
            rank["votes"],
            shared=places.count(rank["place"]) > 1,
        )
        for rank in won[:_MOST_TOLD]
    ]
    if len(won) > _MOST_TOLD:
        lines.append(words.session_more_winners(len(won) - _MOST_TOLD))
    winners = [hanging[rank["entry"]] for rank in won[:_MOST_TOLD]]
    files = await sheets_of(app, winners, [one.entry.number for one in winners])
    nobody = words.SESSION_NO_WINNER if hanging else words.SESSION_EMPTY

    def letter(names: Sequence[str]) -> dict[str, Any]:
        view = card(
            words.SESSION_RESULTS,
            "\n".join(lines) or nobody,
            pictures(names),
            Recap(NOBODY, room.id or 0) if hanging else None,
            colour=discord.Colour.gold(),
        )
        return {"view": view}

    return letter, files
