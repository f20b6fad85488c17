"""The plan of a training, and the buttons that start it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot import plan, words
from bot.album import album, covered
from bot.photos.coverage import Coverage
from bot.plan import OutOfBounds, Plan, Wish
from bot.reply import Interaction, app_of, tell
from bot.request import put_in_line
from bot.standing import Standing, standing
from bot.views import progress
from bot.views.layout import card, title
from bot.views.likeness import is_waiting
from bot.views.press import Press, settle, subject_here
from storage import clock, gallery, line, resting, screening, subjects
from storage.settings import METHODS, Method
from storage.tables import Subject


@dataclass(frozen=True)
class _Way:
    """One of the trainings that are offered: what is recommended, what the member chose of it,
    and about how long it takes."""

    best: Plan
    chosen: Plan
    seconds: float | None

    def facts(self) -> list[str]:
        return [
            words.plan_steps(self.chosen.steps, self.chosen.start_from is not None),
            words.plan_rate(self.chosen.learning_rate),
            words.plan_method(self.chosen.method),
            words.plan_class_images(self.chosen.class_images),
            words.plan_time(self.seconds),
        ]

    def numbers(self) -> tuple[int, ...]:
        """What a button needs to know of it."""
        return (
            self.chosen.steps,
            self.chosen.class_images,
            plan.packed(self.chosen.learning_rate),
            METHODS.index(self.chosen.method),
            self.chosen.start_from or 0,
        )

    def warnings(self, class_word: str) -> list[str]:
        much = plan.effort(self.best, self.chosen)
        best = (self.best.steps, self.best.learning_rate, self.best.class_images)
        return [words.plan_warning(w, much, best, class_word) for w in self.chosen.warnings]


async def show(interaction: Interaction, subject: Subject, wish: Wish | None = None) -> None:
    """Answer with the plan and its buttons, or with why there is none."""
    app, wish = app_of(interaction), wish or Wish()
    assert subject.id is not None
    if await is_waiting(interaction, subject):
        return
    in_line = await line.open_jobs(app.database)
    if any(job.kind == "train" and job.subject_id == subject.id for job in in_line):
        await tell(interaction, words.ALREADY_TRAINING)
        return
    # the base may have changed since the photos came: then they are cut anew, which takes a while
    await interaction.response.defer(ephemeral=True, thinking=True)
    shots = await album(app, subject)
    cover = covered(shots)
    if not cover.is_ready:
        await tell(interaction, _not_covered(subject, cover))
        return
    stands = await standing(app, subject, shots, cover)
    plans, notes = _offered(subject.token, stands, wish, app.settings.methods)
    shared = await gallery.count_class_images(app.database, subject.class_word)
    try:
        ways = [_way(stands, best, wish, shared) for best in plans]
    except OutOfBounds as bounds:
        await tell(interaction, words.out_of_bounds(bounds.name, bounds.low, bounds.high))
        return
    if not gallery.is_awake(stands.trainer):
        notes.append(words.TRAINER_ASLEEP)
    server = await screening.safety_of(app.database, interaction.guild_id)
    over = resting.ends(server, clock.now())
    if over is not None:
        notes.append(words.resting_line(over))
    await interaction.followup.send(
        view=card(
            *_parts(subject, stands, ways, len(in_line), notes),
            *_starts(interaction.user.id, subject.id, stands, ways),
            NeverMind(interaction.user.id),
            colour=discord.Colour.blurple(),
        ),
        ephemeral=True,
    )


def _not_covered(subject: Subject, cover: Coverage) -> str:
    return words.not_covered(subject.kind, cover.missing_faces, cover.missing_torsos)


def _offered(
    token: str, stands: Standing, wish: Wish, allowed: Sequence[Method]
) -> tuple[list[Plan], list[str]]:
    """What is recommended: to go on from the version in use where that can be, and to start over;
    and what is to be said about the one and the other."""
    case, known = stands.case, stands.known
    fresh = plan.recommend(case, wish.method or plan.method_for(case.family, allowed))
    if known is None:
        return [fresh], []
    if not known.is_on_this_base:
        return [fresh], [words.learned_on_another_base(token)]
    notes = [words.still_knows(token, known.gone)] if known.gone else []
    if not known.new:
        return [fresh], notes or [words.trained_already(token)]
    if known.method not in allowed or wish.method not in {None, known.method}:
        return [fresh], [words.goes_on_only_with(token, known.method), *notes]
    assert known.adapter.id is not None
    more = plan.refine(case, known.new, known.method, known.adapter.id)
    return [more, fresh], [words.two_ways(token, known.new), *notes]


def _way(stands: Standing, best: Plan, wish: Wish, shared: int) -> _Way:
    chosen, trainer = plan.choose(stands.case, best, wish), stands.trainer
    if trainer is None:
        return _Way(best, chosen, None)
    return _Way(best, chosen, plan.seconds(chosen, shared, trainer.step_s, trainer.image_s))


def _parts(
    subject: Subject, stands: Standing, ways: Sequence[_Way], ahead: int, notes: Sequence[str]
) -> list[str]:
    """One way with the rest, two ways in a text each; a warning that holds for both before
    them."""
    warned = [way.warnings(subject.class_word) for way in ways]
    common = [warning for warning in warned[0] if all(warning in each for each in warned)]
    new = stands.known.new if stands.known else 0
    lines = [
        words.plan_photos(stands.case.photos, new),
        *(ways[0].facts() if len(ways) == 1 else ()),
        words.plan_place(ahead),
    ]
    names = (words.learn_new(new), words.START_OVER)
    each = [
        "\n".join([title(name), *way.facts(), *(one for one in own if one not in common)])
        for name, way, own in (zip(names, ways, warned, strict=True) if len(ways) > 1 else ())
    ]
    return [
        title(words.PLAN_TITLE.format(token=subject.token)),
        "\n".join(lines),
        "\n".join([*common, *notes]),
        *each,
    ]


def _starts(owner_id: int, subject_id: int, stands: Standing, ways: Sequence[_Way]) -> list[Press]:
    """A button for each way."""
    known = stands.known
    if known is None:
        return [Start(owner_id, subject_id, *ways[0].numbers())]
    *more, fresh = ways
    return [
        *(LearnNew(owner_id, subject_id, *way.numbers(), known.new) for way in more),
        StartOver(owner_id, subject_id, *fresh.numbers()),
    ]


class Start(Press, verb="train-start"):
    """Subject, steps, class images, packed learning rate, place of the method, adapter to go on
    from. A button from before there were the last three has none of them."""

    label = "START"
    style = discord.ButtonStyle.success
    #: Whether its plan was made for a subject that nothing was learned of yet.
    is_first = True

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, steps, class_images, rate, way, start_from = (*numbers, 0, 0, 0)[:6]
        app = app_of(interaction)
        subject = await subject_here(interaction, subject_id)
        if subject is None:
            return
        if METHODS[way] not in app.settings.methods:
            await tell(interaction, words.method_not_offered(app.settings.methods))
            return
        shots = await subjects.album(app.database, subject_id)
        cover = covered(shots)
        if not cover.is_ready:
            await tell(interaction, _not_covered(subject, cover))
            return
        stands = await standing(app, subject, shots, cover)
        if self.is_first and stands.known is not None:
            await tell(interaction, words.PLAN_OUTDATED)
            return
        wish = Wish(steps, class_images, plan.unpacked(rate) if rate else None, METHODS[way])
        try:
            chosen = plan.choose(stands.case, plan.recommend(stands.case, wish.method), wish)
        except OutOfBounds:  # the base is another one since
            await tell(interaction, words.PLAN_OUTDATED)
            return
        spec: dict[str, Any] = {
            "steps": chosen.steps,
            "class_images": chosen.class_images,
            "photos": stands.photos,
            "learning_rate": chosen.learning_rate,
            "method": chosen.method,
        }
        if start_from:
            known = stands.known
            if known is None or known.adapter.id != start_from or not known.is_on_this_base:
                await tell(interaction, words.PLAN_OUTDATED)
                return
            spec["from"] = start_from
        await put_in_line(
            interaction,
            "train",
            subject_id,
            spec,
            lambda job, turn: progress.training_panel(job, subject, turn),
        )


class StartOver(Start, verb="train-over"):
    label = "START_OVER"
    style = discord.ButtonStyle.secondary
    is_first = False


class LearnNew(Start, verb="train-new"):
    """As `Start`, and how many photos are new."""

    is_first = False

    def drawn(self, custom_id: str) -> discord.ui.Button[Any]:
        button = super().drawn(custom_id)
        button.label = words.learn_new(self.numbers[-1])
        return button


class NeverMind(Press, verb="train-not"):
    label = "NEVER_MIND"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await settle(interaction, words.NEVER_MINDED)
