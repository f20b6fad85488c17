"""An examined or refused photo as a message of `wire`, and back."""

from __future__ import annotations

import math
import re
from dataclasses import asdict
from typing import Any, Final

from bot.photos.crop import Square
from bot.photos.errors import SEEN, PhotoRefused
from bot.photos.examined import Examined
from bot.photos.terms import FRAMINGS, WARNINGS
from bot.photos.wire import WireBroken

_FINGERPRINT: Final = re.compile("[0-9a-f]{52}")
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def to_answer(result: Examined | PhotoRefused) -> tuple[dict[str, Any], bytes]:
    """Head and body of the answer."""
    if isinstance(result, PhotoRefused):
        return {"refused": result.reason, "facts": result.facts}, b""
    facts = asdict(result)
    upright, crop = facts.pop("upright_png"), facts.pop("crop_png")
    return {"seen": facts, "upright_bytes": len(upright)}, upright + crop


def from_answer(head: dict[str, Any], body: bytes) -> Examined:
    """The photo of an answer, or its PhotoRefused raised.

    Read with suspicion, for the photo may have taken over the process that answers: anything but
    an honest answer's shape raises WireBroken. (Whether its numbers are true cannot be seen.)
    """
    try:
        result = _refused(head) if "refused" in head else _examined(head, body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WireBroken("an answer of another shape") from error
    if isinstance(result, PhotoRefused):
        raise result
    return result


def _refused(head: dict[str, Any]) -> PhotoRefused:
    if head["refused"] not in SEEN:
        raise ValueError("no reason of the file's own")
    if not all(isinstance(fact, int | float | str) for fact in head["facts"].values()):
        raise TypeError("facts are numbers and words")
    return PhotoRefused(head["refused"], **head["facts"])


def _examined(head: dict[str, Any], body: bytes) -> Examined:
    facts = dict(head["seen"])
    square = Square(**facts.pop("square"))
    warnings = tuple(facts.pop("warnings"))
    at = int(head["upright_bytes"])
    seen = Examined(
        **facts, square=square, warnings=warnings, upright_png=body[:at], crop_png=body[at:]
    )
    is_honest = (
        all(type(n) is int for n in (seen.width, seen.height, square.x, square.y, square.side))
        and min(seen.width, seen.height, square.side) > 0
        and min(square.x, square.y) >= 0
        and all(type(n) is float and math.isfinite(n) for n in (seen.sharpness, seen.light))
        and seen.framing in FRAMINGS
        and set(seen.warnings) <= set(WARNINGS)
        and all(_FINGERPRINT.fullmatch(code) for code in (seen.phash, seen.mirror_phash))
        and all(png.startswith(_PNG) for png in (seen.upright_png, seen.crop_png))
    )
    if not is_honest:
        raise ValueError("no honest answer")
    return seen
