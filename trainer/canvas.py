"""One picture in the making: its noise, its sampler, and how far it is."""

from __future__ import annotations

import math
import warnings
from typing import Any

import torch
from diffusers import DPMSolverMultistepScheduler, LCMScheduler
from torch.nn.functional import adaptive_max_pool2d

from trainer.base import Base
from trainer.pixels import as_tensor
from trainer.request import Request
from trainer.wardrobe import WHOLE
from trainer.words import Words

#: Samplers as web UIs name them: the usual one, and that of the few-step mode.
SAMPLER, FAST_SAMPLER = "DPM++ 2M", "LCM"


class Canvas:
    """One picture in the making: its words, its sampler and how far it is.

    One with a start begins where that picture, under as much noise, would be (SDEdit, Meng et al.
    2022, arXiv 2108.01073). One with a mask is put back outside it after each step, at that step's
    noise (RePaint, Lugmayr et al. 2022, arXiv 2201.09865, equation 8, without its resampling).
    """

    def __init__(self, base: Base, request: Request, words: Words) -> None:
        self.request = request
        #: the negative prompt's embeddings, then the prompt's
        self.words = words
        self.steps_done = 0
        new = new_fast_sampler if request.fast else new_sampler
        self._sampler: Any = new(base, request.steps)
        start = request.start
        width, height = size_of(base, request)
        unit = base.pixels_per_latent
        shape = (1, int(base.unet.config.in_channels), height // unit, width // unit)
        # on the CPU: the same seed gives the same picture on every device
        self._chance = torch.Generator().manual_seed(request.seed)
        noise = torch.randn(shape, generator=self._chance)
        self._noise = noise.to(base.device)
        self.latents = self._noise * self._sampler.init_noise_sigma
        #: what it goes on from, and where that may change: everywhere, for None
        self._known: torch.Tensor | None = None
        self._mask: torch.Tensor | None = None
        #: the step that it begins with: the whole way unless it goes on from a picture
        self._first = 0
        if start is not None:
            self._first = request.steps - max(1, math.ceil(request.steps * start.strength))
            self._known, _ = base.encode_pixels(as_tensor(start.picture))
        self._sampler.set_begin_index(self._first)
        if self._known is not None and self._first:
            self.latents = self._noised(self._known)
        if start is not None and start.mask is not None:
            # a latent may change where any of its pixels may
            white = (as_tensor(start.mask)[:, :1] > 0).float()
            self._mask = adaptive_max_pool2d(white, shape[2:]).to(base.device) > 0
        self.company = _company(request, words, self.latents)

    @property
    def steps(self) -> int:
        """How many steps it takes."""
        return self.request.steps - self._first

    @property
    def is_done(self) -> bool:
        return self.steps_done == self.steps

    @property
    def timestep(self) -> torch.Tensor:
        """The noise level of its next step, from 0 to 999."""
        found: torch.Tensor = self._sampler.timesteps[self._first + self.steps_done]
        return found

    def take(self, predicted: torch.Tensor) -> None:
        """One step on by what the UNet said, 1 x 4 x height x width of the latents."""
        # the few-step sampler adds fresh noise after each step
        own = {"generator": self._chance} if self.request.fast else {}
        self.latents = self._sampler.step(predicted, self.timestep, self.latents, **own).prev_sample
        self.steps_done += 1
        if self._known is not None and self._mask is not None:
            known = self._known if self.is_done else self._noised(self._known)
            self.latents = torch.where(self._mask, self.latents, known)

    def _noised(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents as they would be before its next step."""
        noised: torch.Tensor = self._sampler.add_noise(latents, self._noise, self.timestep[None])
        return noised


def size_of(base: Base, request: Request) -> tuple[int, int]:
    """Width and height in pixels in which the picture is drawn."""
    if request.start is not None:
        return request.start.picture.size
    return request.size or (base.resolution, base.resolution)


def _company(
    request: Request, words: Words, latents: torch.Tensor
) -> tuple[bool, bool, str, float, int, tuple[int, ...]]:
    """Pictures of which this is the same can share a UNet call: as large; as many windows of text,
    because an added empty one would change the picture; the same precision; the few-step mode or
    not; and whole networks with their likes only."""
    adapter = request.adapter
    is_whole = adapter is not None and any(key.startswith(WHOLE) for key in adapter.weights)
    whole = (adapter.sha256, request.scale) if adapter and is_whole else ("", 1.0)
    return (request.precise, request.fast, *whole, words.states.shape[1], tuple(latents.shape))


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


def new_fast_sampler(base: Base, steps: int) -> LCMScheduler:
    """The multistep sampling of consistency models (Luo et al. 2023, arXiv 2310.04378, algorithm 3)
    on the base's own noise schedule, set to `steps` steps, at most 50."""
    sampler = LCMScheduler.from_config(base.scheduler.config, clip_sample=False)
    sampler.set_timesteps(steps, device=base.device)
    return sampler
