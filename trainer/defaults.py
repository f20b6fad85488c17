"""Settings that depend on the family of the base, where a member has no say in them."""

from __future__ import annotations

from trainer.base import Base
from trainer.plan import Plan

#: `tiny` has a UNet of 8.8 million weights, Stable Diffusion 1.5 one of 860, and learns at twenty
#: times its rate (measured: trainer/tiny/README.md). For the others: rank 16 on attention and
#: feed-forward closes most of the gap to a full fine-tune, which attention alone does not at rank
#: 128 (https://github.com/spacepxl/demystifying-sd-finetuning); one photo and one class image a
#: step is what the memory of 16 GB was counted for.
_PLANS = {
    "tiny": Plan(learning_rate=2e-3, batch_size=4, rank=16, prior_weight=0.7),
    "sd1": Plan(learning_rate=1e-4, batch_size=1, rank=16, prior_weight=1.0),
    "sd2": Plan(learning_rate=1e-4, batch_size=1, rank=16, prior_weight=1.0),
    "sdxl": Plan(learning_rate=1e-4, batch_size=1, rank=16, prior_weight=1.0),
}
#: `tiny` was trained on captions that name nearly everything and needs less insistence; 7 is what
#: Stable Diffusion's users are used to, 5 is XL's own default in diffusers.
_GUIDANCE = {"tiny": 2.5, "sd1": 7.0, "sd2": 7.0, "sdxl": 5.0}


def plan_for(base: Base) -> Plan:
    """The plan of a training on this base; its steps and seed are the job's."""
    return _PLANS[base.family]


def guidance_for(base: Base) -> float:
    """How much a picture insists on its prompt."""
    return _GUIDANCE[base.family]
