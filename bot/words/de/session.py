"""Gemeinsame Sessions: der Raum, seine Wand, die Abstimmung und das Ergebnis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.words.de.errors import failure
from bot.words.de.measures import count, plain, when

#: Tokens that are named in one sentence.
_MOST_TOKENS: Final = 10

SESSION_JOIN = "Mitmachen"
SESSION_LEND = "Ein Motiv leihen"
SESSION_HANG = "Ein Bild aufhängen"
SESSION_HANG_THIS = "Aufhängen"
SESSION_VOTE = "Abstimmen"
SESSION_MANAGE = "Für den Gastgeber"
SESSION_RECAP = "Alle Bilder und Prompts"

SESSION_HERE = (
    "Öffne eine Session in einem Textkanal: Darunter mache ich einen Thread als ihren Raum."
)
SESSION_NOT_HOST = "Das geht nur für den, der diese Session eröffnet hat oder hier moderiert."
SESSION_NO_ROOM = "Das geht im Thread einer Session. `/session open` eröffnet eine neue."
SESSION_UNKNOWN = (
    "Eine solche Session finde ich hier nicht. Wähle eine aus der Liste, die sich beim Tippen"
    " öffnet."
)
SESSION_OVER = "Dafür ist die Zeit in dieser Session vorbei. Was an der Wand hängt, bleibt."
SESSION_JOIN_FIRST = (
    "Mach zuerst bei dieser Session mit: „Mitmachen“ auf ihrer Karte, oder `/session join`."
)
SESSION_JOINED = (
    "Willkommen! Bitte hier wie immer mit `/imagine` um Bilder und häng die auf, die dir gefallen."
    " Ein Motiv, das du leihst, dürfen alle zeichnen, die mitmachen, bis die Session endet."
)
SESSION_JOINED_TO_VOTE = "Du bist dabei. Die Abstimmung läuft: „Abstimmen“ steht auf der Karte."
SESSION_ALREADY = "Du hast schon einen Platz. `/imagine` zeichnet hier für diese Session."
SESSION_NOTHING_TO_LEND = (
    "Du hast noch kein Motiv, das sich zeichnen ließe: `/help` zeigt, wie eines entsteht."
)
SESSION_LEND_WHICH = (
    "Wähle, was alle hier bis zum Ende der Session zeichnen dürfen. Was du auslässt, ist sofort"
    " zurückgenommen."
)
SESSION_LEND_MENU = "Für diese Session geliehen …"
SESSION_CANNOT_LEND = "Das lässt sich nicht leihen: Es ist weg, oder es zeigt jemand anderen."
SESSION_NOTHING_TO_HANG = (
    "Du hast kein Bild aus dieser Session, das nicht schon hängt. `/imagine` zeichnet hier eines."
)
SESSION_HANG_WHICH = (
    "Das sind deine aus dieser Session. Wem welches gehört, erfährt bis zum Ende niemand."
)
SESSION_HANG_MENU = "Aufhängen …"
SESSION_CANNOT_HANG = (
    "Dieses Bild lässt sich nicht aufhängen: Es ist weg, oder nicht aus dieser Session."
)
SESSION_NO_VOTE_YET = "Die Abstimmung beginnt, wenn die Zeit für Bilder um ist."
SESSION_NOTHING_TO_VOTE = (
    "An der Wand hängt kein Bild von jemand anderem, für das du stimmen könntest."
)
SESSION_VOTE_MENU = "Meine Stimmen sind für …"
SESSION_CANNOT_VOTE = "Eines davon hängt nicht mehr. Öffne die Abstimmung bitte noch einmal."
SESSION_THEME = "Ein Thema hat 3 bis 80 Zeichen und ist eines, das alle sehen dürfen."
SESSION_FULL = "Auf diesem Server laufen drei Sessions, mehr betreue ich nicht auf einmal."
SESSION_MANAGE_WHAT = "Was soll ich tun?"
SESSION_MANAGE_MENU = "Wähle …"
SESSION_NO_SUCH = "Ein Bild mit dieser Nummer hängt hier nicht."


def session_opened(mention: str) -> str:
    return f"Der Raum ist offen: {mention}. Seine Karte zeigt, wie es läuft, und hat alle Knöpfe."


def session_permissions(missing: Sequence[str]) -> str:
    named = ", ".join(f"„{name}“" for name in missing)
    return (
        f"In diesem Kanal darf ich das noch nicht: Erlaube mir hier bitte {named}, dann versuch es"
        " noch einmal."
    )


def session_prompts_spent(limit: int) -> str:
    return (
        f"In dieser Session hast du um {count(limit, 'Bild', 'Bilder')} gebeten, so viel hat hier"
        " jeder. Außerhalb ihres Raums kannst du weitermachen."
    )


def session_entries_spent(limit: int) -> str:
    return f"Jeder hängt hier {count(limit, 'Bild', 'Bilder')} auf, und deine hängen schon."


def session_theme(theme: str) -> str:
    return f"# {plain(theme, 80)}"


def session_stage(stage: str, submit_until: datetime, vote_until: datetime) -> str:
    if stage == "open":
        return f"Bilder bis {when(submit_until)}, dann Abstimmung bis {when(vote_until)}."
    if stage == "voting":
        return f"Abgestimmt wird bis {when(vote_until)}. Wem welches Bild gehört, erfährt niemand."
    return "Diese Session ist zu Ende. Danke euch allen!"


def session_rules(prompts: int, entries: int, votes: int) -> str:
    return (
        f"Jeder von uns: {count(prompts, 'Prompt', 'Prompts')},"
        f" {count(entries, 'Bild', 'Bilder')} an der Wand, {count(votes, 'Stimme', 'Stimmen')} für"
        " andere. `/imagine` zeichnet hier für diese Session."
    )


def session_so_far(seats: int, hanging: int, lent: Sequence[str]) -> str:
    line = f"{seats} dabei · {count(hanging, 'Bild', 'Bilder')} an der Wand"
    if not lent:
        return line
    return f"{line} · geliehen: {_tokens(lent)}"


def _tokens(tokens: Sequence[str]) -> str:
    named = ", ".join(f"`{token}`" for token in tokens[:_MOST_TOKENS])
    more = len(tokens) - _MOST_TOKENS
    return named if more <= 0 else f"{named} und {more} weitere"


def session_joined(stage: str, *, is_new: bool) -> str:
    if stage == "voting":
        return SESSION_JOINED_TO_VOTE
    return SESSION_JOINED if is_new else SESSION_ALREADY


def session_lent(tokens: Sequence[str]) -> str:
    if not tokens:
        return "Von dir ist hier jetzt nichts geliehen. Was darauf wartete, ist fallen gelassen."
    return f"Für diese Session geliehen: {_tokens(tokens)}. Das endet von selbst mit der Session."


def session_hung(numbers: Sequence[int]) -> str:
    named = ", ".join(f"Nummer {number}" for number in numbers)
    return f"Es hängt, als {named}. Gleich zeigt es die Karte."


def session_vote_hint(most: int) -> str:
    return (
        f"Wähle bis zu {most}. Du kannst es bis zum Ende ändern; wessen Stimme es ist, sieht"
        " niemand."
    )


def session_voted(numbers: Sequence[int]) -> str:
    if not numbers:
        return "Du stimmst gerade für niemanden. Das kann sich bis zum Ende ändern."
    named = ", ".join(str(number) for number in numbers)
    return f"Notiert: Du stimmst für {named}. Bis zum Ende kannst du das ändern."


def session_entry_choice(number: int) -> str:
    return f"Nummer {number}"


def session_picture_choice(place: int, prompt: str) -> str:
    return f"Bild {place} · {plain(prompt, 80)}"


def session_manage_choices(stage: str) -> dict[str, str]:
    """What a host may choose, by what is done."""
    choices = {"extend": "15 Minuten mehr"}
    if stage == "open":
        choices["vote"] = "Jetzt zur Abstimmung"
    choices["close"] = "Jetzt beenden, mit den Stimmen bisher"
    return choices


SESSION_DONE = {
    "extend": "Alle haben 15 Minuten mehr.",
    "vote": "Auf zur Abstimmung.",
    "close": "Die Session endet. Das Ergebnis kommt gleich.",
}
SESSION_NOTHING_HANGS = (
    "An der Wand hängt noch nichts, also gibt es nichts abzustimmen. „Jetzt beenden“ schließt den"
    " Raum."
)
SESSION_MAY_NOT = (
    "Eine Session ist ein Thread, und in diesem Kanal darfst du keine anlegen. Versuch es in einem"
    " anderen, oder frag jemanden, der es darf."
)
SESSION_HOSTING = (
    "Auf diesem Server läuft schon eine Session von dir. Ist sie vorbei, kannst du die nächste"
    " eröffnen."
)
#: Was alle im Raum von einem Bild sehen, dessen Urheber nicht genannt wird.
SESSION_PICTURE = "Ein Bild für diese Session"
SESSION_RUNNING = f"{SESSION_PICTURE}\nIch zeichne …"
SESSION_DRAWN = f"{SESSION_PICTURE}\n-# Von wem es ist, erfährt vor dem Ende niemand."
SESSION_CANCELLED = f"{SESSION_PICTURE}\nAbgebrochen, wie gewünscht."


def session_waiting(place: str) -> str:
    return f"{SESSION_PICTURE}\n{place}"


def session_failed(code: str | None) -> str:
    return f"{SESSION_PICTURE}\n{failure(code)}"


def session_asked(link: str) -> str:
    """`link` to the message that shows it; nothing where there is none yet."""
    where = f"Deins ist hier: {link} . " if link else "Es erscheint hier, wenn es gezeichnet ist. "
    return f"{where}Alle sehen das Bild, niemand, von wem es ist. Gefällt es dir, häng es auf."


SESSION_TAKE_DOWN_MENU = "Von der Wand nehmen …"


def session_taken_down(number: int) -> str:
    return f"Nummer {number} hängt nicht mehr, und Stimmen dafür sind wieder frei."


def session_wall_full(most: int) -> str:
    return f"Die Wand ist voll: {most} Bilder hängen daran. Deine sind trotzdem in `/gallery`."


def session_votes_spent(most: int) -> str:
    return (
        f"Jeder hat hier {count(most, 'Stimme', 'Stimmen')}, mit diesen hättest du mehr. Nimm"
        " zuerst eine zurück; bis dahin bleibt alles, wie es war."
    )


def session_more_winners(number: int) -> str:
    return f"… und {number} weitere mit ebenso vielen Stimmen: „{SESSION_RECAP}“ zeigt alle."


SESSION_TO_THE_VOTE = (
    "### Die Abstimmung ist offen\nSieh dir oben die Wand an, dann wähle: Dein eigenes Bild steht"
    " nicht auf deiner Liste. Wer noch nicht dabei ist, kann jetzt mitmachen und abstimmen."
)
SESSION_NO_WINNER = "Diesmal wurde für niemanden gestimmt, also hat niemand gewonnen oder verloren."
SESSION_EMPTY = "Diesmal wurde kein Bild aufgehängt. Vielleicht morgen ein anderes Thema?"
SESSION_RESULTS = "### Das Ergebnis"
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def session_place(place: int, number: int, member_id: int, votes: int, *, shared: bool) -> str:
    tie = ", geteilt" if shared else ""
    had = count(votes, "Stimme", "Stimmen")
    return f"{_MEDALS[place]} Nummer {number} von <@{member_id}> · {had}{tie}"


def session_choice(theme: str, began_at: datetime) -> str:
    """A session in the list that opens while one types, where Discord writes no times."""
    return f"{plain(theme, 80)} · {began_at:%d.%m.%Y}"


def session_recap_line(
    number: int, member_id: int | None, votes: int | None, prompt: str | None
) -> str:
    """`member_id` and `votes` only once it is over; `prompt` where it may be told."""
    by = "" if member_id is None else f" von <@{member_id}>"
    had = "" if votes is None else f" · {count(votes, 'Stimme', 'Stimmen')}"
    said = "" if prompt is None else f"\n> {plain(prompt, 200)}"
    return f"**{number}**{by}{had}{said}"
