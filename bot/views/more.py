"""Going on with a training that has ended: more steps on the same photos, in the same way."""

from __future__ import annotations

from typing import Any

import discord

from bot import words
from bot.album import counts, covered
from bot.card import Card
from bot.fits import fits_today
from bot.plan import MORE_STEPS
from bot.reply import Interaction, app_of, tell, tell_instead
from bot.request import put_in_line
from bot.standing import learned_from
from bot.views import progress
from bot.views.folder import id_of
from bot.views.press import Press, subject_here
from storage import gallery, subjects
from storage.tables import Adapter


async def go_on(interaction: Interaction, adapter: Adapter | None) -> None:
    """Put `MORE_STEPS` more steps on this version in line, or say why they cannot be."""
    app = app_of(interaction)
    if adapter is None:
        await tell(interaction, words.VERSION_GONE)
        return
    subject = await subject_here(interaction, adapter.subject_id)
    if subject is None:
        return
    await interaction.response.defer(thinking=True)  # much is looked up
    if not await fits_today(app, adapter):
        await tell_instead(interaction, words.other_base(subject.token, adapter.base))
        return
    card = Card.read(adapter.card)
    if card.method not in app.settings.methods:
        await tell_instead(interaction, words.no_more_of(subject.token, card.method))
        return
    shots = await subjects.album(app.database, adapter.subject_id)
    cover = covered(shots)
    if not cover.is_ready:
        missing = cover.missing_faces, cover.missing_torsos
        await tell_instead(interaction, words.not_covered(subject.kind, *missing))
        return
    counting = [shot for shot in shots if counts(shot, cover)]
    learned = await learned_from(app.database, adapter, counting)
    await put_in_line(
        interaction,
        "train",
        adapter.subject_id,
        _spec(adapter, card, _photos(learned, [id_of(shot) for shot in counting])),
        lambda asked, turn: progress.training_panel(asked, subject, turn),
    )


def _photos(learned: set[int], counting: list[int]) -> list[int]:
    """Those that the version was made from, if all of them are still there and count; otherwise
    all that count: a few that are left of many would be learned by heart."""
    return sorted(learned) if learned and learned <= set(counting) else counting


def _spec(adapter: Adapter, card: Card, photos: list[int]) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "steps": MORE_STEPS,
        "class_images": card.class_images,
        "photos": photos,
        "method": card.method,
        "from": adapter.id,
    }
    # one that its card does not name is the trainer's own
    return spec if card.learning_rate is None else {**spec, "learning_rate": card.learning_rate}


class _More(Press):
    style = discord.ButtonStyle.success

    def called(self) -> str:
        return words.train_more(MORE_STEPS)


class TrainMore(_More, verb="job-more"):
    """Of what a training left, from the version that was chosen last."""

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await go_on(interaction, await gallery.adapter_of(app_of(interaction).database, numbers[0]))


class TrainMoreOfVersion(_More, verb="version-more"):
    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        found = await gallery.get_adapter(app_of(interaction).database, numbers[0])
        await go_on(interaction, found)
