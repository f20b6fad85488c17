"""Bot and trainer read the weights of a prompt alike, though neither imports the other."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

import bot.emphasis
import trainer.emphasis
from bot.prompt import BadPrompt, check_prompt

TYPED = st.lists(
    st.sampled_from(
        ["zwx", "a", "red hat", " ", "(", ")", ":", "1.2", ".5", "1", "2", ",", "-", "\uff08",
         "(zwx:1.2)", "(red hat:.5)", "( at : 1 )", "(b:9)", "\u0661", "\n"]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@given(TYPED | st.text())
def test_what_the_bot_lets_through_the_trainer_reads_in_the_same_words(typed: str) -> None:
    try:
        text = check_prompt(f"zwx at sea {typed}", {"zwx": 7}).text
    except BadPrompt:
        assume(False)
    assert trainer.emphasis.plain(text) == bot.emphasis.plain(text)
    for part in trainer.emphasis.parse(text):
        assert bot.emphasis.LEAST <= part.weight <= bot.emphasis.MOST


def test_both_have_the_same_bounds() -> None:
    here, there = bot.emphasis, trainer.emphasis
    assert (here.LEAST, here.MOST) == (there.LEAST, there.MOST)


@given(st.integers(0, 300).map(lambda hundredths: f"{hundredths / 100:g}"))
def test_every_weight_that_the_bot_lets_through_is_one_to_the_trainer(weight: str) -> None:
    text = f"zwx in a (red hat:{weight})"
    if bot.emphasis.out_of_bounds(text) is None:
        assert trainer.emphasis.plain(text) == bot.emphasis.plain(text) == "zwx in a red hat"
    else:
        assert trainer.emphasis.plain(text) == text
