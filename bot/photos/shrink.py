"""From decoded pixels of any kind to a copy of the size wanted, without a second whole picture."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from bot.photos.opened import Pixels

_WHITE: Final = (255, 255, 255, 255)
#: Rows that are converted at a time; even, as they may be halved.
_STRIP: Final = 256
#: From this many pixels on a picture is halved strip by strip, if it is then still large enough.
_LARGE: Final = 16_000_000


def shrink(pixels: Pixels, size: tuple[int, int]) -> Image.Image:
    """L, RGB or CMYK, eight bits a channel, laid on white where it is see-through."""
    width, height = pixels.size
    is_large = width * height > _LARGE and width >= 2 * size[0] and height >= 2 * size[1]
    factor = 2 if is_large else 1
    whole: Image.Image | None = None
    for top in range(0, height, _STRIP):
        strip = _eight_bit(pixels.rows(top, min(top + _STRIP, height)))
        if factor > 1:
            strip = strip.reduce(factor)
        if whole is None:
            whole = Image.new(strip.mode, (strip.width, -(-height // factor)))
        whole.paste(strip, (0, top // factor))
    assert whole is not None  # no picture is without rows
    if size == pixels.size:
        return whole
    box = (0, 0, width / factor, height / factor)
    return whole.resize(size, Image.Resampling.LANCZOS, box)


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        # 65535 / 257 = 255; Pillow's own conversion clips instead of scaling.
        return Image.fromarray(
            ((np.asarray(image).astype(np.uint32) + 128) // 257).astype(np.uint8)
        )
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        flat = Image.alpha_composite(Image.new("RGBA", seen.size, _WHITE), seen)
        # Grey stays grey: a grey picture's colour profile is one for grey.
        return flat.convert("L" if image.mode in ("1", "L", "LA", "La") else "RGB")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")
