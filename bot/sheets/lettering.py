"""Words on a picture. Pixels here and beside are OpenCV's: H x W x 3, blue first."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

#: Longer lines are not measured: no sheet is wide enough for them.
_MOST: Final = 200
#: Words of letters that the font lacks, one after another.
_UNKNOWN: Final = re.compile(r"[^ -~·…]+( +[^ -~·…]+)*")
_ELLIPSIS: Final = "…"


def plain(text: str) -> str:
    """One line of the letters that Pillow's own font has: accents fall, and an ellipsis stands
    for what is left in other scripts."""
    letters = unicodedata.normalize("NFKD", text[:_MOST])
    line = " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())
    return _UNKNOWN.sub(_ELLIPSIS, line)


def shortened(text: str, size: int, width: int) -> str:
    """As much of the line as is at most `width` px wide, with an ellipsis for the rest."""
    line = plain(text)
    if _font(size).getlength(line) <= width:
        return line
    while line and _font(size).getlength(line + _ELLIPSIS) > width:
        line = line[:-1].rstrip()
    return line + _ELLIPSIS


def folded(text: str, size: int, width: int) -> list[str]:
    """The text in as many lines as it needs, each at most `width` px wide where no single word is
    wider."""
    lines: list[str] = []
    for word in plain(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _font(size).getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def width_of(text: str, size: int) -> int:
    """How wide the line is, in pixels."""
    return round(_font(size).getlength(text))


def write(
    pixels: NDArray[np.uint8],
    text: str,
    middle_left: tuple[int, int],
    size: int,
    colour: tuple[int, int, int],
) -> None:
    """Write the line so that its capitals' middle lies at that point; what does not fit on the
    picture is left away."""
    mask, (left, top) = _font(size).getmask2(text, "L", anchor="lm")
    letters = np.array(mask, np.uint8).reshape(mask.size[::-1])
    x, y = middle_left[0] + left, middle_left[1] + top
    x0, y0 = max(0, x), max(0, y)
    letters = letters[y0 - y : max(0, pixels.shape[0] - y), x0 - x : max(0, pixels.shape[1] - x)]
    field = pixels[y0 : y0 + letters.shape[0], x0 : x0 + letters.shape[1]]
    share = letters[..., None] / 255
    field[:] = np.rint(field * (1 - share) + np.array(colour) * share).astype(np.uint8)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's wheels are built with FreeType
    return font
