"""The real bot in a process of its own, and what it said and cost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.loopback.server import Loopback

ROOT = Path(__file__).parents[2]
STOP_S = 30
#: A record of the log, or whatever else stands on the error output, and that it is about an
#: exception. One that was caught and told of as a warning is no business of this.
_FAILURE = re.compile(r"^[-\d]+ [:,\d]+ (?:ERROR|CRITICAL) .*\n(?:.*\n)??Traceback ", re.MULTILINE)
_STRAY = re.compile(r"was never (?:retrieved|awaited)|^Exception ignored", re.MULTILINE)


class BotProcess:
    """`async with BotProcess(discord, folder)`: started, and there."""

    def __init__(self, discord: Loopback, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._discord = discord
        self._environment = {
            **{name: value for name, value in os.environ.items() if "DARKROOM" not in name},
            "DARKROOM_DATA": str(self.data),
            "DARKROOM_TOKEN": discord.token,
            "DARKROOM_BASE": "tiny",
            "PYTHONPATH": str(ROOT),
            **{f"DARKROOM_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self._log = folder / "bot.log"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def launch(self) -> None:
        """Start, and do not wait for anything."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.loopback.launcher", str(self._discord.port)],
                cwd=self.folder,  # no .env of the person who runs the tests
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def start(self) -> None:
        self.launch()
        await self._discord.connected()

    def stop(self) -> int:
        """As an operator stops it; its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @property
    def said(self) -> str:
        return self._log.read_text()

    def failures(self) -> list[str]:
        """What nobody foresaw: each as the lines that tell of it."""
        said = self.said
        found = [*_FAILURE.finditer(said), *_STRAY.finditer(said)]
        return [said[one.start() : one.start() + 3000] for one in found]

    def memory_mb(self, what: str = "VmRSS") -> float:
        """What the process holds (`VmHWM`: what it held at most)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) / 1024

    def has_loaded(self, library: str) -> bool:
        """Whether a file of that library is mapped into the process."""
        return f"/{library}/" in Path(f"/proc/{self.process.pid}/maps").read_text()
