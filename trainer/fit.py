"""How a training is made to fit in memory: what it learns is the same, only slower."""

from __future__ import annotations

import gc
from dataclasses import dataclass, replace

import torch

from trainer.plan import Plan

#: What torch says besides its own kind of error: on Linux, on Windows, and CUDA's libraries.
_NO_ROOM = (
    "can't allocate memory",
    "not enough memory",
    "CUDA error: out of memory",
    "ALLOC_FAILED",
)


@dataclass(frozen=True)
class Fit:
    """`checkpointing`: activations are computed twice instead of kept. `parts`: a step's examples
    go through the UNet in so many groups. `eight_bit`: AdamW keeps its averages in 8 bits."""

    checkpointing: bool = False
    parts: int = 1
    eight_bit: bool = False

    def smaller(self, plan: Plan, *, averages: bool = False) -> Fit | None:
        """The next smaller one, or None where nothing is left to give up. `averages`: there was
        room for the step, but not for what AdamW keeps."""
        # a LoRA's averages are a hundredth of the base: nothing to gain
        can_round = plan.method == "full" and not self.eight_bit
        if averages and plan.method == "full":
            # no smaller step mends that, and in 8 bits a step that broke off cannot be done again:
            # some of the weights have moved
            return replace(self, eight_bit=True) if can_round else None
        if not self.checkpointing:
            return replace(self, checkpointing=True)
        if self.parts < 2 * plan.batch_size:
            return replace(self, parts=self.parts * 2)
        return replace(self, eight_bit=True) if can_round else None

    @property
    def names(self) -> list[str]:
        """What was given up, for the report card."""
        said = {"checkpointing": self.checkpointing, "smaller-parts": self.parts > 1,
                "8-bit": self.eight_bit}  # fmt: skip
        return [name for name, is_so in said.items() if is_so]


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device, or the machine, had no room for this."""
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or (
        isinstance(error, RuntimeError) and any(said in str(error) for said in _NO_ROOM)
    )


def free_memory(device: torch.device) -> None:
    """Give back what a failed step left behind."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
