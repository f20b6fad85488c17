"""Prompts, und die Bilder, die ihnen antworten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.words.de.errors import failure
from bot.words.de.measures import count, plain
from bot.words.de.queue import waiting_line

_PROMPTS = {
    "too_few_words": (
        "Nur {count}: Ein Prompt braucht mindestens 3 Wörter, dein Token darunter. Sag, wo"
        " jemand ist oder was er trägt: `a {example} at the beach`."
    ),
    "too_many_words": (
        "Das sind {count}, und ich kann 60 behalten. Lass das Wichtigste stehen: wer, wo, in"
        " welcher Kleidung."
    ),
    "too_long": "Das sind {count} Zeichen; mehr als 600 lese ich nicht. Kürzere Wörter genügen.",
    "control_characters": (
        "In diesem Prompt stecken unsichtbare Zeichen. Tippe ihn bitte neu, in einfachen"
        " Buchstaben."
    ),
    "loader_syntax": "Ein `<...:...>` brauchst du hier nicht: Dein Token allein holt dein Motiv.",
    "weight_garbled": (
        "Etwas darin sieht wie ein Gewicht aus, das ich nicht lesen kann. Schreib die Wörter, einen"
        " Doppelpunkt und eine Zahl in ein einziges Paar Klammern: `(red hat:1.3)`."
    ),
    "weight_out_of_bounds": (
        "Ich gewichte Wörter von {least:g} bis {most:g}, und dort steht {weight}: So weit draußen"
        " zerfällt das Bild, oder das Wort geht verloren. `(red hat:1.2)` sagt schon viel."
    ),
    "sexual": (
        "Sexuelle Bilder mache ich von niemandem, auf keinem Server. Bitte mich um etwas anderes,"
        " das tue ich gern."
    ),
    "no_token": (
        "In diesem Prompt ist keines deiner Tokens. Setz eines hinein, und dahinter, was es ist:"
        " `{example} at the beach`. {list}"
    ),
    "undressing": (
        "Bei mir bleiben alle angezogen. Lass Kleidung aus `negative` weg; sag im Prompt, was"
        " stattdessen getragen wird."
    ),
    "two_tokens": (
        "Ich kann ein Motiv auf einmal zeichnen, und hier stehen {tokens}. Lass das wichtigste"
        " stehen."
    ),
    "style_gone": (
        "Einen Stil namens `{style}` gibt es hier nicht (mehr). `/style list` zeigt die, die ich"
        " habe."
    ),
    "style_unfit": (
        "Zusammen mit dem Stil `{style}` lassen sich deine Worte als etwas lesen, das ich nicht"
        " zeichne. Sag es anders, oder wähle einen anderen Stil."
    ),
    "not_trained": "`{token}` ist noch nicht trainiert. Erst `/train start`, dann zeichne ich es.",
}
MEND = "Ausbessern"
PROMPT_FORM = "Dein Prompt"
PROMPT_FIELD = "Was soll ich zeichnen?"
PROMPT_HINT = "3 bis 60 Wörter, dein Token darunter"
DRAFT_GONE = (
    "Diesen Prompt habe ich einen Tag lang behalten, und der Tag ist um. `/imagine` nimmt ihn neu."
)
AGAIN = "Noch einmal"
REMIX = "Andere Worte"
VARY = "Abwandeln"
ENLARGE = "Größer"
TAKE_AWAY = "Löschen"
TAKE_AWAY_QUESTION = (
    "Diese Bilder löschen, hier und bei mir? Derselbe Prompt mit demselben Seed kann sie wieder"
    " zeichnen, solange dein Motiv bleibt, wie es ist."
)
TAKEN_AWAY = "Weg, hier und bei mir."
PICTURES_GONE = "Diese Bilder sind nicht mehr bei mir, von ihnen aus kann ich nicht weitermachen."
FAST_ALONE = (
    "Ein schnelles Bild hat eigene, wenige Schritte und seine eigene Art mit dem Prompt. Lass"
    " `steps` und `guidance` weg, oder lass `fast` weg."
)
_NO_TOKENS = "Du hast noch keines: `/subject create`."


def prompt_refusal(
    reason: str,
    facts: Mapping[str, object],
    trained: Sequence[tuple[str, str]],
    untrained: Sequence[tuple[str, str]],
) -> str:
    """`trained` and `untrained`: the (token, class word) pairs of the member's subjects."""
    token, class_word = next(iter((*trained, *untrained)), ("zwx", "woman"))
    known = [f"Deine: {_listed(trained, 2)}."] if trained else []
    if untrained:
        others = _listed(untrained, 1 if trained else 2)
        known.append(f"Noch nicht trainiert: {others}; erst kommt `/train start`.")
    words = dict(facts)
    words |= {name: plain(str(facts[name])) for name in ("weight", "style") if name in facts}
    if reason in {"too_few_words", "too_many_words"}:
        words["count"] = count(int(str(facts["count"])), "Wort", "Wörter")
    return _PROMPTS[reason].format(
        **words, example=f"{token} {class_word}", list=" ".join(known) or _NO_TOKENS
    )


def _listed(tokens: Sequence[tuple[str, str]], most: int) -> str:
    named = ", ".join(f"`{token}`" for token, _ in tokens[:most])
    return named if len(tokens) <= most else f"{named} und {len(tokens) - most} weitere"


def picture_waiting(prompt: str, place: int | str | None) -> str:
    """`place`: as of `waiting_line`, or what is said of it."""
    said = place if isinstance(place, str) else waiting_line(place)
    return f"> {plain(prompt, 400)}\n{said}"


def picture_running(prompt: str, doing: str = "Ich zeichne …") -> str:
    return f"> {plain(prompt, 400)}\n{doing}"


def picture_done(
    mention: str, prompt: str, seeds: Sequence[int], with_class: bool, style: str | None = None
) -> str:
    seed = f"Seed {seeds[0]}" if len(seeds) == 1 else f"Seeds {seeds[0]} bis {seeds[-1]}"
    hint = " · Ich habe das Klassenwort hinter das Token gesetzt" if with_class else ""
    look = f" · {plain(style)}" if style else ""
    return f"> {plain(prompt, 400)}\n{mention} · {seed}{look}{hint}"


def picture_failed(prompt: str, code: str | None) -> str:
    return f"> {plain(prompt, 400)}\n{failure(code)}"


def picture_cancelled(prompt: str) -> str:
    return f"> {plain(prompt, 400)}\nAngehalten, wie du wolltest."


def pictures_withheld(number: int, of: int, *, is_edit: bool = False) -> str:
    """What is said in place of pictures that look too explicit to be shown. Of an edit there may
    have been no words to choose others for."""
    what = (
        "Ich habe es gezeichnet, aber es"
        if number == of == 1
        else f"Ich habe alle {of} gezeichnet, aber jedes davon"
        if number == of
        else f"{number} von {of} habe ich zurückgehalten: Was ich gezeichnet hatte,"
    )
    else_ = "ein anderes Bild als Anfang" if is_edit else "ein Wort mehr über Kleidung oder Ort"
    return (
        f"{what} zeigt mehr, als ich hier zeigen mag. Oft ist das bloß Zufall: {else_}, oder ein"
        " neuer Versuch, und es wird. Passiert es immer wieder, mache ich einen Tag Pause."
    )


def pictures_lost(number: int, *, is_edit: bool = False) -> str:
    """What is said in place of pictures whose files are gone. What an edit went on from is gone
    with its job, so only its member can begin anew."""
    files = "Die Datei von einem Bild ist" if number == 1 else f"Die Dateien von {number} Bildern"
    verb = "" if number == 1 else " sind"
    again = (
        "Fang noch einmal mit demselben Bild an, dann kommt etwas sehr Ähnliches heraus."
        if is_edit
        else "Derselbe Prompt mit demselben Seed zeichnet dasselbe Bild noch einmal."
    )
    return f"{files}{verb} bei mir verloren gegangen; das tut mir leid. {again}"


def pictures_unchecked(number: int) -> str:
    """What is said in place of pictures that there was no time to look at."""
    return (
        f"{count(number, 'Bild', 'Bilder')} konnte ich nicht rechtzeitig ansehen, und ungesehen"
        " zeige ich keines. Das sagt nichts darüber, was darauf ist; frag mich in einer Weile noch"
        " einmal."
    )
