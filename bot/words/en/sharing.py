"""Who else may draw a subject, and what there is to know of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from bot.words.en.measures import article, count, when

SHARE_ONE = "Tell me one at a time: a `member`, a `role`, or `server: True` for everybody here."
SHARE_IN_A_SERVER = "Roles and servers are known only inside a server: use this command there."
SHARE_WITH_YOURSELF = "It is yours already: nobody needs to share it with you."
SHARE_WITH_A_BOT = "A bot would not enjoy the pictures. Choose a member instead."
NOT_SHARED = "Nobody else: only you can draw it. `/subject share` with a `member`, a `role` or"
NOT_SHARED += " `server: True` lets others."
TAKE_BACK_FROM = "Take it back from …"
TAKE_BACK = "Take it back"
TAKE_BACK_PICTURES = "And delete their pictures"
KEEP_SHARED = "Leave it shared"
RIGHTS = "Who may draw it"
SHARE_GONE = "That right was taken back before. Nobody draws by it any more."
RIGHT_GONE = "You may not draw this subject any more: whoever it belongs to took it back."


def shares_full(most: int) -> str:
    return (
        f"This subject is shared {most} times, which is all I keep track of. Take one back first,"
        " or share it with a role."
    )


def holder(
    kind: str, member_id: int | None, role_id: int | None, *, is_here: bool, place: str = ""
) -> str:
    """Whom a right is for, where mentions are shown. `place`: which session."""
    if kind == "member":
        return f"<@{member_id}>"
    if kind == "role":
        return f"<@&{role_id}>" if is_here else "a role on another server"
    if kind == "session":
        return f"the session {place}".strip()
    return "everybody on this server" if is_here else "everybody on another server"


def holder_choice(kind: str, name: str, at: datetime) -> str:
    """The same in a menu, where a mention is no name: by its name where it is known."""
    what = {"member": "a member", "role": "a role", "server": "a server", "session": "a session"}
    return f"{name or what[kind]}, since {at:%Y-%m-%d}"


def shared(token: str, whom: str) -> str:
    return (
        f"Done: {whom} may draw `{token}` from now on, in `/imagine` and `/edit`. Your photos stay"
        " yours alone, and you can take it back here at any time."
    )


def rights_title(token: str) -> str:
    return f"### Who may draw `{token}`"


def right_line(whom: str, at: datetime) -> str:
    return f"• {whom}, since {when(at)}"


def use_line(member_id: int, pictures: int, last_at: datetime) -> str:
    return f"• <@{member_id}>: {count(pictures, 'picture')}, the last {when(last_at)}"


USED_BY = "**Who drew it**"


def take_back_question(token: str, whom: str) -> str:
    return (
        f"Take `{token}` back from {whom}? What they wait for is dropped at once, and nothing new"
        " is drawn. The pictures they have stay theirs, unless you want them gone too."
    )


def taken_back(token: str, *, pictures: bool) -> str:
    gone = " The pictures that were drawn by it are deleted." if pictures else ""
    return f"`{token}` is taken back: nothing more is drawn by that right.{gone}"


SHARED_WITH_YOU = "**Shared with you**"


def shared_line(token: str, class_word: str, owner_id: int, *, trained: bool) -> str:
    state = "ready for `/imagine`" if trained else "not trained yet"
    return f"`{token}` · {class_word} · from <@{owner_id}> · {state}"


def subject_title(token: str, class_word: str, kind: str) -> str:
    return f"### `{token}`, {article(class_word)} {class_word} ({kind})"


def subject_facts(
    pieces: Sequence[str],
    photos: int,
    learned: tuple[int, datetime] | None,
    state: Literal["photos", "train", "ready"],
    rights: int,
) -> str:
    """`learned`: the steps of the version in use, and when it was made."""
    known = "Nothing learned yet."
    if learned is not None:
        known = f"The version in use has {count(learned[0], 'step')}, from {when(learned[1])}."
    after = {
        "photos": "Next: a few more photos, `/photos add`.",
        "train": "Next: `/train start`.",
        "ready": "Ready for `/imagine`.",
    }[state]
    who = "Only you can draw it." if not rights else f"Shared {count(rights, 'time')}."
    return f"I read it as `{'·'.join(pieces)}`.\n{count(photos, 'photo')}. {known} {after}\n{who}"
