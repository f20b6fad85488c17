"""Trainings that have ended as a trainer ends them now: three candidates, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from storage import gallery, queue, subjects
from storage.tables import Adapter, Job, Subject
from tests.bot.commands.conftest import Studio, messages
from tests.bot.sheets.tiles import plain
from tests.rows import an_adapter, an_image, claimed, rows

STEPS = (160, 280, 400)
#: Of each candidate a row in one colour.
COLOURS = ("red", "lime", "blue")
PROMPTS = [f"a zwx woman in place {number}" for number in range(4)]
#: Held-out loss is least at 280; from there on photos are copied.
MARKS = [
    {"step": step, "held_out": held_out, "train": train, "drift": drift, "leak": 0.2,
     "sensitivity": 0.95, "diversity": 0.9, "face": None}
    for step, held_out, train, drift in (
        (0, 1.0, 1.0, 0.0), (160, 0.8, 0.75, 0.01), (280, 0.72, 0.62, 0.015), (400, 0.8, 0.5, 0.03),
    )
]  # fmt: skip
#: What may stand on a card of another day.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
)


def a_card(step: int = 280, **told: Any) -> dict[str, Any]:
    """A report card as the trainer writes it."""
    return {
        "steps": step,
        "planned_steps": 400,
        "ended": "planned",
        "why": "best",
        "candidates": list(STEPS),
        "row": STEPS.index(step) if step in STEPS else 0,
        "method": "pivotal",
        "prior": "class-images",
        "learning_rate": 0.002,
        "rank": 16,
        "batch_size": 4,
        "prior_weight": 0.7,
        "min_snr_gamma": 5.0,
        "seed": 7,
        "photos": 8,
        "held_out": 2,
        "examples": 20,
        "class_images": 24,
        "loss": 0.1,
        "step_s": 0.5,
        "seconds": 240.0,
        "judge_s": 20.0,
        "device": "cpu",
        "peak_memory_mb": None,
        "base": "tiny",
        "base_hash": "0123456789abcdef" * 4,
        "from": None,
        "stepped_down": [],
        "marks": MARKS,
        **told,
    }


@dataclass(frozen=True)
class Ended:
    """A training that has ended: its panel, the message that says so, and what it left."""

    panel: Any
    ping: Any
    job_id: int
    subject: Subject
    adapters: list[Adapter]


async def ended(
    studio: Studio, step: int = 280, *, explicit: float | None = 0.01, **told: Any
) -> Ended:
    """A subject of Alice's whose training has ended with three candidates; the second one is
    proposed unless another is `told`. Of what they drew it is known how `explicit` it looks: where
    nobody has looked (None), the first that shows it does, which takes seconds."""
    panel = await studio.training()
    subject = await subjects.owned_subject(studio.bot.database, studio.alice.id, "zwx")
    job_id = await three(studio, subject, explicit=explicit, step=step, **told)
    await studio.look()
    adapters = await gallery.candidates_of(studio.bot.database, job_id)
    ping = studio.channel.last_message
    return Ended(studio.again(panel), ping, job_id, subject, list(adapters))


async def three(
    studio: Studio, subject: Subject, *, explicit: float | None = 0.01, **told: Any
) -> int:
    """What a trainer does at the end of the training that waits, whose number this is."""
    database, blobs = studio.bot.database, studio.bot.blobs
    lease, proposed = await claimed(database), a_card(**told)
    async with queue.finishing(database, lease, proposed) as session:
        for row, step in enumerate(STEPS):
            key = await blobs.put("adapters", f"{lease.job.id} {step}".encode(), "safetensors")
            card = a_card(**{**told, "step": step})
            is_chosen = step == proposed["steps"]
            session.add(
                an_adapter(subject, lease.job, key, step=step, is_chosen=is_chosen, card=card)
            )
            for column, prompt in enumerate(PROMPTS):
                key = await blobs.put("images", plain(64, 64, COLOURS[row]), "png")
                image = an_image(lease.job, row * 4 + column, key)
                image.parameters = f"{prompt}\nSteps: 20"
                image.explicit = explicit
                session.add(image)
    return lease.job.id or 0


async def in_use(studio: Studio, subject: Subject) -> int | None:
    """The id of the adapter that the next picture is drawn with, as its job says."""
    answer = await studio.slash(studio.alice, "imagine", prompt=f"{subject.token} at the beach")
    job = (await rows(studio.bot.database, Job))[-1]
    await queue.cancel(studio.bot.database, job.id or 0, studio.alice.id)
    assert messages(answer)
    found: int | None = job.spec["adapter"]
    return found
