"""What is said of pictures that are worked on: all of it, and short enough to be read."""

from __future__ import annotations

from typing import get_args

import pytest

from bot import words
from bot.edits import How
from bot.photos.mask import REASONS
from bot.words.en import edit

MOST = 300


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_against_a_mask_has_a_sentence_with_a_way_on(reason: str) -> None:
    sentence = words.mask_refusal(reason)
    assert len(sentence) < MOST
    assert any(way in sentence for way in ("Try", "Send", "Erase", "leave", "Leave"))


def test_no_sentence_about_masks_is_never_said() -> None:
    assert set(edit._NO_MASK) == set(REASONS)


@pytest.mark.parametrize("how", get_args(How))
def test_everything_that_can_be_done_is_called_something(how: str) -> None:
    assert "zwx" in words.edit_running(how, "a zwx woman")
    done = words.edit_done(how, "<@1>", "a zwx woman", [5, 6], with_class=True)
    assert "seeds 5 to 6" in done
    assert set(edit._DOING) == set(edit._DONE) == set(get_args(How))


def test_every_sentence_is_short() -> None:
    said = [text for name, text in vars(edit).items() if name.isupper() and isinstance(text, str)]
    assert len(said) > 10
    assert all(0 < len(text) < MOST for text in said)


@pytest.mark.parametrize("number", [1, 4])
def test_what_became_of_an_edit_is_said_without_a_prompt_and_a_seed(number: int) -> None:
    lost = words.pictures_lost(number, is_edit=True)
    withheld = words.pictures_withheld(number, 4, is_edit=True)
    for sentence, of_prompts in (
        (lost, words.pictures_lost(number)),
        (withheld, words.pictures_withheld(number, 4)),
    ):
        assert sentence != of_prompts
        assert len(sentence) < MOST
        for absent in ("prompt", "seed", "a word more"):
            assert absent not in sentence


def test_a_picture_that_is_gone_is_told_of_alike_in_all_edits() -> None:
    for sentence in (words.SOURCE_GONE, words.SOURCE_ASKED):
        assert "/edit" in sentence
        assert not any(how in sentence for how in ("inpaint", "mask"))
