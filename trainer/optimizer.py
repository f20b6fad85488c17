"""AdamW over what learns, its averages given to a checkpoint and taken back from one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from trainer.checkpoint import Moments
from trainer.eightbit import AdamW8bit, Rounded, eight_bit_state
from trainer.plan import Plan
from trainer.wardrobe import TOKEN

#: gradients longer than this are shortened to it, as in the diffusers example
LONGEST_GRADIENT = 1.0


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
        return AdamW8bit(groups) if eight_bit else torch.optim.AdamW(groups, fused=True)

    def step(
        self, done: int, learned: Sequence[nn.Parameter], scaler: torch.amp.GradScaler
    ) -> None:
        """One step with the gradients that `learned` has, of which `done` steps were taken."""
        self.is_broken_off = True
        share = min(1.0, (done + 1) / self._plan.warm_up) if self._plan.warm_up else 1.0
        for group in self._inner.param_groups:
            group["lr"] = group["height"] * share
        scaler.unscale_(self._inner)
        nn.utils.clip_grad_norm_(learned, LONGEST_GRADIENT)
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

    def moments(self) -> dict[str, dict[str, torch.Tensor]]:
        """Copies of the averages of each parameter that has taken a step; of those in 8 bits their
        codes and the scales of these."""
        kept: dict[str, dict[str, torch.Tensor]] = {}
        for key, state in self._states():
            kept[key] = {}
            for name, value in state.items():
                if isinstance(value, Rounded):
                    kept[key][f"{name}-codes"] = _copy(value.codes)
                    kept[key][f"{name}-scale"] = _copy(value.scale)
                elif name != "step":
                    kept[key][name] = _copy(value)
        return kept

    def counts(self) -> dict[str, int]:
        """How many steps each parameter has taken."""
        return {key: int(state["step"]) for key, state in self._states()}

    def _states(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for key, parameter in self._parameters.items():
            state = self._inner.state.get(parameter)
            if state:
                yield key, state

    def resume(self, moments: Moments, counts: Mapping[str, int]) -> None:
        """Go on from what `moments` and `counts` gave; in 8 bits from those of 32 bits too."""
        for key, kept in moments.items():
            parameter = self._parameters[key]
            count = torch.tensor(float(counts[key]))
            if self._eight_bit:
                self._inner.state[parameter] = {**eight_bit_state(parameter, kept), "step": count}
            else:
                copies = {n: value.to(parameter.device, copy=True) for n, value in kept.items()}
                self._inner.state[parameter] = {**copies, "step": count.to(parameter.device)}


def _copy(value: torch.Tensor) -> torch.Tensor:
    return value.detach().to("cpu", copy=True)
