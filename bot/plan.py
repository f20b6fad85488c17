"""The plan of a training: what is recommended, what is allowed, how long it will take."""

from __future__ import annotations

from dataclasses import dataclass

#: Bounds of what a member may ask for.
FEWEST_STEPS, MOST_STEPS = 50, 3000
MOST_CLASS_IMAGES = 300

#: Steps for each photo, and the range they are kept in. Stable Diffusion 1.x: about 100 a photo,
#: 400 for objects, 800 to 1200 for faces (the Hugging Face DreamBooth experiments,
#: https://huggingface.co/blog/dreambooth). `tiny` is 100 times smaller and was measured here:
#: see trainer/tiny/README.md.
_STEPS = {"tiny": (40, 150, 400)}
_DEFAULT_STEPS = (100, 400, 1200)
_CLASS_IMAGES = {"tiny": 24}
_DEFAULT_CLASS_IMAGES = 100


@dataclass(frozen=True)
class Plan:
    """What will be trained. `warnings` name sentences in `bot.words`."""

    steps: int
    class_images: int
    warnings: tuple[str, ...] = ()


def recommend(base: str, photos: int) -> Plan:
    """The recommended plan for that many photos that count."""
    per_photo, fewest, most = _STEPS.get(base, _DEFAULT_STEPS)
    steps = min(most, max(fewest, per_photo * photos))
    return Plan(steps, _CLASS_IMAGES.get(base, _DEFAULT_CLASS_IMAGES))


def choose(base: str, photos: int, steps: int | None, class_images: int | None) -> Plan:
    """The member's choice where there is one, the recommendation elsewhere, with warnings when
    the choice will underfit, overfit or forget the class. Numbers are brought into the bounds."""
    best = recommend(base, photos)
    chosen = min(MOST_STEPS, max(FEWEST_STEPS, best.steps if steps is None else steps))
    images = best.class_images if class_images is None else class_images
    images = min(MOST_CLASS_IMAGES, max(0, images))
    warnings = []
    if chosen < best.steps * 0.6:
        warnings.append("underfit")
    if chosen > best.steps * 1.8:
        warnings.append("overfit")
    if images == 0:
        warnings.append("no_class_images")
    return Plan(chosen, images, tuple(warnings))


def seconds(
    plan: Plan, shared_images: int, step_s: float | None, image_s: float | None
) -> float | None:
    """How long the plan takes on a trainer of that measured speed; None before any measurement.

    `shared_images` is how many class images of that class exist already.
    """
    if step_s is None or image_s is None:
        return None
    return plan.steps * step_s + max(0, plan.class_images - shared_images) * image_s
