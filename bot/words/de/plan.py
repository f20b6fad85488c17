"""Der Plan eines Trainings, bevor etwas beginnt."""

from __future__ import annotations

from collections.abc import Sequence

from bot.words.de.checklist import missing_line
from bot.words.de.measures import count, decimal, span
from bot.words.en.plan import rate_said as rate_said  # noqa: PLC0414 - a number has no language

PLAN_TITLE = "Der Plan für {token}"
START = "Training beginnen"
START_OVER = "Von vorn beginnen"
NEVER_MIND = "Jetzt nicht"
NEVER_MINDED = "Keine Eile. Deine Fotos sind sicher; `/train start`, wann du magst."

ALREADY_TRAINING = "Das ist schon unterwegs. `/queue` zeigt, wie weit es ist."
TRAINER_ASLEEP = "Der Trainer schläft gerade; dein Platz in der Reihe bleibt, bis er aufwacht."
PLAN_OUTDATED = (
    "Seit diesem Plan hat sich etwas geändert: die Fotos, die verwendete Version oder die Basis."
    " `/train start` macht einen neuen."
)
NO_RATE = (
    "Eine Lernrate ist eine kleine Zahl wie 0.0005 oder 5e-4. Lass sie weg, dann nehme ich die, die"
    " passt."
)

_METHODS = {
    "lora": "LoRA",
    "lora-text": "LoRA auch im Textencoder",
    "pivotal": "LoRA mit einem eigenen Token",
    "full": "jedes Gewicht der Basis",
}

_BOUNDS = {
    "steps": "Schritte gehen von {low} bis {high}. Lass sie weg",
    "class_images": "Klassenbilder gehen von {low} bis {high}. Lass sie weg",
    "learning_rate": "Die Lernrate geht auf dieser Basis von {low} bis {high}. Lass sie weg",
}

_PLAN_WARNINGS = {
    "underfit": (
        "Das ist {much} dessen, was diese Fotos brauchen: Es sieht deinem Motiv vielleicht noch"
        " nicht ähnlich. Ich würde {best} nehmen."
    ),
    "overfit": (
        "Das ist {much} dessen, was diese Fotos brauchen: Vielleicht wiederholt es sie, statt dem"
        " Prompt zu folgen. Ich würde {best} nehmen."
    ),
    "long": (
        "Das ist {much} dessen, was diese Fotos brauchen: Es dauert lange, bringt wenig, und jede"
        " andere {class_word} sieht am Ende vielleicht wie dein Motiv aus. Ich würde {best} nehmen."
    ),
    "hot": (
        "Mit so hoher Lernrate lerne ich in Sprüngen und komme vielleicht nie zur Ruhe. Ich würde"
        " {best_rate} nehmen."
    ),
    "few_class_images": (
        "So wenige Klassenbilder kann ich bald auswendig, und jede andere {class_word} sieht dann"
        " vielleicht wie sie aus. Ich würde {best_images} nehmen."
    ),
}


def method_called(method: str) -> str:
    return _METHODS.get(method, method)


def method_not_offered(offered: Sequence[str]) -> str:
    ways = " oder ".join(f"`{method}` ({_METHODS[method]})" for method in offered)
    return f"So zu lernen, wird hier nicht angeboten. Es geht mit {ways}."


def no_more_of(token: str, method: str) -> str:
    return (
        f"Diese Version von `{token}` wurde mit {method_called(method)} gelernt, was hier nicht"
        " mehr"
        " angeboten wird. `/train start` lernt es auf andere Weise."
    )


def out_of_bounds(name: str, low: float, high: float) -> str:
    bounds = _BOUNDS[name].format(low=rate_said(low), high=rate_said(high))
    return f"{bounds}, dann nehme ich, was zu deinen Fotos passt."


def plan_warning(code: str, much: float, best: tuple[int, float, int], class_word: str) -> str:
    """`much` is how much would be learned, where what is recommended is 1; `best` are the steps,
    the learning rate and the class images that are recommended."""
    steps, rate, images = best
    return "⚠️ " + _PLAN_WARNINGS[code].format(
        much=_times(much),
        best=f"{steps} Schritte mit einer Lernrate von {rate_said(rate)}",
        best_rate=rate_said(rate),
        best_images=f"{images} oder keine" if images else "keine",
        class_word=class_word,
    )


def _times(much: float) -> str:
    if much >= 1:
        return f"das {decimal(much, 1 if much < 10 else 0)}-Fache"
    return f"{much * 100:.0f} %" if much >= 0.01 else "weniger als 1 %"


def not_covered(kind: str, missing_faces: int, missing_torsos: int) -> str:
    return "Noch kann ich nicht anfangen. " + missing_line(kind, missing_faces, missing_torsos, 0)


def plan_photos(photos: int, new: int) -> str:
    return f"**Fotos** {photos}" + (f", davon {new} neu" if new else "")


def plan_steps(steps: int, is_more: bool) -> str:
    return f"**Schritte** {steps}" + (" zusätzlich zu dem, was da ist" if is_more else "")


def plan_rate(rate: float) -> str:
    return f"**Lernrate** {rate_said(rate)}"


def plan_class_images(class_images: int) -> str:
    if class_images:
        return f"**Klassenbilder** {class_images}"
    return "**Klassenbilder** keine: Bei jedem Schritt frage ich die Basis, wie die Klasse aussieht"


def plan_method(method: str) -> str:
    return f"**Methode** {_METHODS[method]}"


def plan_time(seconds: float | None) -> str:
    if seconds is None:
        return "**Dauer** Diesen Trainer habe ich noch nicht gemessen"
    return f"**Dauer** etwa {span(seconds)}"


def plan_place(ahead: int) -> str:
    place = (
        "Du bist als Nächstes dran."
        if ahead == 0
        else f"{count(ahead, 'Auftrag', 'Aufträge')} vor deinem."
    )
    return f"**In der Reihe** {place}"


def learn_new(new: int) -> str:
    """The button that learns the new photos only; a label has room for 80 letters."""
    return f"Die {new} neuen Fotos lernen" if new > 1 else "Das neue Foto lernen"


def two_ways(token: str, new: int) -> str:
    photos = f"die {new} neuen Fotos" if new > 1 else "das neue Foto"
    return (
        f"`{token}` kennt {photos} noch nicht. Ich kann von dem aus weitermachen, was es kennt, mit"
        " allen Fotos und in kleinen Schritten, oder von vorn beginnen."
    )


def trained_already(token: str) -> str:
    return (
        f"`{token}` hat genau diese Fotos schon gelernt. Von vorn zu beginnen, macht eine weitere"
        " Version; die du hast, bleibt."
    )


def still_knows(token: str, gone: int) -> str:
    photos = (
        f"{gone} Fotos gelernt, die weg sind oder nicht mehr zählen"
        if gone > 1
        else "ein Foto gelernt, das weg ist oder nicht mehr zählt"
    )
    return f"`{token}` hat auch {photos}. Nur von vorn zu beginnen, lässt das aus."


def learned_on_another_base(token: str) -> str:
    return f"Was `{token}` bisher gelernt hat, war auf einer anderen Basis; das beginnt von vorn."


def goes_on_only_with(token: str, method: str) -> str:
    return (
        f"Bisher wurde `{token}` mit {_METHODS[method]} gelernt. Die neuen Fotos allein gehen nur"
        " mit derselben Methode, das hier beginnt also von vorn."
    )
