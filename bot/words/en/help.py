"""The way from nothing to a picture, by example, from where a member stands."""

from __future__ import annotations

HELP_TITLE = "How this studio works"

_STEPS = {
    "subject": "Open a folder: `/subject create token:{token} kind:person class:woman`",
    "photos": "Hand in photos: `/photos add token:{token}`, 6 of the face and 2 down to the waist",
    "train": "Let me learn: `/train start token:{token}` shows the plan first",
    "imagine": "Ask for pictures: `/imagine prompt:a {token} {class_word} at the beach`",
}
_MARKS = {"done": "✅", "next": "➡️", "later": "▫️"}

HELP_EXAMPLES = (
    "**Then**\n"
    "· `a {token} {class_word} in a (red hat:1.3)` makes more of the hat\n"
    "· the buttons below a picture: again, other words, vary, larger\n"
    "· `/edit restyle prompt:a {token} {class_word} as an oil painting`\n"
    "· `/gallery` shows all your pictures, `/show` brings one back, `/queue` says when it is your"
    " turn"
)
HELP_YOURS = (
    "Your photos and pictures are yours: `/subject delete` removes a subject, `/me forget` removes"
    " everything, with a receipt."
)


def help_steps(at: str, token: str, class_word: str) -> str:
    """The steps in their order, those before `at` ticked off: `subject`, `photos`, `train` or
    `imagine`."""
    names = list(_STEPS)
    lines = []
    for number, (name, text) in enumerate(_STEPS.items(), 1):
        state = "next" if name == at else "done" if number <= names.index(at) else "later"
        line = text.format(token=token, class_word=class_word)
        lines.append(f"{_MARKS[state]} {number}. {line}")
    return "\n".join(lines)


def help_examples(token: str, class_word: str) -> str:
    return HELP_EXAMPLES.format(token=token, class_word=class_word)
