"""A picture that is ready to be worked on, as an answer of the process that looked at it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

from bot.photos.answer import refused
from bot.photos.limits import MOST_KEPT
from bot.photos.mask import REASONS, MaskRefused
from bot.photos.wire import WireBroken

#: A PNG's signature and the name of its first chunk, then width, height, bits and colours.
_HEADER: Final = struct.Struct(">8s4x4sIIBB")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB = 0, 2


@dataclass(frozen=True)
class Prepared:
    """An upright picture of `width` x `height` px as a PNG without metadata, and the mask of where
    it may change, of the same size, where one was asked for.

    nsfw: 0 to 1, how explicit it looks
    """

    width: int
    height: int
    nsfw: float
    picture: bytes
    mask: bytes | None = None


def to_answer(result: Prepared | MaskRefused) -> tuple[dict[str, Any], bytes]:
    """Head and body of the answer."""
    if isinstance(result, MaskRefused):
        return {"no_mask": result.reason}, b""
    head = {
        "width": result.width,
        "height": result.height,
        "nsfw": result.nsfw,
        "picture": len(result.picture),
    }
    return head, result.picture + (result.mask or b"")


def from_answer(head: dict[str, Any], body: bytes) -> Prepared:
    """The picture of an answer, or its PhotoRefused or MaskRefused raised; read with suspicion, as
    in `answer`."""
    try:
        if "refused" in head:
            raise refused(head)
        if "no_mask" in head:
            if head["no_mask"] not in REASONS:
                raise ValueError("no reason there is")
            raise MaskRefused(head["no_mask"])
        width, height, length = (head[name] for name in ("width", "height", "picture"))
        if any(type(one) is not int or one < 1 for one in (width, height, length)):
            raise TypeError("no lengths")
        picture, mask = body[:length], body[length:] or None
        if not _is_png(picture, width, height, _RGB):
            raise ValueError("no picture of that size")
        if mask is not None and not _is_png(mask, width, height, _GREY):
            raise ValueError("no mask of that picture")
        nsfw = head["nsfw"]
        if type(nsfw) is not float or not 0 <= nsfw <= 1:
            raise TypeError("no score")
        return Prepared(width, height, nsfw, picture, mask)
    except (KeyError, TypeError, ValueError, AttributeError, struct.error) as error:
        raise WireBroken("an answer of another shape") from error


def _is_png(file: bytes, width: int, height: int, colours: int) -> bool:
    """Whether a file says that it is such a PNG: no size that would fill the bot's memory."""
    said = _HEADER.unpack_from(file)
    return said == (_PNG, b"IHDR", width, height, 8, colours) and width * height <= MOST_KEPT
