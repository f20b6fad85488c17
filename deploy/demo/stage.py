"""Where the demo plays: the real bot on an in-memory Discord, and a real trainer process.

simcord replaces Discord's servers, nothing else: every command below is dispatched by
discord.py as one from Discord would be. Its clock is virtual, so `wait_for` moves it along with
the real one while the trainer, a process of its own, works through the SQLite queue.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import discord
import simcord

from bot.app import Darkroom
from bot.settings import BotSettings
from deploy.demo.answers import menus, offered
from deploy.demo.transcript import Transcript

#: How long one interaction may take on a busy machine before the demo calls it stuck.
SETTLE_S = 90.0


class DemoFailed(Exception):
    """The demo could not go on."""


class Stage:
    """The bot, its server with its members, the trainer, and what was said so far."""

    env: Any
    channel: Any
    alice: Any
    bob: Any
    carol: Any
    dora: Any

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = BotSettings(data=folder / "data", base="tiny")
        self.bot = Darkroom(self.settings)
        self.transcript = Transcript()
        self._trainer: subprocess.Popen[bytes] | None = None
        self._running: Any = None

    async def __aenter__(self) -> Self:
        self._start_trainer()
        self._running = simcord.run(self.bot, shard_count=1, settle_timeout=SETTLE_S)
        self.env = await self._running.__aenter__()
        guild = self.env.create_guild(name="The Portrait Corner")
        self.channel = guild.create_text_channel("studio")
        self.alice = guild.add_member(self.env.create_user("alice"))
        self.bob = guild.add_member(self.env.create_user("bob"))
        self.carol = guild.add_member(self.env.create_user("carol"))
        staff = guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
        self.dora = guild.add_member(self.env.create_user("dora"), roles=[staff])
        members = (self.alice, self.bob, self.carol, self.dora)
        self.transcript.names = {str(member.id): member.name for member in members}
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.bot.close()  # simcord drops a client as a killed process would
            await self._running.__aexit__(kind, error, trace)
        finally:
            self._stop_trainer()

    def _start_trainer(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "trainer.log").open("wb") as log:
            self._trainer = subprocess.Popen(
                [sys.executable, "-m", "trainer"],
                env=environment(self.settings),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _stop_trainer(self) -> None:
        if self._trainer is None:
            return
        self._trainer.terminate()
        try:
            self._trainer.wait(30)
        except subprocess.TimeoutExpired:
            self._trainer.kill()
            self._trainer.wait()

    def trainer_is_alive(self) -> bool:
        return self._trainer is not None and self._trainer.poll() is None

    @property
    def trainer_pid(self) -> int:
        """The supervisor's process id."""
        assert self._trainer is not None
        return self._trainer.pid

    async def restart_bot(self) -> None:
        """A bot process ends and another starts on the same files."""
        await self.bot.close()
        self.bot = Darkroom(self.settings)
        await self.env.restart_bot(self.bot)

    # --- what members do; each is written into the transcript with the bot's answer ---

    async def slash(self, actor: Any, command: str, where: Any = None, /, **options: Any) -> Any:
        """A slash command with its options, in the channel or in a thread of it; the answer."""
        self.transcript.member(actor.name, f"/{command}", options)
        return await self._heard(await actor.slash(where or self.channel, command, **options))

    async def click(self, actor: Any, message: Any, label: str) -> Any:
        """A button of a message; the answer."""
        self.transcript.press(actor.name, label)
        return await self._heard(await actor.click(message, label=label))

    async def choose(self, actor: Any, message: Any, said: str, values: list[str]) -> Any:
        """From the menu of a message that offers it; the answer. `said`: what is chosen, as it
        reads."""
        self.transcript.press(actor.name, said, "chooses")
        menu = next(one for one in menus(message) if values[0] in offered(one))
        return await self._heard(await actor.select(message, values, custom_id=menu["custom_id"]))

    async def submit(self, actor: Any, shown: Any, values: list[Any]) -> Any:
        """The form that an interaction opened, its fields filled in order; the answer."""
        fields = _fields(shown.modal)
        self.transcript.form(actor.name, shown.modal["title"], values)
        return await self._heard(
            await actor.submit_modal(shown, dict(zip(fields, values, strict=True)))
        )

    async def _heard(self, result: Any) -> Any:
        for message in (result.response, *result.followups):
            if message is not None:
                await self.transcript.bot(message)
        return result

    async def wait_for(
        self, what: str, is_so: Callable[[], Awaitable[bool]], limit_s: float = 300
    ) -> None:
        """Let time pass until `is_so`. Raises DemoFailed after `limit_s`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + limit_s
        while not await is_so():
            if not self.trainer_is_alive():
                raise DemoFailed(f"The trainer ended while waiting for {what}: see {self.log}.")
            if loop.time() > until:
                raise DemoFailed(f"Waited {limit_s:.0f} s for {what}, in vain: see {self.log}.")
            # the virtual clock follows the real one; what happens in between is real work
            await asyncio.sleep(0.5)
            await self.env.advance_time(0.5)

    @property
    def log(self) -> Path:
        return self.folder / "trainer.log"


def _fields(modal: dict[str, Any]) -> list[str]:
    """The custom ids of a form's fields, in order."""
    return [label["component"]["custom_id"] for label in modal["components"]]


def environment(settings: BotSettings) -> dict[str, str]:
    """The environment of a trainer that works for a bot with these settings."""
    return {
        **os.environ,
        "DARKROOM_DATA": str(settings.data),
        "DARKROOM_BASE": settings.base,
        "DARKROOM_LEASE_S": "10",  # nobody in a demo waits half a minute for a dead trainer
    }
