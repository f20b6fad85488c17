"""What did not work, and what to do next."""

from __future__ import annotations

NOT_FOR_YOU = (
    "That button belongs to somebody else. Your own are a `/queue` or `/photos show` away."
)
SUBJECT_GONE = "That subject is no longer here. `/subject list` shows the ones you have."
TROUBLE = (
    "Something went wrong on my side, and I have written it down for the person who runs me."
    " Nothing of yours was lost; please try once more in a moment."
)

BUSY = "I am very busy this very moment and changed nothing. Please ask me once more in a minute."
EYES_SHUT = (
    "I cannot look at pictures this very moment, so I show and take none. Nothing is lost; please"
    " ask me once more in a minute."
)
FULL = (
    "There is no room left where I keep things, so I changed nothing. Please tell the person who"
    " runs me; what you have here is safe."
)

_FAILURES = {
    "crashed": (
        "I tried several times and the trainer went down each time, so I stopped. Your photos"
        " are safe. Please tell the person who runs me; trying later costs nothing."
    ),
    "out_of_memory": (
        "There was not enough memory for this one. Your photos are safe; fewer class images may"
        " help, or try again when less is going on."
    ),
    "no_photos": "The photos of that subject are gone, so there was nothing to learn from.",
    "photo_missing": (
        "One of the photo files is missing on my side. Drop it with `/photos show`, send it"
        " again, and train once more."
    ),
    "adapter_missing": (
        "That subject is not trained any more. `/train start` it, then ask me again."
    ),
    "adapter_damaged": (
        "What I had learned of that subject is damaged or lost, so I have put it aside. If there"
        " is an earlier version I draw with that from now on: ask me again."
        " `/train start` makes it anew"
        " from your photos, which are safe."
    ),
    "source_missing": (
        "The picture I was to work on is gone, so there was nothing to go on from. Send it once"
        " more, or choose another with `of`."
    ),
    "picture_failed": "That picture came out broken. Another seed or wording will do it.",
    "error": TROUBLE,
}


def failure(code: str | None) -> str:
    return _FAILURES.get(code or "error", TROUBLE)
