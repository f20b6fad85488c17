"""Community sessions: the room, its wall, the vote and the results."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.words.en.errors import failure
from bot.words.en.measures import count, plain, when

#: Tokens that are named in one sentence.
_MOST_TOKENS: Final = 10

SESSION_JOIN = "Join"
SESSION_LEND = "Lend a subject"
SESSION_HANG = "Hang up a picture"
SESSION_HANG_THIS = "Hang up"
SESSION_VOTE = "Vote"
SESSION_MANAGE = "For the host"
SESSION_RECAP = "All pictures and prompts"

SESSION_HERE = "Open a session in a text channel: I make a thread below it that is its room."
SESSION_NOT_HOST = "Only who opened this session, or whoever moderates here, may do that."
SESSION_NO_ROOM = "Use this in a session's thread. `/session open` opens a new one."
SESSION_UNKNOWN = (
    "I find no session of that name here. Choose one from the list that opens while you type."
)
SESSION_OVER = "The time for that is over in this session. What hangs on the wall stays."
SESSION_JOIN_FIRST = "Join this session first: press “Join” on its card, or use `/session join`."
SESSION_JOINED = (
    "Welcome! Ask for pictures here with `/imagine`, as always, and hang up the ones you like. A"
    " subject that you lend may be drawn by everybody who joined, until the session ends."
)
SESSION_JOINED_TO_VOTE = "You are in. The vote is open: “Vote” is on the card."
SESSION_ALREADY = "You have a seat already. `/imagine` draws for this session."
SESSION_NOTHING_TO_LEND = (
    "You have no subject yet that could be drawn: `/help` shows how one comes to be."
)
SESSION_LEND_WHICH = (
    "Choose what everybody here may draw until the session ends. What you leave out is taken back"
    " at once."
)
SESSION_LEND_MENU = "Lent for this session …"
SESSION_CANNOT_LEND = "That one cannot be lent: it is gone, or it shows somebody else."
SESSION_NOTHING_TO_HANG = (
    "You have no picture of this session that does not hang yet. `/imagine` here draws one."
)
SESSION_HANG_WHICH = (
    "These are yours from this session. Nobody is told whose is whose till the end."
)
SESSION_HANG_MENU = "Hang up …"
SESSION_CANNOT_HANG = "That picture cannot be hung up: it is gone, or not from this session."
SESSION_NO_VOTE_YET = "The vote begins when the time for pictures is over."
SESSION_NOTHING_TO_VOTE = "There is no picture of anybody else on the wall to vote for."
SESSION_VOTE_MENU = "My votes are for …"
SESSION_CANNOT_VOTE = "One of these does not hang any more. Open the vote again, please."
SESSION_THEME = "A theme has 3 to 80 letters, and is one that everybody may see."
SESSION_FULL = "This server has three sessions under way, which is all I look after at once."
SESSION_MANAGE_WHAT = "What shall I do?"
SESSION_MANAGE_MENU = "Choose …"
SESSION_NO_SUCH = "No picture of that number hangs here."


def session_opened(mention: str) -> str:
    return f"The room is open: {mention}. Its card shows how it goes, and has all buttons."


def session_permissions(missing: Sequence[str]) -> str:
    named = ", ".join(f"“{name}”" for name in missing)
    return f"I may not do that in this channel yet: please allow me {named} here, then try again."


def session_prompts_spent(limit: int) -> str:
    return (
        f"You have asked for {count(limit, 'picture')} in this session, which is all each of us"
        " has here. Outside of its room you can go on."
    )


def session_entries_spent(limit: int) -> str:
    return f"Everybody hangs up {count(limit, 'picture')} here, and yours hang already."


def session_theme(theme: str) -> str:
    return f"# {plain(theme, 80)}"


def session_stage(stage: str, submit_until: datetime, vote_until: datetime) -> str:
    if stage == "open":
        return f"Pictures until {when(submit_until)}, then the vote until {when(vote_until)}."
    if stage == "voting":
        return f"The vote is open until {when(vote_until)}. Nobody is told whose picture is whose."
    return "This session is over. Thank you all!"


def session_rules(prompts: int, entries: int, votes: int) -> str:
    return (
        f"Each of us: {count(prompts, 'prompt')}, {count(entries, 'picture')} on the wall,"
        f" {count(votes, 'vote')} for others. `/imagine` here draws for this session."
    )


def session_so_far(seats: int, hanging: int, lent: Sequence[str]) -> str:
    line = f"{count(seats, 'member')} joined · {count(hanging, 'picture')} on the wall"
    if not lent:
        return line
    return f"{line} · lent: {_tokens(lent)}"


def _tokens(tokens: Sequence[str]) -> str:
    named = ", ".join(f"`{token}`" for token in tokens[:_MOST_TOKENS])
    more = len(tokens) - _MOST_TOKENS
    return named if more <= 0 else f"{named} and {more} more"


def session_joined(stage: str, *, is_new: bool) -> str:
    if stage == "voting":
        return SESSION_JOINED_TO_VOTE
    return SESSION_JOINED if is_new else SESSION_ALREADY


def session_lent(tokens: Sequence[str]) -> str:
    if not tokens:
        return "Nothing of yours is lent here now. What waited for it is dropped."
    return f"Lent for this session: {_tokens(tokens)}. It ends by itself when the session does."


def session_hung(numbers: Sequence[int]) -> str:
    named = ", ".join(f"number {number}" for number in numbers)
    return f"It hangs, as {named}. The card shows it in a moment."


def session_vote_hint(most: int) -> str:
    return f"Choose up to {most}. You can change it until the vote ends; nobody sees whose it is."


def session_voted(numbers: Sequence[int]) -> str:
    if not numbers:
        return "You vote for nobody at the moment. That can change until the end."
    named = ", ".join(str(number) for number in numbers)
    return f"Noted: your votes are for {named}. You can change them until the end."


def session_entry_choice(number: int) -> str:
    return f"Number {number}"


def session_picture_choice(place: int, prompt: str) -> str:
    return f"{place} · {plain(prompt, 80)}"


def session_manage_choices(stage: str) -> dict[str, str]:
    """What a host may choose, by what is done."""
    choices = {"extend": "15 minutes more"}
    if stage == "open":
        choices["vote"] = "To the vote now"
    choices["close"] = "End it now, with the votes so far"
    return choices


SESSION_DONE = {
    "extend": "Everybody has 15 minutes more.",
    "vote": "On to the vote.",
    "close": "The session ends. The results come in a moment.",
}
SESSION_NOTHING_HANGS = (
    "Nothing hangs on the wall yet, so there is nothing to vote for. “End it now” closes the room."
)
SESSION_MAY_NOT = (
    "A session is a thread, and you may not make threads in this channel. Try another channel, or"
    " ask somebody who may."
)
SESSION_HOSTING = (
    "You have a session under way on this server already. When it is over you can open the next."
)
#: What everybody in the room sees of a picture whose author is not told.
SESSION_PICTURE = "A picture for this session"
SESSION_RUNNING = f"{SESSION_PICTURE}\nDrawing…"
SESSION_DRAWN = f"{SESSION_PICTURE}\n-# Whose it is, nobody is told before the end."
SESSION_CANCELLED = f"{SESSION_PICTURE}\nStopped, as its author asked."


def session_waiting(place: str) -> str:
    return f"{SESSION_PICTURE}\n{place}"


def session_failed(code: str | None) -> str:
    return f"{SESSION_PICTURE}\n{failure(code)}"


def session_asked(link: str) -> str:
    """`link` to the message that shows it; nothing where there is none yet."""
    where = f"Yours is here: {link} . " if link else "It appears here when it is drawn. "
    return f"{where}Everybody sees the picture, nobody whose it is. If you like it, hang it up."


SESSION_TAKE_DOWN_MENU = "Take off the wall …"


def session_taken_down(number: int) -> str:
    return f"Number {number} hangs no more, and votes for it are free again."


def session_wall_full(most: int) -> str:
    return f"The wall is full: {most} pictures hang on it. Yours are in `/gallery` all the same."


def session_votes_spent(most: int) -> str:
    return (
        f"Each of us has {count(most, 'vote')} here, and with these you would have more. Take one"
        " back first; until then yours are as they were."
    )


def session_more_winners(number: int) -> str:
    return f"… and {number} more with as many votes: “{SESSION_RECAP}” shows them all."


SESSION_TO_THE_VOTE = (
    "### The vote is open\nLook at the wall above, then choose: your own picture is not on your"
    " list. Who did not join yet can do that now and vote."
)
SESSION_NO_WINNER = "Nobody was voted for this time, so nobody won and nobody lost."
SESSION_EMPTY = "No picture was hung up this time. Perhaps another theme tomorrow?"
SESSION_RESULTS = "### The results"
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def session_place(place: int, number: int, member_id: int, votes: int, *, shared: bool) -> str:
    tie = ", shared" if shared else ""
    return f"{_MEDALS[place]} Number {number} by <@{member_id}> · {count(votes, 'vote')}{tie}"


def session_choice(theme: str, began_at: datetime) -> str:
    """A session in the list that opens while one types, where Discord writes no times."""
    return f"{plain(theme, 80)} · {began_at:%Y-%m-%d}"


def session_recap_line(
    number: int, member_id: int | None, votes: int | None, prompt: str | None
) -> str:
    """`member_id` and `votes` only once it is over; `prompt` where it may be told."""
    by = "" if member_id is None else f" by <@{member_id}>"
    had = "" if votes is None else f" · {count(votes, 'vote')}"
    said = "" if prompt is None else f"\n> {plain(prompt, 200)}"
    return f"**{number}**{by}{had}{said}"
