"""The first gate behind the sampler: was a picture drawn at all?

Covered: pictures of one flat colour, which is what a broken adapter or an overflow leaves behind.
Not covered: what the picture shows. The bot looks at that, in a walled process of its own, before
anybody sees a picture (`bot/screen.py`); here nothing is screened, and nothing is shown.
"""

from __future__ import annotations

from typing import cast

from PIL import Image

#: brightest minus darkest value, of 255, below which nobody sees a picture
LEAST_CONTRAST = 4


def is_blank(picture: Image.Image) -> bool:
    """Whether every channel is flat, as in an all-black picture."""
    extremes = cast("tuple[tuple[int, int], ...]", picture.convert("RGB").getextrema())
    return all(high - low < LEAST_CONTRAST for low, high in extremes)
