"""Photos that come in messages."""

from __future__ import annotations

HAND_WHOSE = "Lovely. Whose photos are these?"
HAND_CHOOSE = "Choose a subject"
HAND_IN_PUBLIC = (
    "Thank you. Press below and I ask you privately whose photos these are. Everybody "
    "here can see them: `/photos add` or a direct message to me hands them in privately."
)
HAND_NOT_YOURS = (
    "I learn only from photos that you posted yourself. Ask whoever posted these to hand them in."
)
HAND_NO_PICTURES = "I see no photos in that message. Attach up to ten, or use `/photos add`."
HAND_GONE = "Those photos are not there any more. Send them once more, or use `/photos add`."
HAND_UNREADABLE = "I may not read that message again. `/photos add` takes your photos privately."


def nothing_to_review(token: str, photos: int) -> str:
    if not photos:
        return f"`{token}` has no photos yet. `/photos add` brings the first."
    return f"Every photo of `{token}` counts as it is. Nothing needs a look."
