"""What a member agrees to before the first photo, and how everything is taken back."""

from __future__ import annotations

from bot.words.measures import count, size
from storage.erase import Receipt

CONSENT_VERSION = 1

CONSENT = (
    "**Before the first photo**\n"
    "I am a portrait studio: from your photos I learn to draw one subject, for you alone.\n\n"
    "• I keep your photos upright, without their metadata (no place, no date, no camera), on"
    " this server operator's own machine, for as long as the subject exists.\n"
    "• They are used for one thing: training your own subject. No shared model learns from them.\n"
    "• Only you can use your subject. Sexual pictures of anybody are refused, always.\n"
    "• `/subject delete` removes one subject, `/me forget` removes everything of yours, files"
    " included.\n\n"
    "Hand me only pictures of yourself, of somebody who said yes to this, or of a pet, object or"
    " character you may use."
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
    " answered you. This cannot be undone. Shall I?"
)
FORGET_YES = "Forget me"
FORGET_NO = "Keep everything"


def forgotten(receipt: Receipt) -> str:
    if not (receipt.subjects or receipt.photos or receipt.jobs or receipt.pictures):
        return "I keep nothing of yours. It was nice to meet you."
    parts = [
        count(receipt.subjects, "subject"),
        count(receipt.photos, "photo"),
        count(receipt.adapters, "training"),
        count(receipt.pictures, "picture"),
        count(receipt.jobs, "job"),
    ]
    return (
        "Done: you are forgotten. Receipt: "
        + ", ".join(parts)
        + f", {size(receipt.freed_bytes)} of files removed."
    )
