"""Wovon die Regeln eines Servers ein Mitglied abhalten, und wann es wieder geht."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from bot.words.en.measures import when

_MOST_LISTED = 5

RULE_ADULTS = (
    "Auf diesem Server zeichne und trainiere ich nur in Kanälen mit Altersbeschränkung. Frag mich"
    " in einem davon, dann gern."
)


def rule_role(role_ids: Sequence[int]) -> str:
    """Die Rollen, die es gibt; keine, wo alle, die trainieren dürfen, gelöscht sind."""
    if not role_ids:
        return (
            "Auf diesem Server ist Trainieren einer Rolle vorbehalten, die es nicht mehr gibt. Ein"
            " Admin kann mit `/admin roles` sagen, wer trainieren darf; zeichnen geht wie immer."
        )
    return (
        f"Auf diesem Server ist das Training für {_any_of('@&', role_ids)}. Ein Admin kann dir die"
        " Rolle geben; was schon gelernt ist, zeichne ich dir wie immer."
    )


def rule_tenure(opens_at: datetime, *, is_training: bool) -> str:
    what = "trainiere" if is_training else "zeichne"
    return (
        "Auf diesem Server sollen alle erst einmal ankommen:"
        f" {when(opens_at)} {what} ich für dich. Motive und Fotos nehme ich jetzt schon."
    )


def rule_channel(channel_ids: Sequence[int]) -> str:
    return (
        f"Auf diesem Server haben Bilder und Trainings ihren Platz in {_any_of('#', channel_ids)}."
        " Frag mich dort, dann fange ich gleich an."
    )


def rule_spent(
    what: Literal["pictures", "trainings"], limit: int, used: int, opens_at: datetime
) -> str:
    one, many, span = (
        ("Bild", "Bilder", "am Tag")
        if what == "pictures"
        else ("Training", "Trainings", "in der Woche")
    )
    if not limit:
        return (
            f"Auf diesem Server sind {many} von mir anderen vorbehalten; das haben seine Admins so"
            " eingestellt. Sie können dir mehr sagen und es mit `/admin quotas` ändern."
        )
    left = max(limit - used, 0)
    fewer = f" Nimm höchstens {left}, oder warte etwas." if left else ""
    return (
        f"Hier hast du {limit} {one if limit == 1 else many} {span}, und {used} hattest du"
        f" schon.{fewer} Von vorn los geht es {when(opens_at)}. `/me quota` zeigt, was noch geht."
    )


def rule_paused(until: datetime) -> str:
    return (
        "Die Admins dieses Servers haben dir hier eine Pause von mir gegeben; sie endet von selbst"
        f" {when(until)}. Motive und Fotos sind sicher. Sie können dir mehr sagen und sie beenden."
    )


def _any_of(sign: str, ids: Sequence[int]) -> str:
    shown = [f"<{sign}{one}>" for one in ids[:_MOST_LISTED]]
    if len(ids) > _MOST_LISTED:
        shown.append(f"{len(ids) - _MOST_LISTED} weitere")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} oder {shown[-1]}"
