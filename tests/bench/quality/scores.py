"""What pictures say: whose they are, what they show, what became of the class, what was copied."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from statistics import fmean
from typing import Final

import torch
from PIL import Image
from torch.nn.functional import avg_pool2d

from tests.bench.quality import cast, photos, prompts
from tests.bench.quality.identity import Identity, load_identity, resemblance, through_autoencoder
from trainer.base import Base
from trainer.pixels import as_pixels
from trainer.tiny.recipe.probes import Probes, load_probes

PROBES = photos.DATA.parent / "probes.safetensors"


@dataclass(frozen=True)
class Jury:
    """Both networks and the base whose autoencoder all references pass through."""

    base: Base
    identity: Identity
    probes: Probes

    @staticmethod
    def of(base: Base) -> Jury:
        return Jury(base, load_identity(), load_probes(PROBES))

    def __hash__(self) -> int:
        return id(self)

    @cache  # noqa: B019 - a run has one jury, to its end
    def lineup(self, subject: str) -> torch.Tensor:
        """Characters x views x width: the subject first, then those of its class it may be taken
        for, all by the same views.
        """
        mine = self._seen(photos.references(subject)[None])
        return torch.cat([mine, self._strangers(cast.class_of(subject))])

    @cache  # noqa: B019 - most of every lineup, and the same for all subjects of a class
    def _strangers(self, class_word: str) -> torch.Tensor:
        return self._seen(photos.distractors(class_word))

    def _seen(self, views: torch.Tensor) -> torch.Tensor:
        """Characters x views x width, of characters x views of pixels."""
        seen = through_autoencoder(self.base, views.flatten(0, 1))
        return self.identity.embed(seen).view(*views.shape[:2], -1)

    @cache  # noqa: B019
    def own(self, subject: str) -> float:
        """How much the subject resembles itself: its unseen views, its reference views."""
        squares = torch.stack([pixels_of(shot) for shot in photos.shots(subject, "unseen8")])
        seen = through_autoencoder(self.base, squares)
        return float(resemblance(self.identity.embed(seen), self.lineup(subject)[:1]).mean())


def pixels_of(shot: photos.Shot) -> torch.Tensor:
    """The photo's main square, 3 x 64 x 64 in -1 to 1."""
    return as_pixels([shot.squares[0].picture], photos.SIDE)[0]


def fidelity(jury: Jury, subject: str, pictures: list[Image.Image]) -> dict[str, float]:
    """`rank1`: the share of pictures in which the subject is the likeliest of all; `margin`: by how
    much it is likelier than the likeliest other; `rank`: its mean place, 1 being the first.
    """
    seen = jury.identity.embed(as_pixels(pictures, photos.SIDE))
    scores = resemblance(seen, jury.lineup(subject))
    own, others = scores[:, 0], scores[:, 1:]
    return {
        "rank1": float((own > others.max(1).values).double().mean()),
        "rank": float((others >= own[:, None]).sum(1).double().mean()) + 1,
        "margin": float((own - others.max(1).values).mean()),
        "resemblance": float(own.mean()),
    }


def likelier_than(jury: Jury, subject: str, twin: str, pictures: list[Image.Image]) -> float:
    """The share of pictures that resemble the subject more than its twin."""
    seen = jury.identity.embed(as_pixels(pictures, photos.SIDE))
    pair = torch.stack([jury.lineup(subject)[0], jury.lineup(twin)[0]])
    scores = resemblance(seen, pair)
    return float((scores[:, 0] > scores[:, 1]).double().mean())


def following(jury: Jury, pictures: list[Image.Image]) -> dict[str, float]:
    """The share of what the prompts ask for that is there. `prompt_following` is the mean of
    background and framing; the expression is told apart, for a base may not know any.
    """
    read = jury.probes.read(as_pixels(pictures, photos.SIDE))
    found = {}
    for name in ("background", "framing", "expression"):
        found[name] = fmean(
            seen[name] == getattr(prompt, name)
            for seen, (prompt, _) in zip(read, prompts.subject_requests(), strict=True)
            if getattr(prompt, name)
        )
    found["prompt_following"] = fmean([found["background"], found["framing"]])
    return found


def attributes(jury: Jury, subject: str, pictures: list[Image.Image]) -> dict[str, float]:
    """The shares of pictures with the subject's colours, as the probes read them."""
    look, read = cast.look_of(subject), jury.probes.read(as_pixels(pictures, photos.SIDE))
    dressed = [
        seen
        for seen, (prompt, _) in zip(read, prompts.subject_requests(), strict=True)
        if prompt.framing != "close-up"
    ]
    return {
        "hair_colour": fmean(seen["hair_colour"] == look.hair_colour for seen in read),
        "skin": fmean(seen["skin"] == look.skin for seen in read),
        "clothes_colour": fmean(seen["clothes_colour"] == look.clothes_colour for seen in dressed),
    }


def drift(
    jury: Jury, subject: str, before: list[Image.Image], after: list[Image.Image]
) -> dict[str, float]:
    """What became of the class, on the same prompts and seeds. `class_drift`: how far its pictures
    moved from where they were (0) to the subject (1); `class_change`: how much they changed at
    all, as a share of how much two of them differ; `class_rank1`: the share that is the subject.
    `class_drift_taught` is of the class images' own prompt, which a training may hold on to while
    it gives up all others.
    """
    was = jury.identity.embed(as_pixels(before, photos.SIDE))
    now = jury.identity.embed(as_pixels(after, photos.SIDE))
    lineup = jury.lineup(subject)
    began, ended = resemblance(was, lineup), resemblance(now, lineup)
    start = float(began[:, 0].mean())
    moved = (ended[:, 0] - began[:, 0]) / (jury.own(subject) - start)
    apart = 1 - was @ was.T
    count = len(was)
    return {
        "class_drift": float(moved.mean()),
        "class_drift_taught": float(moved[: len(prompts.CLASS_SEEDS)].mean()),
        "class_change": float((1 - (was * now).sum(1)).mean())
        / float(apart.sum() / (count * (count - 1))),
        "class_rank1": float((ended[:, 0] > ended[:, 1:].max(1).values).double().mean()),
    }


#: Pictures are compared pixel by pixel at half their size, so that a pixel's move counts little.
_HALF: Final = 2


def copying(
    jury: Jury, subject: str, photo_set: str, pictures: list[Image.Image]
) -> dict[str, float]:
    """Of pictures asked to be where no photo is. `copying`: the share that is nearer, pixel by
    pixel, to one of the photos than to any of as many unseen views in other places;
    `copying_identity`: the same by what the identity network sees; `photo_background`: the share
    that shows the background of a photo.
    """
    wanted = prompts.subject_requests()
    elsewhere = [
        one for one, (prompt, _) in zip(pictures, wanted, strict=True) if prompt.is_elsewhere
    ]
    drawn = as_pixels(elsewhere, photos.SIDE)
    taught, unseen = _pairs(subject, photo_set)
    near: dict[str, list[torch.Tensor]] = {"copying": [], "copying_identity": []}
    for shots in (taught, unseen):
        seen = through_autoencoder(jury.base, torch.stack([pixels_of(shot) for shot in shots]))
        both = torch.cat([seen, seen.flip(-1)])
        small = avg_pool2d(drawn, _HALF).flatten(1), avg_pool2d(both, _HALF).flatten(1)
        near["copying"].append(torch.cdist(*small).min(1).values)
        faces = jury.identity.embed(drawn), jury.identity.embed(seen)
        near["copying_identity"].append(torch.cdist(*faces).min(1).values)
    places = {shot.scene.background for shot in photos.photo_set(subject, photo_set)}
    read = jury.probes.read(drawn)
    return {
        **{name: float((a < b).double().mean()) for name, (a, b) in near.items()},
        "photo_background": fmean(seen["background"] in places for seen in read),
    }


def _pairs(subject: str, photo_set: str) -> tuple[list[photos.Shot], list[photos.Shot]]:
    """Photos and unseen views, as many and of the same framings on both sides."""
    left = list({id(shot): shot for shot in photos.photo_set(subject, photo_set)}.values())
    taught, unseen = [], []
    for view in photos.shots(subject, "unseen8"):
        alike = [n for n, shot in enumerate(left) if shot.scene.framing == view.scene.framing]
        if alike:
            taught.append(left.pop(alike[0]))
            unseen.append(view)
    return taught, unseen
