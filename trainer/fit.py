"""How a training is made to fit in memory: what it learns is the same, only slower."""

from __future__ import annotations

import gc
import importlib.util
from dataclasses import dataclass, replace

import torch

from trainer.plan import Plan


@dataclass(frozen=True)
class Fit:
    """`checkpointing`: activations are computed twice instead of kept. `parts`: a step's examples
    go through the UNet in so many groups. `eight_bit`: AdamW keeps its averages in 8 bits."""

    checkpointing: bool = False
    parts: int = 1
    eight_bit: bool = False

    def smaller(self, plan: Plan) -> Fit | None:
        """The next smaller one, or None where nothing is left to give up."""
        if not self.checkpointing:
            return replace(self, checkpointing=True)
        if self.parts < 2 * plan.batch_size:
            return replace(self, parts=self.parts * 2)
        # a LoRA's averages are a hundredth of the base: nothing to gain
        if plan.method == "full" and not self.eight_bit and has_eight_bit():
            return replace(self, eight_bit=True)
        return None

    @property
    def names(self) -> list[str]:
        """What was given up, for the report card."""
        said = {"checkpointing": self.checkpointing, "smaller-parts": self.parts > 1,
                "8-bit": self.eight_bit}  # fmt: skip
        return [name for name, is_so in said.items() if is_so]


def has_eight_bit() -> bool:
    return importlib.util.find_spec("torchao") is not None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device, or the machine, had no room for this."""
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or (
        isinstance(error, RuntimeError) and "not enough memory" in str(error)
    )


def free_memory(device: torch.device) -> None:
    """Give back what a failed step left behind."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
