"""Where a file is see-through. `decode` lays a picture on white and drops that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from bot.photos.decode import TURNS
from bot.photos.mask import MaskRefused, from_levels, inverted
from bot.photos.opened import open_file
from bot.photos.signature import name_format

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRIP: Final = 256


def see_through(data: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The mask of the transparent parts of a file that `decode` took, at that size (width, height)
    of the upright picture. Raises MaskRefused: opaque."""
    opened = open_file(data, name_format(data) or "")
    pixels = opened.pixels(opened.size)
    width, height = pixels.size
    alpha = Image.new("L", (width, height))
    for top in range(0, height, _STRIP):
        strip = pixels.rows(top, min(top + _STRIP, height))
        if not strip.has_transparency_data:
            raise MaskRefused("opaque")
        alpha.paste(strip.convert("RGBA").getchannel("A"), (0, top))
    turn = TURNS.get(opened.orientation)
    if turn is not None:
        alpha = alpha.transpose(turn)
    mask = inverted(from_levels(np.asarray(alpha.resize(size, Image.Resampling.BOX))))
    if not mask.any():
        raise MaskRefused("opaque")
    return mask
