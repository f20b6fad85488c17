"""Fotos, die in Nachrichten kommen."""

from __future__ import annotations

HAND_WHOSE = "Schön. Wer ist auf diesen Fotos?"
HAND_CHOOSE = "Motiv wählen"
HAND_IN_PUBLIC = (
    "Danke. Drück unten, dann frage ich dich privat, wer auf diesen Fotos ist. Hier "
    "können alle sie sehen: Mit `/photos add` oder einer Direktnachricht gibst du sie "
    "mir privat."
)
HAND_NOT_YOURS = (
    "Ich lerne nur von Fotos, die du selbst gepostet hast. Bitte die Person, von der sie "
    "sind, sie mir zu geben."
)
HAND_NO_PICTURES = (
    "In dieser Nachricht sehe ich keine Fotos. Häng bis zu zehn an oder nimm `/photos add`."
)
HAND_GONE = "Diese Fotos sind nicht mehr da. Schick sie noch einmal oder nimm `/photos add`."
HAND_UNREADABLE = (
    "Ich darf diese Nachricht nicht noch einmal lesen. `/photos add` nimmt deine Fotos privat an."
)


def nothing_to_review(token: str, photos: int) -> str:
    if not photos:
        return f"`{token}` hat noch keine Fotos. `/photos add` bringt die ersten."
    return f"Jedes Foto von `{token}` zählt so, wie es ist. Da gibt es nichts zu prüfen."
