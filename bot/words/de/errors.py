"""Was nicht ging, und was als Nächstes hilft."""

from __future__ import annotations

NOT_FOR_YOU = (
    "Dieser Knopf gehört jemand anderem. Deine eigenen findest du mit `/queue` oder `/photos show`."
)
SUBJECT_GONE = "Dieses Motiv gibt es nicht mehr. `/subject list` zeigt die, die du hast."
TROUBLE = (
    "Bei mir ist etwas schiefgegangen, und ich habe es für den Menschen notiert, der mich betreibt."
    " Von dir ging nichts verloren; versuch es gleich noch einmal."
)

BUSY = (
    "Gerade habe ich sehr viel zu tun und habe nichts geändert. Frag mich in einer Minute noch"
    " einmal."
)
EYES_SHUT = (
    "Gerade kann ich keine Bilder ansehen, deshalb zeige und nehme ich keine. Nichts ist verloren;"
    " frag mich in einer Minute noch einmal."
)
FULL = (
    "Wo ich alles aufbewahre, ist kein Platz mehr, deshalb habe ich nichts geändert. Sag es bitte"
    " dem Menschen, der mich betreibt; was du hier hast, ist sicher."
)

_FAILURES = {
    "crashed": (
        "Ich habe es mehrmals versucht, und jedes Mal ist der Trainer ausgefallen, also habe ich"
        " aufgehört. Deine Fotos sind sicher. Sag es bitte dem Menschen, der mich betreibt; ein"
        " späterer Versuch kostet nichts."
    ),
    "out_of_memory": (
        "Dafür hat der Speicher nicht gereicht. Deine Fotos sind sicher; weniger Klassenbilder"
        " helfen vielleicht, oder versuch es, wenn weniger los ist."
    ),
    "no_photos": "Die Fotos dieses Motivs sind weg, es gab also nichts zu lernen.",
    "photo_missing": (
        "Eine der Fotodateien fehlt bei mir. Nimm das Foto mit `/photos show` heraus, schick es"
        " noch einmal und trainiere dann neu."
    ),
    "adapter_missing": (
        "Dieses Motiv ist nicht mehr trainiert. Erst `/train start`, dann frag mich wieder."
    ),
    "adapter_damaged": (
        "Was ich von diesem Motiv gelernt hatte, ist beschädigt oder verloren; ich habe es beiseite"
        " gelegt. Gibt es eine frühere Version, zeichne ich ab jetzt damit: Frag mich noch einmal."
        " `/train start` lernt es neu aus deinen Fotos, die sicher sind."
    ),
    "source_missing": (
        "Das Bild, an dem ich arbeiten sollte, ist weg. Schick es noch einmal, oder wähle mit `of`"
        " ein anderes."
    ),
    "picture_failed": (
        "Dieses Bild ist misslungen. Mit einem anderen Seed oder anderen Worten klappt es."
    ),
    "error": TROUBLE,
}


def failure(code: str | None) -> str:
    return _FAILURES.get(code or "error", TROUBLE)
