"""Für die Admins eines Servers: nach Mitgliedern sehen, und wie alles läuft."""

from __future__ import annotations

from datetime import datetime

from bot.words.en.measures import plain, size, when

MODERATE_WHAT = (
    "Nenne ein `member`, dann zeige ich, was es hier hat; oder ein `picture`, mit Nummer oder Link"
    " zur Nachricht, um es abzuhängen."
)
MODERATE_HINT = (
    "All das betrifft nur diesen Server. Wer eine Pause hat, erfährt es, wenn er mich fragt, und"
    " behält Motive und Fotos."
)
CANCEL_THEIRS = "Offenes abbrechen"
GIVE_BREAK = "Hier eine Pause von mir geben"
END_BREAK = "Pause beenden"
TAKE_DOWN = "Abhängen und löschen"
TAKEN_DOWN = (
    "Weg, hier und bei mir. Ich sage es dem Mitglied unter vier Augen und nenne dich nicht; sonst"
    " bleibt alles, wie es ist."
)
NO_SUCH_PICTURES = (
    "Unter dieser Nummer oder Nachricht finde ich keine Bilder dieses Servers. Die Nummer steht im"
    " Dateinamen: `darkroom-12-0.png` ist `12`."
)
STATUS_ASLEEP = "Kein Trainer ist wach. Aufträge behalten ihren Platz, bis einer aufwacht."


def _times(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def moderate_title(mention: str) -> str:
    return f"### {mention} auf diesem Server"


def moderate_record(pictures: int, trainings: int, offended: int, subjects: int) -> str:
    return (
        f"Offen hier: {_times(pictures, 'Bild', 'Bilder')},"
        f" {_times(trainings, 'Training', 'Trainings')}. In einer Woche hier nach etwas gefragt,"
        f" das ich nicht zeichne: {offended}-mal. Motive insgesamt: {subjects}."
    )


def moderate_break(paused: datetime | None, suspended: datetime | None) -> str:
    if paused is None and suspended is None:
        return "Keine Pause."
    told = [f"Eine Pause von Admins dieses Servers endet {when(paused)}."] if paused else []
    if suspended is not None:
        told.append(f"Eine Pause wegen des Gewünschten endet {when(suspended)}.")
    return " ".join(told)


def break_of(hours: int) -> str:
    return _times(hours, "Stunde", "Stunden") if hours < 24 else _times(hours // 24, "Tag", "Tage")


def cancelled_theirs(number: int) -> str:
    return f"Abgebrochen: {_times(number, 'Auftrag', 'Aufträge')}. Die Tafeln sagen es."


def take_down_question(job_id: int, owner_id: int) -> str:
    return (
        f"Die Bilder Nummer {job_id} von <@{owner_id}> abhängen? Sie verschwinden hier und bei mir"
        " für immer, und ich sage es freundlich weiter."
    )


def pictures_removed(server: str | None, job_id: int) -> str:
    where = f"von **{plain(server)}**" if server else "eines Servers"
    return (
        f"Die Admins {where} haben die Bilder Nummer {job_id} abgehängt, da sie dort nicht"
        " hinpassten. Sonst ist nichts angerührt, und ein anderer Prompt ist willkommen; frag sie"
        " gern, warum."
    )


def status_line(waiting: int, running: int, held: int) -> str:
    resting = f", davon {held} bis zum Ende einer Ruhezeit" if held else ""
    return f"**Schlange:** {waiting} warten{resting}, {running} in Arbeit."


def status_trainer(base: str, device: str, step_s: float | None, image_s: float | None) -> str:
    speeds = []
    if step_s:
        speeds.append(f"{step_s:.2g} s je Schritt")
    if image_s:
        speeds.append(f"{image_s:.2g} s je Bild")
    told = ", ".join(speeds) or "noch nicht gemessen"
    return f"**Trainer:** wach, {plain(base)} auf {plain(device)}, {told}."


def status_here(pictures: int, trainings: int, sessions: int) -> str:
    return (
        f"**Hier:** {_times(pictures, 'Bild', 'Bilder')} heute,"
        f" {_times(trainings, 'Training', 'Trainings')} diese Woche,"
        f" {_times(sessions, 'Session', 'Sessions')} offen."
    )


def status_disk(free_bytes: int | None) -> str:
    if free_bytes is None:
        return "**Platte:** Ich sehe sie nicht."
    return f"**Platte:** {size(free_bytes)} frei."
