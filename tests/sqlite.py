"""SQLite files with all tables and no rows.

They are copies of one: a test that runs every migration for a database of its own spends more time
on that than on what it is about.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from storage.engine import Database


@functools.cache
def template() -> Path:
    """The file that is copied, made the first time that one is needed."""
    folder = Path(tempfile.mkdtemp(prefix="darkroom-sqlite-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "empty.sqlite3"

    async def make() -> None:
        await (await Database.open(file)).close()

    with ThreadPoolExecutor(1) as beside:  # whoever asks may be in an event loop
        beside.submit(asyncio.run, make()).result()
    return file


def new_database(file: Path) -> Path:
    """A fresh database at `file`, in a folder that is made if there is none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template(), file)
    return file
