"""What people run today: the step of diffusers' DreamBooth LoRA example, done anew operation by
operation.

It follows `examples/dreambooth/train_dreambooth_lora.py` of huggingface/diffusers (Copyright The
HuggingFace Inc. team, Apache License 2.0) as it is for diffusers 0.42: decoding and transforms in
the data set's `__getitem__`, both pictures through the VAE and both prompts through the text
encoder in every step, accelerate around model, optimiser, loader and schedule, AdamW, clipping, and
a loss that is read in every step.

Its flags that make a step cheaper: `--pre_compute_text_embeddings`, `--dataloader_num_workers`
(not both at once on a GPU: the loader's processes would have to touch embeddings that lie there),
`--mixed_precision` and `--allow_tf32` on a GPU, `--enable_xformers_memory_efficient_attention` (no
gain over torch's own attention, which both use here), and no `--gradient_checkpointing`. It has no
flag that keeps latents. A script of its own has one,
`examples/advanced_diffusion_training/train_dreambooth_lora_sd15_advanced.py --cache_latents`,
though its loader still decodes every picture; it is measured beside the others.

Different here: torchvision's transforms are done with the PIL and torch calls that they make, no
tracker writes a log (both favour the example a little), and the adapter has our layers, so that
both train the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, GradientState
from diffusers import AutoencoderKL, DDPMScheduler, UNet2DConditionModel
from diffusers.optimization import get_scheduler
from diffusers.utils.torch_utils import is_compiled_module
from peft import LoraConfig
from PIL import Image
from PIL.ImageOps import exif_transpose
from torch.nn import functional
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from tqdm.auto import tqdm
from transformers import AutoTokenizer, CLIPTextModel

from tests.bench.training.material import CLASS_PROMPT, INSTANCE_PROMPT, Material
from trainer.plan import Plan
from trainer.wardrobe import UNET_TARGETS


@dataclass(frozen=True)
class Flags:
    """Command-line flags. `cache_latents` is the advanced script's."""

    pre_compute_text_embeddings: bool = False
    cache_latents: bool = False
    dataloader_num_workers: int = 0
    allow_tf32: bool = False


class Drawn(NamedTuple):
    """What chance decides in a step: latents from the posterior, noise, noise levels."""

    latents: torch.Tensor
    noise: torch.Tensor
    timesteps: torch.Tensor


def forget_accelerate() -> None:
    """accelerate keeps device and precision for the process: call before changing either."""
    AcceleratorState._reset_state(reset_partial_state=True)
    GradientState._reset_state()


class Example:
    """One run of the script, from loading the base in `folder` on. Only the LoRA learns.

    `weights` replace the LoRA's random start, by the names that parameters have in the UNet.
    """

    def __init__(
        self,
        folder: Path,
        material: Material,
        plan: Plan,
        flags: Flags,
        *,
        device: torch.device,
        weights: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        self.plan, self.flags = plan, flags
        on_gpu = device.type == "cuda"
        self.accelerator = Accelerator(mixed_precision="bf16" if on_gpu else "no", cpu=not on_gpu)
        self.dtype = torch.bfloat16 if on_gpu else torch.float32
        if flags.allow_tf32:
            torch.backends.cuda.matmul.allow_tf32 = True
        self.tokenizer = AutoTokenizer.from_pretrained(folder / "tokenizer")
        self.scheduler = DDPMScheduler.from_pretrained(folder, subfolder="scheduler")
        self.text_encoder: Any = self._frozen(
            CLIPTextModel.from_pretrained(folder / "text_encoder")
        )
        self.vae: Any = self._frozen(AutoencoderKL.from_pretrained(folder, subfolder="vae"))
        self.scaling = self.vae.config.scaling_factor
        self.unet: Any = self._frozen(
            UNet2DConditionModel.from_pretrained(folder, subfolder="unet")
        )
        self.unet.add_adapter(
            LoraConfig(
                r=plan.rank,
                lora_alpha=plan.rank,
                init_lora_weights="gaussian",
                target_modules=list(UNET_TARGETS),
            )
        )
        if weights:
            _start_from(self.unet, weights)
        self.learned = [p for p in self.unet.parameters() if p.requires_grad]
        # in the script's words: defaults of `--adam_*`
        optimizer = torch.optim.AdamW(
            self.learned,
            lr=plan.learning_rate,
            betas=(0.9, 0.999),
            weight_decay=1e-2,
            eps=1e-8,
        )
        words = None
        if flags.pre_compute_text_embeddings:
            with torch.no_grad():
                words = [self._words(self._tokens(p)) for p in (INSTANCE_PROMPT, CLASS_PROMPT)]
            self.text_encoder = None
        loader = DataLoader(
            _Pictures(material, words, self._tokens),
            batch_size=plan.batch_size,
            shuffle=True,
            collate_fn=_collate,
            num_workers=flags.dataloader_num_workers,
        )
        schedule = get_scheduler("constant", optimizer=optimizer)
        self.unet, self.optimizer, self.loader, self.schedule = self.accelerator.prepare(
            self.unet, optimizer, loader, schedule
        )
        self.kept_latents = self._cache_latents() if flags.cache_latents else None

    def steps(self, fed: Sequence[Drawn] | None = None) -> Iterator[float]:
        """The loss of each step, for ever; `fed` takes the place of chance in the first ones."""
        todo = iter(fed or ())
        with Path(os.devnull).open("w") as nowhere:
            bar = tqdm(desc="Steps", file=nowhere)
            while True:
                self.unet.train()
                for number, batch in enumerate(self.loader):
                    logs = self._step(number, batch, next(todo, None))
                    bar.update(1)
                    bar.set_postfix(**logs)
                    self.accelerator.log(logs)
                    yield logs["loss"]

    def _step(self, number: int, batch: dict[str, Any], fed: Drawn | None) -> dict[str, float]:
        with self.accelerator.accumulate(self.unet):
            pixels = batch["pixel_values"].to(dtype=self.dtype)
            posterior = (
                self.kept_latents[number]
                if self.kept_latents is not None
                else self.vae.encode(pixels).latent_dist
            )
            latents = (posterior.sample() * self.scaling).to(self.dtype)
            noise = torch.randn_like(latents)
            timesteps = torch.randint(
                0, self.scheduler.config.num_train_timesteps, (len(latents),), device=latents.device
            ).long()
            if fed is not None:
                latents, noise, timesteps = fed
            noisy = self.scheduler.add_noise(latents, noise, timesteps)
            words = batch["input_ids"]
            if not self.flags.pre_compute_text_embeddings:
                words = self._words(words)
            if self._unwrapped().config.in_channels == 2 * latents.shape[1]:
                raise NotImplementedError("inpainting bases are not measured")
            predicted = self.unet(noisy, timesteps, words, return_dict=False)[0]
            target = noise
            if self.scheduler.config.prediction_type == "v_prediction":
                target = self.scheduler.get_velocity(latents, noise, timesteps)
            predicted, predicted_prior = torch.chunk(predicted, 2, dim=0)
            target, target_prior = torch.chunk(target, 2, dim=0)
            loss = functional.mse_loss(predicted.float(), target.float())
            prior = functional.mse_loss(predicted_prior.float(), target_prior.float())
            loss = loss + self.plan.prior_weight * prior
            self.accelerator.backward(loss)
            if self.accelerator.sync_gradients:
                self.accelerator.clip_grad_norm_(self.learned, 1.0)
            self.optimizer.step()
            self.schedule.step()
            self.optimizer.zero_grad()
        return {"loss": loss.detach().item(), "lr": self.schedule.get_last_lr()[0]}

    def _frozen(self, part: Any) -> Any:
        part.requires_grad_(requires_grad=False)
        return part.to(self.accelerator.device, dtype=self.dtype)

    def _tokens(self, prompt: str) -> torch.Tensor:
        known = self.tokenizer(
            prompt,
            truncation=True,
            padding="max_length",
            max_length=self.tokenizer.model_max_length,
            return_tensors="pt",
        )
        return known.input_ids

    def _words(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.text_encoder(tokens.to(self.text_encoder.device), return_dict=False)[0]

    def _unwrapped(self) -> Any:
        model = self.accelerator.unwrap_model(self.unet)
        return model._orig_mod if is_compiled_module(model) else model

    def _cache_latents(self) -> list[Any]:
        with torch.no_grad():
            kept = [
                self.vae.encode(b["pixel_values"].to(self.dtype)).latent_dist for b in self.loader
            ]
        self.vae = None
        return kept


class _Pictures(TorchDataset):
    """An instance picture and one of the class, decoded and transformed each time."""

    def __init__(self, material: Material, words: list[torch.Tensor] | None, tokens: Any) -> None:
        self.photos = list(material.photos.iterdir())
        self.of_class = list(material.class_pictures.iterdir())
        self.side, self.words, self.tokens = material.side, words, tokens

    def __len__(self) -> int:
        return max(len(self.photos), len(self.of_class))

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        instance, of_class = self.words or map(self.tokens, (INSTANCE_PROMPT, CLASS_PROMPT))
        return {
            "instance_images": self._pixels(self.photos[index % len(self.photos)]),
            "instance_prompt_ids": instance,
            "class_images": self._pixels(self.of_class[index % len(self.of_class)]),
            "class_prompt_ids": of_class,
        }

    def _pixels(self, path: Path) -> torch.Tensor:
        """Resize, random crop, to tensor, normalise, by the calls that torchvision makes."""
        picture = exif_transpose(Image.open(path))
        if picture.mode != "RGB":
            picture = picture.convert("RGB")
        short = min(picture.size)
        if short != self.side:
            wide, high = (round(length * self.side / short) for length in picture.size)
            picture = picture.resize((wide, high), Image.Resampling.BILINEAR)
        left, top = (int(torch.randint(0, n - self.side + 1, ())) for n in picture.size)
        picture = picture.crop((left, top, left + self.side, top + self.side))
        pixels = torch.from_numpy(np.array(picture, copy=True)).permute(2, 0, 1).contiguous()
        return pixels.to(torch.float32).div(255).sub_(0.5).div_(0.5)


def _collate(examples: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Instances first, then the class: one forward pass for both."""

    def both(what: str) -> list[torch.Tensor]:
        return [example[f"{part}_{what}"] for part in ("instance", "class") for example in examples]

    pixels = torch.stack(both("images"))
    return {
        "pixel_values": pixels.to(memory_format=torch.contiguous_format).float(),
        "input_ids": torch.cat(both("prompt_ids"), dim=0),
    }


def _start_from(unet: Any, weights: Mapping[str, torch.Tensor]) -> None:
    """Other adapters' parameters have the same names but for the adapter's own."""

    def place(name: str) -> str:
        layer, _, rest = name.partition(".lora_")
        return f"{layer}.lora_{rest[0]}"

    known = {place(name): value for name, value in weights.items()}
    learned = {place(n): p for n, p in unet.named_parameters() if p.requires_grad}
    if known.keys() != learned.keys():
        raise ValueError("The adapters have different layers.")
    with torch.no_grad():
        for name, parameter in learned.items():
            parameter.copy_(known[name])
