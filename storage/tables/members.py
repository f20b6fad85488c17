"""Members, and those who asked to be forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.parts import NEVER_AGAIN, json_object, moment, number, reference


class Member(SQLModel, table=True):
    """A Discord user; the id is Discord's."""

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    created_at: datetime = moment()
    #: What they want by default, as the bot writes it: language, pictures, style ...
    wishes: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default=text("'{}'"))
    )
    #: The number of the claim that last served this member. A number and no time: clocks step.
    served_turn: int | None = Field(default=None, sa_column=Column(BigInteger, index=True))


class Consent(SQLModel, table=True):
    """A member's yes to one version of the consent text."""

    id: int | None = number()
    member_id: int = reference("member.id", big=True)
    version: int
    given_at: datetime = moment()

    __table_args__ = (
        UniqueConstraint("member_id", "version"),
        NEVER_AGAIN,
    )


class Suspension(SQLModel, table=True):
    """Until then nothing is drawn or trained for a member. Of no member's row, so that it outlasts
    being forgotten: else that would end it."""

    member_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    until: datetime = moment()


class Pause(SQLModel, table=True):
    """Until then nothing is drawn or trained for a member in a server, as its admins said. Of no
    member's row, as a suspension."""

    server_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    member_id: int = Field(
        sa_column=Column(BigInteger, primary_key=True, autoincrement=False, index=True)
    )
    until: datetime = moment()


class Erasure(SQLModel, table=True):
    """A member's wish to be forgotten, and its receipt.

    The member's id stays until the last backup that knew the member has expired: a restored
    backup is told once more whom to forget.
    """

    id: int | None = number()
    member_id: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    asked_at: datetime = moment()
    finished_at: datetime | None = moment(optional=True)
    counts: dict[str, int] = json_object()
    freed_bytes: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default="0")
    )

    __table_args__ = (NEVER_AGAIN,)


class Doomed(SQLModel, table=True):
    """A file whose row is gone and that is still to be removed."""

    key: str = Field(primary_key=True)
    erasure_id: int | None = reference("erasure.id", optional=True, cascade=False)
    created_at: datetime = moment()
