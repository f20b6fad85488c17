"""From a wish to change a picture to a copy of that picture, ready to be worked on."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import discord

from bot import words
from bot.asked import Asked, Declined, asked
from bot.chosen import Chosen, chosen, fetched
from bot.desk import Desk
from bot.photos.errors import PhotoRefused
from bot.photos.mask import MaskRefused
from bot.photos.prepare import Where
from bot.photos.prepared import Prepared
from bot.request import MOST_SEED
from bot.screen import limit_of
from storage import sources
from storage.errors import NotYours
from storage.rights import Asker
from storage.tables import Source

How: TypeAlias = Literal["restyle", "inpaint", "outpaint", "vary", "upscale"]
#: The rest of a wish, by the picture's width and height. May raise Declined.
Details: TypeAlias = Callable[[int, int], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a member wants done. Without a prompt it is the picture's own."""

    how: How
    details: Details
    prompt: str = ""
    of: str | None = None
    picture: discord.Attachment | None = None
    where: Where | None = None
    mask: discord.Attachment | None = None
    pictures: int = 1
    #: By name; its words take the place of those that a style added before.
    style: str = ""


@dataclass(frozen=True)
class Begun:
    """A wish whose words and whose picture are known."""

    wish: Wish
    who: Asker
    chosen: Chosen
    asked: Asked


async def begin(app: Desk, who: Asker, wish: Wish) -> Begun:
    """Look at the words and find the picture; reads no file. Raises Declined."""
    if wish.where == "mask" and wish.mask is None:
        raise Declined(words.MASK_NEEDED)
    if wish.mask is not None and wish.where != "mask":
        raise Declined(words.MASK_UNASKED)
    prompt = wish.prompt and await asked(app, who, wish.prompt, style=wish.style)
    found = await chosen(app, who.member_id, wish.of, wish.picture)
    if not (prompt or found.typed):
        raise Declined(words.PROMPT_NEEDED)
    return Begun(wish, who, found, prompt or await asked(app, who, found.typed, style=wish.style))


async def take(app: Desk, begun: Begun) -> Source:
    """Keep a copy of the picture, with its mask and with what is wished. Raises Declined."""
    wish, prompt = begun.wish, begun.asked
    made = await _prepared(app, begun)
    spec: dict[str, Any] = {
        "prompt": prompt.prompt,
        "typed": prompt.typed,
        "adapter": prompt.adapter_id,
        "seed": secrets.randbelow(MOST_SEED),
        "pictures": wish.pictures,
        "edit": {"how": wish.how, **wish.details(made.width, made.height)},
    }
    if prompt.share_id is not None:
        spec["share"] = prompt.share_id
    # what was made from a photo stays that, however often it is worked on
    of_photo = not begun.chosen.is_drawn or begun.chosen.is_of_photo
    if of_photo:
        spec["of_photo"] = True
    if prompt.typed == begun.chosen.typed:
        spec |= begun.chosen.wishes
    if prompt.style is not None:
        look = prompt.style
        spec |= {
            "prompt": prompt.prompt,
            "negative": prompt.negative,
            "style": {"name": look.name, "words": look.words},
        }
    try:
        return await sources.add(
            app.database,
            app.blobs,
            owner_id=begun.who.member_id,
            subject_id=prompt.subject_id,
            picture=made.picture,
            mask=made.mask,
            size=(made.width, made.height),
            drawn=not of_photo,
            wish=spec,
        )
    except NotYours:
        raise Declined(words.SUBJECT_GONE) from None


def spec_of(source: Source) -> dict[str, Any]:
    """What the trainer is asked for."""
    spec = source.wish | {"edit": source.wish["edit"] | {"source": source.id}}
    spec.pop("share", None)
    return spec


def share_of(source: Source) -> int | None:
    """The right by which somebody else's subject is drawn."""
    return source.wish.get("share")


async def _prepared(app: Desk, begun: Begun) -> Prepared:
    """The picture upright and without metadata, and its mask, from the process that reads
    strangers' files: one that was drawn here goes the same way."""
    wish, picture = begun.wish, begun.chosen
    mask = await fetched(wish.mask) if wish.mask is not None else b""
    try:
        made = await app.examiner.prepare(
            await picture.read(app),
            # half of what a photo to learn from must have: the base draws it anew
            min_side=app.settings.side // 2,
            where=wish.where,
            mask=mask,
        )
        if made.nsfw >= await limit_of(app, begun.who.server_id):
            raise PhotoRefused("explicit")
        return made
    except PhotoRefused as refused:
        sentence = words.photo_refusal(picture.name, refused.reason, refused.facts)
        raise Declined(sentence) from None
    except MaskRefused as refused:
        raise Declined(words.mask_refusal(refused.reason)) from None
