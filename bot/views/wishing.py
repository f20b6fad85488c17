"""Asking for pictures by words: from a command, from a form in which they are mended, again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

import discord

from bot import words
from bot.asked import Declined, asked
from bot.intake import has_consented
from bot.prompt import visible
from bot.reply import Interaction, app_of, asker_of, tell
from bot.request import MOST_SEED, put_in_line
from bot.restraint import count_refusal, is_suspended
from bot.views import picture
from bot.views.asking import Form
from bot.views.layout import card
from bot.views.press import Press
from storage import drafts
from storage.errors import NotYours, StorageError
from storage.tables import Job

#: Of a form's field, by Discord's limit: what is too long is shown whole, to be shortened.
_MOST_TYPED: Final = 4000
#: What is put right by other words. The rest is not the prompt's fault, or nobody draws it.
_MENDABLE: Final = frozenset(
    {"too_few_words", "too_many_words", "too_long", "control_characters", "loader_syntax",
     "weight_garbled", "weight_out_of_bounds", "no_token", "two_tokens", "style_unfit",
     "style_gone"}
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a member asked for, as typed. Without a seed each time another one is taken."""

    prompt: str
    pictures: int = 1
    seed: int | None = None
    negative: str = ""
    guidance: float | None = None
    steps: int | None = None
    style: str = ""
    shape: str = "square"
    fast: bool = False


def of_draft(kept: Mapping[str, Any]) -> Wish:
    """What was kept; an older version of the bot may have kept what this one does not know."""
    known = {one.name for one in fields(Wish)}
    return Wish(**{name: value for name, value in kept.items() if name in known})


def of_job(job: Job) -> Wish:
    """What was asked for then, but for its seed."""
    spec = job.spec
    return Wish(
        prompt=spec["typed"],
        pictures=spec["pictures"],
        negative=spec.get("unwanted", "" if spec.get("style") else spec.get("negative", "")),
        guidance=spec.get("guidance"),
        steps=spec.get("steps"),
        style=(spec.get("style") or {}).get("name", ""),
        shape=spec.get("shape", "square"),
        fast=bool(spec.get("fast")),
    )


async def draw(interaction: Interaction, wish: Wish) -> None:
    """Put the wish in line, or say why it cannot be, with a button to mend its words."""
    app = app_of(interaction)
    try:
        if wish.fast and not (wish.steps is None and wish.guidance is None):
            raise Declined(words.FAST_ALONE)
        told = await asked(
            app,
            await asker_of(interaction),
            wish.prompt,
            negative=wish.negative,
            style=wish.style.strip(),
        )
    except Declined as declined:
        await _decline(interaction, wish, declined)
        return
    spec: dict[str, Any] = {
        "prompt": told.prompt,
        "typed": told.typed,
        "adapter": told.adapter_id,
        "seed": secrets.randbelow(MOST_SEED) if wish.seed is None else wish.seed,
        "pictures": wish.pictures,
    }
    wishes: dict[str, Any] = {
        "negative": told.negative,
        # as typed, without the style's: for who asks again
        "unwanted": wish.negative,
        "guidance": wish.guidance,
        "steps": wish.steps,
        "style": {"name": told.style.name, "words": told.style.words} if told.style else None,
        "shape": None if wish.shape == "square" else wish.shape,
        "fast": wish.fast,
    }
    spec |= {name: value for name, value in wishes.items() if value}
    await put_in_line(
        interaction, "generate", told.subject_id, spec, picture.waiting, share_id=told.share_id
    )


async def _decline(interaction: Interaction, wish: Wish, declined: Declined) -> None:
    if declined.reason not in _MENDABLE:
        await tell(interaction, declined.sentence)
        await count_refusal(interaction, declined.reason)
        return
    if declined.reason == "style_gone":  # no other words bring it back
        wish = replace(wish, style="")
    app, member_id = app_of(interaction), interaction.user.id
    try:
        # of who has not agreed, or was forgotten meanwhile, no word is kept
        is_kept = await has_consented(app, member_id)
        number = await drafts.keep(app.database, member_id, asdict(wish)) if is_kept else None
    except StorageError:
        number = None
    if number is None:  # the sentence alone helps, too
        await tell(interaction, declined.sentence)
        return
    await interaction.response.send_message(
        view=card(declined.sentence, MendPrompt(member_id, number)), ephemeral=True
    )


class MendPrompt(Press, verb="prompt-mend"):
    """Open the words that could not be drawn."""

    label = "MEND"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        if await is_suspended(interaction):
            return
        try:
            kept = await drafts.own(app_of(interaction).database, self.owner_id, numbers[0])
        except NotYours:
            await tell(interaction, words.DRAFT_GONE)
            return
        await interaction.response.send_modal(PromptForm(of_draft(kept)))


class PromptForm(Form):
    """A wish with its words to be changed; all else stays. What nobody could see in them, and so
    not mend, is left out."""

    def __init__(self, wish: Wish) -> None:
        super().__init__(title=words.PROMPT_FORM)
        self.wish = wish
        self.prompt: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph,
            default=visible(wish.prompt)[:_MOST_TYPED],
            max_length=_MOST_TYPED,
        )
        self.add_item(
            discord.ui.Label(
                text=words.PROMPT_FIELD, description=words.PROMPT_HINT, component=self.prompt
            )
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        await draw(interaction, replace(self.wish, prompt=self.prompt.value))
