"""The real bot on simcord's Discord: a channel, Alice, Bob, and what they do there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import simcord

import deploy.demo
from bot.app import Darkroom
from bot.settings import BotSettings
from bot.shown import EDIT_EVERY_S
from bot.words import CONSENT_VERSION
from storage import clock, subjects
from storage.tables import Subject
from tests.rows import new_photo, new_subject, trained

#: Longer than any interaction takes on a busy machine.
SETTLE_S = 60
PHOTOS = Path(deploy.demo.__file__).parent / "photos"


def photo_files(framing: str) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted(PHOTOS.glob(f"{framing}-*.jpg"))]


class Studio:
    """One bot in one channel with two members."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.settings = BotSettings(data=folder, base="tiny")
        self.bot = Darkroom(self.settings)
        self.patch = patch
        self.later_s = 0.0

    def enter(self, env: Any) -> None:
        self.env = env
        self.channel = env.create_guild(name="The Portrait Corner").create_text_channel("studio")
        self.alice = env.guild.add_member(env.create_user("alice"))
        self.bob = env.guild.add_member(env.create_user("bob"))

    async def slash(self, actor: Any, command: str, /, **options: Any) -> Any:
        return await actor.slash(self.channel, command, **options)

    async def submit(self, actor: Any, form: Any, *values: Any) -> Any:
        """Fill the fields of a form in order and hand it in."""
        fields = [label["component"]["custom_id"] for label in form.modal["components"]]
        return await actor.submit_modal(form, dict(zip(fields, values, strict=True)))

    async def restart(self) -> None:
        """A fresh bot process over the same files."""
        await self.bot.close()
        self.bot = Darkroom(self.settings)
        await self.env.restart_bot(self.bot)

    async def look(self, seconds: float = EDIT_EVERY_S + 1) -> None:
        """Let the deliveries have a look, on Discord's clock and on ours."""
        self.later_s += seconds
        later, now, monotonic_s = self.later_s, REAL_NOW, REAL_MONOTONIC_S
        self.patch.setattr(clock, "now", lambda: now() + timedelta(seconds=later))
        self.patch.setattr(clock, "monotonic_s", lambda: monotonic_s() + later)
        await self.env.advance_time(seconds)
        await self.env.settle()

    def again(self, message: Any) -> Any:
        """The message as it is now."""
        return next(m for m in self.channel.history() if m.id == message.id)

    async def subject(self, owner: Any = None, **options: Any) -> Subject:
        """A subject whose member has consented."""
        owner_id = (owner or self.alice).id
        await subjects.give_consent(self.bot.database, owner_id, CONSENT_VERSION)
        return await new_subject(self.bot.database, owner_id, **options)

    async def covered(self, owner: Any = None, **options: Any) -> Subject:
        """A subject with all the photos it needs."""
        subject = await self.subject(owner, **options)
        for framing in ["face"] * 6 + ["torso"] * 2:
            await new_photo(self.bot.database, self.bot.blobs, subject, framing)
        return subject

    async def trained(self, owner: Any = None, **options: Any) -> Subject:
        """A subject that can be drawn."""
        subject = await self.subject(owner, **options)
        await trained(self.bot.database, self.bot.blobs, subject)
        return subject


REAL_NOW, REAL_MONOTONIC_S = clock.now, clock.monotonic_s


@pytest.fixture
def empty_studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    return Studio(tmp_path / "data", monkeypatch)


@pytest.fixture
async def env(empty_studio: Studio) -> AsyncIterator[simcord.Env]:
    """By itself, as simcord's plugin looks for it: it sets the clock of the test's own task."""
    opened = simcord.Env(empty_studio.bot, settle_timeout=SETTLE_S)
    await opened.start()
    yield opened
    await empty_studio.bot.close()  # simcord drops a client as a killed process would
    await opened.shutdown()
    opened.raise_errors()


@pytest.fixture
def studio(empty_studio: Studio, env: simcord.Env) -> Studio:
    empty_studio.enter(env)
    return empty_studio


def messages(answer: Any) -> list[Any]:
    return [m for m in (answer.response, *answer.followups) if m is not None]


def shown(message: Any) -> str:
    """All the words of a message, embeds included."""
    parts = [message.content or ""]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or ""]
        parts += [f"{field.name}\n{field.value}" for field in embed.fields]
    return "\n".join(parts)


def said(answer: Any) -> str:
    """All the words of an answer; it must be for its member's eyes only."""
    assert messages(answer)
    assert all(message.ephemeral for message in messages(answer))
    return "\n".join(shown(message) for message in messages(answer))


def labels(message: Any) -> list[str]:
    """The buttons of a message that can be pressed."""
    posted = getattr(message, "message", message)
    buttons = [button for row in posted.components for button in row.children]
    return [b.label for b in buttons if getattr(b, "label", None) and not b.disabled]
