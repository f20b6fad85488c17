from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sheets.lettering import plain, shortened, width_of, write


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("me.jpg", "me.jpg"),
        ("Žluťoučký kůň.png", "Zlutoucky kun.png"),
        ("写真 サンプル.jpg", "….jpg"),
        ("Фото на море.jpg", "….jpg"),
        ("holiday 😀👩‍👩‍👧 1.png", "holiday … 1.png"),
        ("a\nb\tc\x00d", "a b c…d"),
        ("", ""),
    ],
)
def test_names_are_written_in_the_letters_that_there_are(text, shown):
    assert plain(text) == shown


def test_a_long_line_ends_with_an_ellipsis_where_the_room_ends():
    line = shortened("a name that goes on and on.jpg", 24, 200)
    assert line.startswith("a name")
    assert line.endswith("…")
    assert 150 <= width_of(line, 24) <= 200
    assert shortened("short.jpg", 24, 200) == "short.jpg"


@given(st.text(max_size=300), st.integers(20, 300))
def test_every_name_can_be_written(text, width):
    line = shortened(text, 24, width)
    assert width_of(line, 24) <= width
    paper = np.zeros((30, width, 3), np.uint8)
    write(paper, line, (0, 15), 24, (255, 255, 255))


def test_what_does_not_fit_on_the_picture_is_left_away():
    for x, y in ((-20, 5), (90, 5), (40, -3), (40, 19), (500, 500), (-500, -500)):
        paper = np.zeros((20, 100, 3), np.uint8)
        write(paper, "name", (x, y), 24, (255, 255, 255))
        assert paper.any() == (abs(x) < 500)
