"""Prompts, and the pictures that answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.words.en.errors import failure
from bot.words.en.measures import count, plain
from bot.words.en.queue import waiting_line

_PROMPTS = {
    "too_few_words": (
        "That is {count}: a prompt needs at least 3 words, your token among them. Say where"
        " they are or what they wear: `a {example} at the beach`."
    ),
    "too_many_words": (
        "That is {count}, and I can hold 60. Keep what matters most: who, where, wearing what."
    ),
    "too_long": "That is {count} characters; 600 is the most I read. Shorter words will do.",
    "control_characters": (
        "There are invisible characters in that prompt. Please type it afresh, in plain letters."
    ),
    "loader_syntax": "No `<...:...>` is needed here: your token alone brings your subject.",
    "weight_garbled": (
        "Something in there looks like a weight and I cannot read it. Write the words, a colon and"
        " a number in one pair of brackets, none inside another: `(red hat:1.3)`."
    ),
    "weight_out_of_bounds": (
        "I weigh words from {least:g} to {most:g}, and that says {weight}: out there the picture"
        " falls apart, or the word is lost. `(red hat:1.2)` says a lot already."
    ),
    "sexual": (
        "I do not make sexual pictures of anybody's likeness, on any server. Ask me for"
        " something else and I will gladly do it."
    ),
    "no_token": (
        "There is no token of yours in that prompt. Put one in, followed by what it is:"
        " `{example} at the beach`. {list}"
    ),
    "undressing": (
        "I keep everybody dressed. Leave clothes out of `negative`; say in the prompt what they"
        " shall wear instead."
    ),
    "two_tokens": (
        "I can draw one subject at a time, and that names {tokens}. Keep the one you want most."
    ),
    "style_gone": (
        "There is no style called `{style}` here any more, if there ever was. `/style list` shows"
        " those I have."
    ),
    "style_unfit": (
        "Together with the style `{style}` your words can be read as something I do not draw. Say"
        " it in other words, or choose another style."
    ),
    "not_trained": "`{token}` is not trained yet. `/train start` first, then I can draw it.",
}
MEND = "Mend it"
PROMPT_FORM = "Your prompt"
PROMPT_FIELD = "What shall I draw?"
PROMPT_HINT = "3 to 60 words, with your token in them"
DRAFT_GONE = "I kept that prompt for a day, and the day is over. `/imagine` takes it afresh."
AGAIN = "Again"
REMIX = "Other words"
VARY = "Vary"
ENLARGE = "Larger"
TAKE_AWAY = "Delete"
TAKE_AWAY_QUESTION = (
    "Delete these pictures, here and on my side? The same prompt and seed can draw them again for"
    " as long as your subject stays as it is."
)
TAKEN_AWAY = "Gone, here and on my side."
PICTURES_GONE = "These pictures are not on my side any more, so I cannot go on from them."
FAST_ALONE = (
    "A fast picture has its own few steps and its own way with the prompt. Leave out `steps` and"
    " `guidance`, or leave out `fast`."
)
_NO_TOKENS = "You have none yet: `/subject create`."


def prompt_refusal(
    reason: str,
    facts: Mapping[str, object],
    trained: Sequence[tuple[str, str]],
    untrained: Sequence[tuple[str, str]],
) -> str:
    """`trained` and `untrained`: the (token, class word) pairs of the member's subjects."""
    token, class_word = next(iter((*trained, *untrained)), ("zwx", "woman"))
    known = [f"Yours: {_listed(trained, 2)}."] if trained else []
    if untrained:
        others = _listed(untrained, 1 if trained else 2)
        known.append(f"Not trained yet: {others}; `/train start` comes first.")
    words = dict(facts)
    words |= {name: plain(str(facts[name])) for name in ("weight", "style") if name in facts}
    if reason in {"too_few_words", "too_many_words"}:
        words["count"] = count(int(str(facts["count"])), "word")
    return _PROMPTS[reason].format(
        **words, example=f"{token} {class_word}", list=" ".join(known) or _NO_TOKENS
    )


def _listed(tokens: Sequence[tuple[str, str]], most: int) -> str:
    named = ", ".join(f"`{token}`" for token, _ in tokens[:most])
    return named if len(tokens) <= most else f"{named} and {len(tokens) - most} more"


def picture_waiting(prompt: str, place: int | str | None) -> str:
    """`place`: as of `waiting_line`, or what is said of it."""
    said = place if isinstance(place, str) else waiting_line(place)
    return f"> {plain(prompt, 400)}\n{said}"


def picture_running(prompt: str, doing: str = "Drawing…") -> str:
    return f"> {plain(prompt, 400)}\n{doing}"


def picture_done(
    mention: str, prompt: str, seeds: Sequence[int], with_class: bool, style: str | None = None
) -> str:
    seed = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
    hint = " · I added the class word after the token" if with_class else ""
    look = f" · {plain(style)}" if style else ""
    return f"> {plain(prompt, 400)}\n{mention} · {seed}{look}{hint}"


def picture_failed(prompt: str, code: str | None) -> str:
    return f"> {plain(prompt, 400)}\n{failure(code)}"


def picture_cancelled(prompt: str) -> str:
    return f"> {plain(prompt, 400)}\nStopped, as you asked."


def pictures_withheld(number: int, of: int, *, is_edit: bool = False) -> str:
    """What is said in place of pictures that look too explicit to be shown. Of an edit there may
    have been no words to choose others for."""
    what = (
        "I drew it, but it"
        if number == of == 1
        else f"I drew all {of}, but every one of them"
        if number == of
        else f"I kept {number} of the {of} back: what I drew"
    )
    else_ = "another picture to start from" if is_edit else "a word more about clothes or the place"
    return (
        f"{what} came out more revealing than I show here. Often that is mere chance: {else_}, or"
        " another go, and it should go well. If it keeps happening I take a day's break."
    )


def pictures_lost(number: int, *, is_edit: bool = False) -> str:
    """What is said in place of pictures whose files are gone. What an edit went on from is gone
    with its job, so only its member can begin anew."""
    files = "file" if number == 1 else "files"
    again = (
        "Start from the same picture once more, and something much like it comes out."
        if is_edit
        else "The same prompt and seed draw the same picture again."
    )
    return f"The {files} of {count(number, 'picture')} got lost on my side, and I am sorry. {again}"


def pictures_unchecked(number: int) -> str:
    """What is said in place of pictures that there was no time to look at."""
    return (
        f"I could not check {count(number, 'picture')} in time, and I show none that I have not"
        " looked at. That says nothing about what is on it; please ask me once more in a while."
    )
