"""Worin ein Mitglied vor dem ersten Foto einwilligt, und wie alles zurückgenommen wird."""

from __future__ import annotations

from bot.words.de.measures import count, size, when
from bot.words.en.consent import CONSENT_VERSION, CONSENT_WITH_COMPARING
from storage.erase import Receipt

__all__ = [
    "CONSENT_AND_PHOTOS",
    "CONSENT_FIRST",
    "CONSENT_GIVEN",
    "CONSENT_NO",
    "CONSENT_REFUSED",
    "CONSENT_STANDS",
    "CONSENT_VERSION",
    "CONSENT_WITH_COMPARING",
    "CONSENT_YES",
    "FORGET_NO",
    "FORGET_QUESTION",
    "FORGET_YES",
    "consent",
    "forgotten",
]


def consent(
    photos_days: int | None,
    adapters_days: int | None,
    pictures_days: int | None,
    *,
    compares: bool = False,
) -> str:
    """What is agreed to, the same as in English; None for what is kept until its member says
    otherwise."""
    compared = (
        "• Die Gesichter auf Fotos eines Menschen vergleiche ich miteinander, um nach einem zu"
        " fragen, das jemand anderem gehören könnte. Was ich dafür messe, ist sofort vergessen.\n"
        if compares
        else ""
    )
    kept = "solange es das Motiv gibt"
    if photos_days is not None:
        kept += (
            f", aber nicht länger als {count(photos_days, 'Tag', 'Tage')} nach seinem letzten"
            " Training"
        )
    ends = []
    if adapters_days is not None:
        ends.append(
            "was ich von einem Motiv gelernt habe, wenn"
            f" {count(adapters_days, 'Tag', 'Tage')} lang niemand damit gezeichnet hat"
        )
    if pictures_days is not None:
        ends.append(
            "die Bilder, die ich gezeichnet habe, außer denen, die du behältst, nach"
            f" {count(pictures_days, 'Tag', 'Tagen')}"
        )
    deletes = f"• Von selbst lösche ich {', und '.join(ends)}.\n" if ends else ""
    return (
        "**Vor dem ersten Foto**\n"
        "Ich bin ein Porträtstudio: Aus deinen Fotos lerne ich, ein Motiv zu zeichnen, für dich"
        " allein.\n\n"
        "• Deine Fotos bewahre ich aufrecht und ohne Metadaten auf (kein Ort, kein Datum, keine"
        f" Kamera), auf der eigenen Maschine des Betreibers dieses Servers, {kept}.\n"
        "• Zu jedem Foto behalte ich, was ich darauf sah: wo Gesichter sind und wohin sie blicken,"
        " Licht, Schärfe, die Quadrate, die ich schneide, und ihre Beschreibungen. Ich rate nie,"
        f" wer jemand ist oder wie alt.\n{compared}"
        "• Sie dienen einem Zweck: dein eigenes Motiv zu trainieren. Kein gemeinsames Modell lernt"
        f" daraus.\n{deletes}"
        "• Ein Bild, das du mir für `/edit` gibst, dient dem allein und geht, sobald es getan"
        " ist.\n"
        "• Nur du kannst dein Motiv verwenden, und mit wem du es teilst, bis du das zurücknimmst."
        " Sexuelle Bilder von wem auch immer lehne ich immer ab: Ein Programm sieht an, was ich"
        " zeichne, bevor es jemand sieht, und eine Woche lang merke ich mir, wer fragte. Wer immer"
        " wieder fragt, hat einen Tag Pause.\n"
        "• `/subject delete` entfernt ein Motiv, `/me forget` alles von dir, Dateien inbegriffen."
        " Nur eine Pause läuft bis zu ihrem Ende: So lange kenne ich deine ID und wann das ist.\n\n"
        "Gib mir nur Bilder von dir selbst, von jemandem, der Ja dazu gesagt hat, oder von einem"
        " Tier, einem Ding oder einer Figur, die du verwenden darfst."
    )


CONSENT_YES = "Ich bin einverstanden"
CONSENT_NO = "Nein, danke"
CONSENT_GIVEN = "Danke. Gib mir jetzt deine Fotos mit `/photos add`."
CONSENT_FIRST = (
    "Vor dem ersten Foto frage ich nach deinem Ja: `/photos add` zeigt, was ich behalte."
)
CONSENT_AND_PHOTOS = "Danke. Ich sehe mir deine Fotos gerade an."
CONSENT_STANDS = "Du hast schon zugestimmt, deine Fotos bleiben also. `/me forget` entfernt alles."
CONSENT_REFUSED = "Das ist völlig in Ordnung. Ich habe nichts behalten."

FORGET_QUESTION = (
    "Ich entferne alles von dir: dein Ja, jedes Motiv, Foto, Training und Bild, das ich habe, was"
    " in"
    " der Reihe ist oder läuft, und meine Antworten an dich. Nur eine Pause läuft bis zu ihrem"
    " Ende."
    " Das lässt sich nicht rückgängig machen. Soll ich?"
)
FORGET_YES = "Vergiss mich"
FORGET_NO = "Behalte alles"


def forgotten(receipt: Receipt) -> str:
    until = receipt.suspended_until
    if not (receipt.subjects or receipt.photos or receipt.jobs or receipt.pictures):
        but = (
            f" außer deiner ID und dem Ende deiner Pause; beides geht {when(until)}"
            if until
            else ""
        )
        return f"Ich habe nichts von dir{but}. Schön, dass du da warst."
    parts = [
        count(receipt.subjects, "Motiv", "Motive"),
        count(receipt.photos, "Foto", "Fotos"),
        count(receipt.adapters, "Training", "Trainings"),
        count(receipt.pictures, "Bild", "Bilder"),
        count(receipt.jobs, "Auftrag", "Aufträge"),
    ]
    receipt_line = (
        "Getan: Du bist vergessen. Beleg: "
        + ", ".join(parts)
        + f", {size(receipt.freed_bytes)} an Dateien entfernt."
    )
    goes_on = (
        f" Deine ID und das Ende deiner Pause bleiben, bis sie vorbei ist, {when(until)}."
        if until
        else ""
    )
    return receipt_line + _still_to_go(receipt.waiting_files) + goes_on


def _still_to_go(files: int) -> str:
    if not files:
        return ""
    last = "Die letzte Datei geht" if files == 1 else f"Die letzten {files} Dateien gehen"
    return (
        f" {last}, sobald der Speicher, in dem sie liegen, wieder antwortet; darum kümmere ich mich"
        " selbst."
    )
