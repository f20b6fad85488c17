"""What there is to know of a subject, and what can be done with it."""

from __future__ import annotations

from typing import Literal

from bot import words
from bot.album import covered
from bot.bpe import pieces
from bot.reply import Interaction, app_of
from bot.views.checklist import AddPhotos
from bot.views.layout import card
from bot.views.likeness import AskAgain
from bot.views.sharing import ShowRights
from bot.views.versions import ShowVersions
from storage import gallery, likeness, sharing, subjects
from storage.tables import Subject


async def show(interaction: Interaction, subject: Subject) -> None:
    """Answer the subject's owner."""
    database, subject_id = app_of(interaction).database, subject.id or 0
    album = await subjects.album(database, subject_id)
    adapter = await gallery.current_adapter(database, subject_id)
    rights = await sharing.given(database, subject_id)
    state: Literal["photos", "train", "ready"] = "ready"
    if adapter is None:
        state = "train" if covered(album).is_ready else "photos"
    learned = None if adapter is None else (adapter.step, adapter.created_at)
    owner, stands, shows = subject.owner_id, likeness.state(subject), ""
    if stands != "own":
        lost = await likeness.is_undeliverable(database, subject_id)
        shows = words.likeness_line(stands, subject.likeness_of, undeliverable=lost)
    await interaction.response.send_message(
        view=card(
            words.subject_title(subject.token, subject.class_word, subject.kind),
            words.subject_facts(pieces(subject.token), len(album), learned, state, len(rights)),
            shows,
            AddPhotos(owner, subject_id),
            ShowVersions(owner, subject_id) if adapter is not None else None,
            ShowRights(owner, subject_id),
            AskAgain(owner, subject_id) if stands == "asked" else None,
        ),
        ephemeral=True,
    )
