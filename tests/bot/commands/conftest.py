"""The real bot on simcord's Discord: a channel, Alice, Bob, and what they do there."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import simcord

from bot import words
from bot.app import Darkroom
from bot.intake import consent_version
from bot.photos import darkbox
from bot.reply import Refused
from bot.settings import BotSettings
from bot.shown import EDIT_EVERY_S
from deploy.demo import props
from storage import clock, queue, subjects
from storage.tables import Outgoing, Subject
from tests import sqlite
from tests.bot.warm import warm_children
from tests.rows import SQUARE, an_image, claimed, new_photo, new_subject, rows, trained

#: Longer than any interaction takes on a busy machine.
SETTLE_S = 60
#: While a round waits for the database, simcord looks again this often whether all is done; its
#: own 50 ms are most of what a test of many rounds would spend.
LOOK_AGAIN_S = 0.002


def photo_files(framing: str) -> list[tuple[str, bytes]]:
    """Those that count as `face` or `torso`, by name."""
    return props.photo_files(*(("chest", "face") if framing == "face" else (framing,)))


class Studio:
    """One bot in one channel with two members."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.settings = BotSettings(data=folder, base="tiny")
        self.bot = Darkroom(self.settings)
        self.patch = patch
        self.later_s = 0.0
        patch.setattr(clock, "monotonic_s", REAL_MONOTONIC_S)
        self.foreseen: tuple[type[BaseException], ...] = ()

    def foresaw(self, error: BaseException) -> bool:
        """Whether the test means a command to fail like this; a refusal in words is an answer."""
        cause = getattr(error, "original", error.__cause__ or error)
        return isinstance(cause, (Refused, *self.foreseen))

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
        since_boot = REAL_SINCE_BOOT
        self.patch.setattr(clock, "since_boot", lambda: since_boot() + timedelta(seconds=later))
        self.patch.setattr(clock, "monotonic_s", lambda: monotonic_s() + later)
        await self.env.advance_time(seconds)
        await self.env.settle()

    def again(self, message: Any) -> Any:
        """The message as it is now."""
        return next(m for m in self.channel.history() if m.id == message.id)

    async def subject(self, owner: Any = None, **options: Any) -> Subject:
        """A subject whose member has consented."""
        owner_id = (owner or self.alice).id
        await subjects.give_consent(self.bot.database, owner_id, consent_version(self.bot))
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

    async def training(self) -> Any:
        """The panel of a training of a subject of Alice's."""
        await self.covered()
        plan = await self.slash(self.alice, "train start", token="zwx")
        return messages(await self.alice.click(plan.response, label=words.START))[0]

    async def picture(self) -> tuple[Any, queue.Lease]:
        """The message of a picture that Alice asked for and that is drawn, but not ended."""
        await self.trained()
        answer = await self.slash(self.alice, "imagine", prompt="zwx at the beach")
        return messages(answer)[0], await claimed(self.bot.database)

    async def finish(self, lease: queue.Lease, outcome: dict[str, Any], pictures: int) -> None:
        """What a trainer does at the end of a job."""
        async with queue.finishing(self.bot.database, lease, outcome) as session:
            for number in range(pictures):
                key = await self.bot.blobs.put("images", SQUARE, "png")
                session.add(an_image(lease.job, number, key))

    async def delivered(self) -> list[bool]:
        """What was to be said, and whether it was."""
        return [row.delivered_at is not None for row in await rows(self.bot.database, Outgoing)]

    def posts(self) -> int:
        return len(self.channel.history())

    def sent(self, method: str = "*", path: str = "*") -> list[Any]:
        """The requests that the bot made so far."""
        return [
            request
            for request in self.env.http_requests
            if method in {"*", request.method} and fnmatch(request.path, path)
        ]


#: Not `time.monotonic`: simcord stops that one for the bot, and a wait for the database's lock
#: would never be over.
REAL_NOW, REAL_MONOTONIC_S = clock.now, time.perf_counter
REAL_SINCE_BOOT = clock.since_boot


@pytest.fixture(scope="session")
def eye(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    with warm_children(tmp_path_factory.mktemp("eye")) as command:
        yield command


@pytest.fixture
def empty_studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eye: tuple[str, ...]) -> Studio:
    monkeypatch.setattr(darkbox, "_CHILD", eye)
    made = Studio(tmp_path / "data", monkeypatch)
    sqlite.new_database(made.settings.database)
    return made


class Attentive(simcord.Env):
    """An in-memory Discord that notices soon when there is nothing more to wait for."""

    async def _settle_internal(self, *, idle: float = LOOK_AGAIN_S, **more: Any) -> None:
        await super()._settle_internal(idle=min(idle, LOOK_AGAIN_S), **more)


@pytest.fixture
async def env(empty_studio: Studio) -> AsyncIterator[simcord.Env]:
    """By itself, as simcord's plugin looks for it: it sets the clock of the test's own task."""
    opened = Attentive(empty_studio.bot, shard_count=1, settle_timeout=SETTLE_S)
    await opened.start()
    yield opened
    await empty_studio.bot.close()  # simcord drops a client as a killed process would
    await opened.shutdown()
    told = [error for error in opened.errors if not empty_studio.foresaw(error)]
    if told:
        raise BaseExceptionGroup("the bot raised during the test", told)


@pytest.fixture
def studio(empty_studio: Studio, env: simcord.Env) -> Studio:
    empty_studio.enter(env)
    return empty_studio


def messages(answer: Any) -> list[Any]:
    return [m for m in (answer.response, *answer.followups) if m is not None]


def parts(message: Any) -> Iterator[dict[str, Any]]:
    """Every component of a message, those inside others included, in the order in which they are
    read."""

    def inside(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield part
        for one in (*part.get("components", ()), *filter(None, [part.get("accessory")])):
            yield from inside(one)

    posted = getattr(message, "message", message)
    for part in posted.components:
        yield from inside(part if isinstance(part, dict) else part.to_dict())


def shown(message: Any) -> str:
    """All the words of a message, those of its cards and embeds included."""
    told = [message.content or ""]
    for embed in message.embeds:
        told += [embed.title or "", embed.description or ""]
        told += [f"{field.name}\n{field.value}" for field in embed.fields]
    told += [part["content"] for part in parts(message) if "content" in part]
    return "\n".join(one for one in told if one)


def said(answer: Any) -> str:
    """All the words of an answer; it must be for its member's eyes only."""
    assert messages(answer)
    assert all(message.ephemeral for message in messages(answer))
    return "\n".join(shown(message) for message in messages(answer))


def labels(message: Any) -> list[str]:
    """The buttons of a message that can be pressed."""
    buttons = [part for part in parts(message) if part.get("label")]
    return [button["label"] for button in buttons if not button.get("disabled")]
