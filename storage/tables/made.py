"""What trainers make: adapters, pictures, class images."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.parts import NEVER_AGAIN, json_object, moment, number, reference


class Adapter(SQLModel, table=True):
    """What training made: a LoRA file, its hash, its report card.

    A training leaves several, one for each of the steps it proposes. The one in use is the one
    that was chosen last: see `storage.gallery.current_adapter`.

    step: how many optimisation steps are in it, those of what it went on from included
    """

    id: int | None = number()
    subject_id: int = reference("subject.id")
    job_id: int | None = reference("job.id", optional=True, cascade=False)
    blob_key: str = Field(unique=True)
    sha256: str
    size_bytes: int
    base: str
    base_hash: str
    card: dict[str, Any] = json_object()
    step: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    chosen_at: datetime | None = moment(optional=True)
    created_at: datetime = moment()
    last_used_at: datetime | None = moment(optional=True)
    #: Its file was found to be something else than what was saved; nothing is drawn with it.
    damaged_at: datetime | None = moment(optional=True)

    __table_args__ = (NEVER_AGAIN,)


class Image(SQLModel, table=True):
    """A picture a job made: a member's picture, or a tile of a training's sample sheet."""

    id: int | None = number()
    job_id: int = reference("job.id")
    owner_id: int = reference("member.id", big=True)
    number: int
    blob_key: str = Field(unique=True)
    seed: int
    width: int
    height: int
    parameters: str
    created_at: datetime = moment()
    #: 0 to 1, how explicit it looks; None until somebody has looked: till then nobody sees it.
    explicit: float | None = None
    #: Its member keeps it: it stays when the time of pictures is over.
    kept_at: datetime | None = moment(optional=True)

    __table_args__ = (
        UniqueConstraint("job_id", "number"),
        NEVER_AGAIN,
    )


class Source(SQLModel, table=True):
    """A picture that is to be worked on, as a copy of its own, and where.

    Its job comes later, where its member first looks at the mask; `wish` is what is asked of it
    then. One without a job is forgotten after a day.

    blob_key: the upright picture without metadata; mask_key: white where it may change
    drawn: it came from here, and is no upload
    """

    id: int | None = number()
    owner_id: int = reference("member.id", big=True)
    subject_id: int = reference("subject.id")
    job_id: int | None = reference("job.id", optional=True)
    blob_key: str = Field(unique=True)
    mask_key: str | None = Field(default=None, unique=True)
    width: int
    height: int
    drawn: bool
    wish: dict[str, Any] = json_object()
    created_at: datetime = moment()

    __table_args__ = (NEVER_AGAIN,)


class ClassImage(SQLModel, table=True):
    """A regularisation picture of a class, made by a base itself and shared by all subjects."""

    id: int | None = number()
    base_hash: str
    class_word: str
    number: int
    blob_key: str = Field(unique=True)
    created_at: datetime = moment()

    __table_args__ = (
        UniqueConstraint("base_hash", "class_word", "number"),
        NEVER_AGAIN,
    )
