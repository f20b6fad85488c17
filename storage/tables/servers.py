"""What each Discord server wants, and what was asked there that nobody draws."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.parts import NEVER_AGAIN, moment, number, one_of, reference

OFFENCES = ("prompt", "picture")


class Server(SQLModel, table=True):
    """A Discord server that wants something else than the defaults; the id is Discord's.

    explicit_limit: 0 to 1, pictures that look more explicit are not shown; None: the default
    alerts_channel_id: where its admins are told of repeated offences; None: its owner is
    """

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    explicit_limit: float | None = None
    alerts_channel_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    #: Who may do what, how much and where, as the bot writes it; empty: the defaults.
    rules: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default=text("'{}'"))
    )
    #: From when to when no training of this server begins, in minutes after midnight UTC.
    quiet_from: int | None = None
    quiet_until: int | None = None
    created_at: datetime = moment()

    __table_args__ = (
        CheckConstraint("quiet_from BETWEEN 0 AND 1439", name="server_quiet_from"),
        CheckConstraint("quiet_until BETWEEN 0 AND 1439", name="server_quiet_until"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="server_quiet_both"),
        CheckConstraint("explicit_limit BETWEEN 0 AND 1", name="server_explicit_limit"),
    )


class Style(SQLModel, table=True):
    """Words that a server's members can have added to their prompts by name."""

    id: int | None = number()
    server_id: int = reference("server.id", big=True)
    name: str
    words: str
    negative: str = ""
    created_at: datetime = moment()

    __table_args__ = (
        UniqueConstraint("server_id", "name"),
        NEVER_AGAIN,
    )


class Offence(SQLModel, table=True):
    """A prompt that was refused as sexual, or a picture that was withheld. `request_id` names what
    it came of: told twice, it counts once. `led_to`: the end of the suspension that it led to;
    None: it counts towards the next. `lifted_at`: since then it holds nobody up any more."""

    id: int | None = number()
    member_id: int = reference("member.id", big=True)
    server_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    kind: str
    request_id: str = Field(unique=True)
    created_at: datetime = moment()
    led_to: datetime | None = moment(optional=True)
    lifted_at: datetime | None = moment(optional=True)

    __table_args__ = (
        one_of("kind", OFFENCES, "offence_kind"),
        NEVER_AGAIN,
    )
