"""The bot's start: a sentence and an exit status in place of a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from bot import __main__ as entry
from bot.app import Darkroom
from storage.errors import (
    AlreadyRunning,
    Busy,
    SchemaDamaged,
    SchemaMismatch,
    StorageFull,
    StoreUnreachable,
)
from storage.settings import StorageSettings
from storage.sole import sole


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no .env of the person who runs the tests
    monkeypatch.setenv("DARKROOM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DARKROOM_TOKEN", "no-token-of-anybody")


def refused(status: int) -> discord.HTTPException:
    class Response:
        reason = "Service Unavailable"

    Response.status = status  # type: ignore[attr-defined]
    return discord.HTTPException(Response(), {"code": 0, "message": "away"})  # type: ignore[arg-type]


def no_host() -> OSError:
    key = aiohttp.client_reqrep.ConnectionKey("discord.com", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError(-2, "Name or service not known"))


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (no_host(), 75, "Discord cannot be reached"),
        (TimeoutError(), 75, "Discord cannot be reached"),
        (aiohttp.ServerDisconnectedError(), 75, "Discord cannot be reached"),
        (PermissionError(13, "Permission denied", "/data/darkroom"), 75, "/data/darkroom: Perm"),
        (refused(503), 75, "Discord does not let the bot in just now"),
        (discord.RateLimited(3600), 75, "Discord does not let the bot in just now"),
        (discord.LoginFailure(), 78, "Discord does not know this token"),
        (SchemaMismatch("A newer Darkroom wrote this."), 78, "A newer Darkroom wrote this."),
        (SchemaDamaged(), 78, "darkroom restore"),
        (Busy(), 75, "The database is busy"),
        (StorageFull(), 75, "The disk is full"),
        (StoreUnreachable(), 75, "does not answer"),
        (AlreadyRunning(), 75, "Another bot already works"),
    ],
)
def test_what_keeps_the_bot_from_starting_is_said(
    error: Exception,
    status: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(Darkroom, "start", fails)
    assert entry.main() == status
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Darkroom, "start", fails)
    with pytest.raises(ZeroDivisionError):
        entry.main()


async def test_a_second_bot_refuses_to_start(tmp_path: Path) -> None:
    async with sole(StorageSettings(data=tmp_path / "data").database):
        second = subprocess.run(  # noqa: ASYNC221
            [sys.executable, "-m", "bot"],
            cwd=Path(entry.__file__).parent.parent,
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 75
    assert second.stderr.splitlines()[-1] == str(AlreadyRunning())
    assert "Traceback" not in second.stderr
