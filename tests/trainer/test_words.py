"""Prompts with a learned token in them: where its rows stand, and what reads them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import CLIPTokenizer

from tests.trainer.conftest import TOKENIZER
from trainer.base import Base
from trainer.dataset import Called
from trainer.dreambooth import first_weights
from trainer.plan import Plan
from trainer.seeds import stream
from trainer.words import Spelled, Words, framed, rows_of, spell, windows

tokenizer = CLIPTokenizer.from_pretrained(TOKENIZER, model_max_length=77)


def ids(text: str) -> list[int]:
    found: list[int] = tokenizer(text, add_special_tokens=False).input_ids
    return found


def test_a_token_stands_where_it_is_written() -> None:
    spelled = spell(tokenizer, "a photo of zwx man", "zwx", 2)
    before, after = ids("a photo of"), ids("man")
    assert spelled.learned == [-1] * len(before) + [0, 1] + [-1] * len(after)
    assert spelled.ids[: len(before)] == before
    assert spelled.ids[-len(after) :] == after
    assert len(spelled.ids) == len(spelled.learned)


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("zwx", 1),
        ("ZWX and zwx, Zwx's hat", 3),
        ("zwx-like, (zwx:1.2), zwx_man", 3),
        ("zwxy xzwx zwx2", 0),
        ("éZWX zwxé", 0),
        ("", 0),
    ],
)
def test_a_token_is_a_word_of_its_own_however_it_is_written(prompt: str, count: int) -> None:
    assert spell(tokenizer, prompt, "zwx", 1).learned.count(0) == count
    if count == 0:
        assert spell(tokenizer, prompt, "zwx", 1) == spell(tokenizer, prompt, None, 0)


@given(st.lists(st.sampled_from(["a", "man", "zwx", "snowman,", "in the", "Zwx's", "!"])))
def test_nothing_else_of_a_prompt_changes(words: list[str]) -> None:
    prompt = " ".join(words)
    spelled = spell(tokenizer, prompt, "zwx", 1)
    kept = [one for one, row in zip(spelled.ids, spelled.learned, strict=True) if row < 0]
    around = [part for word in words for part in word.lower().split("zwx")]
    assert kept == [number for part in around for number in ids(part)]


@given(st.lists(st.integers(0, 200), min_size=1, max_size=4), st.integers(2, 75))
def test_every_token_stands_in_one_window_between_its_markers(
    lengths: list[int], window: int
) -> None:
    spelled = [Spelled([7] * length, list(range(length))) for length in lengths]
    chunks = windows(spelled, window)
    assert chunks == max(1, *(-(-length // window) for length in lengths))
    numbers, rows = framed(spelled, chunks, window, tokenizer)
    assert numbers.shape == rows.shape == (len(lengths) * chunks, window + 2)
    assert (numbers[:, 0] == tokenizer.bos_token_id).all()
    assert (numbers == tokenizer.eos_token_id).any(dim=1).all()
    for place, length in enumerate(lengths):
        own = rows[place * chunks : (place + 1) * chunks]
        assert own[own >= 0].tolist() == list(range(length))


def test_rows_start_as_the_class_word(resident: Base) -> None:
    encoder = resident.text_encoders["text_encoder"]
    rows = rows_of(resident.tokenizers["text_encoder"], encoder, "polar bear")
    weight = encoder.get_input_embeddings().weight
    assert torch.equal(rows, weight[ids("polar bear")])
    rows.zero_()
    assert weight[ids("bear")].abs().sum() > 0


@pytest.mark.parametrize("family", ["base", "xl"])
def test_a_token_that_has_learned_nothing_reads_as_its_class_word(
    request: pytest.FixtureRequest, family: str
) -> None:
    base: Base = request.getfixturevalue(family)
    plan, called = Plan(rank=2, method="pivotal"), Called("zwx", "polar bear")
    base.wardrobe.put_on("new", first_weights(base, plan, called), word="zwx")
    told = base.encode_prompts(["a polar bear in the snow"])
    with base.wardrobe.wearing("new"):
        learned = base.encode_prompts(["a Zwx in the snow", "a polar bear in the snow"])
    base.wardrobe.take_off("new")
    assert torch.allclose(learned.states[0], told.states[0], atol=1e-6)
    assert torch.allclose(learned.states[1], told.states[0], atol=1e-6)
    if told.pooled is not None and learned.pooled is not None:
        assert torch.allclose(learned.pooled, told.pooled.expand(2, -1), atol=1e-6)
    plain = base.encode_prompts(["a zwx in the snow"])
    assert not torch.allclose(plain.states[0], told.states[0], atol=1e-3)


def test_each_wearer_reads_its_own_token(base: Base) -> None:
    """Two subjects whose tokens have the same spelling, as those of two versions of one."""
    plan, generator = Plan(rank=2, method="pivotal"), stream("words")
    heard = []
    for name in ("one", "two"):
        weights = first_weights(base, plan, Called("zwx", "man"))
        rows = weights["token.text_encoder"]
        weights["token.text_encoder"] = torch.randn(rows.shape, generator=generator)
        base.wardrobe.put_on(name, weights, word="zwx")
    for name in ("one", "two", None, "one"):
        with base.wardrobe.wearing(name):
            heard.append(base.encode_prompts(["a zwx"]).states)
    for name in ("one", "two"):
        base.wardrobe.take_off(name)
    assert torch.equal(heard[0], heard[3])
    assert not torch.allclose(heard[0], heard[1], atol=1e-3)
    assert torch.equal(heard[2], base.encode_prompts(["a zwx"]).states)
    assert not base.text_encoders["text_encoder"].get_input_embeddings()._forward_hooks


def test_a_token_counts_as_many_as_its_rows(base: Base) -> None:
    assert base.count_chunks("zwx " * 37, "zwx", 2) == 1
    assert base.count_chunks("zwx " * 38, "zwx", 2) == 2


def test_words_are_picked_by_prompt() -> None:
    states, pooled = torch.arange(12.0).view(3, 2, 2), torch.arange(6.0).view(3, 2)
    picked = Words(states, pooled).pick(torch.tensor([2, 0, 2]))
    assert picked.pooled is not None
    assert torch.equal(picked.states, states[[2, 0, 2]])
    assert torch.equal(picked.pooled, pooled[[2, 0, 2]])
    assert Words(states).pick(slice(0, 2)).pooled is None
