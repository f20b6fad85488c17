"""Prompts to pictures on the resident UNet, several at once."""

from __future__ import annotations

import io
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from diffusers import DPMSolverMultistepScheduler
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from trainer.adapters import LoadedAdapter
from trainer.base import Base
from trainer.pixels import as_pictures
from trainer.rack import AdapterMismatch

SAMPLER = "DPM++ 2M"
#: pictures in one UNet call, twice that with guidance
DRAWN_AT_ONCE = 8


class PictureFailed(RuntimeError):
    """The picture's numbers overflowed. `failed` holds the positions of such requests."""

    def __init__(self, failed: list[int]) -> None:
        super().__init__("The picture could not be drawn: its numbers overflowed.")
        self.failed = failed


@dataclass(frozen=True)
class Request:
    """One picture. `guidance` 1 follows the prompt as it is, 5 to 9 insists; `scale` is how much
    of the adapter takes part, from 0 to 1.
    """

    prompt: str
    negative: str = ""
    seed: int = 0
    steps: int = 25
    guidance: float = 7.0
    adapter: LoadedAdapter | None = None
    scale: float = 1.0


def generate(
    base: Base,
    requests: Sequence[Request],
    on_step: Callable[[int, int], None] | None = None,
) -> list[Image.Image]:
    """A picture for each request, in their order.

    Each is a function of its own request: noise comes from its seed on the CPU, so company in the
    batch changes no pixel by more than rounding. `on_step(done, total)` is called after every UNet
    call and must not draw or train itself; what it raises stops the work and leaves the base bare.

    Raises `AdapterMismatch` before drawing, `PictureFailed` after.
    """
    for request in requests:
        if request.adapter and request.adapter.origin.base_hash != base.weights_hash:
            raise AdapterMismatch(f"The adapter was not made for {base.id}.")
    batches = _batches(base, requests)
    total = sum(requests[batch[0]].steps for batch in batches)
    done = 0

    def stepped() -> None:
        nonlocal done
        done += 1
        if on_step is not None:
            on_step(done, total)

    pictures: dict[int, Image.Image] = {}
    failed: list[int] = []
    for batch in batches:
        pixels = _draw(base, [requests[position] for position in batch], stepped)
        failed += [at for at, row in zip(batch, pixels, strict=True) if not row.isfinite().all()]
        pictures.update(zip(batch, as_pictures(pixels), strict=True))
    if failed:
        raise PictureFailed(sorted(failed))
    return [pictures[position] for position in range(len(requests))]


def new_sampler(base: Base, steps: int) -> DPMSolverMultistepScheduler:
    """DPM-Solver++ 2M (Lu et al. 2022, arXiv 2211.01095) on the base's own noise schedule,
    set to `steps` steps.

    It holds for v-prediction with zero terminal SNR too: diffusers puts 2**-24 in place of the
    last zero, and x0 = alpha x - sigma v divides by nothing.
    """
    sampler = DPMSolverMultistepScheduler.from_config(
        base.scheduler.config,
        algorithm_type="dpmsolver++",
        solver_order=2,
        use_karras_sigmas=False,
    )
    with warnings.catch_warnings():
        # diffusers makes an array of a tensor in a way that numpy 2 deprecates
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        sampler.set_timesteps(steps, device=base.device)
    return sampler


def _batches(base: Base, requests: Sequence[Request]) -> list[list[int]]:
    """Positions of requests that can share UNet calls: same adapter and scale, same steps, and the
    same number of text windows, because an added empty window would change the picture.
    """
    groups: dict[tuple[str, float, int, int], list[int]] = defaultdict(list)
    for position, request in enumerate(requests):
        word, rows = request.adapter.token if request.adapter else (None, 0)
        chunks = max(
            base.count_chunks(text, word, rows) for text in (request.prompt, request.negative)
        )
        adapter = request.adapter.sha256 if request.adapter else ""
        scale = request.scale if request.adapter else 1.0
        groups[adapter, scale, request.steps, chunks].append(position)
    return [
        group[start : start + DRAWN_AT_ONCE]
        for group in groups.values()
        for start in range(0, len(group), DRAWN_AT_ONCE)
    ]


@torch.no_grad()
def _draw(base: Base, batch: list[Request], stepped: Callable[[], None]) -> torch.Tensor:
    """Pixels, as of `Base.decode_latents`, of a batch that `_batches` put together."""
    count = len(batch)
    is_guided = any(request.guidance > 1 for request in batch)
    prompts = [request.prompt for request in batch]
    negatives = [request.negative for request in batch] if is_guided else []
    guidance = torch.tensor([r.guidance for r in batch], device=base.device).view(-1, 1, 1, 1)
    sampler = new_sampler(base, batch[0].steps)
    shape = (1, int(base.unet.config.in_channels), base.latent_side, base.latent_side)
    noise = [torch.randn(shape, generator=torch.Generator().manual_seed(r.seed)) for r in batch]
    latents = torch.cat(noise).to(base.device) * sampler.init_noise_sigma
    adapter = batch[0].adapter
    name = base.wardrobe.keep(adapter) if adapter else None
    with base.wardrobe.wearing(name, batch[0].scale):
        words = base.encode_prompts([*negatives, *prompts])
        for timestep in sampler.timesteps:
            inputs = torch.cat([latents, latents]) if is_guided else latents
            predicted = base.predict(inputs, timestep, words)
            if is_guided:
                without, within = predicted[:count], predicted[count:]
                predicted = without + guidance * (within - without)
            latents = sampler.step(predicted, timestep, latents).prev_sample
            stepped()
    # one at a time: it works at full size, where a batch would set the peak of memory
    return torch.cat([base.decode_latents(row[None]) for row in latents])


def parameters_text(request: Request, base: Base) -> str:
    """The settings in the form that web UIs and galleries read."""
    lines = [request.prompt]
    if request.negative:
        lines.append(f"Negative prompt: {request.negative}")
    side = base.resolution
    lines.append(
        f"Steps: {request.steps}, Sampler: {SAMPLER}, CFG scale: {request.guidance:g}, "
        f"Seed: {request.seed}, Size: {side}x{side}, Model: {base.id}"
    )
    return "\n".join(lines)


def png_with_parameters(picture: Image.Image, text: str) -> bytes:
    """A PNG whose `parameters` chunk holds `text`; text beyond Latin-1 goes to an iTXt chunk."""
    notes = PngInfo()
    notes.add_text("parameters", text)
    file = io.BytesIO()
    picture.save(file, "PNG", pnginfo=notes)
    return file.getvalue()
