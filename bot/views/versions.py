"""All versions of a subject, newest first: which one is in use, going back, going on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot import words
from bot.card import Card
from bot.desk import Desk
from bot.fits import fits, trainer_of_today
from bot.reply import Interaction, app_of, tell
from bot.views import candidates, more, report
from bot.views.layout import card, instead, title
from bot.views.press import Control, Press, subject_here
from storage import gallery, queue
from storage.tables import Adapter, Subject

#: The most entries of a menu, by Discord's limit.
MOST: Final = 25


@dataclass(frozen=True)
class Versions:
    """A subject's versions, newest first. `proposed` are the ids of those that I chose myself, and
    `fitting` of those that were made on the base of today."""

    subject: Subject
    adapters: Sequence[Adapter]
    in_use: Adapter | None
    proposed: frozenset[int]
    fitting: frozenset[int]

    @classmethod
    async def of(cls, app: Desk, subject: Subject) -> Versions:
        subject_id = subject.id or 0
        adapters = await gallery.versions_of(app.database, subject_id)
        today = await trainer_of_today(app)
        proposed = set()
        for job_id in {one.job_id for one in adapters[:MOST] if one.job_id is not None}:
            job = await queue.get(app.database, job_id)
            if job is not None:
                proposed.add((job_id, Card.read(job.outcome).steps))
        return cls(
            subject,
            adapters,
            await gallery.current_adapter(app.database, subject_id),
            frozenset(id_of(one) for one in adapters if (one.job_id, one.step) in proposed),
            frozenset(id_of(one) for one in adapters if fits(app, today, one)),
        )

    def facts(self, adapter: Adapter) -> dict[str, bool]:
        number = id_of(adapter)
        return {
            "is_used": self.in_use is not None and number == self.in_use.id,
            "is_proposed": number in self.proposed,
        }


def id_of(adapter: Adapter) -> int:
    """The id of an adapter that is kept."""
    assert adapter.id is not None
    return adapter.id


async def show(interaction: Interaction, subject: Subject) -> None:
    """Answer with the versions, or that there are none."""
    versions = await Versions.of(app_of(interaction), subject)
    if not versions.adapters:
        await tell(interaction, words.no_versions(subject.token))
        return
    await interaction.response.send_message(**_message(versions), ephemeral=True)


def _message(versions: Versions, sentence: str = "") -> dict[str, Any]:
    listed, used = list(versions.adapters[:MOST]), versions.in_use
    if used is not None and used.id not in {one.id for one in listed}:
        listed.append(used)
    lines = [
        words.version_line(
            one.step,
            Card.read(one.card).photos,
            one.created_at,
            **versions.facts(one),
            fits=id_of(one) in versions.fitting,
        )
        for one in listed
    ]
    if len(versions.adapters) > len(listed):
        lines.append(words.more_versions(len(versions.adapters) - len(listed)))
    owner, used = versions.subject.owner_id, versions.in_use
    menu = (
        UseVersion(owner, versions.subject.id or 0, versions=versions)
        if len(versions.adapters) > 1
        else None
    )
    buttons: list[Control] = []
    if used is not None:
        if used.job_id is not None:
            buttons.append(candidates.ShowSheet(owner, used.job_id))
        buttons.append(report.ShowVersionReport(owner, id_of(used)))
        buttons.append(more.TrainMoreOfVersion(owner, id_of(used)))
    return {
        "view": card(
            sentence,
            title(words.VERSIONS_TITLE.format(token=versions.subject.token)),
            "\n".join(lines),
            menu,
            *buttons,
            colour=discord.Colour.blurple(),
        )
    }


class UseVersion(Control, verb="version-use"):
    """A menu of the newest versions; the chosen one is drawn with from then on."""

    def __init__(self, owner_id: int, *numbers: int, versions: Versions | None = None) -> None:
        self.options = [
            discord.SelectOption(
                label=words.version_label(one.step, one.created_at),
                description=words.version_remark(Card.read(one.card).photos, **versions.facts(one))
                or None,
                value=str(one.id),
            )
            for one in (versions.adapters[:MOST] if versions is not None else ())
            if versions is not None
        ]
        super().__init__(owner_id, *numbers)

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        return discord.ui.Select(
            custom_id=custom_id, placeholder=words.CHOOSE_VERSION, options=self.options
        )

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        assert isinstance(self.item, discord.ui.Select)
        subject = await subject_here(interaction, numbers[0])
        if subject is None:
            return
        sentence = await candidates.use(interaction, int(self.item.values[0]))
        versions = await Versions.of(app_of(interaction), subject)
        await interaction.response.edit_message(**instead(_message(versions, sentence)))


class ShowVersions(Press, verb="subject-versions"):
    """On the panel of a training: all versions of its subject."""

    label = "SHOW_VERSIONS"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject = await subject_here(interaction, numbers[0])
        if subject is not None:
            await show(interaction, subject)
