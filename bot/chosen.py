"""Which picture is to be worked on: an upload, one that was drawn here, or the latest of those."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import discord

from bot import screen, words
from bot.asked import Declined
from bot.desk import Desk
from bot.download import download
from bot.intake import has_consented
from bot.photos.errors import PhotoRefused
from bot.photos.limits import MAX_BYTES
from storage import portfolio
from storage.errors import NotYours
from storage.portfolio import Drawn

#: As files are named when they are handed out, or the part of it that tells them apart.
_NAME: Final = re.compile(r"\s*(?:darkroom-)?(\d{1,9})-(\d{1,3})(?:\.(?:png|webp))?\s*")
#: What another go at a picture has in common with the first, where the typed words are the same:
#: also those that a style added.
_KEPT: Final = ("prompt", "style", "negative", "guidance", "steps")


@dataclass(frozen=True)
class Chosen:
    """A picture whose file was not yet read. Where it was drawn here: what was typed for it, and
    what else was wished."""

    name: str
    file: discord.Attachment | None = None
    drawn: Drawn | None = None
    typed: str = ""
    wishes: dict[str, Any] = field(default_factory=dict)

    @property
    def is_drawn(self) -> bool:
        return self.file is None

    @property
    def is_of_photo(self) -> bool:
        """Whether it was drawn here, but from somebody's photo."""
        return self.drawn is not None and bool(self.drawn.job.spec.get("of_photo"))

    async def read(self, app: Desk) -> bytes:
        """The file. Raises Declined."""
        if self.file is not None:
            return await fetched(self.file)
        assert self.drawn is not None
        seen = await screen.picture_of(app, self.drawn.job, self.drawn.image)
        if seen.png is None:
            raise Declined(_unseen(seen, is_edit="edit" in self.drawn.job.spec))
        return seen.png


def _unseen(seen: screen.Seen, *, is_edit: bool) -> str:
    """Why a picture that was drawn here cannot be worked on."""
    if seen.is_unchecked:
        return words.pictures_unchecked(1)
    return words.NO_SUCH_PICTURE if seen.is_withheld else words.pictures_lost(1, is_edit=is_edit)


def name_of(drawn: Drawn) -> str:
    """What a member calls a picture."""
    return f"{drawn.job.id}-{drawn.image.number}"


async def chosen(
    app: Desk, member_id: int, of: str | None, file: discord.Attachment | None
) -> Chosen:
    """The picture that a member means. Raises Declined."""
    if file is not None:
        if of:
            raise Declined(words.ONE_PICTURE)
        if not await has_consented(app, member_id):
            raise Declined(words.CONSENT_FIRST)
        return Chosen(file.filename, file)
    if of is None:
        latest = await portfolio.latest(app.database, member_id)
        if not latest:
            raise Declined(words.NO_PICTURES)
        return _drawn(latest[0])
    named = _NAME.fullmatch(of)
    try:
        if named is None:
            raise NotYours
        return _drawn(await portfolio.own(app.database, member_id, *map(int, named.groups())))
    except NotYours:
        raise Declined(words.NO_SUCH_PICTURE) from None


def _drawn(drawn: Drawn) -> Chosen:
    spec = drawn.job.spec
    return Chosen(
        name_of(drawn),
        drawn=drawn,
        typed=spec.get("typed", ""),
        wishes={name: spec[name] for name in _KEPT if name in spec},
    )


async def fetched(file: discord.Attachment) -> bytes:
    """An upload's bytes. Raises Declined."""
    try:
        if file.size > MAX_BYTES:
            raise PhotoRefused("too_many_bytes", bytes=file.size, limit=MAX_BYTES)
        return await download(file)
    except PhotoRefused as refused:
        raise Declined(words.photo_refusal(file.filename, refused.reason, refused.facts)) from None
