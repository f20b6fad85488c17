"""An examined, screened or refused picture as a message of `wire`, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final, TypeVar

from bot.photos import seen
from bot.photos.errors import SEEN, PhotoRefused
from bot.photos.examined import Cut, Examined
from bot.photos.shapes import Square
from bot.photos.terms import FRAMINGS
from bot.photos.wire import WireBroken

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_MOST_CUTS: Final = 4
_Result = TypeVar("_Result", Examined, float)


def to_answer(result: Examined | PhotoRefused | float) -> tuple[dict[str, Any], bytes]:
    """Head and body of the answer; a number is how explicit a picture looks."""
    if isinstance(result, float):
        return {"score": result}, b""
    if isinstance(result, PhotoRefused):
        return {"refused": result.reason, "facts": result.facts}, b""
    pngs = [result.upright_png, *(one.png for one in result.cuts)]
    head = {
        "width": result.width,
        "height": result.height,
        "seen": seen.to_json(result.seen),
        "cuts": [{"framing": one.framing, "square": asdict(one.square)} for one in result.cuts],
        "bytes": [len(png) for png in pngs],
    }
    return head, b"".join(pngs)


def from_answer(head: dict[str, Any], body: bytes) -> Examined:
    """The photo of an answer, or its PhotoRefused raised.

    Read with suspicion, for the photo may have taken over the process that answers: anything but
    an honest answer's shape raises WireBroken. (Whether its numbers are true cannot be seen.)
    """
    return _read(head, body, _examined)


def score_of(head: dict[str, Any], body: bytes) -> float:
    """How explicit the picture of an answer looks, or its PhotoRefused raised; WireBroken as of
    `from_answer`."""
    return _read(head, body, _score)


def _read(
    head: dict[str, Any], body: bytes, read: Callable[[dict[str, Any], bytes], _Result]
) -> _Result:
    try:
        result = refused(head) if "refused" in head else read(head, body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WireBroken("an answer of another shape") from error
    if isinstance(result, PhotoRefused):
        raise result
    return result


def refused(head: dict[str, Any]) -> PhotoRefused:
    """The refusal of an answer. Raises ValueError, TypeError, KeyError or AttributeError for any
    other shape."""
    if head["refused"] not in SEEN:
        raise ValueError("no reason of the file's own")
    if not all(isinstance(fact, int | float | str) for fact in head["facts"].values()):
        raise TypeError("facts are numbers and words")
    return PhotoRefused(head["refused"], **head["facts"])


def _score(head: dict[str, Any], body: bytes) -> float:
    score = head["score"]
    # what is no number at all lies between no two of them
    if type(score) is not float or not 0 <= score <= 1 or body:
        raise ValueError("no honest score")
    return score


def _examined(head: dict[str, Any], body: bytes) -> Examined:
    upright, *cut_pngs = _parts(body, head["bytes"])
    cuts = tuple(
        Cut(one["framing"], Square(**one["square"]), png)
        for one, png in zip(head["cuts"], cut_pngs, strict=True)
    )
    is_honest = (
        all(type(n) is int and n > 0 for n in (head["width"], head["height"]))
        and len(cuts) <= _MOST_CUTS
        and all(one.framing in FRAMINGS for one in cuts)
        and all(type(n) is int for one in cuts for n in asdict(one.square).values())
        and all(one.square.side > 0 for one in cuts)
        and all(png.startswith(_PNG) for png in (upright, *cut_pngs))
    )
    if not is_honest:
        raise ValueError("no honest answer")
    return Examined(
        width=head["width"],
        height=head["height"],
        seen=seen.from_json(head["seen"]),
        cuts=cuts,
        upright_png=upright,
    )


def _parts(body: bytes, lengths: list[int]) -> list[bytes]:
    """The files that lie one after the other in `body`."""
    if any(type(length) is not int or length < 0 for length in lengths):
        raise TypeError("no lengths")
    if sum(lengths) != len(body):
        raise ValueError("the files are not as long as they are said to be")
    ends = [sum(lengths[: number + 1]) for number in range(len(lengths))]
    return [body[end - length : end] for end, length in zip(ends, lengths, strict=True)]
