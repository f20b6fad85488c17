"""An Bildern arbeiten: an welchem, wo es sich ändern darf, und was damit geschah."""

from __future__ import annotations

from bot.words.de.measures import plain
from bot.words.de.picture import picture_done, picture_running

_DOING = {
    "restyle": "Ich zeichne es neu …",
    "inpaint": "Ich male hinein …",
    "outpaint": "Ich zeichne über den Rand hinaus …",
    "vary": "Ich wandle es ab …",
    "upscale": "Ich vergrößere es …",
}
_DONE = {
    "restyle": "neu gezeichnet",
    "inpaint": "hineingemalt",
    "outpaint": "über den Rand hinaus gezeichnet",
    "vary": "abgewandelt",
    "upscale": "vergrößert",
}


def edit_running(how: str, prompt: str) -> str:
    return picture_running(prompt, _DOING[how])


def edit_done(how: str, mention: str, prompt: str, seeds: list[int], with_class: bool) -> str:
    return picture_done(f"{mention} · {_DONE[how]}", prompt, seeds, with_class)


def picture_choice(name: str, prompt: str) -> str:
    """A picture in the list that opens while one types."""
    return f"Bild {name} · {plain(prompt, 80)}"


IN_PRIVATE = "Ein Wort unter uns …"
NO_PICTURES = (
    "Ich habe noch nichts für dich gezeichnet, von dem ich ausgehen könnte. Häng ein Bild an, oder"
    " bitte mit `/imagine` um ein erstes."
)
NO_SUCH_PICTURE = (
    "Unter diesem Namen finde ich kein Bild von dir. Wähle eines aus der Liste, die sich beim"
    " Tippen"
    " in `of` öffnet, oder lass es weg: Dann nehme ich dein neuestes."
)
ONE_PICTURE = (
    "Du hast mir zwei Bilder als Anfang gegeben. Behalte `of` oder den Anhang, je nachdem, welches"
    " du meintest."
)
PROMPT_NEEDED = (
    "Dieses Bild ist keines von mir, ich weiß also nicht, was es zeigt. Sag es in `prompt`, mit"
    " deinem Token darin."
)
WIDE_ENOUGH = (
    "Das Bild hat diese Form schon, es gibt nichts hinzuzufügen. Wähle eine andere Seite, oder"
    " alle."
)
TOO_FAR = (
    "Damit wäre das Bild mehr als doppelt so lang wie breit, und so eines zeichne ich nicht. Mach"
    " auf einer anderen Seite weiter."
)
LARGE_ENOUGH = (
    "Dieses Bild ist schon so groß, wie ich sie zeichne. `/edit vary` oder `/edit restyle` machen"
    " ein anderes daraus."
)
MASK_NEEDED = (
    "Häng in `mask` auch deine Maske an: ein Bild, das weiß ist, wo ich deines ändern darf, und"
    " schwarz, wo es bleibt."
)
MASK_UNASKED = (
    "Du hast eine Maske angehängt und einen anderen Bereich gewählt. Wähle „meine eigene Maske“,"
    " oder lass die Maske weg."
)

_OTHER_WAYS = (
    "Versuch einen anderen Bereich, gib mir das Bild mit durchsichtiger Stelle, oder häng eine"
    " eigene Maske an, weiß, wo ich es ändern darf."
)
_NO_MASK = {
    "no_face": f"Auf diesem Bild finde ich kein Gesicht. {_OTHER_WAYS}",
    "no_person": f"Auf diesem Bild kann ich keinen Menschen vom Rest trennen. {_OTHER_WAYS}",
    "no_hair": f"Auf diesem Bild erkenne ich nicht, wo die Haare sind. {_OTHER_WAYS}",
    "no_clothes": f"Auf diesem Bild erkenne ich nicht, wo die Kleidung ist. {_OTHER_WAYS}",
    "opaque": (
        "An diesem Bild ist nichts durchsichtig. Radiere die Stelle in einem Bildprogramm weg und"
        " speichere es als PNG oder WebP, wähle einen anderen Bereich, oder häng eine Maske an."
    ),
    "unreadable": (
        "Diese Maske kann ich nicht lesen. Schick sie als PNG oder JPEG: weiß, wo ich das Bild"
        " ändern darf, schwarz, wo es bleibt."
    ),
    "empty": (
        "In dieser Maske bliebe nichts, worin ich zeichnen könnte. Weiß ist, wo ich das Bild ändern"
        " darf; lass etwas davon übrig."
    ),
    "full": (
        "Diese Maske bedeckt das ganze Bild. Lass etwas stehen, oder ändere alles mit"
        " `/edit restyle`."
    ),
}


def mask_refusal(reason: str) -> str:
    return _NO_MASK[reason]


MASK_TITLE = "Wo darf ich es ändern?"


def mask_hint(prompt: str) -> str:
    return (
        f"> {plain(prompt, 400)}\nRot ist, was ich neu zeichne; der Rest bleibt. Mach es größer"
        " oder"
        " kleiner, dreh es um, und drück auf Zeichnen, wenn es stimmt."
    )


GROW = "Mehr"
SHRINK = "Weniger"
INVERT = "Umkehren"
DRAW = "Zeichnen"
FORGET_SOURCE = "Vergiss es"
SOURCE_FORGOTTEN = "Vergessen, das Bild und seine Maske. Gezeichnet wurde nichts."
SOURCE_GONE = (
    "Das Bild, von dem das ausgehen sollte, habe ich nicht mehr: Eine Kopie behalte ich einen Tag"
    " lang, bis sie gezeichnet ist. Fang mit `/edit` neu an."
)
SOURCE_ASKED = (
    "Das ist schon in der Reihe oder gezeichnet. Für einen neuen Versuch fang mit `/edit` neu an."
)
