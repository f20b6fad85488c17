"""Das Zeugnis eines Trainings: was daraus wurde, nach Messung, und woraus es gemacht ist."""

from __future__ import annotations

from collections.abc import Sequence

from bot.words.de.measures import MARKS, count, decimal, plain, span
from bot.words.de.plan import method_called, rate_said
from storage.settings import METHODS

SHOW_REPORT = "Zeugnis"
REPORT_TITLE = "Zeugnis von {token}"
REPORT_GONE = "Dieses Zeugnis gibt es nicht mehr. `/subject versions` zeigt die, die ich noch habe."

#: What the picture's curves are called.
CURVES_PHOTOS = "Wie weit ich bei Fotos danebenliege (100% = vor dem Lernen)"
CURVES_HELD_OUT = "zurückgehalten"
CURVES_TRAIN = "gelernt"
CURVES_CLASS = "Wie sehr sich andere Bilder der Klasse verändert haben"
CURVES_DRIFT = "die Klasse ohne das Token"
CURVES_AXIS = "Schritte"

_REASONS = {
    "copied": "Ich habe Schritt {step} gewählt: Danach wurden deine Fotos kopiert.",
    "best": (
        "Ich habe Schritt {step} gewählt: Von da an wurde es mit {kept_back} als Probe nicht mehr"
        " besser."
    ),
    "drift": (
        "Ich habe Schritt {step} gewählt: Danach sah jede andere {class_word} allmählich aus wie"
        " `{token}`."
    ),
    "drift_always": (
        "Ich habe Schritt {step} gewählt, einen frühen: Jede andere {class_word} sieht schon da ein"
        " wenig aus wie `{token}`, später noch mehr. Mehr Klassenbilder helfen vielleicht."
    ),
    "last": (
        "Ich habe Schritt {step} gewählt, den letzten: Mit {kept_back} als Probe wurde es noch"
        " besser, mehr Schritte helfen also vielleicht."
    ),
    "last_untested": (
        "Ich habe Schritt {step} gewählt, den letzten: Von so wenigen Fotos konnte ich keines als"
        " Probe zurückhalten. Kopiert er sie, nimm einen früheren vom Probebogen."
    ),
    "member": "Ich habe Schritt {step} gewählt, bei dem du mich angehalten hast.",
}
_SCORES = {
    "learned": ("counts", "Wirkt gelernt, nicht kopiert"),
    "learned_untested": (
        "counts",
        "Wirkt gelernt; ob kopiert, kann ich nicht sagen, denn kein Foto war zurückgehalten",
    ),
    "barely": ("doubt", "Kaum gelernt: Mehr Schritte oder mehr Fotos helfen vielleicht"),
    "copied": (
        "doubt",
        "Hängt an deinen Fotos: Bilder wiederholen vielleicht ihre Kleidung und Hintergründe",
    ),
    "class_kept": ("counts", "Jede andere {class_word} sieht aus wie zuvor"),
    "class_moved": ("doubt", "Jede andere {class_word} sieht vielleicht etwas aus wie `{token}`"),
    "class_lost": ("not", "Jede andere {class_word} wird aussehen wie `{token}`"),
}
_STEPPED_DOWN = {
    "checkpointing": "habe ich die Hälfte jedes Schritts zweimal gerechnet, langsamer, aber gleich",
    "smaller-parts": "habe ich die Bilder eines Schritts nacheinander genommen, mit gleichem"
    " Ergebnis",
    "8-bit": "habe ich das Gedächtnis des Optimierers in 8 Bit gehalten, mit fast gleichem"
    " Ergebnis",
}


def why_line(reason: str, step: int, held_out: int, token: str, class_word: str) -> str:
    """Why that step is proposed; `held_out` photos were kept back."""
    kept_back = (
        "dem einen zurückgehaltenen Foto"
        if held_out == 1
        else f"den {held_out} zurückgehaltenen Fotos"
    )
    return _REASONS[reason].format(
        step=step, kept_back=kept_back, token=token, class_word=class_word
    )


def ended_early(step: int, planned: int) -> str:
    return f"Ich habe es bei Schritt {step} von {planned} beendet: Mehr hätte nicht geholfen."


def not_proposed(step: int, proposed: int) -> str:
    return f"Das ist Schritt {step}. Vorgeschlagen hatte ich Schritt {proposed}."


def score_line(code: str, token: str, class_word: str) -> str:
    mark, said = _SCORES[code]
    return f"{MARKS[mark]} {said.format(token=token, class_word=class_word)}"


def stepped_down_line(codes: Sequence[str]) -> str:
    """What was done with less memory than was wished for."""
    known = [_STEPPED_DOWN[code] for code in codes if code in _STEPPED_DOWN]
    return "Der Speicher war knapp, deshalb " + "; und ".join(known) + "." if known else ""


def report_photos(photos: int, held_out: int) -> str:
    return f"{photos}, davon {held_out} als Probe zurückgehalten" if held_out else str(photos)


def report_steps(steps: int, planned: int | None, from_step: int | None) -> str:
    """`planned` are the new ones where it went on from another adapter."""
    if from_step is not None:
        return f"{steps}, weiter von Schritt {from_step}"
    return f"{steps} von {planned}" if planned and planned != steps else str(steps)


def report_settings(
    method: str, rate: float | None, rank: int | None, batch: int | None, gamma: float | None
) -> str:
    facts = [
        method_called(method) if method in METHODS else plain(method),
        f"Rang {rank}" if rank and method != "full" else "",
        f"Lernrate {rate_said(rate)}" if rate else "",
        f"{batch} auf einmal" if batch else "",
        f"min-SNR {gamma:g}" if gamma else "",
    ]
    return ", ".join(fact for fact in facts if fact)


def report_class(class_images: int, weight: float | None) -> str:
    how = (
        count(class_images, "Klassenbild", "Klassenbilder")
        if class_images
        else "die Antworten der Basis selbst"
    )
    return f"{how}, Gewicht {weight:g}" if weight else how


def report_base(base: str, base_hash: str | None) -> str:
    return f"{base} `{base_hash[:12]}`" if base_hash else base


def report_time(seconds: float, judge_s: float | None, device: str | None) -> str:
    judging = f", davon {span(judge_s)} zum Beurteilen" if judge_s and judge_s >= 1 else ""
    return f"{span(seconds)}{judging}" + (f", auf {device}" if device else "")


def report_memory(peak_mb: int) -> str:
    if peak_mb >= 1000:
        return f"höchstens {decimal(peak_mb / 1000, 1)} GB"
    return f"höchstens {peak_mb} MB"


REPORT_FIELDS = {
    "photos": "Fotos",
    "steps": "Schritte",
    "settings": "Gelernt als",
    "class": "Klasse bewahrt durch",
    "time": "Dauer",
    "memory": "Speicher",
    "seed": "Seed",
    "base": "Basis",
    "face": "Abstand der Gesichter",
}


def report_face(distance: float) -> str:
    return f"{decimal(distance, 2)} im Mittel (derselbe Mensch: meist unter 0,5)"


def curve_step(step: int, *, is_proposed: bool) -> str:
    return f"Schritt {step}: meine Wahl" if is_proposed else f"Schritt {step}"
