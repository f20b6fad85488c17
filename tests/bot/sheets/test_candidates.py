from __future__ import annotations

from bot.sheets.candidates import COLUMNS, GAP, SIDE, Row, candidates_sheet
from bot.sheets.drawn import MISSING
from tests.bot.sheets.tiles import is_near, pixels, plain

COLOURS = ((252, 0, 0), (0, 252, 0), (0, 0, 252), (252, 252, 0))


def row(label: str = "Step 160", *, is_used: bool = False, remark: str = "", pictures=None) -> Row:
    mine = [plain(64, 64, colour) for colour in COLOURS] if pictures is None else pictures
    return Row(label, remark, is_used, mine)


def middles(sheet, rows: int, number: int):
    """The colours in the middles of a row's pictures."""
    high = (len(sheet) - GAP) / rows
    y = round((number + 1) * high - SIDE / 2)
    return [sheet[y, GAP + column * (SIDE + GAP) + SIDE // 2] for column in range(COLUMNS)]


def test_each_candidate_has_a_row_of_its_pictures_in_their_order() -> None:
    sheet = pixels(candidates_sheet([row(), row(pictures=[plain(512, 512, "teal")] * 4), row()]))
    for number in (0, 2):
        for found, colour in zip(middles(sheet, 3, number), COLOURS, strict=True):
            assert is_near(found, colour)
    assert all(is_near(found, (0, 128, 128)) for found in middles(sheet, 3, 1))


def test_a_missing_picture_keeps_its_place() -> None:
    pictures = [plain(64, 64, "teal"), None, b"no picture", plain(64, 64, "teal")]
    found = middles(pixels(candidates_sheet([row(pictures=pictures)])), 1, 0)
    red = tuple(reversed(MISSING))
    for pixel, colour in zip(found, ((0, 128, 128), red, red, (0, 128, 128)), strict=True):
        assert is_near(pixel, colour)


def test_a_row_with_fewer_pictures_has_paper_for_the_rest() -> None:
    found = middles(pixels(candidates_sheet([row(pictures=[])])), 1, 0)
    assert all(is_near(pixel, (24, 25, 28)) for pixel in found)


def test_the_one_in_use_has_an_edge_and_a_tick() -> None:
    plainly = pixels(candidates_sheet([row(), row()]))
    marked = pixels(candidates_sheet([row(), row(is_used=True)]))
    half = len(plainly) // 2
    assert (plainly[: half - 10] == marked[: half - 10]).all()
    assert (marked[half + 20 : -20, 2:8] == 252).all(axis=2).any(axis=1).all()
    assert not (plainly[half + 20 : -20, 2:8] == 252).all(axis=2).any()
    assert is_near(marked[half + 10 + 24, 18], (0, 158, 115))


def test_labels_and_remarks_are_written() -> None:
    sheets = [
        candidates_sheet([row(label, remark=remark)])
        for label in ("Step 160", "Step 280")
        for remark in ("", "my choice")
    ]
    assert len(set(sheets)) == 4


def test_a_sheet_of_nothing_is_a_sheet() -> None:
    assert pixels(candidates_sheet([])).size
