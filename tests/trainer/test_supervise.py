"""The supervisor, with small programs in the place of the worker. Real processes, real signals."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

SUPERVISOR = """
import asyncio, sys
from trainer import supervise
supervise.FIRST_WAIT_S = 0.01
sys.exit(asyncio.run(supervise.supervise([sys.executable, "-c", *sys.argv[1:]])))
"""
#: Leaves a mark for every start, then ends as its second argument says, and well the third time.
CHILD = """
import sys
from pathlib import Path
marks = Path(sys.argv[1])
with marks.open("a") as file:
    file.write("x")
sys.exit(0 if len(marks.read_text()) == 3 else int(sys.argv[2]))
"""
PATIENT = "import sys; print('up', flush=True); sys.stdin.read()"
PATIENT_LEAVES_WELL = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print('up', flush=True)
sys.stdin.read()
"""


def supervised(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_a_worker_that_crashes_is_replaced_until_one_ends_well(tmp_path: Path) -> None:
    process = supervised(CHILD, str(tmp_path / "marks"), "1")
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert (tmp_path / "marks").read_text() == "xxx"


def test_a_worker_with_a_wrong_setting_is_not_replaced(tmp_path: Path) -> None:
    process = supervised(CHILD, str(tmp_path / "marks"), "78")
    process.communicate(timeout=60)
    assert process.returncode == 78
    assert (tmp_path / "marks").read_text() == "x"


def test_asked_to_stop_it_stops_its_worker_first() -> None:
    process = supervised(PATIENT_LEAVES_WELL)
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_killed_supervisor_takes_its_worker_along() -> None:
    process = supervised(PATIENT)
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    process.kill()
    assert process.stdout.read() == ""  # ends when the last one that holds it has ended
    process.wait()
    process.stdout.close()
