from __future__ import annotations

import numpy as np

from bot.photos.shapes import Box, Square
from bot.sheets.drawn import MISSING
from bot.sheets.pen import number_over
from bot.sheets.review import single
from tests.bot.sheets.tiles import is_near, pixels, plain, tile

SQUARES = (Square(0, 0, 300), Square(50, 0, 100))


def test_a_photo_lies_beside_its_crops():
    png = single(
        tile(plain(300, 600), squares=SQUARES),
        [plain(64, 64, "red"), plain(512, 512, "lime")],
    )
    sheet = pixels(png)
    height, width = sheet.shape[:2]
    assert is_near(sheet[height // 4, width // 6], (0, 0, 255))
    assert is_near(sheet[height // 4, width - 200], (255, 0, 0))
    assert is_near(sheet[3 * height // 4, width - 200], (0, 255, 0))
    assert max(width, height) <= 1400


def test_the_place_of_a_missing_crop_is_kept():
    sheet = pixels(single(tile(plain(900, 900), squares=SQUARES[:1]), [None]))
    assert is_near(sheet[200, -200], tuple(reversed(MISSING)))


def test_a_photo_without_crops_and_without_its_file_can_be_shown():
    assert pixels(single(tile(plain()), [])).size
    assert pixels(single(tile(None), [])).size


def test_several_faces_are_numbered_and_one_alone_is_not():
    faces = (Box(20, 60, 60, 80), Box(200, 60, 60, 80))
    for shown, labels in ((faces, 2), (faces[:1], 0)):
        bare = pixels(single(tile(plain()), []))
        sheet = pixels(single(tile(plain(), faces=shown), []))
        scale = (bare.shape[1] - 20) / 300
        over = np.s_[round(40 * scale) : round(58 * scale)]
        found = [
            (
                sheet[over, round(x * scale) : round((x + 60) * scale)]
                != bare[over, round(x * scale) : round((x + 60) * scale)]
            ).any()
            for x in (20, 200)
        ]
        assert sum(found) == labels


def test_numbers_of_faces_at_the_photos_edges_stay_on_it():
    def label(*frame: int) -> int:
        photo = np.zeros((300, 300, 3), np.uint8)
        number_over(photo, "12", frame)
        return int(photo.any(axis=2).sum())

    whole = label(140, 140, 160, 160)
    for frame in ((0, 0, 20, 20), (280, 0, 300, 20), (0, 280, 20, 300), (280, 280, 300, 300)):
        assert label(*frame) == whole > 0
