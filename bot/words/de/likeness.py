"""Motive, die ein anderes Mitglied zeigen: die Frage danach, und was daraus wird."""

from __future__ import annotations

from datetime import datetime

from bot.words.en.measures import when

LIKENESS_PERSONS_ONLY = (
    "Nur eine Person kann ein anderes Mitglied sein: Lass `of` weg oder nimm die Art `person`."
)
LIKENESS_A_BOT = (
    "Ein Bot hat kein Gesicht, das ich lernen könnte. Wähl das Mitglied, das zu sehen ist, oder"
    " lass"
    " `of` weg."
)
LIKENESS_YES = "Ja, einverstanden"
LIKENESS_NO = "Nein, danke"
LIKENESS_ASK_AGAIN = "Noch einmal fragen"
LIKENESS_NOTHING_TO_ASK = (
    "Hier gibt es nichts mehr zu fragen. `/subject list` zeigt, wie es um deine Motive steht."
)
LIKENESS_GONE = "Dieses Motiv ist schon weg, mit allem, was dazugehörte. Es gibt nichts zu sagen."
LIKENESS_TAKE_BACK = "Mein Ja zurücknehmen"
LIKENESS_TAKE_BACK_FROM = "Mein Ja zurücknehmen für …"
LIKENESS_LEAVE = "So lassen"


def _days(number: int) -> str:
    return "einem Tag" if number == 1 else f"{number} Tagen"


def likeness_asked(token: str, member_id: int) -> str:
    return (
        f"Ich frage <@{member_id}>, ob ich für `{token}` lernen darf, wie sie oder er aussieht."
        " Fotos,"
        " Training und Bilder warten auf das Ja, und ich sage dir Bescheid."
    )


def likeness_waits(token: str, member_id: int | None) -> str:
    return (
        f"`{token}` zeigt <@{member_id}>, und ein Ja fehlt noch. Bis dahin nehme ich keine Fotos"
        " davon"
        " an, lerne nichts und zeichne nichts. Mit `/subject show` frage ich einmal am Tag nach."
    )


def likeness_asked_lately(until: datetime) -> str:
    return f"Ich habe vor Kurzem gefragt. {when(until)} kann ich es wieder: Fragen brauchen Ruhe."


def likeness_question(
    asker_id: int, token: str, class_word: str, photos_days: int | None, ends_days: int
) -> str:
    kept = "solange es dieses Motiv gibt"
    if photos_days is not None:
        kept += f", höchstens aber bis {_days(photos_days)} nach dem letzten Training"
    return (
        f"### Darf ich lernen, wie du aussiehst?\n<@{asker_id}> möchte mir Fotos von dir geben und"
        f" dich von mir zeichnen lassen, als `{token}` ({class_word}).\n"
        f"• Ich würde diese Fotos ohne ihre Metadaten behalten, {kept}; was ich daraus lerne;"
        " und die"
        f" Bilder, um die <@{asker_id}> bittet.\n"
        "• Niemand sonst darf es zeichnen: Es lässt sich weder teilen noch verleihen. Sexuelle"
        " Bilder"
        " lehne ich immer ab.\n"
        "• Ein Ja kannst du mit `/me data` jederzeit zurücknehmen: Dann lösche ich alles davon.\n"
        "• Vor deinem Ja behalte ich nichts als diese Frage. Ohne Antwort endet sie nach"
        f" {_days(ends_days)} von selbst."
    )


def likeness_given(asker_id: int, token: str) -> str:
    return (
        f"Danke: <@{asker_id}> darf mich als `{token}` lernen lassen, wie du aussiehst. Wenn du"
        " es dir"
        " anders überlegst, nimmst du es mit `/me data` zurück, und alles davon wird gelöscht."
    )


def likeness_declined(token: str) -> str:
    return f"Das ist völlig in Ordnung. `{token}` ist weg, und ich behalte nichts davon."


def likeness_news(topic: str, token: str) -> str:
    return {
        "agreed": (
            f"Gute Nachricht: Wer auf `{token}` zu sehen ist, hat Ja gesagt. `/photos add` nimmt"
            " die"
            " ersten Fotos."
        ),
        "refused": (
            f"Wer auf `{token}` zu sehen wäre, möchte lieber nicht gezeichnet werden. Ich habe den"
            " Ordner geschlossen. Danke, dass du vorher gefragt hast."
        ),
        "taken-back": (
            f"Wer auf `{token}` zu sehen ist, hat das Ja zurückgenommen. Es ist weg, mit Fotos und"
            " Bildern. Danke, dass du das achtest."
        ),
        "lapsed": (
            f"Ob ich `{token}` lernen darf, hat niemand beantwortet. Ich habe den leeren Ordner"
            " geschlossen. Frag vielleicht selbst und leg ihn dann neu an."
        ),
    }[topic]


def likeness_line(state: str, member_id: int | None, *, undeliverable: bool) -> str:
    if state == "agreed":
        return f"Zeigt <@{member_id}>; das Ja gilt dir allein."
    if undeliverable:
        return (
            f"Zeigt <@{member_id}>, aber Direktnachrichten kommen dort nicht an. Bitte darum,"
            " sie kurz"
            " zu öffnen, und lass mich noch einmal fragen."
        )
    return (
        f"Zeigt <@{member_id}>. Ich warte auf die Antwort; bis dahin lerne und zeichne ich nichts."
    )


def likeness_take_back_question(token: str) -> str:
    return (
        f"Dein Ja zu `{token}` zurücknehmen? Was wartet oder gerade entsteht, endet sofort; Fotos,"
        " Gelerntes und alle Bilder davon, die ich habe, lösche ich endgültig."
    )


def likeness_taken_back(token: str) -> str:
    return f"Erledigt: `{token}` ist weg, mit Fotos, Gelerntem und allen Bildern."


def likeness_choice(token: str, class_word: str) -> str:
    return f"{token} ({class_word})"
