"""Community sessions: who is in them, what they hung up, and how it was voted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, UniqueConstraint, true
from sqlmodel import Field, SQLModel

from storage.tables.parts import NEVER_AGAIN, json_object, moment, number, one_of, reference

STAGES = ("open", "voting", "closed")


class Session(SQLModel, table=True):
    """A timed room with a theme: pictures are drawn and hung up while it is `open`, voted on while
    it is `voting`, and told of once it is `closed`.

    channel_id: where it was opened; thread_id: the room itself
    sheet_message_id: the contact sheet, edited in place
    results: what was announced, as the bot writes it, in results_message_id
    card_pictures: how many pictures the card of a closed session shows; None: not shown yet
    """

    id: int | None = number()
    server_id: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    channel_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    thread_id: int | None = Field(default=None, sa_column=Column(BigInteger, index=True))
    sheet_message_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    host_id: int | None = reference("member.id", optional=True, cascade=False, big=True)
    theme: str
    stage: str = "open"
    prompts_each: int
    entries_each: int
    votes_each: int
    results: dict[str, Any] = json_object()
    results_message_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    card_pictures: int | None = None
    created_at: datetime = moment()
    submit_until: datetime = moment()
    vote_until: datetime = moment()
    closed_at: datetime | None = moment(optional=True)

    __table_args__ = (
        one_of("stage", STAGES, "session_stage"),
        CheckConstraint("(closed_at IS NULL) = (stage <> 'closed')", name="session_closed"),
        CheckConstraint(
            "prompts_each > 0 AND entries_each > 0 AND votes_each > 0", name="session_caps"
        ),
        NEVER_AGAIN,
    )


class Seat(SQLModel, table=True):
    """A member who joined a session."""

    id: int | None = number()
    session_id: int = reference("session.id")
    member_id: int = reference("member.id", big=True)
    joined_at: datetime = moment()

    __table_args__ = (UniqueConstraint("session_id", "member_id"), NEVER_AGAIN)


class Entry(SQLModel, table=True):
    """A picture that a member hung up in a session, by its number on the contact sheet. Whose it
    is nobody is told before the results."""

    id: int | None = number()
    session_id: int = reference("session.id")
    member_id: int = reference("member.id", big=True)
    image_id: int = reference("image.id")
    number: int
    #: Its prompt may be told in the recap.
    tells_prompt: bool = Field(
        default=True, sa_column=Column(Boolean, nullable=False, server_default=true())
    )
    #: A moderator took it off the wall.
    hidden_at: datetime | None = moment(optional=True)
    created_at: datetime = moment()

    __table_args__ = (
        UniqueConstraint("session_id", "number"),
        UniqueConstraint("session_id", "image_id"),
        NEVER_AGAIN,
    )


class Vote(SQLModel, table=True):
    """A member's vote for an entry."""

    id: int | None = number()
    session_id: int = reference("session.id")
    entry_id: int = reference("entry.id")
    member_id: int = reference("member.id", big=True)
    created_at: datetime = moment()

    __table_args__ = (UniqueConstraint("entry_id", "member_id"), NEVER_AGAIN)
