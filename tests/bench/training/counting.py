"""What a step does, counted: pictures decoded, calls of the VAE and the text encoder, FLOPs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode, sdpa_backward_flop_count, sdpa_flop_count

from tests.bench.training.contenders import Ours
from tests.bench.training.example import Example

aten = torch.ops.aten
#: torch's counter knows the attention of GPUs, not that of CPUs
CPU_ATTENTION = {
    aten._scaled_dot_product_flash_attention_for_cpu: lambda q, k, v, *_, **__: sdpa_flop_count(
        q, k, v
    ),
    aten._scaled_dot_product_flash_attention_for_cpu_backward: (
        lambda out, q, k, v, *_, **__: sdpa_backward_flop_count(out, q, k, v)
    ),
}


@dataclass
class Calls:
    """So often in so many steps; `vae_pictures` counts the pictures of all VAE calls."""

    vae: int = 0
    vae_pictures: int = 0
    text_encoder: int = 0
    decodes: int = 0

    def per_step(self, steps: int) -> dict[str, float]:
        return {
            "vae_calls": self.vae / steps,
            "vae_pictures": self.vae_pictures / steps,
            "text_encoder_calls": self.text_encoder / steps,
            "image_decodes": self.decodes / steps,
        }


def flops(work: Any) -> int:
    """The FLOPs of `work()`, backward passes included."""
    with FlopCounterMode(display=False, custom_mapping=CPU_ATTENTION) as counter:
        work()
    return int(counter.get_total_flops())


@contextmanager
def counted(contender: Example | Ours) -> Iterator[Calls]:
    """Count inside the block. A part that the contender has let go of is not called any more."""
    calls = Calls()

    def encoded(_module: Any, inputs: tuple[torch.Tensor, ...]) -> None:
        calls.vae += 1
        calls.vae_pictures += len(inputs[0])

    def read(*_: Any) -> None:
        calls.text_encoder += 1

    opening = Image.open

    def opened(*arguments: Any) -> Image.Image:
        calls.decodes += 1
        return opening(*arguments)

    with ExitStack() as stack:
        if contender.vae is not None:
            hook = contender.vae.encoder.register_forward_pre_hook(encoded)
            stack.callback(hook.remove)
        if contender.text_encoder is not None:
            hook = contender.text_encoder.register_forward_pre_hook(read)
            stack.callback(hook.remove)
        stack.enter_context(patch.object(Image, "open", opened))
        yield calls
