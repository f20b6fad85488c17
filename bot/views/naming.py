"""Opening a folder for a subject; where its token will not do, five others to choose from."""

from __future__ import annotations

import random
from typing import Any

from bot import words
from bot.bpe import pieces
from bot.clinic import examine, suggestions
from bot.reply import Interaction, app_of, tell
from bot.tokens import BadToken, check_class
from bot.views.layout import card
from bot.views.likeness import asking
from bot.views.press import Press
from storage import clock, drafts, likeness, subjects, tokens
from storage.errors import AskedLately, NotYours, StorageError, TokenTaken
from storage.tables import Subject


async def create(
    interaction: Interaction, typed: str, kind: str, class_word: str, shown_id: int | None = None
) -> None:
    """Open a folder for the member under that token, or say what is wrong with it and offer free
    ones. `shown_id`: another member whom it shows, who is asked."""
    app, member_id = app_of(interaction), interaction.user.id
    try:
        word = check_class(class_word)
    except BadToken as bad:
        await tell(interaction, words.token_refusal(bad.reason, class_word))
        return
    mine = await subjects.list_subjects(app.database, member_id)
    if len(mine) >= app.settings.subjects_per_member:
        await tell(interaction, words.too_many_subjects(app.settings.subjects_per_member))
        return
    token = typed
    try:
        token = examine(typed)
        await _keep(interaction, token, kind, word, shown_id)
    except BadToken as bad:
        # what is offered begins as the wish does, but not as such a one
        wish = "" if bad.reason == "token_sexual" else typed
        offered = {"kind": kind, "class_word": word, "of": shown_id}
        await _offer(interaction, words.token_refusal(bad.reason, token), wish, offered)
    except AskedLately as lately:
        await tell(interaction, words.likeness_asked_lately(lately.until))
    except TokenTaken:
        offered = {"kind": kind, "class_word": word, "of": shown_id}
        await _offer(interaction, words.token_refusal("token_taken", token), typed, offered)
    else:
        said = words.subject_created(token, word, kind, pieces(token))
        if shown_id is not None:
            said = words.likeness_asked(token, shown_id)
        await tell(interaction, said)


async def _keep(
    interaction: Interaction, token: str, kind: str, word: str, shown_id: int | None
) -> None:
    app, member_id = app_of(interaction), interaction.user.id
    if shown_id is None:
        await subjects.create_subject(
            app.database,
            owner_id=member_id,
            token=token,
            class_word=word,
            kind=kind,
            base=app.settings.base,
        )
        return
    subject = Subject(
        owner_id=member_id,
        token=token,
        class_word=word,
        kind=kind,
        base=app.settings.base,
        likeness_of=shown_id,
        created_at=clock.now(),
    )
    await likeness.create(app.database, subject, asking(interaction))


async def _offer(
    interaction: Interaction, sentence: str, wish: str, offered: dict[str, Any]
) -> None:
    """Say why not, with five tokens that are free."""
    app, member_id = app_of(interaction), interaction.user.id
    try:
        taken = await tokens.looks(app.database)
        # no secret depends on these chances
        free = suggestions(wish, taken, random.Random())
        number = await drafts.keep(app.database, member_id, {"tokens": free, **offered})
    except StorageError:  # the sentence alone helps, too
        await tell(interaction, sentence)
        return
    buttons = [TakeToken(member_id, number, place, says=name) for place, name in enumerate(free)]
    await interaction.response.send_message(
        view=card(sentence, words.FREE_TOKENS, *buttons), ephemeral=True
    )


class TakeToken(Press, verb="token-take"):
    """One of the tokens that were offered, by its place."""

    label = "TAKE_TOKEN"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        try:
            wish = await drafts.own(app_of(interaction).database, self.owner_id, numbers[0])
        except NotYours:
            await tell(interaction, words.OFFER_GONE)
            return
        mine = await subjects.list_subjects(app_of(interaction).database, self.owner_id)
        token = wish["tokens"][numbers[1]]
        if any(one.subject.token == token for one in mine):  # pressed twice
            await tell(interaction, words.YOURS_ALREADY.format(token=token))
            return
        await create(interaction, token, wish["kind"], wish["class_word"], wish.get("of"))
