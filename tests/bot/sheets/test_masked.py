"""A picture with what may change of it in red."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from bot.photos.mask import to_png
from bot.sheets.masked import masked_sheet
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened

RIGHT = np.zeros((64, 96), np.uint8)
RIGHT[:, 48:] = 255


def sheet_of(colour: str | tuple[int, int, int]) -> np.ndarray:
    picture = encoded(Image.new("RGB", (96, 64), colour), "PNG")
    return np.asarray(opened(masked_sheet(picture, to_png(RIGHT)))).astype(int)


@pytest.mark.parametrize("colour", ["black", "white", "gray", "lime", "blue"])
def test_what_may_change_is_redder_and_the_rest_is_as_it_was(colour):
    sheet = sheet_of(colour)
    height, width = sheet.shape[:2]
    kept, changed = sheet[height // 2, width // 5], sheet[height // 2, width * 4 // 5]
    assert np.abs(kept - Image.new("RGB", (1, 1), colour).getpixel((0, 0))).max() <= 4
    assert changed[0] - changed[1:].mean() > kept[0] - kept[1:].mean() + 30


def test_the_edge_is_a_line_of_its_own():
    sheet = sheet_of((90, 20, 20))
    row = sheet[sheet.shape[0] // 2, sheet.shape[1] // 2 - 8 : sheet.shape[1] // 2 + 8]
    assert row.min(axis=1).max() > 200


def test_what_lies_under_the_red_is_still_to_be_seen():
    whole = np.full((512, 512), 255, np.uint8)
    sheet = np.asarray(opened(masked_sheet(ASTRONAUT, to_png(whole)))).astype(int)
    assert sheet[100:400, 100:400].mean(axis=2).std() > 20


def test_a_small_picture_grows_and_a_large_one_shrinks():
    for size in ((64, 64), (1600, 400)):
        picture = encoded(Image.new("RGB", size), "PNG")
        sheet = opened(masked_sheet(picture, to_png(np.zeros(size[::-1], np.uint8))))
        assert 300 < max(sheet.size) <= 900
        assert sheet.width / sheet.height == pytest.approx(size[0] / size[1], rel=0.02)


@pytest.mark.parametrize("files", [(None, to_png(RIGHT)), (ASTRONAUT, None), (b"x", b"y")])
def test_a_missing_file_is_a_dark_red_square(files):
    red, green, blue = opened(masked_sheet(*files)).getpixel((9, 9))
    assert red > max(green, blue)
