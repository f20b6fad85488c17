"""The measurement on a GPU: Stable Diffusion 1.5's size at 512 pixels in bfloat16, in 16 GB as far
as torch's allocator is concerned. Every function runs on a CPU too, with a smaller base.
"""

from __future__ import annotations

import gc
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import torch

from tests.bench.training.bases import SD15, save_base
from tests.bench.training.contenders import (
    BEST_FLAGS,
    CACHED,
    DEFAULT,
    OURS,
    WORKERS,
    contender,
)
from tests.bench.training.example import forget_accelerate
from tests.bench.training.material import CLASS_PROMPT, Material, encode, prepare
from tests.bench.training.timing import Spent, block, in_turns, now, speedups
from trainer.adapters import Origin, load_adapter, pack_adapter
from trainer.dreambooth import train
from trainer.loading import load_base
from trainer.plan import Plan

#: what a card of 16 GB holds
CAP = 16 * 2**30
PLAN = Plan(steps=10_000, rank=16, batch_size=1)
RIVALS = (DEFAULT, BEST_FLAGS, WORKERS, CACHED)
#: the example's own default
CLASS_PICTURES = 100
#: what is recommended for a face
STEPS_TO_ADAPTER = 800
WARM_UP = 10


def measure_gpu() -> tuple[dict[str, float], dict[str, list[dict[str, Spent]]]]:
    """Figures, and the seconds of a step in each repetition, rival by rival."""
    device = torch.device("cuda")
    whole = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, CAP / whole), device)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        base = save_base(SD15, folder / "base", torch.bfloat16)
        material = prepare(folder, SD15.latent_side * 8, CLASS_PICTURES)
        rounds = race(base, material, device, repetitions=9, steps=20)
        full = replace(PLAN, method="full", learning_rate=2e-6)
        peaks = {name: peak_gb(name, base, material, PLAN, device) for name in (*RIVALS, OURS)}
        return {
            **rates(rounds),
            **{f"peak_gb_{name}": peak for name, peak in peaks.items()},
            "peak_gb_full": peak_gb(OURS, base, material, full, device),
            "steps_per_s_full": steps_per_second(base, material, full, device),
            "s_to_adapter": seconds_to_adapter(base, material, device, STEPS_TO_ADAPTER),
        }, rounds


def race(
    base: Path, material: Material, device: torch.device, *, repetitions: int, steps: int
) -> dict[str, list[dict[str, Spent]]]:
    """Each rival against ours in turns, one rival at a time: so many bases have no room at once."""
    forget_accelerate()
    rounds = {}
    with closing(contender(OURS, base, material, PLAN, device).steps()) as ours:
        for name in RIVALS:
            with closing(contender(name, base, material, PLAN, device).steps()) as theirs:
                rounds[name] = in_turns(
                    {name: theirs, OURS: ours},
                    warm_up=WARM_UP,
                    repetitions=repetitions,
                    steps=steps,
                    device=device,
                )
            let_go(device)
    return rounds


def rates(rounds: dict[str, list[dict[str, Spent]]]) -> dict[str, float]:
    """Speedups and steps a second, by the clock. The example's best flags are whichever of the two
    ways was faster.
    """
    figures: dict[str, float] = {}
    for found in rounds.values():
        for name, value in speedups(found, OURS, "wall").items():
            if name.startswith("step_s_"):
                figures[name.replace("step_s_", "steps_per_s_")] = 1 / value
            else:
                figures[name] = value
    precomputed, workers = (figures.pop(f"speedup_{name}") for name in (BEST_FLAGS, WORKERS))
    return {**figures, "speedup_best_flags": min(precomputed, workers)}


def peak_gb(name: str, base: Path, material: Material, plan: Plan, device: torch.device) -> float:
    """The most memory from loading the base to the third step, encoding included; the base alone
    on the device. On a CPU nothing counts it: 0.
    """
    let_go(device)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    with closing(contender(name, base, material, plan, device).steps()) as steps:
        block(steps, 3, device)
    let_go(device)
    return torch.cuda.max_memory_allocated(device) / 1e9 if device.type == "cuda" else 0.0


def steps_per_second(base: Path, material: Material, plan: Plan, device: torch.device) -> float:
    """Ours, alone on the device."""
    with closing(contender(OURS, base, material, plan, device).steps()) as steps:
        block(steps, WARM_UP, device)
        spent = block(steps, 3 * WARM_UP, device)
    let_go(device)
    return 1 / spent.wall


def seconds_to_adapter(base: Path, material: Material, device: torch.device, count: int) -> float:
    """From the member's confirmation to an adapter that has been read back, the base being there
    already, as it is in the trainer, and the class pictures too, which all subjects share.
    """
    resident = load_base(str(base), device)
    plan = replace(PLAN, steps=count)
    began = now(device)
    *_, last = train(resident, encode(resident, material), plan)
    origin = Origin(
        token="zwx",
        class_word=CLASS_PROMPT,
        base=resident.id,
        base_hash=resident.weights_hash,
        steps=count,
        seed=plan.seed,
        rank=plan.rank,
        alpha=plan.rank,
    )
    load_adapter(pack_adapter(last.weights(), origin))
    return now(device).wall - began.wall


def let_go(device: torch.device) -> None:
    """Give memory back to the device, so that the next one starts alone."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
