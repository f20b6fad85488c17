"""SQLite changes hardly anything of a table: a new one in the old one's place, in the order of
https://sqlite.org/lang_altertable.html#otheralter. Foreign keys are off while schemas change.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op


def reword(table: str, *changes: tuple[str, str]) -> None:
    """Make `table` anew from its own words, with each pattern (of `re`) in them replaced. Raises
    ValueError where one is not there exactly once.
    """
    connection = op.get_bind()
    of_table = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table")
    made = [(kind, sql) for kind, sql in connection.execute(of_table, {"table": table}) if sql]
    (words,) = [sql for kind, sql in made if kind == "table"]
    for old, new in ((rf'CREATE TABLE "?{table}"? ', f"CREATE TABLE {table}_new "), *changes):
        words, times = re.subn(old, new, words)
        if times != 1:
            raise ValueError(f"the table {table} is not as Darkroom made it: {words}")
    op.execute(words)
    op.execute(f"INSERT INTO {table}_new SELECT * FROM {table}")  # noqa: S608 - names of ours
    put_in_place(table)
    for kind, sql in made:
        if kind == "index":
            op.execute(sql)


def put_in_place(table: str) -> None:
    """`TABLE_new`, filled and AUTOINCREMENT, becomes `table`. Numbers go on from where they were,
    also where the last rows were removed.
    """
    op.execute(
        f"INSERT INTO sqlite_sequence (name, seq) SELECT '{table}_new', seq"  # noqa: S608 - ours
        f" FROM sqlite_sequence WHERE name = '{table}'"
    )
    # a table has one line there: the higher, which is the one from before if there is any
    op.execute(
        f"DELETE FROM sqlite_sequence WHERE name = '{table}_new' AND rowid NOT IN"  # noqa: S608 - ours
        f" (SELECT rowid FROM sqlite_sequence WHERE name = '{table}_new'"
        " ORDER BY seq DESC, rowid LIMIT 1)"
    )
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
