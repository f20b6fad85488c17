"""Who is in a picture: a small network that brings pictures of one character near each other.

`python -m tests.bench.quality.identity` trains it (about ten minutes on one core, Node.js for the
renders) and says how well it tells characters apart that it never saw. It learns from renders that
went through the bundled autoencoder, half of them with errors in their latents as drawn
pictures have, and blurred, shifted in colour and noisy copies. None of its characters has the hair,
hair colour, skin and beard of a benchmark subject, of a twin or of a distractor.

Resemblance is the mean cosine to a character's reference views; only its rank among others is used
for "is it the subject": on bad pictures everybody resembles everybody, and a threshold would
mean nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.functional import cross_entropy, interpolate, normalize, pad

from tests.bench.quality import cast
from tests.bench.quality.render import DATA, REFERENCE
from trainer.base import Base
from trainer.loading import load_base
from trainer.tiny import scenery, world
from trainer.tiny.recipe.render import draw

WEIGHTS = DATA / "identity.safetensors"
CHARACTERS, VIEWS = 800, 8
#: views to be told of each character of the check
LOOKED_AT = 8
WIDTH = 64
#: attributes that are learned along: they make the training surer, and are not used after it
KNOWN = {
    "hair": tuple(world.HAIR),
    "hair_colour": tuple(world.HAIR_COLOURS),
    "skin": tuple(world.SKINS),
    "beard": tuple(world.BEARDS),
    "clothes": tuple(world.CLOTHES),
    "clothes_colour": tuple(world.CLOTHES_COLOURS),
}


class Identity(nn.Module):
    """Five convolutions to 4 x 4 places and one layer over all of them; 300,000 weights."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs, stride in (
            (3, 32, 2), (32, 64, 2), (64, 96, 2), (96, 96, 1), (96, 96, 2),
        ):  # fmt: skip
            layers += [
                nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
            ]
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.2))
        self.last = nn.Linear(96 * 4 * 4, WIDTH)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """n x `WIDTH` directions of length 1 from n x 3 x 64 x 64 pixels in -1 to 1."""
        return normalize(self.last(self.body(pixels)), dim=1)

    @torch.no_grad()
    def embed(self, pixels: torch.Tensor) -> torch.Tensor:
        """As `forward`, of the picture and its mirror image together, without training."""
        self.eval()
        parts = [self(part) + self(part.flip(-1)) for part in pixels.split(256)]
        return normalize(torch.cat(parts), dim=1)


def resemblance(pictures: torch.Tensor, references: torch.Tensor) -> torch.Tensor:
    """n x characters: mean cosine of each of n directions to each character's reference views,
    given as characters x views x `WIDTH`.
    """
    return torch.einsum("nw,cvw->ncv", pictures, references).mean(2)


@torch.no_grad()
def through_autoencoder(
    base: Base, pixels: torch.Tensor, disturb: random.Random | None = None
) -> torch.Tensor:
    """The pictures as the base could draw them at best; with `disturb` every second one with
    errors in its latents, smooth ones and noise, as much as drawn pictures may have.
    """
    parts = []
    # half the time where the processor has bfloat16
    with torch.autocast(base.device.type, torch.bfloat16):
        for batch in pixels.split(32):
            mean, _ = base.encode_pixels(batch)
            if disturb is not None:
                mean = _disturbed(mean, torch.Generator().manual_seed(disturb.randrange(2**31)))
            parts.append(base.decode_latents(mean).clamp(-1, 1))
    return torch.cat(parts)


def _disturbed(latents: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    noise = torch.randn(latents.shape, generator=generator)
    wave = torch.randn((len(latents), 4, 4, 4), generator=generator)
    wave = interpolate(wave, size=latents.shape[-2:], mode="bicubic")
    amount = 0.45 * torch.rand((2, len(latents), 1, 1, 1), generator=generator)
    amount[:, ::2] = 0
    return latents + amount[0] * noise + amount[1] * wave


def _likeness(look: world.Look) -> tuple[str, ...]:
    return (look.hair, look.hair_colour, look.skin, look.beard)


def strangers() -> list[world.Look]:
    """The characters to learn from, no two of one likeness, none of the benchmark's."""
    benchmark = [cast.look_of(s) for s in cast.TWINS]
    benchmark += [look for word in ("man", "woman") for look in cast.distractors(word)]
    taken = {_likeness(look) for look in benchmark}
    rng = random.Random("strangers")
    found = []
    while len(found) < CHARACTERS:
        look = world.draw_stranger(rng)
        if _likeness(look) not in taken:
            taken.add(_likeness(look))
            found.append(look)
    return found


def rendered(views: Sequence[tuple[world.Look, world.Scene]], rng: random.Random) -> torch.Tensor:
    """n x 3 x 64 x 64 in -1 to 1."""
    raw = b"".join(draw([scenery.spec(look, scene, rng, REFERENCE) for look, scene in views]))
    flat = np.frombuffer(raw, np.uint8).reshape(-1, REFERENCE, REFERENCE, 3)
    return torch.from_numpy(flat.copy()).permute(0, 3, 1, 2) / 127.5 - 1


def worsened(pixels: torch.Tensor) -> torch.Tensor:
    """A copy as a training sees it: moved, mirrored, softer, off in colour, noisy."""
    count, _, side, _ = pixels.shape
    if torch.rand(()) < 0.5:
        pixels = pixels.flip(-1)
    right, down = (int(n) for n in torch.randint(0, 9, (2,)))
    pixels = pad(pixels, (4, 4, 4, 4), mode="replicate")[..., down:, right:][..., :side, :side]
    soft = float(torch.rand(())) * 2.2
    if soft > 1:
        small = interpolate(pixels, size=round(side / soft), mode="area")
        pixels = interpolate(small, size=side, mode="bicubic")
    gain = 1 + 0.12 * torch.randn(count, 3, 1, 1)
    offset = 0.08 * torch.randn(count, 3, 1, 1)
    noise = 0.12 * torch.rand(count, 1, 1, 1) * torch.randn_like(pixels)
    return (pixels * gain + offset + noise).clamp(-1, 1)


def degraded(pixels: torch.Tensor) -> torch.Tensor:
    """What the check calls degraded, worse than what was trained on: blurred to 24 px and back,
    a fifth of the contrast gone, noise of 0.15.
    """
    generator = torch.Generator().manual_seed(0)
    small = interpolate(pixels, size=24, mode="area")
    soft = interpolate(small, size=pixels.shape[-1], mode="bicubic")
    noise = torch.randn(pixels.shape, generator=generator)
    return (0.8 * soft + 0.15 * noise).clamp(-1, 1)


def train(
    pixels: torch.Tensor, who: torch.Tensor, looks: Sequence[world.Look], rounds: int
) -> Identity:
    """A network from views, the place in `looks` of whom each shows, and the looks."""
    torch.manual_seed(0)
    network, batch = Identity(), 100
    faces = nn.Parameter(torch.randn(len(looks), WIDTH) * 0.1)
    heads = nn.ModuleDict({name: nn.Linear(WIDTH, len(words)) for name, words in KNOWN.items()})
    labels = {
        name: torch.tensor([words.index(getattr(look, name)) for look in looks])
        for name, words in KNOWN.items()
    }
    parameters = [*network.parameters(), faces, *heads.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=2e-3, weight_decay=0.02)
    total = rounds * (len(pixels) // batch)
    for step in range(total):
        if step % (len(pixels) // batch) == 0:
            order = torch.randperm(len(pixels))
        rows = order[step % (len(pixels) // batch) * batch :][:batch]
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * 0.5 * (1 + math.cos(math.pi * step / total))
        with torch.autocast("cpu", torch.bfloat16):
            seen = network(worsened(pixels[rows]))
        seen = seen.float()
        nearness = seen @ normalize(faces, dim=1).T
        # a margin: who is right must be clearly right
        nearness = nearness - 0.15 * nn.functional.one_hot(who[rows], len(looks))
        loss = cross_entropy(18 * nearness, who[rows])
        loss = loss + 0.3 * sum(
            cross_entropy(6 * head(seen), labels[name][who[rows]]) for name, head in heads.items()
        )
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        if step % 200 == 0:
            print(f"step {step} of {total}: loss {loss.item():.3f}", flush=True)
    return network.eval()


def check(network: Identity, references: torch.Tensor, looked_at: torch.Tensor) -> dict[str, float]:
    """How well unseen characters are told apart: characters x views x 3 x 64 x 64 each, the
    references sharp, the views to be told sharp and degraded. Each is ranked among itself and 24
    others, as in the benchmark.
    """
    known = torch.stack([network.embed(views) for views in references])
    count, each = looked_at.shape[:2]
    plain = looked_at.flatten(0, 1)
    own = torch.arange(count).repeat_interleave(each)
    rng = random.Random(0)
    rivals = [
        rng.sample([other for other in range(count) if other != c], cast.DISTRACTORS)
        for c in own.tolist()
    ]
    found = {}
    for name, views in (("sharp", plain), ("degraded", degraded(plain))):
        scores = resemblance(network.embed(views), known)
        same = scores[torch.arange(len(own)), own]
        others = scores[~nn.functional.one_hot(own, count).bool()].sort().values
        before = torch.searchsorted(others, same)
        best = torch.stack([scores[n, r].max() for n, r in enumerate(rivals)])
        found |= {
            f"auc_{name}": float(before.double().mean() / len(others)),
            f"rank1_{name}": float((same > best).double().mean()),
            f"same_{name}": float(same.mean()),
            f"different_{name}": float(others.mean()),
        }
    return found


def load_identity(path: Path = WEIGHTS) -> Identity:
    """The shipped network."""
    network = Identity()
    state = {n: v.float() if v.is_floating_point() else v for n, v in load_file(path).items()}
    network.load_state_dict(state)
    return network.eval()


def save_identity(network: Identity, path: Path = WEIGHTS) -> None:
    state = {n: v.half() if v.is_floating_point() else v for n, v in network.state_dict().items()}
    save_file({n: v.contiguous() for n, v in state.items()}, path)


def main(work: Path, rounds: int) -> None:
    """Render, pass through the autoencoder (kept in `work`), train, check."""
    work.mkdir(parents=True, exist_ok=True)
    base, looks, kept = load_base("tiny"), strangers(), work / "identity-views.safetensors"
    if not kept.exists():
        rng = random.Random("views")
        views = [(look, world.draw_scene(rng)) for look in looks for _ in range(VIEWS)]
        seen = through_autoencoder(base, rendered(views, rng), random.Random("errors"))
        save_file({"pixels": seen.half().contiguous()}, kept)
    pixels = load_file(kept)["pixels"].float()
    network = train(pixels, torch.arange(CHARACTERS).repeat_interleave(VIEWS), looks, rounds)
    save_identity(network)
    for word in ("woman", "man"):
        found = check(load_identity(), *unseen(base, word))
        print(word, json.dumps({name: round(value, 4) for name, value in found.items()}))


def unseen(base: Base, word: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The distractors and subjects of a class, whom the network never saw: their reference views,
    and as many views as `LOOKED_AT` in any scenes, all as the base could draw them at best.
    """
    rng = random.Random(f"check of {word}")
    looks = cast.distractors(word)
    looks += [
        look
        for s in (*cast.DEVELOPMENT, *cast.EVALUATION)
        if (look := cast.look_of(s)).classes[0] == word
    ]
    known = [(look, scene) for look in looks for scene in cast.REFERENCE_SCENES]
    views = [(look, world.draw_scene(rng)) for look in looks for _ in range(LOOKED_AT)]
    seen = through_autoencoder(base, rendered([*known, *views], rng))
    first, second = seen.split([len(known), len(views)])
    side = seen.shape[-1]
    return first.view(len(looks), -1, 3, side, side), second.view(len(looks), -1, 3, side, side)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, nargs="?", default=Path("var/bench/quality-recipe"))
    parser.add_argument("--rounds", type=int, default=25)
    args = parser.parse_args()
    main(args.work, args.rounds)
