"""Who else may draw a subject."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column
from sqlmodel import Field, SQLModel

from storage.tables.parts import NEVER_AGAIN, moment, number, one_of, reference

SHARE_KINDS = ("member", "role", "server", "session")


class Share(SQLModel, table=True):
    """A right to draw a subject, which its owner gave to somebody and may take back: to a member,
    wherever they are; to whoever has a role; to a server's members; or to those of a session, for
    as long as that lasts. `server_id` is the one of the role or the server."""

    id: int | None = number()
    subject_id: int = reference("subject.id")
    kind: str
    member_id: int | None = reference("member.id", optional=True, big=True)
    role_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    server_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    session_id: int | None = reference("session.id", optional=True)
    created_at: datetime = moment()

    __table_args__ = (
        one_of("kind", SHARE_KINDS, "share_kind"),
        CheckConstraint("(kind = 'member') = (member_id IS NOT NULL)", name="share_member"),
        CheckConstraint("(kind = 'role') = (role_id IS NOT NULL)", name="share_role"),
        CheckConstraint(
            "(kind IN ('role', 'server')) = (server_id IS NOT NULL)", name="share_server"
        ),
        CheckConstraint("(kind = 'session') = (session_id IS NOT NULL)", name="share_session"),
        NEVER_AGAIN,
    )
