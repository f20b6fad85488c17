"""AdamW over what learns, its averages given to a checkpoint and taken back from one."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from trainer.plan import Plan
from trainer.wardrobe import TOKEN

#: gradients longer than this are shortened to it, as in the diffusers example
LONGEST_GRADIENT = 1.0

Moments = Mapping[str, tuple[torch.Tensor, torch.Tensor]]


class Optimizer:
    """Steps of AdamW for some of the parameters at a time. Each keeps its own count: a token is
    learned before the rest."""

    def __init__(self, parameters: Mapping[str, nn.Parameter], plan: Plan, eight_bit: bool) -> None:
        self._parameters = dict(parameters)
        self._plan = plan
        self._inner = self._new(eight_bit)
        self._eight_bit = eight_bit
        #: a step was begun and did not come to its end
        self.is_broken_off = False

    def _new(self, eight_bit: bool) -> torch.optim.Optimizer:
        # few groups: each is one call of the fused kernel
        token = [value for key, value in self._parameters.items() if key.startswith(TOKEN)]
        others = [value for key, value in self._parameters.items() if not key.startswith(TOKEN)]
        groups = [
            {"params": group, "lr": rate, "height": rate}
            for group, rate in (
                (token, self._plan.token_learning_rate),
                (others, self._plan.learning_rate),
            )
            if group
        ]
        if not eight_bit:
            return torch.optim.AdamW(groups, fused=True)
        with warnings.catch_warnings(action="ignore"):
            from torchao.optim import AdamW8bit  # an extra, and slow to import
        made: torch.optim.Optimizer = AdamW8bit(groups)
        return made

    def step(
        self, done: int, learned: Sequence[nn.Parameter], scaler: torch.amp.GradScaler
    ) -> None:
        """One step with the gradients that `learned` has, of which `done` steps were taken."""
        self.is_broken_off = True
        share = min(1.0, (done + 1) / self._plan.warm_up) if self._plan.warm_up else 1.0
        for group in self._inner.param_groups:
            rate = group["height"] * share
            if isinstance(group["lr"], torch.Tensor):  # as torchao wants it
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate
        scaler.unscale_(self._inner)
        nn.utils.clip_grad_norm_(learned, LONGEST_GRADIENT)
        with _eager(self._eight_bit):
            scaler.step(self._inner)
        scaler.update()
        self._inner.zero_grad()
        self.is_broken_off = False

    def recover(self) -> None:
        """After a step that broke off: drop its gradients, and averages that were just begun."""
        self._inner.zero_grad()
        for parameter, state in list(self._inner.state.items()):
            if not state or not int(state["step"]):
                del self._inner.state[parameter]
        self.is_broken_off = False

    def moments(self) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Copies of the two averages of each parameter that has taken a step."""
        kept = {}
        for key, parameter in self._parameters.items():
            state = self._inner.state.get(parameter)
            if state:
                kept[key] = (_copy(state["exp_avg"]), _copy(state["exp_avg_sq"]))
        return kept

    def counts(self) -> dict[str, int]:
        """How many steps each parameter has taken."""
        return {
            key: int(self._inner.state[parameter]["step"])
            for key, parameter in self._parameters.items()
            if self._inner.state.get(parameter)
        }

    def resume(self, moments: Moments, counts: Mapping[str, int]) -> None:
        """Go on from what `moments` and `counts` gave."""
        for key, (first, second) in moments.items():
            parameter = self._parameters[key]
            state: dict[str, Any] = {"step": torch.tensor(float(counts[key]))}
            if self._eight_bit:
                inner: Any = self._inner
                for name, value, signed in (
                    ("exp_avg", first, True), ("exp_avg_sq", second, False)
                ):  # fmt: skip
                    state[name] = inner._new_buffer(parameter, signed)  # noqa: SLF001
                    state[name].copy_(value.to(parameter.device))
            else:
                state["step"] = state["step"].to(parameter.device)
                state["exp_avg"] = first.to(parameter.device, copy=True)
                state["exp_avg_sq"] = second.to(parameter.device, copy=True)
            self._inner.state[parameter] = state


def _copy(value: torch.Tensor) -> torch.Tensor:
    plain: Any = value
    if hasattr(plain, "dequantize") and type(value) is not torch.Tensor:
        plain = plain.dequantize()
    copied: torch.Tensor = plain.detach().to("cpu", torch.float32, copy=True)
    return copied


@contextmanager
def _eager(wanted: bool) -> Iterator[None]:
    """Without torchao compiling its step, which needs a compiler and minutes."""
    if not wanted:
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield
