"""Was nicht gezeigt wird, wer eine Weile nicht bitten kann, und was Admins ändern können."""

from __future__ import annotations

from datetime import datetime

from bot.words.de.measures import decimal, when


def suspended(until: datetime) -> str:
    return (
        "Lass uns eine Pause machen: In letzter Zeit war mehrmals etwas dabei, das ich nicht"
        f" zeichne. Ich bin {when(until)} wieder für dich da. Deine Motive und Fotos sind sicher;"
        " die Admins eines Servers, auf dem du gefragt hast, können die Pause dort früher beenden."
    )


def suspension_told(mention: str, until: datetime) -> str:
    return (
        f"Für {mention} zeichne und trainiere ich vorerst nichts; das endet {when(until)} von"
        " selbst. Mehrmals in einer Woche, auch hier, ging es um Sexuelles, oder ich musste etwas"
        " zurückhalten. `/admin lift` beendet es hier früher."
    )


ADMINS_ONLY = (
    "Das ist für die, die diesen Server verwalten. Frag jemanden von ihnen, sie können dir helfen."
)


def safety(limit: float, channel_id: int | None, *, is_default: bool) -> str:
    """What holds in a server."""
    default = " (meine Vorgabe)" if is_default else ""
    told = (
        f"in <#{channel_id}>"
        if channel_id is not None
        else "in einer Nachricht an den Besitzer des Servers"
    )
    return (
        f"Bilder, die freizügig aussehen, halte ich ab {decimal(limit, 2)}{default} zurück; 0 ist"
        f" harmlos, 1 nicht. Wenn jemand immer wieder darum bittet, sage ich das {told}."
    )


def alerts_closed(channel_id: int) -> str:
    return (
        f"In <#{channel_id}> darf ich nicht schreiben, deshalb habe ich nichts geändert. Lass mich"
        " ihn sehen und dort schreiben, oder nenne einen anderen Kanal."
    )


def suspension_lifted(mention: str) -> str:
    return (
        f"Erledigt: {mention} kann hier wieder um Bilder und Trainings bitten. Was anderswo"
        " geschah,"
        " bleibt davon unberührt."
    )


def nothing_to_lift(mention: str) -> str:
    return (
        f"Für {mention} gibt es keine Pause, die von hier kommt, es war also nichts zu beenden."
        " Pausen von anderswo enden dort, oder von selbst."
    )


NOT_YOUR_OWN = "Deine eigene Pause beendet jemand anderes. Frag einen anderen Admin dieses Servers."
