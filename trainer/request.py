"""What is asked of the base: one picture."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.adapters import LoadedAdapter


@dataclass(frozen=True)
class Request:
    """One picture. `guidance` 1 follows the prompt as it is, 5 to 9 insists; `scale` is how much
    of the adapter takes part, from 0 to 1; `precise` asks for float32 on a base of 16 bits.
    """

    prompt: str
    negative: str = ""
    seed: int = 0
    steps: int = 25
    guidance: float = 7.0
    adapter: LoadedAdapter | None = None
    scale: float = 1.0
    precise: bool = False
