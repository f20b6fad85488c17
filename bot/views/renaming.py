"""Giving a subject another token; where that will not do, five others to choose from."""

from __future__ import annotations

import random

from bot import words
from bot.clinic import examine, suggestions
from bot.reply import Interaction, app_of, tell
from bot.tokens import BadToken
from bot.views.layout import card
from bot.views.press import Press
from storage import drafts, gallery, subjects, tokens
from storage.errors import AlreadyTraining, NotYours, StorageError, TokenTaken
from storage.tables import Subject


async def rename(interaction: Interaction, subject: Subject, typed: str) -> None:
    """Give the member's subject that token, or say what is wrong with it and offer free ones."""
    app, subject_id, old = app_of(interaction), subject.id or 0, subject.token
    token = typed
    try:
        token = examine(typed)
        if token == old:
            await tell(interaction, words.RENAME_SAME)
            return
        await tokens.rename(app.database, interaction.user.id, subject_id, token)
    except BadToken as bad:
        # what is offered begins as the wish does, but not as such a one
        wish = "" if bad.reason == "token_sexual" else typed
        await _offer(interaction, words.token_refusal(bad.reason, token), wish, subject_id)
    except TokenTaken:
        await _offer(interaction, words.token_refusal("token_taken", token), typed, subject_id)
    except AlreadyTraining:
        await tell(interaction, words.RENAME_TRAINING)
    except NotYours:
        await tell(interaction, words.SUBJECT_GONE)
    else:
        is_trained = await gallery.current_adapter(app.database, subject_id) is not None
        await tell(interaction, words.renamed(old, token, trained=is_trained))


async def _offer(interaction: Interaction, sentence: str, wish: str, subject_id: int) -> None:
    """Say why not, with five tokens that are free."""
    app, member_id = app_of(interaction), interaction.user.id
    try:
        taken = await tokens.looks(app.database)
        # no secret depends on these chances
        free = suggestions(wish, taken, random.Random())
        number = await drafts.keep(app.database, member_id, {"tokens": free})
    except StorageError:  # the sentence alone helps, too
        await tell(interaction, sentence)
        return
    buttons = [
        RenameTo(member_id, number, place, subject_id, says=name) for place, name in enumerate(free)
    ]
    await interaction.response.send_message(
        view=card(sentence, words.FREE_TOKENS, *buttons), ephemeral=True
    )


class RenameTo(Press, verb="token-rename"):
    """One of the tokens that were offered, by its place; for that subject."""

    label = "RENAME_TO"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        database = app_of(interaction).database
        try:
            wish = await drafts.own(database, self.owner_id, numbers[0])
        except NotYours:
            await tell(interaction, words.OFFER_GONE)
            return
        subject = await subjects.get_subject(database, numbers[2])
        if subject is None or subject.owner_id != self.owner_id:
            await tell(interaction, words.SUBJECT_GONE)
            return
        await rename(interaction, subject, wish["tokens"][numbers[1]])
