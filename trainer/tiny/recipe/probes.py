"""Probes: one small network that reads off a picture what the world's words say about it.

It is trained on renders that went through the bundled autoencoder, so that the blur which all
pictures of `tiny` share tells it nothing. The judge of the base and the quality bench use it; it
knows this world of drawings only and says nothing about photographs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.functional import cross_entropy

from trainer.tiny import world

#: what is read, and the words for it in the order of the network's outputs
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "background": (*(f"{c} background" for c in world.BACKGROUND_COLOURS), *world.SCENES),
    "hair": tuple(world.HAIR),
    "hair_colour": tuple(world.HAIR_COLOURS),
    "skin": tuple(world.SKINS),
    "clothes_colour": tuple(world.CLOTHES_COLOURS),
    "expression": tuple(world.EXPRESSIONS),
    "framing": tuple(world.FRAMINGS),
}
#: the label of what a picture does not show
HIDDEN = -100
#: pixels by which training pictures are moved, at most, to either side
SHIFT = 3


class ProbesForeign(ValueError):
    """The file's probes read other words than this world has."""


class Probes(nn.Module):
    """Five convolutions down to 4 x 4 places, which are kept apart: where a colour is says whether
    it is hair or clothes. 256,000 weights.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_layer(3, 24, 2), *_layer(24, 48, 2), *_layer(48, 96, 2), *_layer(96, 96, 1),
            *_layer(96, 64, 2),
            nn.Flatten(),
            nn.Dropout(0.3),
        )  # fmt: skip
        self.heads = nn.ModuleDict(
            {name: nn.Linear(64 * 4 * 4, len(words)) for name, words in ATTRIBUTES.items()}
        )

    def forward(self, pixels: torch.Tensor) -> dict[str, torch.Tensor]:
        """For each attribute n x words scores, from n x 3 x 64 x 64 pixels in -1 to 1."""
        seen = self.body(pixels)
        return {name: head(seen) for name, head in self.heads.items()}

    @torch.no_grad()
    def read(self, pixels: torch.Tensor) -> list[dict[str, str]]:
        """The likeliest word of each attribute, for each picture."""
        self.eval()
        best = {name: scores.argmax(1).tolist() for name, scores in self(pixels).items()}
        return [
            {name: ATTRIBUTES[name][rows[n]] for name, rows in best.items()}
            for n in range(len(pixels))
        ]


def _layer(inputs: int, outputs: int, stride: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return convolution, nn.BatchNorm2d(outputs), nn.ReLU()


def shows(words: Mapping[str, str], attribute: str) -> bool:
    """Whether a picture with these words shows the attribute: a bald head has no hair colour and
    a close-up hardly any clothes.
    """
    if attribute == "hair_colour":
        return words["hair"] != "no hair"
    return attribute != "clothes_colour" or words["framing"] != "close-up"


def labels(everybody: Sequence[Mapping[str, str]]) -> dict[str, torch.Tensor]:
    """For each attribute the place of each picture's word, or `HIDDEN`."""
    return {
        name: torch.tensor(
            [known.index(words[name]) if shows(words, name) else HIDDEN for words in everybody]
        )
        for name, known in ATTRIBUTES.items()
    }


def train_probes(
    pixels: torch.Tensor, everybody: Sequence[Mapping[str, str]], *, rounds: int = 18
) -> Probes:
    """Probes from n x 3 x 64 x 64 pixels in -1 to 1 and the words of each picture."""
    torch.manual_seed(0)
    probes, wanted, count, batch = Probes(), labels(everybody), len(pixels), 64
    optimizer = torch.optim.AdamW(probes.parameters(), lr=2e-3, weight_decay=0.02)
    total = rounds * (count // batch)
    for step in range(total):
        if step % (count // batch) == 0:
            order = torch.randperm(count)
        at = step % (count // batch) * batch
        rows = order[at : at + batch]
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * 0.5 * (1 + math.cos(math.pi * step / total))
        scores = probes(_moved(pixels[rows]))
        loss = torch.stack([cross_entropy(scores[n], wanted[n][rows]) for n in ATTRIBUTES]).sum()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    return probes.eval()


def _moved(pixels: torch.Tensor) -> torch.Tensor:
    """The batch mirrored or not, moved a little, a little lighter or darker, with a little noise:
    no probe may hang on the one pixel or the exact shade that only renders have.
    """
    if torch.rand(()) < 0.5:
        pixels = pixels.flip(-1)
    right, down = (int(n) for n in torch.randint(-SHIFT, SHIFT + 1, (2,)))
    padded = nn.functional.pad(pixels, (SHIFT,) * 4, mode="replicate")
    side = pixels.shape[-1]
    pixels = padded[..., SHIFT + down :, SHIFT + right :][..., :side, :side]
    light = 1 + 0.06 * torch.randn(len(pixels), 1, 1, 1)
    return pixels * light + 0.04 * torch.randn_like(pixels)


def accuracy(
    read: Sequence[Mapping[str, str]], asked: Sequence[Mapping[str, str]], attribute: str
) -> tuple[float, int]:
    """The share of pictures whose attribute reads as asked, and of how many that show it."""
    pairs = [
        (seen[attribute], words[attribute])
        for seen, words in zip(read, asked, strict=True)
        if shows(words, attribute)
    ]
    return sum(seen == word for seen, word in pairs) / max(1, len(pairs)), len(pairs)


def save_probes(probes: Probes, path: Path) -> None:
    """Write the weights in float16 with the words they stand for."""
    state = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in probes.state_dict().items()
    }
    save_file(state, path, {"attributes": json.dumps(ATTRIBUTES)})


def load_probes(path: Path) -> Probes:
    """Probes as saved; raises `ProbesForeign` when the world's words have changed since."""
    with safe_open(path, "pt") as file:
        known = json.loads(file.metadata()["attributes"])
    if known != json.loads(json.dumps(ATTRIBUTES)):
        raise ProbesForeign(f"{path.name} was trained for other words; run the judge again.")
    probes = Probes()
    probes.load_state_dict(
        {name: v.float() if v.is_floating_point() else v for name, v in load_file(path).items()}
    )
    return probes.eval()
