"""A network that works with other weights for a while, and with its own before and after."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainer.rack import AdapterMismatch, Rack
from trainer.seeds import stream
from trainer.whole import Whole

INPUTS = torch.randn(3, 4, generator=stream("inputs"))


@pytest.fixture
def net() -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 2, bias=False))
        return made.requires_grad_(requires_grad=False)


@pytest.fixture
def whole(net: nn.Sequential) -> Whole:
    return Whole(net)


def other(whole: Whole, seed: int = 1) -> dict[str, torch.Tensor]:
    generator = stream("whole", seed)
    return {
        key: torch.randn(value.shape, generator=generator) for key, value in whole.copy().items()
    }


def test_its_copy_is_all_weights_in_float32(net: nn.Sequential, whole: Whole) -> None:
    copy = whole.copy()
    assert copy.keys() == dict(net.named_parameters()).keys()
    copy["0.weight"].zero_()
    assert net[0].weight.abs().sum() > 0
    assert {value.dtype for value in Whole(net.half()).copy().values()} == {torch.float32}


def test_inside_it_works_with_the_others_and_outside_with_its_own(
    net: nn.Sequential, whole: Whole
) -> None:
    bare, own = net(INPUTS), dict(net.named_parameters())
    weights = other(whole)
    elsewhere = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4), nn.Linear(4, 2, bias=False))
    elsewhere.load_state_dict(weights)
    with whole.exchanged(whole.make(weights, torch.float32)):
        assert torch.equal(net(INPUTS), elsewhere(INPUTS))
    assert torch.equal(net(INPUTS), bare)
    assert all(value is own[key] for key, value in net.named_parameters())


def test_an_error_inside_gives_it_its_own_back(net: nn.Sequential, whole: Whole) -> None:
    bare = net(INPUTS)
    with pytest.raises(ZeroDivisionError), whole.exchanged(whole.make(other(whole), torch.float32)):
        raise ZeroDivisionError
    assert torch.equal(net(INPUTS), bare)


@pytest.mark.parametrize("scale", [0.0, 0.25, 1.0])
def test_a_share_of_them_is_a_mixture(net: nn.Sequential, whole: Whole, scale: float) -> None:
    weights, own = other(whole), whole.copy()
    with whole.exchanged(whole.make(weights, torch.float32), scale):
        for key, value in net.named_parameters():
            expected = own[key] + scale * (weights[key] - own[key])
            assert torch.allclose(value, expected, atol=1e-6)


def test_gradients_go_to_what_is_exchanged_alone(net: nn.Sequential, whole: Whole) -> None:
    parameters = whole.make(other(whole), torch.float32)
    for parameter in parameters.values():
        parameter.requires_grad = True
    with whole.exchanged(parameters):
        torch.autograd.backward(net(INPUTS).square().sum())
    assert all(parameter.grad is not None for parameter in parameters.values())
    assert all(value.grad is None for value in net.parameters())


def test_it_knows_the_networks_own_places_while_a_lora_hangs_there(net: nn.Sequential) -> None:
    outer = nn.Module()
    outer.inner = net
    whole, rack = Whole(outer), Rack(outer, ("0",))
    bare = net(INPUTS)
    drawn = {key: torch.ones(shape) for key, shape in rack.shapes(1).items()}
    rack.hang("lora", drawn, torch.float32)
    weights = other(whole)
    with whole.exchanged(whole.make(weights, torch.float32)):
        assert torch.equal(net[0].base_layer.weight, weights["inner.0.weight"])
    assert torch.equal(net(INPUTS), bare)
    rack.remove("lora")


def test_those_of_another_network_are_refused(whole: Whole) -> None:
    weights = other(whole)
    for wrong in (
        dict(list(weights.items())[1:]),
        weights | {"9.weight": torch.ones(1)},
        weights | {"0.weight": torch.ones(4, 5)},
    ):
        with pytest.raises(AdapterMismatch):
            whole.make(wrong, torch.float32)
