"""What an operator types, as a real process: sentences and exit statuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from deploy.cli import main
from storage import gallery
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.shelf import Shelf
from storage.tables import Worker
from tests.rows import ask, new_photo, new_subject

#: What the installed `darkroom` does.
CALL = "import sys; from deploy.cli import main; sys.exit(main())"


def darkroom(
    data: Path, *arguments: object, **environment: str
) -> subprocess.CompletedProcess[str]:
    """`darkroom ...` on that data, with no other setting than these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DARKROOM_")}
    return subprocess.run(
        [sys.executable, "-c", CALL, *map(str, arguments)],
        env=kept | {"DARKROOM_DATA": str(data)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_backup_forget_and_restore_say_what_they_did(
    database: Database, blobs: FolderBlobs, tmp_path: Path
) -> None:
    await new_photo(database, blobs, await new_subject(database))
    folder = tmp_path / "backups"
    done = darkroom(tmp_path, "backup", folder)
    (stamp,) = Shelf(folder).stamps()
    assert done.returncode == 0
    assert f"Backup {stamp}: 4 rows, 2 files." in done.stdout
    assert "in 2 new files" in done.stdout

    done = darkroom(tmp_path, "forget", 1)
    assert done.returncode == 0
    assert "Member 1 is forgotten: 1 subject, 1 photo, 0 adapters" in done.stdout

    done = darkroom(tmp_path, "restore", folder)
    assert (done.returncode, "Stop it, then restore" in done.stderr) == (75, True)
    await database.close()
    done = darkroom(tmp_path, "restore", folder, "--at", stamp)
    assert done.returncode == 0
    assert "Forgotten again, as asked after the backup: 1 member." in done.stdout
    assert "before-restore-" in done.stdout


async def test_status_tells_what_waits_and_who_works(database: Database, tmp_path: Path) -> None:
    await ask(database)
    await gallery.check_in(database, Worker(base="tiny", base_hash="0" * 64, device="cpu"))
    done = darkroom(tmp_path, "status")
    assert done.returncode == 0
    for line in (
        "jobs      1 waiting, 0 running",
        "trainers  1 awake",
        "outbox    0 undelivered",
        "doomed    0 files",
        "schema    0",
        "disk      ",
    ):
        assert line in done.stdout


@pytest.mark.parametrize(
    "case",
    [
        (["backup"], {}, 64, "FOLDER"),
        (["develop"], {}, 64, "choose from"),
        (["forget", "Alice"], {}, 64, "MEMBER_ID"),
        (["status"], {"DARKROOM_BACKUPS_DAYS": "0"}, 78, "DARKROOM_BACKUPS_DAYS='0'"),
        (["status"], {}, 66, "Check DARKROOM_DATA"),
        (["forget", "1"], {}, 66, "Check DARKROOM_DATA"),
        (["backup", "backups"], {}, 66, "Check DARKROOM_DATA"),
        (["restore", "backups"], {}, 66, "no backup in"),
        (["backup", "backups"], {"DARKROOM_POSTGRESQL": "postgresql://host/x"}, 69, "pg_dump"),
        (["restore", "backups"], {"DARKROOM_POSTGRESQL": "postgresql://host/x"}, 69, "pg_dump"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_status_of_its_own(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    case: tuple[list[str], dict[str, str], int, str],
) -> None:
    arguments, environment, status, said = case
    monkeypatch.chdir(tmp_path)
    for name, value in {"DARKROOM_DATA": str(tmp_path / "data"), **environment}.items():
        monkeypatch.setenv(name, value)
    try:
        got: object = main(arguments)
    except SystemExit as ended:  # argparse's way
        got = ended.code
    assert got == status
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_bot_is_started_as_its_own_module_is(tmp_path: Path) -> None:
    done = darkroom(tmp_path, "bot", DARKROOM_TOKEN="")
    assert done.returncode == 78
    assert "DARKROOM_TOKEN is not set" in done.stderr


async def test_a_folder_that_cannot_be_written_is_said(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = darkroom(tmp_path, "backup", tmp_path / "file" / "backups")
    assert done.returncode == 74
    assert "Not a directory" in done.stderr


def test_the_command_is_installed_under_its_name() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert 'darkroom = "deploy.cli:main"' in project


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("mysql://me:secret@host/name", 78, "no address of a PostgreSQL database"),
        ("postgresql://me:secret@host:port/name", 78, "no address of a PostgreSQL database"),
        ("postgresql://me:secret@nobody.invalid/name", 75, "try again in a moment"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_without_its_password(
    tmp_path: Path, address: str, status: int, sentence: str
) -> None:
    done = darkroom(tmp_path, "status", DARKROOM_POSTGRESQL=address)
    assert (done.returncode, sentence in done.stderr) == (status, True)
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["BACKUPS_DAYS", "PHOTOS_DAYS"])
def test_more_days_than_there_are_is_said(tmp_path: Path, name: str) -> None:
    done = darkroom(tmp_path, "status", **{f"DARKROOM_{name}": "9999999"})
    assert (done.returncode, f"DARKROOM_{name}" in done.stderr) == (78, True)


@pytest.mark.parametrize("member", ["0", "-5", "9" * 23, "alice"])
def test_a_number_that_is_no_members_is_refused(tmp_path: Path, member: str) -> None:
    done = darkroom(tmp_path, "forget", "--", member)
    assert (done.returncode, "Traceback" in done.stderr) == (64, False)


async def test_a_members_data_is_written_once_and_for_the_operators_eyes(
    database: Database, blobs: FolderBlobs, tmp_path: Path
) -> None:
    await new_photo(database, blobs, await new_subject(database))
    out = tmp_path / "member.zip"
    done = darkroom(tmp_path, "data", 1, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 files and data.json" in done.stdout
    with ZipFile(out) as opened:
        assert {"README.txt", "data.json"} < set(opened.namelist())
        assert len(opened.namelist()) == 4
    assert out.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".darkroom")] == []
    before = out.read_bytes()
    again = darkroom(tmp_path, "data", 1, "--out", out)
    assert (again.returncode, "is there already" in again.stderr) == (64, True)
    assert out.read_bytes() == before
    nobody = darkroom(tmp_path, "data", 2, "--out", tmp_path / "nobody.zip")
    assert (nobody.returncode, "Nothing of member 2" in nobody.stderr) == (66, True)
    assert not (tmp_path / "nobody.zip").exists()
