"""One bot for each token on this machine, whatever database it works on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage import sole as sole_module
from storage.errors import AlreadyRunning
from storage.sole import sole_of

TOKEN = "a.token.of-nobody"
HOLDER = """
import sys
from storage.sole import sole_of

with sole_of(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This test's own folder for temporary files, and that of the processes that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(sole_module.tempfile, "tempdir", None)  # it is looked up once
    return tmp_path


@contextmanager
def another_bot(token: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, token],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_token_that_another_process_uses_is_refused_until_that_is_gone(temporary: Path) -> None:
    with another_bot(TOKEN) as process:
        with pytest.raises(AlreadyRunning, match="token"), sole_of(TOKEN):
            pass
        with sole_of("a.token.of-somebody-else"):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        with sole_of(TOKEN):
            pass
    assert all(TOKEN not in file.name for file in temporary.iterdir())


def test_where_it_cannot_be_known_the_bot_starts(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = temporary / "file"
    nowhere.touch()
    monkeypatch.setattr(sole_module.tempfile, "tempdir", str(nowhere / "below"))
    with sole_of(TOKEN):
        pass
    assert "is not known" in caplog.text
