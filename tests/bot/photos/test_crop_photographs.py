"""What crops promise, on real photographs: those that thresholds are chosen by."""

from __future__ import annotations

from itertools import product

import pytest

from bot.photos.crop import least_side, proposals
from bot.photos.decode import decode
from bot.photos.look import look
from bot.photos.seen import Seen
from bot.photos.shapes import Box, Square
from tests.photographs.fetch import PhotographsUnavailable, photographs


def crowds_and_some_others() -> dict[str, Seen]:
    """What is seen on all photographs with several faces, and on every third with one."""
    try:
        found = photographs("tune")
    except PhotographsUnavailable as error:
        pytest.skip(str(error))
    several = [one for one in found if one.label.faces > 1]
    alone = [one for one in found if one.label.faces == 1]
    return {
        one.label.name: look(decode(one.data, min_side=64).picture, kind="person")
        for one in [*several, *alone[::3]]
    }


def is_inside(square: Square, seen: Seen) -> bool:
    right, bottom = square.x + square.side, square.y + square.side
    return min(square.x, square.y) >= 0 and right <= seen.width and bottom <= seen.height


def holds(square: Square, face: Box, seen: Seen, *, room: float) -> bool:
    """Whether it holds the face, and so much of the room for hair, ears and chin (in shares of
    the face) as is in the picture."""
    left, top = face.x - 0.08 * room * face.width, face.y - 0.2 * room * face.height
    right = face.x + (1 + 0.08 * room) * face.width
    bottom = face.y + (1 + 0.05 * room) * face.height
    return (
        square.x <= max(0, left)
        and square.y <= max(0, top)
        and square.x + square.side >= min(seen.width, right)
        and square.y + square.side >= min(seen.height, bottom)
    )


def test_every_square_of_a_real_photograph_holds_the_head_with_room():
    squares = 0
    for name, seen in crowds_and_some_others().items():
        for (index, face), resolution in product(enumerate(seen.faces), (64, 256, 512)):
            fits = 1.6 * face.box.height <= min(seen.width, seen.height)
            shown = {"face", face.framing}
            for _, square in (
                one
                for framing in shown
                for one in proposals(seen, framing, index, "person", resolution)
            ):
                squares += 1
                assert is_inside(square, seen), name
                assert square.side >= least_side(resolution), name
                assert holds(square, face.box, seen, room=1 if fits else 0), name
    assert squares > 200
