"""From an uploaded file to everything the bot wants to know of it: the one road through here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from bot.photos.crop import cut, propose
from bot.photos.decode import decode
from bot.photos.examined import Examined
from bot.photos.look import framing_of, look
from bot.photos.terms import Framing, Kind, require_known

if TYPE_CHECKING:
    from PIL import Image


def examine(data: bytes, *, kind: Kind, declared: Framing | None, resolution: int) -> Examined:
    """Decode, look, crop. `declared` is what the member says the photo shows.

    A person's framing is seen, and a declaration only decides between face and torso; of any
    other kind it is declared, and "other" if it is not. `resolution` is the base's, in pixels.
    Raises PhotoRefused.
    """
    require_known(kind, declared)
    decoded = decode(data, min_side=resolution)
    picture = decoded.picture
    seen = look(picture, kind=kind)
    framing: Framing = declared or "other"
    if kind == "person":
        framing = framing_of(seen, picture.height)
        if framing != "other" and declared in ("face", "torso"):
            framing = declared
    face = seen.face.box if seen.face and kind in ("person", "character") else None
    square = propose(*picture.size, face, framing, resolution=resolution)
    return Examined(
        width=decoded.width,
        height=decoded.height,
        framing=framing,
        warnings=seen.warnings,
        sharpness=seen.sharpness,
        light=seen.light,
        phash=seen.phash,
        mirror_phash=seen.mirror_phash,
        square=square,
        upright_png=_png(picture),
        crop_png=_png(cut(picture, square, resolution)),
    )


def _png(picture: Image.Image) -> bytes:
    # OpenCV's defaults: half of Pillow's fastest time, files as large. Nothing but pixels in it.
    return cv2.imencode(".png", cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR))[1].tobytes()
