from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.sheets.contact import GAP, MISSING, TILE, contact_sheet


def tile(colour: str, side: int = 64) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "PNG")
    return out.getvalue()


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.parametrize(
    ("number", "columns", "across", "down"),
    [
        (0, None, 1, 0),
        (1, None, 1, 1),
        (5, None, 5, 1),
        (6, None, 5, 2),
        (8, 4, 4, 2),
        (40, None, 5, 8),
    ],
)
def test_pictures_lie_in_rows(number: int, columns: int | None, across: int, down: int) -> None:
    sheet = opened(contact_sheet([tile("red")] * number, columns))
    assert sheet.size == (across * (TILE + GAP) + GAP, down * (TILE + GAP) + GAP)


def test_every_picture_is_in_its_place_and_a_missing_one_keeps_its_own() -> None:
    pictures = [tile("red"), None, tile("lime", 512)]
    sheet = opened(contact_sheet(pictures, columns=2, numbered=False))
    step, middle = TILE + GAP, GAP + TILE // 2
    assert sheet.getpixel((middle, middle)) == (255, 0, 0)
    assert sheet.getpixel((middle + step, middle)) == MISSING
    assert sheet.getpixel((middle, middle + step)) == (0, 255, 0)


def test_numbers_are_written_where_they_are_asked_for() -> None:
    assert contact_sheet([tile("red")]) != contact_sheet([tile("red")], numbered=False)
