"""Was um die Tafeln von Bildern, Trainings und Angeboten herum gesagt wird."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

TAKE_AWAY_EDIT_QUESTION = (
    "Diese Bilder löschen, hier und bei mir? Sie gingen von einem anderen Bild aus, dieselben kann"
    " ich also nicht noch einmal zeichnen."
)
YOURS_ALREADY = "`{token}` gehört dir schon. `/photos add` nimmt die ersten Fotos."


def preview_line(step: int) -> str:
    return (
        f"So zeichne ich es nach Schritt {step}. Es ist nur eine schnelle Skizze; der Musterbogen"
        " kommt noch."
    )


KEEP_PICTURE = "Behalten"
KEPT_PICTURE = "Behalten ✓"
PICTURE_IS_KEPT = (
    "Behalten. Es bleibt bei mir, solange du magst, und `/gallery kept:True` zeigt es. Drück noch"
    " einmal, um es loszulassen."
)
PICTURE_LET_GO = (
    "Losgelassen. Noch ist es hier, und es geht, wenn die Zeit aller anderen Bilder um ist."
)

RESTYLE = "Anderer Stil"
RESTYLE_TITLE = "In welchem Stil?"
RESTYLE_HINT = (
    "Such dir einen aus, und ich zeichne das Bild darin neu. Für eigene Worte gibt es"
    " `/edit restyle`."
)


def restyle_menu(number: int | None) -> str:
    return "Ein Stil …" if number is None else f"Bild {number}: ein Stil …"


PARAMETERS = "Parameter"
PARAMETERS_TITLE = "So habe ich das gezeichnet"
PARAMETERS_VERSION_GONE = "Das Training, mit dem es gezeichnet wurde, ist nicht mehr hier."


def parameters_words(prompt: str, negative: str) -> str:
    without = f"\n**Ohne** {negative}" if negative else ""
    return f"**Worte** {prompt}{without}"


def parameters_facts(facts: Mapping[str, str], seeds: Sequence[int]) -> str:
    named = "Startwert" if len(seeds) == 1 else "Startwerte"
    told = [
        f"{named} {', '.join(map(str, seeds))}",
        *([f"{facts['Steps']} Schritte"] if "Steps" in facts else []),
        *([f"Führung {facts['CFG scale']}"] if "CFG scale" in facts else []),
        *([facts["Sampler"]] if "Sampler" in facts else []),
        *([f"{facts['Size']} px"] if "Size" in facts else []),
        *([f"Basis {facts['Model']}"] if "Model" in facts else []),
        *([f"Stärke {facts['Denoising strength']}"] if "Denoising strength" in facts else []),
    ]
    return " · ".join(told)


def parameters_version(token: str, step: int, made_at: datetime) -> str:
    return f"Mit `{token}`, wie ich es bei Schritt {step} kannte, <t:{made_at.timestamp():.0f}:f>."


def parameters_elsewhere(token: str) -> str:
    return (
        f"Mit anderen Werkzeugen: `/subject export {token}` gibt dir den Adapter als Datei. Leg sie"
        " zu deinen LoRAs, füg diese Zeilen in den Prompt ein und lass dein Werkzeug sie lesen."
    )


GALLERY_KEPT_TITLE = "Die Bilder, die du behältst"
GALLERY_KEPT = "Nur behaltene"
GALLERY_ALL = "Alle Bilder"
GALLERY_NONE_KEPT = (
    "Noch behältst du kein Bild. Drück unter einem, das dir gefällt, auf Behalten, und es hängt"
    " hier für immer."
)
