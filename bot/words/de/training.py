"""Ein Training, das läuft, und was daraus wurde."""

from __future__ import annotations

from bot.words.de.measures import count, pace, span

TRAINING_TITLE = "Training von {token}"

SHOW_SHEET = "Zeig mir den Probebogen"
SHEET_TITLE = "Probebogen von {token}"
SHEET_HINT = "Gefällt er dir? `/imagine a {token} {class_word} at the beach`, und sieh selbst."
SHEET_GONE = "Diesen Bogen gibt es nicht mehr. Ein neues Training macht einen neuen."

CANCEL_ASKED = "Nach diesem Schritt höre ich auf …"
KEEP_ASKED = "Nach diesem Schritt höre ich auf. Was ich gelernt habe, bleibt bei dir."
STOP_AND_KEEP = "Aufhören, Gelerntes behalten"
STOP_AND_DROP = "Aufhören und verwerfen"
GO_ON = "Weitermachen"
STOP_AT_THE_END = (
    "Ich habe schon alles gelernt und zeichne den Probebogen. Soll ich behalten, was ich gelernt"
    " habe, es verwerfen, oder weitermachen, als hättest du nicht gefragt?"
)
GOES_ON = "Gut, ich mache weiter. Nichts wurde unterbrochen."
CANCELLED = "Angehalten, wie du wolltest. Davon ist nichts geblieben; deine Fotos sind sicher."
RETRYING = "Der Trainer ist gestolpert, und das ist wieder in der Reihe (Versuch {attempt})."


def tiles_withheld(number: int, of: int) -> str:
    """Of a sample sheet: pictures that look too explicit to be shown."""
    which = "Alle diese Bilder zeigen" if number == of else f"{number} dieser Bilder zeigen"
    return (
        f"{which} mehr, als ich hier zeigen mag, deshalb bleibt der Platz dunkel. Das sagt nichts"
        " über deine Fotos; worum du als Nächstes bittest, kann gut gelingen."
    )


def stop_question(step: int, total: int) -> str:
    return (
        f"Bisher habe ich {step} von {count(total, 'Schritt', 'Schritten')} gelernt. Soll ich hier"
        " aufhören und das behalten, aufhören und es verwerfen, oder weitermachen? Behalten lässt"
        " es sich gleich zeichnen, sieht deinem Motiv aber vielleicht weniger ähnlich."
    )


def progress_line(phase: str, step: int, total: int, rate: float | None) -> str:
    name = {
        "loading": "Aufwärmen",
        "dataset": "Ich sehe mir deine Fotos an",
        "class-images": "Ich male Klassenbilder",
        "training": "Ich lerne",
        "samples": "Ich zeichne den Probebogen",
    }.get(phase, "Ich arbeite")
    if not total:
        return f"{name} …"
    filled = round(16 * step / total)
    bar = "█" * filled + "░" * (16 - filled)
    speed = f" · {pace(rate)}" if rate else ""
    left = f" · noch etwa {span((total - step) / rate)}" if rate and step < total else ""
    return f"{name}\n`{bar}` {step} von {total}{speed}{left}"


def trained(token: str, class_word: str, steps: int, seconds: float) -> str:
    return (
        f"`{token}` ist fertig, nach {count(steps, 'Schritt', 'Schritten')} und {span(seconds)}."
        f" Setz es in jeden Prompt: `/imagine a {token} {class_word} at the beach`."
    )


def trained_early(token: str, class_word: str, steps: int, planned: int) -> str:
    return (
        f"Wie du wolltest, habe ich früher aufgehört, bei Schritt {steps} von {planned}, und"
        f" behalten, was ich gelernt hatte: `/imagine a {token} {class_word} at the beach`. Ist es"
        " noch nicht ähnlich genug, kann ich von dort weitermachen."
    )


def trained_so_far(token: str, class_word: str) -> str:
    return (
        "Wie du wolltest, habe ich früher aufgehört und behalten, was ich gelernt hatte:"
        f" `/imagine a {token} {class_word} at the beach`. Ist es noch nicht ähnlich genug, kann"
        " ich"
        " von dort weitermachen."
    )


def trained_ping(mention: str, token: str) -> str:
    return f"{mention} `{token}` ist fertig."


def trained_early_ping(mention: str, token: str) -> str:
    return f"{mention} Ich habe aufgehört, wie du wolltest. `{token}` ist bereit, so wie es ist."
