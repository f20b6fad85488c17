"""What a member agrees to before the first photo, and how everything is taken back."""

from __future__ import annotations

from bot.words.en.measures import count, size, when
from storage.erase import Receipt

#: What is agreed to; where faces are compared, more is.
CONSENT_VERSION = 8
CONSENT_WITH_COMPARING = 9


def consent(
    photos_days: int | None,
    adapters_days: int | None,
    pictures_days: int | None,
    *,
    compares: bool = False,
) -> str:
    """What is agreed to; None for what is kept until its member says otherwise. `compares`: faces
    of a person's photos are compared with each other.

    A retention of its own is no new version of the text: it keeps less than was agreed to.
    """
    compared = (
        "• I compare the faces of a person's photos with each other, to ask about one that may be"
        " somebody else's. What I measure for that is forgotten at once.\n"
        if compares
        else ""
    )
    kept = "for as long as the subject exists"
    if photos_days is not None:
        kept += f", but no longer than {count(photos_days, 'day')} after its last training"
    ends = []
    if adapters_days is not None:
        ends.append(
            "what I learned of a subject, when nobody has drawn with it for"
            f" {count(adapters_days, 'day')}"
        )
    if pictures_days is not None:
        ends.append(
            f"the pictures I drew, but for those you keep, after {count(pictures_days, 'day')}"
        )
    deletes = f"• I delete by myself {', and '.join(ends)}.\n" if ends else ""
    return (
        "**Before the first photo**\n"
        "I am a portrait studio: from your photos I learn to draw one subject, for you alone.\n\n"
        "• I keep your photos upright, without their metadata (no place, no date, no camera), on"
        f" this server operator's own machine, {kept}.\n"
        "• With each photo I keep what I saw on it: where faces are and which way they look, light,"
        " sharpness, the squares I cut and their captions. I never guess who somebody is, or how"
        f" old.\n{compared}"
        "• They are used for one thing: training your own subject. No shared model learns from"
        f" them.\n{deletes}"
        "• A picture that you hand me to work on with `/edit` is used for that alone, and goes once"
        " that is done.\n"
        "• Only you can use your subject, and whoever you share it with, until you take that back."
        " Sexual pictures of anybody are refused, always: a program"
        " looks at what I draw before anybody sees it, and I remember for a week who asked. Who"
        " keeps asking has a break of a day.\n"
        "• `/subject delete` removes one subject, `/me forget` removes everything of yours, files"
        " included. Only a break goes on to its end: so long I know your id, and when that is.\n\n"
        "Hand me only pictures of yourself, of somebody who said yes to this, or of a pet, object"
        " or character you may use."
    )


CONSENT_YES = "I agree"
CONSENT_NO = "No, thank you"
CONSENT_GIVEN = "Thank you. Now hand me your photos with `/photos add`."
CONSENT_FIRST = "Before the first photo I ask for your yes: `/photos add` shows what I keep."
CONSENT_AND_PHOTOS = "Thank you. I am looking at your photos now."
CONSENT_STANDS = "You agreed before, so your photos stay. `/me forget` removes everything."
CONSENT_REFUSED = "That is perfectly fine. I kept nothing."

FORGET_QUESTION = (
    "I will remove everything of yours: your consent, every subject, photo, training and"
    " picture that I keep, whatever of yours is in line or under way, and the messages in which I"
    " answered you. Only a break goes on to its end. This cannot be undone. Shall I?"
)
FORGET_YES = "Forget me"
FORGET_NO = "Keep everything"


def forgotten(receipt: Receipt) -> str:
    until = receipt.suspended_until
    if not (receipt.subjects or receipt.photos or receipt.jobs or receipt.pictures):
        but = f" but your id and the end of your break; both go {when(until)}" if until else ""
        return f"I keep nothing of yours{but}. It was nice to meet you."
    parts = [
        count(receipt.subjects, "subject"),
        count(receipt.photos, "photo"),
        count(receipt.adapters, "training"),
        count(receipt.pictures, "picture"),
        count(receipt.jobs, "job"),
    ]
    receipt_line = (
        "Done: you are forgotten. Receipt: "
        + ", ".join(parts)
        + f", {size(receipt.freed_bytes)} of files removed."
    )
    goes_on = (
        f" Your id and the end of your break stay until it is over, {when(until)}." if until else ""
    )
    return receipt_line + _still_to_go(receipt.waiting_files) + goes_on


def _still_to_go(files: int) -> str:
    if not files:
        return ""
    last = "The last file goes" if files == 1 else f"The last {files} files go"
    return f" {last} as soon as the store where I keep them answers again; I see to it myself."
