"""The tables. What must never be is forbidden here, not hoped for elsewhere."""

from __future__ import annotations

from storage.tables.drafts import Draft
from storage.tables.made import Adapter, ClassImage, Image, Source
from storage.tables.members import Consent, Doomed, Erasure, Member, Pause, Suspension
from storage.tables.parts import Moment, columns
from storage.tables.servers import OFFENCES, Offence, Server, Style
from storage.tables.sessions import STAGES, Entry, Seat, Session, Vote
from storage.tables.shares import SHARE_KINDS, Share
from storage.tables.subjects import DECLARED, FRAMINGS, KINDS, Crop, Photo, Subject
from storage.tables.work import (
    JOB_KINDS,
    OPEN_STATES,
    OUTGOING_KINDS,
    STATES,
    Checkpoint,
    Job,
    Outgoing,
    Preview,
    Worker,
    in_state,
)

__all__ = [
    "DECLARED",
    "FRAMINGS",
    "JOB_KINDS",
    "KINDS",
    "OFFENCES",
    "OPEN_STATES",
    "OUTGOING_KINDS",
    "SHARE_KINDS",
    "STAGES",
    "STATES",
    "Adapter",
    "Checkpoint",
    "ClassImage",
    "Consent",
    "Crop",
    "Doomed",
    "Draft",
    "Entry",
    "Erasure",
    "Image",
    "Job",
    "Member",
    "Moment",
    "Offence",
    "Outgoing",
    "Pause",
    "Photo",
    "Preview",
    "Seat",
    "Server",
    "Session",
    "Share",
    "Source",
    "Style",
    "Subject",
    "Suspension",
    "Vote",
    "Worker",
    "columns",
    "in_state",
]
