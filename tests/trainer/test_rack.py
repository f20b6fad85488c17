"""LoRA layers: the same numbers merged and not, and a bare network once they are gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn.functional import linear

from trainer.lora import LoraLinear, Worn
from trainer.rack import AdapterMismatch, Rack
from trainer.seeds import stream


class Net(nn.Module):
    """Two layers that are aimed at, and one that is not."""

    def __init__(self) -> None:
        super().__init__()
        self.block = nn.Module()
        self.block.to_q = nn.Linear(6, 5)
        self.block.to_out = nn.ModuleList([nn.Linear(5, 4, bias=False)])
        self.last = nn.Linear(4, 3)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.last(self.block.to_out[0](self.block.to_q(inputs)))
        return out


@pytest.fixture
def net() -> Net:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Net().requires_grad_(requires_grad=False)


@pytest.fixture
def rack(net: Net) -> Rack:
    return Rack(net, ("to_q", "to_out.0"))


def drawn(rack: Rack, seed: int, rank: int = 2) -> dict[str, torch.Tensor]:
    generator = stream("rack", seed)
    return {
        key: torch.randn(shape, generator=generator) for key, shape in rack.shapes(rank).items()
    }


def by_hand(
    net: Net, weights: dict[str, torch.Tensor], scale: float = 1.0
) -> Callable[[torch.Tensor], torch.Tensor]:
    def forward(inputs: torch.Tensor) -> torch.Tensor:
        for path in ("block.to_q", "block.to_out.0"):
            layer = net.get_submodule(path)
            own = getattr(layer, "base_layer", layer)
            more = weights[f"{path}.lora_B.weight"] @ weights[f"{path}.lora_A.weight"]
            inputs = linear(inputs, own.weight + scale * more, own.bias)
        return linear(inputs, net.last.weight, net.last.bias)

    return forward


INPUTS = torch.randn(3, 7, 6, generator=stream("inputs"))


def test_it_aims_at_the_named_layers_alone(rack: Rack) -> None:
    assert rack.shapes(2) == {
        "block.to_q.lora_A.weight": (2, 6),
        "block.to_q.lora_B.weight": (5, 2),
        "block.to_out.0.lora_A.weight": (2, 5),
        "block.to_out.0.lora_B.weight": (4, 2),
    }


@pytest.mark.parametrize("scale", [1.0, 0.25, 0.0])
def test_a_layer_adds_what_is_worn(net: Net, rack: Rack, scale: float) -> None:
    bare, weights = net(INPUTS), drawn(rack, 1)
    rack.hang("one", weights, torch.float32)
    rack.hang("two", drawn(rack, 2, rank=3), torch.float32)
    assert torch.equal(net(INPUTS), bare)
    rack.switch("one", scale)
    assert torch.allclose(net(INPUTS), by_hand(net, weights, scale)(INPUTS), atol=1e-5)
    rack.switch("elsewhere")
    assert torch.equal(net(INPUTS), bare)


def test_what_learns_is_merged_and_has_the_same_gradients(net: Net, rack: Rack) -> None:
    weights = drawn(rack, 1)
    parameters = rack.hang("one", weights, torch.float32)
    rack.switch("one", 0.5)
    not_merged = net(INPUTS)
    leaves = {key: value.clone().requires_grad_() for key, value in weights.items()}
    for parameter in parameters.values():
        parameter.requires_grad = True
    inputs, expected = INPUTS.clone().requires_grad_(), INPUTS.clone().requires_grad_()
    merged = net(inputs)
    assert torch.allclose(merged, not_merged, atol=1e-5)
    torch.autograd.backward(merged.square().sum())
    torch.autograd.backward(by_hand(net, leaves, 0.5)(expected).square().sum())
    assert inputs.grad is not None
    assert expected.grad is not None
    assert torch.allclose(inputs.grad, expected.grad, rtol=1e-4, atol=1e-4)
    for key, parameter in parameters.items():
        grad = leaves[key].grad
        assert parameter.grad is not None
        assert grad is not None
        assert torch.allclose(parameter.grad, grad, rtol=1e-4, atol=1e-3), key


def test_its_gradients_are_those_of_differences() -> None:
    layer = LoraLinear(nn.Linear(4, 3).double().requires_grad_(requires_grad=False), Worn("x", 0.7))
    generator = stream("gradcheck")
    a, b, inputs = (
        torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
        for shape in ((2, 4), (3, 2), (2, 3, 4))
    )

    def forward(a: torch.Tensor, b: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
        layer._held["x"] = (a, b)  # type: ignore[assignment]  # tensors do
        out: torch.Tensor = layer(inputs)
        return out

    assert torch.autograd.gradcheck(forward, (a, b, inputs))


def test_gradients_reach_what_came_before_where_nothing_here_learns(net: Net, rack: Rack) -> None:
    """As while a token is learned: the LoRA takes part and stands still."""
    weights = drawn(rack, 1)
    rack.hang("one", weights, torch.float32)
    rack.switch("one")
    inputs, expected = INPUTS.clone().requires_grad_(), INPUTS.clone().requires_grad_()
    torch.autograd.backward(net(inputs).square().sum())
    torch.autograd.backward(by_hand(net, weights)(expected).square().sum())
    assert inputs.grad is not None
    assert expected.grad is not None
    assert torch.allclose(inputs.grad, expected.grad, rtol=1e-4, atol=1e-4)


def test_parameters_come_in_the_networks_order(rack: Rack) -> None:
    """Whatever order a file has: the length of all gradients is a sum, and rounded by it."""
    weights = drawn(rack, 1)
    backwards = dict(reversed(weights.items()))
    one = rack.hang("one", weights, torch.float32)
    two = rack.hang("two", backwards, torch.float32)
    assert list(one) == list(two) == list(rack.shapes(2))
    assert all(torch.equal(one[key], two[key]) for key in one)


def test_what_hangs_is_a_copy(rack: Rack) -> None:
    weights = drawn(rack, 1)
    parameters = rack.hang("one", weights, torch.float32)
    for key, parameter in parameters.items():
        parameter.data.zero_()
        assert weights[key].abs().sum() > 0
        assert not parameter.requires_grad


def test_the_last_one_out_leaves_the_layers_that_were_there(net: Net, rack: Rack) -> None:
    before = dict(net.named_modules())
    for name in ("one", "two"):
        rack.hang(name, drawn(rack, 1), torch.float32)
    rack.remove("one")
    assert isinstance(net.block.to_q, LoraLinear)
    assert not any("one" in name for name, _ in net.named_parameters())
    rack.remove("two")
    rack.remove("never there")
    assert dict(net.named_modules()) == before


def test_one_of_another_network_is_refused(net: Net, rack: Rack) -> None:
    weights = drawn(rack, 1)
    missing = dict(list(weights.items())[1:])
    wider = weights | {"block.to_q.lora_A.weight": torch.zeros(2, 7)}
    other_rank = weights | {"block.to_q.lora_B.weight": torch.zeros(5, 3)}
    more = weights | {"last.lora_A.weight": torch.zeros(2, 4)}
    for wrong in (missing, wider, other_rank, more, {}):
        with pytest.raises(AdapterMismatch):
            rack.hang("wrong", wrong, torch.float32)
    assert type(net.block.to_q) is nn.Linear
