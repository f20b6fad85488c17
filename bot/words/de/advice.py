"""Wie vielfältig die Fotos sind, und welches noch am meisten hilft."""

from __future__ import annotations

from collections.abc import Sequence

_SHARED = {
    "poses": "{same} von {of} halten den Kopf gleich",
    "places": "{same} von {of} haben denselben Hintergrund",
    "expressions": "{same} von {of} Gesichtern, die in die Kamera sehen, schauen gleich",
    "light": "{same} von {of} sind im selben Licht",
    "distances": "{same} von {of} sind aus derselben Entfernung aufgenommen",
}
_PART = {
    "front": "poses",
    "three_quarter_left": "poses",
    "three_quarter_right": "poses",
    "profile": "poses",
    "look_up": "poses",
    "look_down": "poses",
    "another_place": "places",
    "smile": "expressions",
    "neutral": "expressions",
    "laugh": "expressions",
    "other_light": "light",
    "of_face": "distances",
    "of_chest": "distances",
    "of_torso": "distances",
}
#: Das gewünschte Foto: „am meisten hilft …“.
_WISHED = {
    "front": "eines mit dem Blick gerade in die Kamera",
    "three_quarter_left": "eines mit dem Kopf ein wenig nach links im Bild gedreht",
    "three_quarter_right": "eines mit dem Kopf ein wenig nach rechts im Bild gedreht",
    "profile": "eines von der Seite",
    "look_up": "eines mit dem Blick etwas nach oben",
    "look_down": "eines mit dem Blick etwas nach unten",
    "another_place": "eines an einem anderen Ort, draußen oder in einem anderen Zimmer",
    "smile": "eines mit einem Lächeln",
    "neutral": "eines mit ruhigem Gesicht",
    "laugh": "eines beim Lachen oder Reden",
    "other_light": "eines in anderem Licht, am Fenster oder unter freiem Himmel",
    "of_face": "eines aus der Nähe",
    "of_chest": "eines bis zur Brust",
    "of_torso": "eines aus größerer Entfernung, bis zur Taille oder weiter",
}
_WISHED_OF = {
    "pet": {
        "another_place": "eines an einem anderen Ort, im Gras oder in einem anderen Zimmer",
        "of_face": "eines vom Kopf aus der Nähe",
        "of_torso": "eines vom ganzen Körper",
    },
    "object": {
        "another_place": "eines woanders, auf einem anderen Tisch oder draußen",
        "of_face": "eines aus der Nähe",
        "of_torso": "eines, auf dem alles davon zu sehen ist",
    },
    "character": {
        "another_place": "eines vor einem anderen Hintergrund",
        "of_face": "eines aus der Nähe",
        "of_torso": "eines, auf dem alles davon zu sehen ist",
    },
}
_FIRST = {
    "person": "Fang mit einem vom Gesicht an: Blick in die Kamera, weiches Tageslicht.",
    "pet": "Fang mit einem vom Kopf an: auf seiner Augenhöhe, in weichem Tageslicht.",
    "object": "Fang mit einem vom Ganzen an: weiches Tageslicht, ein schlichter Tisch.",
    "character": "Fang mit einer klaren Nahaufnahme an.",
}
_WITHOUT_WISH = {
    "more": "Eine schöne Mischung. Mehr davon, von anderen Tagen, macht sie noch sicherer.",
    "enough": "Dem würde ich nichts hinzufügen.",
}


def variety_title(score: int) -> str:
    return f"Vielfalt {score}/100"


def advice_line(kind: str, code: str, same: int, of: int) -> str:
    """The one thing that would help most; `same` of `of` photos share what most of them share."""
    if code == "first":
        return _FIRST[kind]
    if code in _WITHOUT_WISH:
        return _WITHOUT_WISH[code]
    wish = f"am meisten hilft {_wished(kind, code)}."
    # Fewer than three, or less than half, are no habit.
    if same < 3 or same * 2 < of:
        return wish[:1].upper() + wish[1:]
    shared = _SHARED[_PART[code]].format(same=same, of=of)
    if same == of:
        shared = shared.replace(f"{same} von {of}", f"Alle {of}")
    return f"{shared}; {wish}"


def more_line(kind: str, codes: Sequence[str]) -> str:
    """What else would be welcome: one or two; nothing where there is nothing."""
    wishes = [_wished(kind, code) for code in codes]
    return f"Auch willkommen: {', und '.join(wishes)}." if wishes else ""


def _wished(kind: str, code: str) -> str:
    return _WISHED_OF.get(kind, {}).get(code, _WISHED[code])
