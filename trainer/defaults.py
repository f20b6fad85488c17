"""Settings that depend on the base, where a member has no say in them."""

from __future__ import annotations

from trainer.base import Base
from trainer.plan import Plan

#: `tiny` has a UNet of 8.8 million weights, Stable Diffusion 1.5 one of 860, and learns at twenty
#: times its rate (measured: trainer/tiny/README.md).
_PLANS = {"tiny": Plan(learning_rate=2e-3, batch_size=4, rank=16, prior_weight=0.7)}
#: `tiny` was trained on captions that name nearly everything and needs less insistence.
_GUIDANCE = {"tiny": 4.0}


def plan_for(base: Base) -> Plan:
    """The plan of a training on this base; its steps and seed are the job's."""
    return _PLANS.get(base.id, Plan())


def guidance_for(base: Base) -> float:
    """How much a picture insists on its prompt; 7 is what Stable Diffusion's users are used to."""
    return _GUIDANCE.get(base.id, 7.0)
