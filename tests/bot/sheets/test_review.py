from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from bot.photos.shapes import Box, Square
from bot.sheets.drawn import MISSING, MOST_BYTES, PAPER
from bot.sheets.review import GAP, WIDTH, review_sheet
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened
from tests.bot.sheets.tiles import is_near, pixels, plain, tile

BLUE, DIMMED, RED = (0, 0, 255), (0, 0, 102), tuple(reversed(MISSING))


def field(tile, columns: int = 1):
    """The tile's own part of a sheet of one, without its caption."""
    sheet = pixels(review_sheet([tile], columns))
    side = sheet.shape[1] - 2 * GAP
    return sheet[GAP : GAP + side, GAP : GAP + side]


@pytest.mark.parametrize(
    ("number", "columns", "across", "down"),
    [(1, 3, 1, 1), (4, 3, 3, 2), (9, 3, 3, 3), (10, 5, 5, 2)],
)
def test_photos_lie_in_rows_on_a_sheet_that_is_not_too_wide(number, columns, across, down):
    colours = [(0, 0, 8 * index) for index in range(number)]
    sheet = pixels(
        review_sheet([tile(plain(colour=c), number=n) for n, c in enumerate(colours, 1)], columns)
    )
    height, width = sheet.shape[:2]
    assert width <= WIDTH
    for index, colour in enumerate(colours):
        column, row = index % across, index // across
        x = round((column + 0.5) * (width - GAP) / across + GAP / 2)
        y = round((row + 0.5) * (height - GAP) / down + GAP / 2)
        assert is_near(sheet[y, x], colour)


def test_what_lies_outside_of_the_squares_is_dimmed():
    drawn = field(tile(plain(), squares=(Square(0, 100, 200), Square(150, 0, 150))))
    side = drawn.shape[0]
    for x, y, colour in ((100, 200, BLUE), (225, 80, BLUE), (250, 250, DIMMED), (75, 80, DIMMED)):
        assert is_near(drawn[y * side // 300, x * side // 300], colour)


def test_the_main_square_is_drawn_through_and_the_second_dashed():
    drawn = field(tile(plain(), squares=(Square(20, 20, 260), Square(100, 100, 100))))
    side = drawn.shape[0]
    white = (drawn == 252).all(axis=2)

    def lower_edge(square: Square) -> float:
        """How much of it is drawn."""
        y = (square.y + square.side) * side // 300
        first, last = square.x * side // 300 + 12, (square.x + square.side) * side // 300 - 12
        return float(white[y - 6 : y + 3, first:last].any(axis=0).mean())

    assert lower_edge(Square(20, 20, 260)) == 1
    assert 0.4 <= lower_edge(Square(100, 100, 100)) <= 0.8


def test_faces_are_outlined_and_the_chosen_one_brighter():
    faces = (Box(40, 100, 60, 80), Box(180, 100, 60, 80))
    drawn = field(tile(plain(), faces=faces, chosen=1))
    side = drawn.shape[0]
    red = [
        drawn[100 * side // 300 : 180 * side // 300, x * side // 300 : (x + 60) * side // 300, 0]
        for x in (40, 180)
    ]
    assert red[1].max() > red[0].max() > 0


def test_a_square_around_the_whole_photo_is_drawn_on_paper():
    drawn = field(tile(plain(100, 300), squares=(Square(-100, 0, 300),)))
    side = drawn.shape[0]
    assert is_near(drawn[side // 2, side // 2], BLUE)
    assert is_near(drawn[side // 2, side // 6], tuple(reversed(PAPER)))
    assert (drawn[side // 2, :8] == 252).all(axis=1).any()


def test_a_photo_is_not_stretched_and_neither_are_its_squares():
    picture = Image.new("RGB", (600, 200), "blue")
    picture.paste("red", (400, 0, 600, 200))
    drawn = field(tile(encoded(picture, "PNG"), squares=(Square(400, 0, 200),)))
    side = drawn.shape[0]
    red = np.argwhere((drawn[..., 0] >= 240) & (drawn[..., 2] <= 20))
    for axis in (0, 1):
        assert abs(np.ptp(red[:, axis]) - side / 3) <= 14
    assert is_near(drawn[10 + side // 4, side // 2], tuple(reversed(PAPER)))


@pytest.mark.parametrize("file", [None, b"", b"no picture", ASTRONAUT[:40]])
def test_the_place_of_a_missing_file_is_kept_and_dark_red(file):
    drawn = field(tile(file, squares=(Square(0, 0, 10),), faces=(Box(1, 1, 2, 2),)))
    side = drawn.shape[0]
    assert is_near(drawn[side // 2, side // 2], RED)


def test_marks_differ_by_colour_and_by_shape():
    drawn = {
        mark: field(tile(plain(), mark=mark))[:60, -60:] for mark in ("counts", "doubt", "not")
    }
    colours = {mark: np.abs(one - BLUE).sum(axis=2) > 30 for mark, one in drawn.items()}
    for one, other in (("counts", "doubt"), ("counts", "not"), ("doubt", "not")):
        assert (colours[one] != colours[other]).sum() > 100
        assert np.abs(drawn[one] - drawn[other]).max() > 100


def test_numbers_and_captions_are_written():
    plainly = review_sheet([tile(plain(), caption="one.jpg")])
    assert plainly != review_sheet([tile(plain(), caption="two.jpg")])
    assert plainly != review_sheet([tile(plain(), caption="one.jpg", number=2)])


def test_a_sheet_of_the_grainiest_photos_is_small_enough_to_send():
    noise = np.random.default_rng(0).integers(0, 256, (450, 450, 3), np.uint8)
    photo = encoded(Image.fromarray(noise), "PNG")
    sheet = review_sheet([tile(photo, squares=(Square(0, 0, 450),))] * 9)
    assert len(sheet) <= MOST_BYTES
    assert pixels(sheet).shape[1] > WIDTH / 3


def test_a_sheet_of_nothing_is_a_sheet():
    assert pixels(review_sheet([])).size


def test_a_real_photo_is_on_it_as_it_is():
    photo = encoded(opened(ASTRONAUT), "PNG")
    drawn = field(tile(photo, squares=(Square(0, 0, 512),)))
    side = drawn.shape[0]
    expected = np.asarray(opened(photo).resize((side, side), Image.Resampling.BICUBIC)).astype(int)
    inner = np.s_[70:-70, 70:-70]
    assert np.abs(drawn[inner] - expected[inner]).mean() <= 4
