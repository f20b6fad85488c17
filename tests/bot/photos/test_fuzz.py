"""A small share of what `make soak` does by the thousand."""

from __future__ import annotations

from bot.photos.decode import decode
from tests.bot.photos.fuzz import SIDE, mutated, originals, wrong_in_process

SEED, FILES = 4, 150


def test_whatever_is_wrong_with_a_file_it_is_taken_or_refused_with_a_reason():
    wrong = {number: wrong_in_process(mutated(SEED, number)) for number in range(FILES)}
    assert {number: what for number, what in wrong.items() if what} == {}


def test_what_is_mutated_is_taken_as_it_was():
    taken = 0
    for data in originals()[:-5]:  # three that move, a GIF, a HEIC
        taken += min(decode(data, min_side=SIDE).picture.size) >= SIDE
    assert taken == len(originals()) - 5


def test_a_seed_and_a_number_name_the_same_file_again():
    assert mutated(SEED, 17) == mutated(SEED, 17) != mutated(SEED, 18)
