"""A session's card, which everybody sees, and the menus that its buttons open for one member."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any, ClassVar, Final

import discord

from bot import parcel, screen, words
from bot.desk import Desk
from bot.reply import Interaction, app_of, tell
from bot.sheets.contact import contact_sheet
from bot.views.layout import card, pictures
from bot.views.press import Control, Press, settle
from storage import rights, sessions, sharing
from storage.errors import CapReached, NoSeat, NotYours, SessionOver
from storage.rights import Asker
from storage.sessions import Hung
from storage.tables import Session

_SHEET: Final = "session.png"
_ACROSS: Final = 5
#: Choices of a menu, by Discord's limit.
_MOST_CHOICES: Final = 25
_MORE_MINUTES: Final = 15
#: Places with a medal.
_PODIUM: Final = 3
#: Letters of a recap, below what a message may have.
_MOST_RECAP: Final = 3500
#: A card of nobody's in particular.
_NOBODY: Final = 0


async def says(app: Desk, room: Session) -> str:
    """What the card shows, as one word that changes with it."""
    hanging = await sessions.wall(app.database, room.id or 0)
    lent = await sessions.lent(app.database, room.id or 0)
    seats = await sessions.seated(app.database, room.id or 0)
    numbers = [one.entry.number for one in hanging]
    tokens = [subject.token for _, subject in lent]
    return f"{room.stage} {room.submit_until} {room.vote_until} {numbers} {tokens} {seats}"


async def message(app: Desk, room: Session) -> tuple[dict[str, Any], list[parcel.File]]:
    """The card, and the contact sheet on it."""
    session_id = room.id or 0
    hanging = await sessions.wall(app.database, session_id)
    lent = await sessions.lent(app.database, session_id)
    files = await _sheet(app, hanging, [one.entry.number for one in hanging])
    buttons: list[Press] = []
    if room.stage != "closed":
        buttons.append(Join(_NOBODY, session_id))
    if room.stage == "open":
        buttons += [Lend(_NOBODY, session_id), Hang(_NOBODY, session_id)]
    if room.stage == "voting":
        buttons.append(OpenVote(_NOBODY, session_id))
    buttons.append(
        Recap(_NOBODY, session_id) if room.stage == "closed" else Manage(_NOBODY, session_id)
    )
    seats = await sessions.seated(app.database, session_id)
    view = card(
        words.session_theme(room.theme),
        words.session_stage(room.stage, room.submit_until, room.vote_until),
        words.session_rules(room.prompts_each, room.entries_each, room.votes_each),
        words.session_so_far(seats, len(hanging), [subject.token for _, subject in lent]),
        pictures([name for name, _ in files]),
        *buttons,
        colour=discord.Colour.blurple(),
    )
    return {"view": view}, files


async def _sheet(app: Desk, hanging: Sequence[Hung], numbers: Sequence[int]) -> list[parcel.File]:
    """The pictures on one sheet; none where there are none."""
    if not hanging:
        return []
    seen = [(await screen.picture_of(app, one.job, one.image)).png for one in hanging]
    across = min(len(seen), _ACROSS)
    return [(_SHEET, await asyncio.to_thread(contact_sheet, seen, across, numbers=numbers))]


def to_the_vote(room: Session) -> dict[str, Any]:
    """What is said when the vote opens."""
    session_id = room.id or 0
    return {
        "view": card(
            words.SESSION_TO_THE_VOTE, Join(_NOBODY, session_id), OpenVote(_NOBODY, session_id)
        )
    }


async def results(app: Desk, room: Session) -> tuple[dict[str, Any], list[parcel.File]]:
    """What is said at the end: who won, with their pictures."""
    hanging = {one.entry.id: one for one in await sessions.wall(app.database, room.id or 0)}
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
        for rank in won
    ]
    winners = [hanging[rank["entry"]] for rank in won]
    files = await _sheet(app, winners, [one.entry.number for one in winners])
    nobody = words.SESSION_NO_WINNER if hanging else words.SESSION_EMPTY
    view = card(
        words.SESSION_RESULTS,
        "\n".join(lines) or nobody,
        pictures([name for name, _ in files]),
        Recap(_NOBODY, room.id or 0) if hanging else None,
        colour=discord.Colour.gold(),
    )
    return {"view": view}, files


class OfRoom(Press):
    """A button on a session's card, for everybody."""

    for_everyone = True

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        room = await sessions.get(app_of(interaction).database, numbers[0])
        if room is None:
            await tell(interaction, words.SESSION_OVER)
            return
        try:
            await self.does(interaction, room)
        except SessionOver:
            await tell(interaction, words.SESSION_OVER)
        except NoSeat:
            await tell(interaction, words.SESSION_JOIN_FIRST)

    async def does(self, interaction: Interaction, room: Session) -> None:
        """What happens. May raise SessionOver and NoSeat."""
        raise NotImplementedError  # each says it


class Join(OfRoom, verb="session-join"):
    label = "SESSION_JOIN"
    style = discord.ButtonStyle.success

    async def does(self, interaction: Interaction, room: Session) -> None:
        await join(interaction, room)


async def join(interaction: Interaction, room: Session) -> None:
    """Give the member a seat."""
    is_new = await sessions.join(app_of(interaction).database, room.id or 0, interaction.user.id)
    await tell(interaction, words.SESSION_JOINED if is_new else words.SESSION_ALREADY)


class Menu(Control):
    """A menu of one member; `chosen` are its default choices."""

    placeholder: ClassVar[str]

    def __init__(
        self,
        owner_id: int,
        *numbers: int,
        options: list[discord.SelectOption] | None = None,
        least: int = 1,
        most: int = 1,
    ) -> None:
        self.options = (options or [])[:_MOST_CHOICES]
        self.least, self.most = least, max(1, min(most, len(self.options) or 1))
        super().__init__(owner_id, *numbers)

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        return discord.ui.Select(
            custom_id=custom_id,
            placeholder=str(getattr(words, self.placeholder)),
            options=self.options,
            min_values=self.least,
            max_values=self.most,
        )

    @property
    def values(self) -> list[str]:
        assert isinstance(self.item, discord.ui.Select)
        return self.item.values

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        try:
            said = await self.chosen(interaction, numbers[0])
        except SessionOver:
            said = words.SESSION_OVER
        except NoSeat:
            said = words.SESSION_JOIN_FIRST
        await settle(interaction, said)

    async def chosen(self, interaction: Interaction, session_id: int) -> str:
        """Do what was chosen, and say so. May raise SessionOver and NoSeat."""
        raise NotImplementedError  # each says it


async def _ask(
    interaction: Interaction, hint: str, menu: Menu, files: Sequence[parcel.File] = ()
) -> None:
    """Open a menu for the member alone."""
    view = discord.ui.View(timeout=None)
    view.add_item(menu)
    fit = [discord.File(io.BytesIO(data), name) for name, data in files]
    if interaction.response.is_done():
        await interaction.followup.send(hint, view=view, files=fit, ephemeral=True)
    else:
        await interaction.response.send_message(hint, view=view, files=fit, ephemeral=True)


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
        for one in mine
        if one.share_id is None and one.adapter is not None
    ]
    if not options:
        await tell(interaction, words.SESSION_NOTHING_TO_LEND)
        return
    menu = LendThese(member_id, room.id or 0, options=options, least=0, most=len(options))
    await _ask(interaction, words.SESSION_LEND_WHICH, menu)


class LendThese(Menu, verb="session-lend-these"):
    placeholder = "SESSION_LEND_MENU"

    async def chosen(self, interaction: Interaction, session_id: int) -> str:
        app, wanted = app_of(interaction), {int(value) for value in self.values}
        for share, subject in await sessions.lent(app.database, session_id):
            if subject.owner_id == self.owner_id and subject.id not in wanted:
                await sharing.take_back(app.database, app.blobs, self.owner_id, share.id or 0)
        try:
            for subject_id in sorted(wanted):
                await sessions.lend(app.database, self.owner_id, session_id, subject_id)
        except NotYours:
            return words.SESSION_CANNOT_LEND
        lent = await sessions.lent(app.database, session_id)
        return words.session_lent([s.token for _, s in lent if s.owner_id == self.owner_id])


class Hang(OfRoom, verb="session-hang"):
    label = "SESSION_HANG"

    async def does(self, interaction: Interaction, room: Session) -> None:
        await hang(interaction, room)


async def hang(interaction: Interaction, room: Session) -> None:
    """Let the member choose which of their pictures of this session hang on the wall."""
    app = app_of(interaction)
    found = await sessions.drawn(app.database, room.id or 0, interaction.user.id)
    if not found:
        await tell(interaction, words.SESSION_NOTHING_TO_HANG)
        return
    offered = found[:_MOST_CHOICES]
    await interaction.response.defer(ephemeral=True, thinking=True)
    options = [
        discord.SelectOption(
            label=words.session_picture_choice(place, str(one.job.spec.get("typed", ""))),
            value=str(one.image.id),
        )
        for place, one in enumerate(offered, 1)
    ]
    seen = [(await screen.picture_of(app, one.job, one.image)).png for one in offered]
    sheet = await asyncio.to_thread(contact_sheet, seen, min(len(seen), _ACROSS))
    menu = HangThese(interaction.user.id, room.id or 0, options=options, most=room.entries_each)
    await _ask(interaction, words.SESSION_HANG_WHICH, menu, [(_SHEET, sheet)])


class HangThese(Menu, verb="session-hang-these"):
    placeholder = "SESSION_HANG_MENU"

    async def chosen(self, interaction: Interaction, session_id: int) -> str:
        database = app_of(interaction).database
        numbers = []
        try:
            for value in self.values:
                entry = await sessions.hang(database, self.owner_id, session_id, int(value))
                numbers.append(entry.number)
        except NotYours:
            return words.SESSION_CANNOT_HANG
        except CapReached as reached:
            if not numbers:
                return words.session_entries_spent(reached.limit)
        return words.session_hung(numbers)


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
    before = await sessions.votes_of(database, room.id or 0, member_id)
    options = [
        discord.SelectOption(
            label=words.session_entry_choice(one.entry.number),
            value=str(one.entry.number),
            default=one.entry.number in before,
        )
        for one in await sessions.wall(database, room.id or 0)
        if one.entry.member_id != member_id
    ]
    if not options:
        await tell(interaction, words.SESSION_NOTHING_TO_VOTE)
        return
    menu = VoteFor(member_id, room.id or 0, options=options, least=0, most=room.votes_each)
    await _ask(interaction, words.session_vote_hint(room.votes_each), menu)


class VoteFor(Menu, verb="session-vote-for"):
    placeholder = "SESSION_VOTE_MENU"

    async def chosen(self, interaction: Interaction, session_id: int) -> str:
        numbers = sorted(int(value) for value in self.values)
        try:
            await sessions.vote(app_of(interaction).database, self.owner_id, session_id, numbers)
        except (NotYours, CapReached):
            return words.SESSION_CANNOT_VOTE
        return words.session_voted(numbers)


class Manage(OfRoom, verb="session-manage"):
    label = "SESSION_MANAGE"

    async def does(self, interaction: Interaction, room: Session) -> None:
        if not may_manage(interaction, room):
            await tell(interaction, words.SESSION_NOT_HOST)
            return
        hanging = await sessions.wall(app_of(interaction).database, room.id or 0)
        choices = words.session_manage_choices(room.stage, [one.entry.number for one in hanging])
        options = [
            discord.SelectOption(label=label, value=value) for value, label in choices.items()
        ]
        menu = ManageRoom(interaction.user.id, room.id or 0, options=options)
        await _ask(interaction, words.SESSION_MANAGE_WHAT, menu)


def may_manage(interaction: Interaction, room: Session) -> bool:
    """Whether the member opened the session, or moderates here."""
    may = interaction.permissions
    return (
        interaction.user.id == room.host_id
        or may.manage_guild
        or may.manage_threads
        or may.manage_messages
    )


class ManageRoom(Menu, verb="session-manage-do"):
    placeholder = "SESSION_MANAGE_MENU"

    async def chosen(self, interaction: Interaction, session_id: int) -> str:
        database = app_of(interaction).database
        room = await sessions.get(database, session_id)
        if room is None:
            raise SessionOver
        if not may_manage(interaction, room):
            return words.SESSION_NOT_HOST
        what, _, number = self.values[0].partition("-")
        match what:
            case "extend":
                await sessions.extend(database, session_id, _MORE_MINUTES)
            case "vote":
                await sessions.go_on(database, session_id, "open")
            case "close":
                await sessions.close(database, session_id)
            case _:
                try:
                    await sessions.hide(database, session_id, int(number))
                except NotYours:
                    return words.SESSION_NO_SUCH
        return words.SESSION_DONE[what]


class Recap(OfRoom, verb="session-recap"):
    label = "SESSION_RECAP"

    async def does(self, interaction: Interaction, room: Session) -> None:
        await recap(interaction, room)


async def recap(interaction: Interaction, room: Session) -> None:
    """Every picture of the session; whose it is, its votes and its prompt once it is over."""
    app = app_of(interaction)
    hanging = await sessions.wall(app.database, room.id or 0)
    if not hanging:
        await tell(interaction, words.SESSION_EMPTY)
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    is_over = room.stage == "closed"
    had = {rank["entry"]: rank["votes"] for rank in room.results.get("places", ())}
    order = sorted(hanging, key=lambda one: (-had.get(one.entry.id, 0), one.entry.number))
    lines = [
        words.session_recap_line(
            one.entry.number,
            one.entry.member_id if is_over else None,
            had.get(one.entry.id, 0) if is_over else None,
            str(one.job.spec.get("typed", "")) if is_over and one.entry.tells_prompt else None,
        )
        for one in order
    ]
    text = ""
    for entry in lines:  # as many as fit
        if len(text) + len(entry) > _MOST_RECAP:
            break
        text += f"{entry}\n"
    files = await _sheet(app, order, [one.entry.number for one in order])
    view = card(words.session_theme(room.theme), text, pictures([name for name, _ in files]))
    await parcel.hand_over(
        files,
        parcel.room_in(app, interaction.guild_id),
        lambda fit: interaction.followup.send(view=view, files=fit, ephemeral=True, wait=True),
    )
