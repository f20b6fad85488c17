"""Der Weg von nichts zu einem Bild, an Beispielen, von da an, wo ein Mitglied steht."""

from __future__ import annotations

HELP_TITLE = "So arbeitet dieses Studio"

_STEPS = {
    "subject": "Öffne eine Mappe: `/subject create token:{token} kind:person class:woman`",
    "photos": "Gib Fotos ab: `/photos add token:{token}`, 6 vom Gesicht und 2 bis zur Taille",
    "train": "Lass mich lernen: `/train start token:{token}` zeigt zuerst den Plan",
    "imagine": "Bitte um Bilder: `/imagine prompt:a {token} {class_word} at the beach`",
}
_MARKS = {"done": "✅", "next": "➡️", "later": "▫️"}

HELP_EXAMPLES = (
    "**Und dann**\n"
    "· `a {token} {class_word} in a (red hat:1.3)` macht mehr aus dem Hut\n"
    "· die Knöpfe unter einem Bild: noch einmal, andere Worte, abwandeln, größer\n"
    "· `/edit restyle prompt:a {token} {class_word} as an oil painting`\n"
    "· `/gallery` zeigt alle deine Bilder, `/show` holt eines zurück, `/queue` sagt, wann du dran"
    " bist"
)
HELP_YOURS = (
    "Deine Fotos und Bilder gehören dir: `/subject delete` entfernt ein Motiv, `/me forget`"
    " entfernt alles, mit Beleg."
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
