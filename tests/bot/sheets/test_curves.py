from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.sheets.curves import WIDTH, Curve, Plot, Proposal, curves_sheet
from tests.bot.sheets.tiles import is_near, pixels

#: What is drawn in them, red first.
ROUND, SQUARE, CHOSEN = (86, 180, 233), (230, 159, 0), (240, 228, 66)


def plot(*curves: Curve, low: float = 0.8, high: float = 1.0) -> Plot:
    return Plot("How far off", curves, low=low, high=high, level=1.0)


def curve(points: Sequence[tuple[int, float]], look="round") -> Curve:
    return Curve("kept back", look, points)


def drawn(*plots: Plot, proposals: Sequence[Proposal] = ()) -> NDArray[np.int64]:
    png = curves_sheet(plots, proposals, "steps")
    assert png is not None
    return pixels(png)


def places(sheet: NDArray[np.int64], colour: tuple[int, int, int]) -> NDArray[np.int64]:
    """Where that colour is: rows of y, x."""
    return np.argwhere(np.abs(sheet - np.array(colour)).max(axis=2) <= 4)


FALLS = [(0, 1.0), (100, 0.9), (200, 0.8)]


def test_a_curve_goes_from_its_first_point_to_its_last() -> None:
    sheet = drawn(plot(curve(FALLS)))
    assert sheet.shape[1] == WIDTH
    below = places(sheet, ROUND)
    below = below[below[:, 0] > 140]  # not the example in the legend
    y, x = below[:, 0], below[:, 1]
    assert x.max() - x.min() > 0.8 * WIDTH
    left, right = y[x < x.min() + 40].mean(), y[x > x.max() - 40].mean()
    assert right - left > 150  # lower is nearer to the foot
    assert abs(y[np.abs(x - (x.min() + x.max()) / 2) < 20].mean() - (left + right) / 2) < 12


def test_what_was_not_measured_is_not_drawn() -> None:
    assert curves_sheet([plot(curve([]))], [Proposal(10, "step 10")], "steps") is None
    assert curves_sheet([], [], "steps") is None
    both = plot(curve(FALLS), curve([], "square"))
    assert not len(places(drawn(both), SQUARE))
    assert drawn(both).shape == drawn(both, plot(curve([]))).shape
    assert len(drawn(both, both)) > 1.5 * len(drawn(both))


def test_the_chosen_step_is_drawn_through_all_plots_and_the_others_are_dashed() -> None:
    plots = plot(curve(FALLS)), plot(curve([(0, 0.0), (200, 0.1)]), low=0.0)
    proposals = [Proposal(50, "step 50"), Proposal(150, "step 150: my choice", is_chosen=True)]
    sheet = drawn(*plots, proposals=proposals)
    plain = drawn(*plots)
    bright = places(sheet[60:], CHOSEN)
    assert abs(bright[:, 1] - (104 + 0.75 * (WIDTH - 140))).max() < 4
    assert len(np.unique(bright[:, 0])) > 2 * 200
    dashed = round(104 + 0.25 * (WIDTH - 140))
    changed = (sheet[60:, dashed] != plain[60:, dashed]).any(axis=1).mean()
    assert 0.2 < changed < 0.6


def test_labels_of_steps_close_together_leave_room_for_the_chosen_one() -> None:
    near = [Proposal(step, f"step {step}") for step in (98, 102)]
    chosen = Proposal(100, "step 100: my choice", is_chosen=True)
    head = drawn(plot(curve(FALLS)), proposals=[*near, chosen])[:44]
    assert (head == drawn(plot(curve(FALLS)), proposals=[chosen])[:44]).all()


def test_a_label_at_the_edge_stays_on_the_picture() -> None:
    for step in (0, 200):
        proposals = [Proposal(step, "step 200: my choice", is_chosen=True)]
        head = drawn(plot(curve(FALLS)), proposals=proposals)[:44]
        columns = places(head, CHOSEN)[:, 1]
        assert columns.min() >= 8
        assert columns.max() <= WIDTH - 8


@pytest.mark.parametrize("first", [0, 400])
def test_a_training_that_went_on_begins_where_it_went_on_from(first: int) -> None:
    points = [(first + step, value) for step, value in FALLS]
    assert (drawn(plot(curve(points)))[:-52] == drawn(plot(curve(FALLS)))[:-52]).all()


VALUES = st.floats(-10, 10) | st.just(0.0) | st.just(1.0)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5000), VALUES), max_size=20),
    st.lists(st.integers(0, 5000), max_size=3),
)
def test_whatever_was_measured_is_drawn(points: list[tuple[int, float]], steps: list[int]) -> None:
    proposals = [Proposal(step, f"step {step}", is_chosen=step == steps[0]) for step in steps]
    png = curves_sheet([plot(curve(sorted(points)))], proposals, "steps")
    assert (png is None) == (not points)


def test_the_paper_is_that_of_the_other_sheets() -> None:
    assert is_near(drawn(plot(curve(FALLS)))[0, 0], (24, 25, 28))
