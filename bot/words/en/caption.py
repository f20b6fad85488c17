"""What is wrong with a caption that a member wrote, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.words.en.measures import count

_CAPTIONS = {
    "too_few_words": (
        "That is {count}: a caption needs at least 3 words. Say what the photo shows besides your"
        " subject: `laughing, on a blue sofa`."
    ),
    "too_many_words": (
        "That is {count} with the token and the class, and I can hold 60. Keep what one sees at"
        " first glance."
    ),
    "too_long": "That is {count} characters; 600 is the most I read. Shorter words will do.",
    "brackets": "I read plain words only. Please leave out the `<` and `>` and what is in them.",
    "control_characters": (
        "There are invisible characters in that caption. Please type it afresh, in plain letters."
    ),
    "sexual": (
        "I do not learn sexual words with anybody's likeness. Say what the photo shows in other"
        " words, or leave the caption to me."
    ),
}


def caption_refusal(reason: str, facts: Mapping[str, object]) -> str:
    words = dict(facts)
    if reason in {"too_few_words", "too_many_words"}:
        words["count"] = count(int(str(facts["count"])), "word")
    return _CAPTIONS[reason].format(**words)
