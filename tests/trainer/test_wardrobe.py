from __future__ import annotations

import pytest
import torch

from trainer.adapters import LoadedAdapter, Origin
from trainer.base import Base
from trainer.rack import AdapterMismatch
from trainer.seeds import stream
from trainer.wardrobe import KEPT, AlreadyWorn


def weights(base: Base, seed: int, rank: int = 4) -> dict[str, torch.Tensor]:
    """Every tensor random, so that wearing it shows."""
    generator = stream("test", seed)
    return {
        key: torch.randn(shape, generator=generator) * 0.3
        for key, shape in base.wardrobe.shapes(rank).items()
    }


def loaded(base: Base, seed: int, rank: int = 4) -> LoadedAdapter:
    origin = Origin("tkn", "man", base.id, base.weights_hash, 1, seed, rank, rank)
    return LoadedAdapter(f"{seed:064x}", origin, weights(base, seed, rank))


@torch.no_grad()
def answer(base: Base) -> torch.Tensor:
    noise = torch.randn((1, 4, 8, 8), generator=stream("noise"))
    return base.predict(noise, torch.tensor([500]), base.encode_prompts(["a man"]))


def test_at_rest_the_base_is_bare_whatever_is_loaded(base: Base) -> None:
    bare = answer(base)
    base.wardrobe.keep(loaded(base, 1))
    base.wardrobe.keep(loaded(base, 2))
    assert torch.equal(answer(base), bare)
    with base.wardrobe.wearing(base.wardrobe.keep(loaded(base, 1))):
        assert not torch.allclose(answer(base), bare, atol=1e-2)
    assert torch.equal(answer(base), bare)


def test_an_adapter_answers_the_same_alone_and_in_company(base: Base) -> None:
    with base.wardrobe.wearing(base.wardrobe.keep(loaded(base, 1))):
        alone = answer(base)
    with base.wardrobe.wearing(base.wardrobe.keep(loaded(base, 2, rank=8))):
        assert not torch.allclose(answer(base), alone, atol=1e-2)
    with base.wardrobe.wearing(base.wardrobe.keep(loaded(base, 1))):
        assert torch.equal(answer(base), alone)
    base.wardrobe.forget(f"{2:064x}")
    with base.wardrobe.wearing(base.wardrobe.keep(loaded(base, 1))):
        assert torch.equal(answer(base), alone)


def test_scale_goes_from_nothing_to_all(base: Base) -> None:
    bare = answer(base)
    name = base.wardrobe.keep(loaded(base, 1))
    with base.wardrobe.wearing(name):
        full = answer(base)
    with base.wardrobe.wearing(name, 0.0):
        assert torch.allclose(answer(base), bare, atol=1e-6)
    with base.wardrobe.wearing(name, 0.5):
        half = answer(base)
    assert not torch.allclose(half, full, atol=1e-3)
    with base.wardrobe.wearing(name):
        assert torch.equal(answer(base), full)


def test_the_last_one_off_leaves_the_base_as_it_was(base: Base) -> None:
    before = {key: value.clone() for key, value in base.unet.state_dict().items()}
    base.wardrobe.keep(loaded(base, 1))
    base.wardrobe.forget(f"{1:064x}")
    after = base.unet.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(value, after[key]) for key, value in before.items())


def test_an_error_while_worn_undresses_the_base(base: Base) -> None:
    bare = answer(base)
    name = base.wardrobe.keep(loaded(base, 1))
    with pytest.raises(ZeroDivisionError), base.wardrobe.wearing(name):
        raise ZeroDivisionError
    assert torch.equal(answer(base), bare)


def test_only_one_is_worn_at_a_time(base: Base) -> None:
    name = base.wardrobe.keep(loaded(base, 1))
    with base.wardrobe.wearing(name), pytest.raises(AlreadyWorn), base.wardrobe.wearing(None):
        pass


def test_only_the_latest_adapters_are_kept(base: Base) -> None:
    for seed in range(KEPT + 1):
        if seed == KEPT:
            base.wardrobe.keep(loaded(base, 0))
        base.wardrobe.keep(loaded(base, seed))
    held = [seed for seed in range(KEPT + 1) if f"kept_{seed:064x}" in base.wardrobe]
    assert held == [0, *range(2, KEPT + 1)]


def test_gradients_flow_to_the_worn_adapter_alone_and_only_in_training(base: Base) -> None:
    other = base.wardrobe.put_on("other", weights(base, 1))
    mine = base.wardrobe.put_on("mine", weights(base, 2))
    try:
        with base.wardrobe.wearing("other"):
            assert not any(p.requires_grad for p in [*other.values(), *mine.values()])
        with base.wardrobe.wearing("mine", learning=mine):
            assert all(p.requires_grad for p in mine.values())
            assert {p for p in base.unet.parameters() if p.requires_grad} == set(mine.values())
    finally:
        base.wardrobe.take_off("mine")
        base.wardrobe.take_off("other")


def test_an_adapter_of_another_base_is_refused(base: Base) -> None:
    wrong = weights(base, 1)
    key = next(iter(wrong))
    wrong[key] = wrong[key][:, :-1]
    with pytest.raises(AdapterMismatch):
        base.wardrobe.put_on("wrong", wrong)
    with pytest.raises(AdapterMismatch):
        base.wardrobe.put_on("none", {})
    assert "wrong" not in base.wardrobe
