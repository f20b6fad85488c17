"""Subjects, their photos, and the squares cut out of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    UniqueConstraint,
    false,
    text,
)
from sqlmodel import Field, SQLModel

from storage.tables.parts import NEVER_AGAIN, moment, number, one_of, reference

KINDS = ("person", "pet", "object", "character")
FRAMINGS = ("face", "chest", "torso", "other")
DECLARED = ("face", "chest", "torso")


class Subject(SQLModel, table=True):
    """Who or what is learned."""

    id: int | None = number()
    owner_id: int = reference("member.id", big=True)
    token: str = Field(unique=True)
    class_word: str
    kind: str
    base: str
    #: The member whom it shows, where that is another one than its owner; and since when they say
    #: yes to it: till then, and once they take that back, it is neither learned nor drawn.
    likeness_of: int | None = Field(default=None, sa_column=Column(BigInteger, index=True))
    likeness_agreed_at: datetime | None = moment(optional=True)
    #: When they were asked last.
    likeness_asked_at: datetime | None = moment(optional=True)
    created_at: datetime = moment()

    __table_args__ = (
        one_of("kind", KINDS, "subject_kind"),
        CheckConstraint("length(token) BETWEEN 3 AND 16", name="subject_token_length"),
        NEVER_AGAIN,
    )


class Photo(SQLModel, table=True):
    """One upload of a subject: upright pixels, and what they show."""

    id: int | None = number()
    subject_id: int = reference("subject.id")
    source_sha256: str
    filename: str
    framing: str
    #: What its member said it shows, where anything was said.
    declared: str | None = None
    #: Whose face of those that were seen the member picked, from 0.
    face: int | None = None
    #: The member wants it in spite of a doubt.
    kept: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    #: It may be of somebody else than the other photos are.
    stranger: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    #: The ids of earlier photos of the subject that it is nearly the same as.
    alike: list[int] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default=text("'[]'"))
    )
    #: All that was seen on it, as the bot writes it; None until somebody has looked.
    seen: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    width: int
    height: int
    upright_key: str = Field(unique=True)
    created_at: datetime = moment()

    __table_args__ = (
        UniqueConstraint("subject_id", "source_sha256"),
        one_of("framing", FRAMINGS, "photo_framing"),
        one_of("declared", DECLARED, "photo_declared"),
        CheckConstraint("face >= 0", name="photo_face"),
        NEVER_AGAIN,
    )


class Crop(SQLModel, table=True):
    """A square of a photo, as it is trained on. A photo's first one is its main one.

    `x`, `y` and `side` are pixels of the upright photo. A square may reach over its edges.
    """

    id: int | None = number()
    photo_id: int = reference("photo.id")
    framing: str
    x: int
    y: int
    side: int
    #: The side of its file in pixels.
    resolution: int
    #: Placed by the member.
    edited: bool = False
    #: The whole sentence that it is trained with, token and class word in it.
    caption: str
    #: The caption is in the member's own words.
    worded: bool = False
    blob_key: str = Field(unique=True)
    created_at: datetime = moment()

    __table_args__ = (
        one_of("framing", FRAMINGS, "crop_framing"),
        CheckConstraint("side > 0", name="crop_side"),
        CheckConstraint("resolution > 0", name="crop_resolution"),
        NEVER_AGAIN,
    )
