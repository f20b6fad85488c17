"""Subjects that show another member: asking them, and what comes of it."""

from __future__ import annotations

from datetime import datetime

from bot.words.en.measures import article, count, when

LIKENESS_PERSONS_ONLY = (
    "Only a person can be another member: leave out `of`, or choose the kind `person`."
)
LIKENESS_A_BOT = "A bot has no face to learn. Choose the member who is shown, or leave out `of`."
LIKENESS_YES = "Yes, they may"
LIKENESS_NO = "No, thank you"
LIKENESS_ASK_AGAIN = "Ask them again"
LIKENESS_NOTHING_TO_ASK = (
    "There is nothing to ask here any more. `/subject list` shows how your subjects are."
)
LIKENESS_GONE = "That subject is gone already, with everything of it. There is nothing to decide."
LIKENESS_TAKE_BACK = "Take my yes back"
LIKENESS_TAKE_BACK_FROM = "Take my yes back for …"
LIKENESS_LEAVE = "Leave it as it is"


def likeness_asked(token: str, member_id: int) -> str:
    return (
        f"I am asking <@{member_id}> whether I may learn their looks for `{token}`. Photos,"
        " training"
        " and pictures wait for their yes, and I tell you when it comes."
    )


def likeness_waits(token: str, member_id: int | None) -> str:
    return (
        f"`{token}` shows <@{member_id}>, who has not said yes yet. Until then I take no photos of"
        " it, and learn and draw nothing. `/subject show` can ask them again once a day."
    )


def likeness_asked_lately(until: datetime) -> str:
    return f"I asked them not long ago. I can ask again {when(until)}: a question needs some peace."


def likeness_question(
    asker_id: int, token: str, class_word: str, photos_days: int | None, ends_days: int
) -> str:
    """The card for who is shown."""
    kept = "for as long as that subject exists"
    if photos_days is not None:
        kept += f", but no longer than {count(photos_days, 'day')} after its last training"
    return (
        f"### May I learn what you look like?\n<@{asker_id}> would like to hand me photos of you"
        " and"
        f" have me draw you, as `{token}`, {article(class_word)} {class_word}.\n"
        f"• I would keep those photos without their metadata, {kept}; what I learn from them;"
        " and the"
        f" pictures that <@{asker_id}> asks for.\n"
        "• Nobody else may draw it: it cannot be shared or lent. Sexual pictures are refused,"
        " always.\n"
        "• You can take a yes back at any time with `/me data`: then all of it is deleted at"
        " once.\n"
        "• Nothing is kept before your yes but this question. After"
        f" {count(ends_days, 'day')} without an answer it ends by itself."
    )


def likeness_given(asker_id: int, token: str) -> str:
    return (
        f"Thank you: <@{asker_id}> may have me learn what you look like, as `{token}`. Should you"
        " change your mind, `/me data` takes it back and deletes everything of it."
    )


def likeness_declined(token: str) -> str:
    return f"That is perfectly fine. `{token}` is gone, and nothing of it is kept."


def likeness_news(topic: str, token: str) -> str:
    """What the owner hears."""
    return {
        "agreed": (
            f"Good news: whoever `{token}` shows said yes. `/photos add` takes the first photos."
        ),
        "refused": (
            f"Whoever `{token}` was to show would rather not be drawn, so I closed the folder. That"
            " is theirs to say; thank you for asking first."
        ),
        "taken-back": (
            f"Whoever `{token}` shows took their yes back, so it is gone with its photos and"
            " pictures. That is theirs to say; thank you for respecting it."
        ),
        "lapsed": (
            f"Nobody answered whether I may learn `{token}`, so I closed its folder, which was"
            " empty. Perhaps ask them in person, then open it anew."
        ),
    }[topic]


def likeness_line(state: str, member_id: int | None, *, undeliverable: bool) -> str:
    """A line of the subject's own card: `asked` or `agreed`."""
    if state == "agreed":
        return f"Shows <@{member_id}>, who said yes to you alone."
    if undeliverable:
        return (
            f"Shows <@{member_id}>, whom I could not reach: their direct messages are closed. Ask"
            " them to open these for a moment, then let me ask again."
        )
    return f"Shows <@{member_id}>, whose answer I wait for. Until then nothing is learned or drawn."


def likeness_take_back_question(token: str) -> str:
    return (
        f"Take your yes to `{token}` back? What waits or is being drawn ends at once, and its"
        " photos,"
        " everything I learned and every picture of it that I keep are deleted for good."
    )


def likeness_taken_back(token: str) -> str:
    return f"Done: `{token}` is gone, with its photos, what I learned, and every picture of it."


def likeness_choice(token: str, class_word: str) -> str:
    return f"{token} ({class_word})"
