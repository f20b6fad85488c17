"""`darkroom ...`: what an operator types.

Exit statuses are those of sysexits(3), so that whatever runs this can tell a wrong setting (78)
from a store that may answer in a moment (75).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import runpy
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from pydantic import ValidationError

from bot.dossier import pack
from bot.photos.terms import DECLARED, KINDS
from storage import backup, clock, dossier, restore
from storage import status as standing
from storage.blobs import open_blobs
from storage.engine import Database
from storage.erase import Receipt, erase
from storage.errors import (
    AlreadyRunning,
    BackupDamaged,
    Busy,
    DatabaseRefused,
    FolderUnsuitable,
    NeedsPgDump,
    NoBackup,
    SchemaDamaged,
    SchemaMismatch,
    StorageError,
    StorageFull,
    StoreUnreachable,
)
from storage.settings import StorageSettings, explain
from storage.spelling import unread

USAGE, DATA, NO_INPUT, UNAVAILABLE, NO_OUTPUT, IO, TRY_LATER, CONFIG = (
    64, 65, 66, 69, 73, 74, 75, 78,
)  # fmt: skip
SOFTWARE = 70

STATUSES: dict[type[StorageError], int] = {
    FolderUnsuitable: USAGE,
    BackupDamaged: DATA,
    DatabaseRefused: CONFIG,
    SchemaDamaged: DATA,
    SchemaMismatch: DATA,
    NoBackup: NO_INPUT,
    NeedsPgDump: UNAVAILABLE,
    StorageFull: NO_OUTPUT,
    Busy: TRY_LATER,
    AlreadyRunning: TRY_LATER,
    StoreUnreachable: TRY_LATER,
}

#: From bytes to kB, and so on.
STEP = 1000

PROCESSES = ("bot", "trainer")
#: Modules beyond storage's own, and the extra that installs each.
EXTRAS = {"discord": "bot", "cv2": "bot", "torch": "trainer"}


class Parser(argparse.ArgumentParser):
    """argparse's own, with the status that sysexits has for a wrong call."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """Every command with what it does."""
    top = Parser(prog="darkroom", description="A portrait studio for Discord servers.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("bot", help="run the bot until it is stopped")
    commands.add_parser("trainer", help="run a trainer until it is stopped")
    one = commands.add_parser("backup", help="add a backup to a folder, while everything runs")
    one.add_argument("folder", type=Path, metavar="FOLDER")
    one = commands.add_parser("restore", help="put a backup in the database's place")
    one.add_argument("folder", type=Path, metavar="FOLDER")
    one.add_argument("--at", metavar="STAMP", help="which backup; else the newest")
    one.add_argument(
        "--allow-lost", action="store_true", help="go on although files of some rows are missing"
    )
    one = commands.add_parser("forget", help="remove a member everywhere")
    one.add_argument("member_id", type=_discord_id, metavar="MEMBER_ID")
    one = commands.add_parser("data", help="write everything that is kept of a member as a ZIP")
    one.add_argument("member_id", type=_discord_id, metavar="MEMBER_ID")
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one = commands.add_parser("export", help="write a subject's adapter as files for other tools")
    one.add_argument("token", type=str.lower, metavar="TOKEN")
    one.add_argument("folder", type=Path, metavar="FOLDER")
    commands.add_parser("status", help="what waits, who works, what room is left")
    one = commands.add_parser("look", help="say of photos what a member would be told")
    one.add_argument("files", nargs="+", type=Path, metavar="FILE")
    one.add_argument("--kind", choices=KINDS, default="person", help="what they are of")
    one.add_argument(
        "--framing", choices=DECLARED, help="what they show, where that is not seen by itself"
    )
    one.add_argument("--json", action="store_true", help="one JSON object a file")
    one.add_argument("--sheet", type=Path, metavar="PNG", help="draw faces, squares and advice")
    return top


def _discord_id(typed: str) -> int:
    """A member's id as Discord gives it: a positive number of 64 bits. Raises ValueError."""
    number = int(typed)
    if not 0 < number < 1 << 63:
        raise ValueError
    return number


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit status."""
    args = parser().parse_args(argv)
    if args.command in PROCESSES:
        return _run(args.command)
    for sentence in unread():
        print(sentence, file=sys.stderr)
    try:
        return asyncio.run(_do(args, StorageSettings()))
    except ValidationError as error:
        print(explain(error), file=sys.stderr)
        return CONFIG
    except StorageError as error:
        print(error, file=sys.stderr)
        return STATUSES.get(type(error), SOFTWARE)
    except OSError as error:
        return _io(error)
    except KeyboardInterrupt:
        return 130


def _io(error: OSError) -> int:
    """Say what could not be read or written; nothing of a reader who has had enough."""
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        print(f"{error.filename or 'The disk'}: {error.strerror}.", file=sys.stderr)
    return IO


def _run(name: str) -> int:
    """The process itself, exactly as `python -m` starts it."""
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except ModuleNotFoundError as error:
        return _not_installed(name, error)
    return 0


def _not_installed(command: str, error: ModuleNotFoundError) -> int:
    """Say what installs the missing module. Raises the error if it is not one of an extra's."""
    if error.name not in EXTRAS:
        raise error
    print(
        f"The {command} needs {error.name}. Install it with: pip install '.[{EXTRAS[error.name]}]'",
        file=sys.stderr,
    )
    return UNAVAILABLE


async def _do(args: argparse.Namespace, settings: StorageSettings) -> int:
    if args.command == "backup":
        lines = list(_backed_up(await backup.backup(settings, args.folder)))
    elif args.command == "restore":
        done = await restore.restore(settings, args.folder, args.at, allow_lost=args.allow_lost)
        lines = list(_restored(done))
    elif args.command == "look":
        return await _look(args, settings)
    elif isinstance(settings.database, Path) and not settings.database.exists():
        print(f"There is no database at {settings.database}. Check DARKROOM_DATA.", file=sys.stderr)
        return NO_INPUT
    elif args.command == "export":
        return await _export(args, settings)
    elif args.command == "data":
        return await _data(settings, args.member_id, args.out)
    elif args.command == "forget":
        lines = await _forget(settings, args.member_id)
    else:
        lines = await _status(settings)
    print("\n".join(lines))
    return 0


async def _look(args: argparse.Namespace, settings: StorageSettings) -> int:
    try:
        from deploy.look import look
    except ModuleNotFoundError as error:
        return _not_installed("look", error)
    if args.sheet in args.files:
        print(f"--sheet would write over the photo {args.sheet}.", file=sys.stderr)
        return USAGE
    lines, unread_files = await look(args, settings.side)
    print("\n".join(lines))
    return IO if unread_files else 0


async def _export(args: argparse.Namespace, settings: StorageSettings) -> int:
    # or transformers speaks of image processors, which nobody here uses
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    try:
        from deploy.export import NothingToExport, export
    except ModuleNotFoundError as error:
        return _not_installed("export", error)
    try:
        lines = await export(settings, args.token, args.folder)
    except NothingToExport as error:
        print(error, file=sys.stderr)
        return NO_INPUT
    print("\n".join(lines))
    return 0


def _backed_up(done: backup.Receipt) -> Iterator[str]:
    manifest = done.manifest
    rows = sum(manifest.counts.values())
    yield f"Backup {done.stamp}: {_many(rows, 'row')}, {_many(len(manifest.blobs), 'file')}."
    yield (
        f"Copied {_size(done.copied_bytes)} in {_many(done.copied_files, 'new file')} and a"
        f" database of {_size(manifest.database.size)}, in {done.seconds:.1f} s."
    )
    if done.expired:
        yield (
            f"Removed {_many(len(done.expired), 'backup')} past their days, and"
            f" {_many(done.swept_files, 'file')} that only they had."
        )
    if done.unswept:
        yield f"No old file was removed: {done.unswept}"
    if manifest.lost:
        yield f"{_many(len(manifest.lost), 'file')} could not be had; the rows are kept:"
        yield from (f"  {key}: {why}" for key, why in sorted(manifest.lost.items()))


def _restored(done: restore.Restored) -> Iterator[str]:
    rows = sum(done.manifest.counts.values())
    yield (
        f"Restored the backup {done.stamp}: {_many(rows, 'row')},"
        f" {_many(done.put_files, 'file')} put back."
    )
    if done.aside is not None:
        yield f"The database it replaced lies in {done.aside}; remove it when all is well."
    if done.forgotten:
        yield f"Forgotten again, as asked after the backup: {_many(done.forgotten, 'member')}."
    if done.wishes_unknown:
        yield (
            "There was no database that could be asked who wanted to be forgotten since. If anybody"
            " did, forget them again: darkroom forget MEMBER_ID"
        )
    for stamp in done.passed_over:
        yield f"The newer folder {stamp} was passed over: it holds no finished backup."
    if done.lost:
        yield "These rows have no file:"
        yield from (f"  {line}" for line in done.lost)
    yield "Start bot and trainers again; jobs that were under way go back in line."


async def _forget(settings: StorageSettings, member_id: int) -> list[str]:
    database = await Database.open(settings.database)
    try:
        receipt = await erase(database, open_blobs(settings), member_id)
    finally:
        await database.close()
    if receipt == Receipt():
        return [f"Nothing of member {member_id} is here."]
    removed = (
        _many(getattr(receipt, f"{thing}s"), thing)
        for thing in ("subject", "photo", "adapter", "picture", "job")
    )
    return [
        f"Member {member_id} is forgotten: {', '.join(removed)}.",
        f"{_size(receipt.freed_bytes)} freed.",
        *(
            [f"{_many(receipt.waiting_files, 'file')} will go when their store answers."]
            if receipt.waiting_files
            else []
        ),
        *_of_backups(settings),
    ]


async def _data(settings: StorageSettings, member_id: int, out: Path) -> int:
    if await asyncio.to_thread(out.exists):
        print(f"{out} is there already. Name a file that is not.", file=sys.stderr)
        return USAGE
    database = await Database.open(settings.database)
    try:
        found = await dossier.collect(database, member_id)
    finally:
        await database.close()
    if found.is_empty:
        print(f"Nothing of member {member_id} is here.", file=sys.stderr)
        return NO_INPUT
    # beside it, and for nobody else's eyes (mkdtemp): in its place once it is whole
    with TemporaryDirectory(dir=out.parent, prefix=".darkroom-") as folder:
        packed = await pack(open_blobs(settings), found, Path(folder))
        size = await asyncio.to_thread(_in_place, packed.zips[0], out)
    print(f"{out}: {_size(size)}, {_many(len(found.files), 'file')} and data.json.")
    if packed.missing:
        print(f"{_many(len(packed.missing), 'file')} could not be found:")
        print("\n".join(f"  {name}" for name in packed.missing))
    return 0


def _in_place(made: Path, out: Path) -> int:
    """Move a file where it belongs, for its owner's eyes; how many bytes it has."""
    made.chmod(0o600)
    made.rename(out)
    return out.stat().st_size


def _of_backups(settings: StorageSettings) -> Iterator[str]:
    """Where a member who was forgotten just now still is."""
    if settings.postgresql:
        yield "Dumps of PostgreSQL made before now still hold the member."
        yield "After a restore of one, forget the member again."
        return
    last = clock.now() + timedelta(days=settings.backups_days)
    yield f"Backups made before now keep what they hold until the first one after {last:%Y-%m-%d}."
    yield "A restore of one of them forgets the member again."


async def _status(settings: StorageSettings) -> list[str]:
    database = Database(settings.database)
    try:
        now = await standing.status(database)
        found = await standing.revision(database)
    finally:
        await database.close()
    if now is None:
        return [
            f"schema    {found or 'none yet'}; this Darkroom's is {standing.newest_revision()}",
            "          the next start of a bot or a trainer brings an older one forward",
        ]
    return [
        f"jobs      {now.waiting_jobs} waiting, {now.running_jobs} running",
        f"trainers  {now.awake_trainers} awake",
        f"outbox    {now.undelivered} undelivered",
        f"doomed    {_many(now.doomed_files, 'file')} still to be removed",
        f"schema    {now.revision}",
        f"disk      {_size(shutil.disk_usage(settings.data).free)} free"
        if settings.data.exists()
        else "disk      nothing is kept on this machine",
    ]


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _size(size_bytes: int) -> str:
    size = float(size_bytes)
    for unit in ("bytes", "kB", "MB"):
        if size < STEP:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= STEP
    return f"{size:.1f} GB"


if __name__ == "__main__":
    sys.exit(main())
