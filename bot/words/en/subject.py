"""Tokens, and the folders they open."""

from __future__ import annotations

from collections.abc import Sequence

from bot.words.en.framing import called, framing_choices
from bot.words.en.measures import article, count, plain, size

_TOKENS = {
    "token_grammar": (
        "A token is 3 to 16 letters a-z or digits, with nothing else in it: something like `zwx`"
        " or `kelzor`."
    ),
    "token_digits": "Digits alone could be a year or a price. Add a letter, like `k{token}`.",
    "token_reserved": "`{token}` is a word I need myself. Pick one that means nothing: `zwx`?",
    "token_ordinary": (
        "`{token}` is a word I already know, and your subject would get mixed up with it. Pick"
        " one that means nothing, like `zwx`."
    ),
    "token_name": (
        "`{token}` is a name, and I have seen others who bear it: your subject would get their"
        " looks. Pick a word that means nothing, like `zwx`."
    ),
    "token_digits_after": (
        "I would read `{token}` as a word or a name that I know, and digits: your subject would"
        " get mixed up with it. Pick a word that means nothing, like `zwx`."
    ),
    "token_sexual": "I do not keep that kind of name. Pick one that means nothing, like `zwx`.",
    "token_taken": "`{token}`, or one that reads just like it, is already somebody's.",
    "class_grammar": (
        "The class is one or two plain words for what it is: `woman`, `dog`, `toy robot`."
    ),
}


def token_refusal(reason: str, token: str) -> str:
    return _TOKENS[reason].format(token=plain(token))


FREE_TOKENS = "These are free and mean nothing to me:"
TAKE_TOKEN = "Take it"  # noqa: S105 - a button
OFFER_GONE = "I offered that a while ago. `/subject create` shows what is free now."


def subject_created(token: str, class_word: str, kind: str, pieces: Sequence[str]) -> str:
    face, torso = called(kind, "face").shot, called(kind, "torso").shot
    photos = f"6 {face} and 2 {torso}."
    if kind != "person":
        chest = framing_choices(kind).get("chest")
        between = f"`chest` {chest.lower()}, " if chest else ""
        photos += f" Say with `framing` which they are: `face` {face}, {between}`torso` {torso}."
    return (
        f"Lovely, I have opened a folder for `{token}`, {article(class_word)} {class_word}. I read"
        f" it as `{'·'.join(pieces)}`, which means nothing yet. Next: `/photos add` with at least"
        f" 8 photos, {photos}"
    )


def too_many_subjects(most: int) -> str:
    return f"You have {most} subjects, which is all I can keep. `/subject delete` makes room."


NO_SUBJECTS = "You have no subjects yet. `/subject create` opens the first folder."


def subject_line(token: str, class_word: str, kind: str, photos: int, trained: bool) -> str:
    state = "ready for `/imagine`" if trained else "not trained yet"
    return f"`{token}` · {class_word} ({kind}) · {count(photos, 'photo')} · {state}"


def delete_question(token: str, photos: int) -> str:
    return (
        f"Delete `{token}` with its {count(photos, 'photo')}, its training and every picture of"
        " it that I keep, those that others drew too? This cannot be undone."
    )


DELETE_YES = "Delete it"
DELETE_NO = "Keep it"
KEPT = "Kept. Nothing has changed."


def deleted(token: str, freed_bytes: int) -> str:
    return f"`{token}` is gone, with {size(freed_bytes)} of files."


def unknown_subject(token: str) -> str:
    return f"You have no subject called `{plain(token)}`. `/subject list` shows yours."
