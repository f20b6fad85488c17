"""Contact sheets: many squares on one picture."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont, ImageOps

TILE = 160
GAP = 6
PAPER = (24, 25, 28)
MISSING = (70, 40, 40)


def contact_sheet(
    pictures: Sequence[bytes | None],
    columns: int | None = None,
    *,
    numbered: bool = True,
    numbers: Sequence[int] = (),
) -> bytes:
    """A PNG with the pictures in rows, each `TILE` px wide and numbered from 1, or by `numbers`.

    `None` stands for a picture whose file is missing: its place is kept and left dark red.
    """
    across = columns or min(len(pictures), 5) or 1
    down = math.ceil(len(pictures) / across)
    sheet = Image.new("RGB", (across * (TILE + GAP) + GAP, down * (TILE + GAP) + GAP), PAPER)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(18)
    for index, data in enumerate(pictures):
        left = GAP + index % across * (TILE + GAP)
        top = GAP + index // across * (TILE + GAP)
        if data is None:
            sheet.paste(MISSING, (left, top, left + TILE, top + TILE))
        else:
            with Image.open(io.BytesIO(data)) as picture:
                sheet.paste(enlarged(picture.convert("RGB"), TILE), (left, top))
        if numbered:
            number = str(numbers[index] if numbers else index + 1)
            pen.text((left + 6, top + 3), number, "white", font, stroke_width=2, stroke_fill=0)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def enlarged(picture: Image.Image, side: int) -> Image.Image:
    """A square of that side, of the middle of a longer one. Small pictures grow smoothly instead of
    in blocks."""
    return ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)
