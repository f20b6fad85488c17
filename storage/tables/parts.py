"""What tables are made of: columns of the few sorts there are, and what rows may hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, DateTime, ForeignKey, Index, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class Moment(TypeDecorator[datetime]):
    """An aware UTC time. SQLite has no time zones: naive UTC there, aware again on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times are aware: use storage.clock.now()")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect  # both databases hand out what the first test tells apart
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def moment(*, optional: bool = False) -> Any:
    """A time, as `Moment` keeps it."""
    return Field(default=None, sa_column=Column(Moment, nullable=optional))


def number() -> Any:
    """The number of a row, which the database gives out."""
    return Field(default=None, primary_key=True)


def reference(
    target: str, *, optional: bool = False, cascade: bool = True, big: bool = False
) -> Any:
    """A foreign key; rows go with what they belong to unless `cascade` is off (then: null)."""
    rule = "CASCADE" if cascade else "SET NULL"
    kind = (BigInteger,) if big else ()
    return Field(
        default=None,
        sa_column=Column(*kind, ForeignKey(target, ondelete=rule), nullable=optional, index=True),
    )


def json_object() -> Any:
    """Names and values as JSON; none at first."""
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    """The column holds one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


def partial_index(name: str, *keys: Any, where: str, unique: bool = False) -> Index:
    """An index over the few rows that matter: the million finished ones are not in it."""
    return Index(name, *keys, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


#: SQLite gives the number of a removed row out again, and buttons, panels and outgoing messages
#: remember numbers: with this it never does. PostgreSQL never did.
NEVER_AGAIN = {"sqlite_autoincrement": True}


def columns(table: type[SQLModel]) -> Any:
    """The table as queries see it. SQLModel types a column as the value it holds, so a strict
    checker takes `Job.state == "queued"` for a bool; queries go through this door instead.
    """
    return table
