from __future__ import annotations

import pytest
import torch

from trainer.adapters import LoadedAdapter, Origin
from trainer.base import Base
from trainer.lora import Outfit
from trainer.rack import AdapterMismatch
from trainer.seeds import stream
from trainer.wardrobe import KEPT, AlreadyWorn
from trainer.words import Words


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


def test_only_the_latest_adapters_are_kept(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.wardrobe.KEPT_BYTES", 0)
    for seed in range(KEPT + 1):
        if seed == KEPT:
            base.wardrobe.keep(loaded(base, 0))
        base.wardrobe.keep(loaded(base, seed))
    held = [seed for seed in range(KEPT + 1) if f"kept_{seed:064x}" in base.wardrobe]
    assert held == [0, *range(2, KEPT + 1)]


def test_as_many_small_adapters_are_kept_as_there_is_room_for(base: Base) -> None:
    for seed in range(5 * KEPT):
        base.wardrobe.keep(loaded(base, seed))
    assert len(base.wardrobe.kept) == 5 * KEPT


def test_each_picture_of_a_batch_wears_its_own(base: Base) -> None:
    one, two = (base.wardrobe.keep(loaded(base, seed, rank=seed * 2)) for seed in (1, 2))
    outfits: list[Outfit] = [((one, 1.0),), (), ((two, 0.5),), ((one, 0.5), (two, 0.25))]
    # two rows for each picture, as with guidance
    noise = torch.randn(8, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    words = base.encode_prompts(["a man", "a woman in the snow"] * 4)
    with base.wardrobe.mixing(outfits), torch.no_grad():
        mixed = base.predict(noise, torch.tensor([500] * 8), words)
    bare = alone(base, noise, words, None, 1.0)
    worn = {name: alone(base, noise, words, name, 1.0) for name in (one, two)}
    assert torch.allclose(mixed[:2], worn[one][:2], atol=1e-5)
    assert torch.allclose(mixed[2:4], bare[2:4], atol=1e-5)
    assert torch.allclose(mixed[4:6], alone(base, noise, words, two, 0.5)[4:6], atol=1e-5)
    assert not torch.allclose(mixed[6:], worn[one][6:], atol=1e-3)
    assert not torch.allclose(mixed[6:], bare[6:], atol=1e-3)
    assert torch.equal(alone(base, noise, words, None, 1.0), bare)


def test_an_adapter_of_a_batch_may_be_forgotten(base: Base) -> None:
    name = base.wardrobe.keep(loaded(base, 1))
    other = base.wardrobe.keep(loaded(base, 2))
    noise, words = torch.ones(2, 4, 8, 8), base.encode_prompts(["a man"] * 2)

    def mixed() -> torch.Tensor:
        with base.wardrobe.mixing([((name, 1.0),), ((other, 1.0),)]), torch.no_grad():
            return base.predict(noise, torch.tensor([500] * 2), words)

    before = mixed()
    base.wardrobe.forget(f"{1:064x}")
    base.wardrobe.keep(loaded(base, 3))
    assert base.wardrobe.keep(loaded(base, 1)) == name
    assert torch.equal(mixed(), before)


def alone(
    base: Base, noise: torch.Tensor, words: Words, name: str | None, scale: float
) -> torch.Tensor:
    with base.wardrobe.wearing(name, scale), torch.no_grad():
        return base.predict(noise, torch.tensor([500] * len(noise)), words)


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
