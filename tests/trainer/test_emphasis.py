"""Weights of words: how a prompt is read, and what they do to embeddings and pictures."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from tests.trainer.pictures import CALLED
from trainer.base import Base
from trainer.dreambooth import first_weights
from trainer.easel import Easel
from trainer.emphasis import Part, encode, parse, plain
from trainer.generate import generate
from trainer.loading import BUNDLED, load_base
from trainer.plan import Plan
from trainer.request import Request
from trainer.words import weighed

PIECES = st.lists(
    st.tuples(
        st.text("abz ,.'-é", min_size=1, max_size=12).filter(str.strip),
        st.one_of(st.none(), st.integers(20, 180).map(lambda hundredths: hundredths / 100)),
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("", []),
        ("a zwx man", [Part("a zwx man", 1)]),
        (
            "a (red hat:1.3) on (zwx:0.5)",
            [Part("a ", 1), Part("red hat", 1.3), Part(" on ", 1), Part("zwx", 0.5)],
        ),
        ("(a: b:.5)", [Part("a: b", 0.5)]),
        ("( a : 1. )", [Part(" a ", 1)]),
        ("(a:1.2)(b:1.2)c", [Part("ab", 1.2), Part("c", 1)]),
        ("a (man:1) here", [Part("a man here", 1)]),
        # ordinary text
        ("(a) b) :( (c d", [Part("(a) b) :( (c d", 1)]),
        ("(a:1.9) (b:0.1) (at 10:30)", [Part("(a:1.9) (b:0.1) (at 10:30)", 1)]),
        ("(:1.2) ( :1) (a:b) (a:-1) (a:1,2)", [Part("(:1.2) ( :1) (a:b) (a:-1) (a:1,2)", 1)]),
        ("(a:\u0661)", [Part("(a:\u0661)", 1)]),
        ("((a:1.2))", [Part("(", 1), Part("a", 1.2), Part(")", 1)]),
    ],
)
def test_a_prompt_is_read_in_parts(prompt: str, parts: list[Part]) -> None:
    assert parse(prompt) == parts


@given(st.text("ab (:.)12\u0661", max_size=30))
@example("(a")
def test_nothing_of_a_prompt_is_lost_but_brackets_and_numbers(prompt: str) -> None:
    parts = parse(prompt)
    assert all(part.text for part in parts)
    assert all(a.weight != b.weight for a, b in pairwise(parts))
    if all(part.weight == 1 for part in parts) and ":1" not in prompt.replace(" ", ""):
        assert plain(prompt) == prompt
    assert [c for c in plain(prompt) if c in "ab"] == [c for c in prompt if c in "ab"]


@given(PIECES)
def test_what_is_written_with_weights_is_read_with_them(pieces: list[tuple[str, float]]) -> None:
    written = "".join(text if w is None else f"({text}:{w:g})" for text, w in pieces)
    parts = parse(written)
    assert plain(written) == "".join(text for text, _ in pieces)
    letters = [weight or 1 for text, weight in pieces for _ in text]
    assert [part.weight for part in parts for _ in part.text] == letters


@given(st.lists(st.lists(st.floats(0.2, 1.8), max_size=40), min_size=1, max_size=3))
def test_every_token_has_its_weight_in_its_window(weights: list[list[float]]) -> None:
    window = 9
    chunks = max(1, *(-(-len(own) // window) for own in weights))
    told = weighed(weights, chunks, window)
    assert told.shape == (len(weights), chunks * (window + 2))
    for own, row in zip(weights, told.view(len(weights), chunks, window + 2), strict=True):
        assert torch.equal(row[:, 0], torch.ones(chunks))
        assert torch.equal(row[:, -1], torch.ones(chunks))
        inner = row[:, 1:-1].flatten()
        assert torch.equal(inner[: len(own)], torch.tensor(own))
        assert (inner[len(own) :] == 1).all()


FAMILIES = pytest.mark.parametrize("family", ["base", "xl"])


@pytest.fixture
def one(request: pytest.FixtureRequest, family: str) -> Base:
    found: Base = request.getfixturevalue(family)
    return found


@FAMILIES
def test_a_weight_of_one_is_no_weight_to_the_bit(
    one: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ["", "a red hat on zwx, at the beach"]
    before = one.encode_prompts(said)
    calls: list[int] = []
    read = Base.read
    monkeypatch.setattr(
        Base, "read", lambda self, known: calls.append(len(known)) or read(self, known)
    )
    for prompt in (
        said[1],
        "a (red hat:1) on zwx, at the beach",
        "(a red hat on zwx:1.0), at the beach",
    ):
        words = encode(one, ["", prompt])
        assert torch.equal(words.states, before.states)
        if before.pooled is not None and words.pooled is not None:
            assert torch.equal(words.pooled, before.pooled)
    assert calls == [2, 2, 2]


@FAMILIES
def test_a_weight_moves_its_own_words_away_from_an_empty_prompts(one: Base) -> None:
    """As the formula says, in every encoder; what has no weight stays."""
    texts = ["a red hat on a man", "blurry"]
    before = one.encode_prompts(texts)
    empty = one.hushed(one.read([one.spelled(" ")]), [" "]).states[0]
    words = encode(one, ["a (red hat:1.5) on a man", "(blurry:0.25)"])
    for row, (weight, own) in enumerate(((1.5, slice(2, 4)), (0.25, slice(1, 2)))):
        expected = before.states[row].clone()
        expected[own] = empty[own] + weight * (before.states[row][own] - empty[own])
        assert torch.allclose(words.states[row], expected, atol=1e-5)
        assert not torch.allclose(words.states[row], before.states[row], atol=1e-3)
    if before.pooled is not None and words.pooled is not None:
        assert torch.allclose(words.pooled, before.pooled, atol=1e-5)


@FAMILIES
def test_an_empty_prompt_stays_as_the_base_has_it_beside_weights(one: Base) -> None:
    words = encode(one, ["", "a (red:1.4) hat"])
    assert torch.allclose(words.states[0], one.encode_prompts([""]).states[0], atol=1e-6)


def test_weights_reach_into_the_second_window(base: Base) -> None:
    long = "man " * 80
    words = encode(base, [f"{long}(red hat:1.5) here", "a man"])
    before = base.encode_prompts([f"{long}red hat here", "a man"])
    moved = (words.states - before.states).abs().amax(dim=-1) > 1e-4
    # 75 words and two markers, then a marker and five words more
    assert moved.nonzero().tolist() == [[0, 77 + 6], [0, 77 + 7]]


def test_all_rows_of_a_learned_token_have_its_weight(base: Base) -> None:
    plan = Plan(rank=2, method="pivotal")
    weights = first_weights(base, plan, CALLED)
    weights["token.text_encoder"] = torch.randn(3, weights["token.text_encoder"].shape[1])
    base.wardrobe.put_on("new", weights, word="zwx")
    with base.wardrobe.wearing("new"):
        words = encode(base, ["a (Zwx:1.5) man"])
        before = base.encode_prompts(["a zwx man"])
    base.wardrobe.take_off("new")
    moved = (words.states - before.states).abs().amax(dim=-1) > 1e-4
    assert moved.nonzero().tolist() == [[0, 2], [0, 3], [0, 4]]


def test_captions_are_plain_text(base: Base) -> None:
    """Trainings and the judge encode captions, with or without gradients."""
    captions = ["a man (red hat:1.5)"]
    ids = base.tokenizers["text_encoder"](captions[0], add_special_tokens=False).input_ids
    assert base.spelled(captions[0]).ids == ids
    assert torch.equal(base.encode_prompts(captions).states, base.encode(captions).states)
    assert not torch.equal(base.encode(captions).states, encode(base, captions).states)


def test_the_text_encoder_never_sees_brackets_and_numbers(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[int]] = []
    read = Base.read
    monkeypatch.setattr(
        Base, "read", lambda self, known: seen.extend(k.ids for k in known) or read(self, known)
    )
    Easel(base).add(Request("a (red hat:1.3) on (a man:0.5)", "(blurry:1.2) hands"))
    plain_ids = [base.spelled(text).ids for text in ("blurry hands", "a red hat on a man")]
    assert seen == [*plain_ids, []]


def drawn(base: Base, prompt: str, negative: str = "") -> bytes:
    [picture] = generate(base, [Request(prompt, negative, seed=3, steps=2)])
    return bytes(picture.tobytes())


def test_a_weight_changes_the_picture(base: Base) -> None:
    plain_one = drawn(base, "a man in a red hat", "blurry")
    assert drawn(base, "a man in a (red:1) hat", "blurry") == plain_one
    assert drawn(base, "a man in a (red:1.8) hat", "blurry") != plain_one
    assert drawn(base, "a man in a red hat", "(blurry:1.8)") != plain_one


@pytest.fixture(scope="module")
def tiny() -> Base:
    if not (BUNDLED / "unet").is_dir():
        pytest.skip("the bundled base is not built here")
    return load_base("tiny", torch.device("cpu"))


@pytest.mark.parametrize("family", ["base", "tiny"])
def test_prompts_of_60_words_that_differ_in_the_55th_give_different_pictures(one: Base) -> None:
    words = ["very"] * 60
    prompts = []
    for word in ("red", "blue"):
        words[54] = word
        # in several tokens each, so that the 55th word is in the second window
        prompts.append(" ".join(f"x{w}q" if n < 54 else w for n, w in enumerate(words)))
    assert {len(prompt.split()) for prompt in prompts} == {60}
    assert one.count_chunks(prompts[0].rsplit(maxsplit=6)[0]) >= 2
    assert drawn(one, prompts[0]) != drawn(one, prompts[1])


def test_the_more_a_colour_weighs_the_more_there_is_of_it(tiny: Base) -> None:
    seeds = range(3)

    def redness(weight: float) -> float:
        """Of the whole pictures, red less the mean of green and blue."""
        prompt = f"a portrait of a man with (red hair:{weight:g})"
        pictures = generate(tiny, [Request(prompt, seed=s, steps=8, guidance=3) for s in seeds])
        pixels = torch.stack(
            [torch.frombuffer(bytearray(p.tobytes()), dtype=torch.uint8) for p in pictures]
        )
        r, g, b = pixels.float().view(-1, 3).mean(0).tolist()
        return r - (g + b) / 2

    found = [redness(weight) for weight in (0.2, 1.0, 1.8)]
    assert found == sorted(found), found
    assert found[2] - found[0] > 10, found
