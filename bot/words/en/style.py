"""Styles: what they are called, and why one is not kept."""

from __future__ import annotations

from collections.abc import Mapping

from bot.words.en.measures import count, plain

STYLES_TITLE = "Styles"
STYLES_HINT = "Choose one with `style` in `/imagine`."
_STYLES = {
    "name": (
        "A style needs a name of 2 to 32 letters, digits and blanks that anybody here may read:"
        " `golden hour` works well."
    ),
    "built_in": "I bring a style of that name along everywhere. Give yours another one.",
    "taken": (
        "There is a style of that name here already. `/style remove` it first, or choose another"
        " name."
    ),
    "full": "This server has {most} styles, which is all I keep. `/style remove` makes room.",
    "token": (
        "A style goes with every subject, so none is in it. Please leave out {tokens}, which"
        " somebody's subject is called."
    ),
    "too_few_words": "Say in a few words what the style looks like: `oil painting on canvas`.",
    "too_many_words": (
        "That is {count}, and a style may have {most}: the prompt itself needs room, too. Keep"
        " what one sees at first glance."
    ),
    "too_long": "That is {count} characters; 600 is the most I read. Shorter words will do.",
    "control_characters": (
        "There are invisible characters in that. Please type it afresh, in plain letters."
    ),
    "loader_syntax": "No `<...:...>` is needed here: a style is plain words.",
    "weight_garbled": (
        "Something in there looks like a weight and I cannot read it. Write the words, a colon and"
        " a number in one pair of brackets, none inside another: `(hard shadows:1.3)`."
    ),
    "weight_out_of_bounds": (
        "I weigh words from {least:g} to {most:g}, and that says {weight}: out there the picture"
        " falls apart, or the word is lost. `(hard shadows:1.2)` says a lot already."
    ),
    "sexual": (
        "I do not make sexual pictures of anybody's likeness, so I keep no style for them either."
        " Any other look is welcome."
    ),
    "undressing": (
        "I keep everybody dressed. Leave clothes out of `negative`; say in the words what is worn"
        " instead."
    ),
}
STYLES_NEED_MANAGER = (
    "Styles are kept by those who may manage this server. Ask one of them kindly; choosing one in"
    " `/imagine` is everybody's."
)
STYLES_NEED_SERVER = (
    "Styles belong to a server, and here we are by ourselves. Ask me there; those I bring along"
    " work here, too."
)


def style_refusal(reason: str, facts: Mapping[str, object]) -> str:
    words = dict(facts)
    if reason == "too_many_words":
        words["count"] = count(int(str(facts["count"])), "word")
    if reason == "weight_out_of_bounds":
        words["weight"] = plain(str(facts["weight"]), 20)
    return _STYLES[reason].format(**words)


def style_added(name: str) -> str:
    return f"`{plain(name)}` is hung up. From now on everybody here finds it under `style`."


def style_removed(name: str) -> str:
    return f"`{plain(name)}` is taken down. Pictures already asked for still come in it."


def style_unknown(name: str) -> str:
    return f"This server has no style of its own called `{plain(name)}`. `/style list` shows all."


def style_line(name: str, words: str, *, is_everywhere: bool) -> str:
    whose = " (everywhere)" if is_everywhere else ""
    return f"**{plain(name)}**{whose} · {plain(words, 60)}"
