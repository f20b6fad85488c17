"""The resident base: one frozen pipeline for each device, shared by trainings and prompts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch

from storage.interchange import family_of
from trainer.wardrobe import Wardrobe
from trainer.words import Spelled, Words, framed, learned_rows, spell, windows

#: A picture of more than so many of the base's own squares goes through the VAE in tiles.
WHOLE_AREAS = 2.0


@dataclass(frozen=True)
class Base:
    """A frozen Stable Diffusion 1.x, 2.x or XL pipeline, taken apart.

    `resolution` is the side of its pictures in pixels, `latent_side` that of its latents. XL has
    two text encoders with a tokenizer each, `text_encoder` and `text_encoder_2`, the others one.
    `weights_hash` is the same wherever the same files are; it keys what is made from the base.
    """

    id: str
    tokenizers: dict[str, Any]
    text_encoders: dict[str, Any]
    unet: Any
    vae: Any
    scheduler: Any
    device: torch.device
    dtype: torch.dtype
    weights_hash: str
    #: XL's own habit: an empty prompt is all zeros
    empty_is_zero: bool = False
    wardrobe: Wardrobe = field(init=False)

    def __post_init__(self) -> None:
        wardrobe = Wardrobe(self.unet, self.text_encoders, self.dtype)
        object.__setattr__(self, "wardrobe", wardrobe)

    @property
    def latent_side(self) -> int:
        return int(self.unet.config.sample_size)

    @property
    def pixels_per_latent(self) -> int:
        """How many pixels of a side make one latent."""
        return int(2 ** (len(self.vae.config.block_out_channels) - 1))

    @property
    def resolution(self) -> int:
        return self.latent_side * self.pixels_per_latent

    @property
    def grid(self) -> int:
        """What both sides of a picture in pixels are multiples of: the UNet halves its latents
        between two of its levels."""
        return self.pixels_per_latent * int(2 ** (len(self.unet.config.block_out_channels) - 1))

    @property
    def prediction_type(self) -> str:
        """`epsilon` or `v_prediction`: what the UNet was taught to predict."""
        return str(self.scheduler.config.prediction_type)

    @property
    def family(self) -> str:
        """`tiny`, `sd1`, `sd2` or `sdxl`: what defaults go by."""
        width = int(self.unet.config.cross_attention_dim)
        return family_of(self.id, is_xl=len(self.text_encoders) > 1, width=width)

    def count_chunks(self, prompt: str, word: str | None = None, rows: int = 1) -> int:
        """How many text-encoder windows (of 75 tokens and two markers) the prompt fills; `word`
        counts as `rows` tokens."""
        tokenizer = self.tokenizers["text_encoder"]
        return windows([spell(tokenizer, prompt, word, rows)], self.window)

    @torch.no_grad()
    def encode_prompts(self, prompts: Sequence[str]) -> Words:
        """Embeddings of prompts. Nothing is cut: a long prompt is encoded window by window and
        joined; shorter ones of the batch get empty windows up to the same number.

        A text encoder that wears an adapter, and a learned token that is worn, take part.
        """
        return self.encode(prompts)

    def encode(self, prompts: Sequence[str]) -> Words:
        """As `encode_prompts`, with gradients for what learns."""
        return self.hushed(self.read([self.spelled(prompt) for prompt in prompts]), prompts)

    def spelled(self, prompt: str) -> Spelled:
        """The prompt in token ids, with the learned token that is worn."""
        word, rows = self.wardrobe.learned_token or (None, {})
        count = len(next(iter(rows.values()))) if rows else 0
        return spell(self.tokenizers["text_encoder"], prompt, word, count)

    def read(self, known: Sequence[Spelled]) -> Words:
        """What the text encoders say to prompts; `hushed` is for those without words."""
        _, rows = self.wardrobe.learned_token or (None, {})
        chunks = windows(known, self.window)
        states, pooled = [], None
        for name, encoder in self.text_encoders.items():
            # vocabularies are the same, what fills up a window is not
            ids, places = framed(known, chunks, self.window, self.tokenizers[name])
            with learned_rows(encoder, rows.get(name), places.to(self.device)):
                # diffusers takes XL's states before the last layer, and 1.x's and 2.x's after it
                given = encoder(ids.to(self.device), output_hidden_states=self._is_xl)
            state = given.hidden_states[-2] if self._is_xl else given.last_hidden_state
            states.append(state.reshape(len(known), chunks * (self.window + 2), -1))
            if self._is_xl and getattr(given, "text_embeds", None) is not None:
                pooled = given.text_embeds.reshape(len(known), chunks, -1)[:, 0]
        return Words(torch.cat(states, dim=-1), pooled)

    def hushed(self, words: Words, prompts: Sequence[str]) -> Words:
        """The words of these prompts, with zeros for empty ones where the base wants that."""
        if not self.empty_is_zero or all(prompts):
            return words
        said = torch.tensor([bool(p) for p in prompts], device=self.device)
        pooled = None if words.pooled is None else words.pooled * said.view(-1, 1)
        return Words(words.states * said.view(-1, 1, 1), pooled)

    def noised(
        self, latents: torch.Tensor, noise: torch.Tensor, timesteps: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The latents at these noise levels, and what the UNet should say to them."""
        target = noise
        if self.prediction_type == "v_prediction":
            target = self.scheduler.get_velocity(latents, noise, timesteps)
        return self.scheduler.add_noise(latents, noise, timesteps), target

    def predict(
        self,
        noisy: torch.Tensor,
        timesteps: torch.Tensor,
        words: Words,
        sides: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """What the UNet makes of noisy latents, n x 4 x height x width, in float32.

        XL is told how large a picture was: `sides` in pixels where it was a square of another
        size than its latents are of.
        """
        added = None
        if words.pooled is not None:
            own = [
                torch.full(
                    (len(noisy),), float(length * self.pixels_per_latent), device=self.device
                )
                for length in noisy.shape[-2:]
            ]
            was = own if sides is None else [sides.to(own[0])] * 2
            zero = torch.zeros_like(own[0])
            # original height and width, top and left of the crop, wanted height and width
            # (SDXL, Podell et al. 2023, arXiv 2307.01952, section 2.2)
            sizes = torch.stack([*was, zero, zero, *own], dim=1)
            added = {"text_embeds": words.pooled, "time_ids": sizes.to(words.pooled.dtype)}
        # weights of 32 bits on a base of 16, as those in training are
        is_mixed = self.wardrobe.is_mixed
        with torch.autocast(self.device.type, self.dtype) if is_mixed else nullcontext():
            predicted = self.unet(
                noisy.to(self.dtype), timesteps, words.states, added_cond_kwargs=added
            )
        result: torch.Tensor = predicted.sample.float()
        return result

    @contextmanager
    def precisely(self) -> Iterator[None]:
        """Inside the block the base calculates in float32, whatever it is kept in: for a picture
        whose numbers overflow. Going back loses nothing, because nothing learns meanwhile;
        adapters keep the precision they have, those that are in training above all.
        """
        kept = self.dtype
        own = [
            weight
            for network in (self.unet, *self.text_encoders.values())
            for name, weight in network.named_parameters()
            if ".lora_" not in name
        ]
        try:
            for weight in own:
                weight.data = weight.data.float()
            object.__setattr__(self, "dtype", torch.float32)
            yield
        finally:
            for weight in own:
                weight.data = weight.data.to(kept)
            object.__setattr__(self, "dtype", kept)

    @torch.no_grad()
    def encode_pixels(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and standard deviation of the latent posterior, scaled as the UNet expects;
        each n x 4 x latent x latent in float32, from pixels in -1 to 1.
        """
        self._tile(pixels.shape[-2] * pixels.shape[-1])
        posterior = self.vae.encode(pixels.to(self.device, self.vae.dtype)).latent_dist
        factor = self.vae.config.scaling_factor
        return posterior.mean.float() * factor, posterior.std.float() * factor

    @torch.no_grad()
    def decode_latents(self, latents: torch.Tensor) -> torch.Tensor:
        """Pixels n x 3 x height x width, about -1 to 1 and not yet clipped, in float32."""
        self._tile(latents.shape[-2] * latents.shape[-1] * self.pixels_per_latent**2)
        scaled = latents.to(self.device, self.vae.dtype) / self.vae.config.scaling_factor
        pixels: torch.Tensor = self.vae.decode(scaled).sample
        return pixels.float()

    def _tile(self, area: int) -> None:
        """Have the VAE work on pictures of so many pixels in one piece or, where that took more
        memory than the rest of it all, in overlapping tiles of the base's own size."""
        if area > WHOLE_AREAS * self.resolution**2:
            self.vae.enable_tiling()
        else:
            self.vae.disable_tiling()

    @property
    def window(self) -> int:
        """How many tokens a text encoder reads at once, without its two markers."""
        return int(self.tokenizers["text_encoder"].model_max_length) - 2

    @property
    def _is_xl(self) -> bool:
        return "text_encoder_2" in self.text_encoders
