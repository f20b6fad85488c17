"""Darkroom's storage: the only owner of SQL, file names and time.

Importing it first puts a newer SQLite in place where the system's is older than 3.51.3: before
that release two processes writing one WAL database could corrupt it
(https://sqlite.org/wal.html#walresetbug). It must happen before aiosqlite or SQLAlchemy are
imported, because both keep the module's exception classes.
"""

from __future__ import annotations

import importlib
import sqlite3
import sys

WAL_SAFE = (3, 51, 3)

if sqlite3.sqlite_version_info < WAL_SAFE:
    try:
        newer = importlib.import_module("pysqlite3")
    except ImportError:
        pass  # the rollback journal is used instead, and `darkroom doctor` says so
    else:
        sys.modules["sqlite3"] = newer
        sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
