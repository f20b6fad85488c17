"""From an uploaded file to everything the bot wants to know of it: the one road through here. And
from a picture that was drawn to how explicit it looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from bot.photos.crop import proposals
from bot.photos.cut import cut
from bot.photos.decode import decode
from bot.photos.errors import PhotoRefused
from bot.photos.examined import Cut, Examined
from bot.photos.look import look
from bot.photos.nsfw import nsfw_anywhere
from bot.photos.terms import Framing, Kind, require_known
from bot.photos.verdict import judge

if TYPE_CHECKING:
    from PIL import Image

#: Score from which on a picture is taken for explicit. Everyday photographs reach 0.2.
EXPLICIT_FROM = 0.8


def examine(data: bytes, *, kind: Kind, declared: Framing | None, resolution: int) -> Examined:
    """Decode, look, crop. `declared` is what the member says the photo shows, `resolution` the
    base's, in pixels. Raises PhotoRefused.
    """
    require_known(kind, declared)
    decoded = decode(data, min_side=resolution)
    picture = decoded.picture
    seen = look(picture, kind=kind)
    if seen.nsfw >= EXPLICIT_FROM:
        raise PhotoRefused("explicit")
    verdict = judge(seen, kind=kind, declared=declared, picked=None, resolution=resolution)
    squares = proposals(seen, verdict.framing, verdict.face, kind, resolution)
    return Examined(
        width=decoded.width,
        height=decoded.height,
        seen=seen,
        cuts=tuple(
            Cut(framing, square, png(cut(picture, square, resolution)))
            for framing, square in squares
        ),
        upright_png=png(picture),
    )


def screen(data: bytes) -> float:
    """How explicit a picture looks that was drawn here, 0 to 1. Raises PhotoRefused where it cannot
    be decoded. Its file came out of a base that anybody may have made, so it is no more trusted
    than a photo's.
    """
    return nsfw_anywhere(np.asarray(decode(data, min_side=1).picture))


def png(picture: Image.Image) -> bytes:
    """The file of an RGB picture. OpenCV's defaults: half of Pillow's fastest time, files as
    large. Nothing but pixels in it.
    """
    return cv2.imencode(".png", cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR))[1].tobytes()
