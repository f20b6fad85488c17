"""Everything that is kept of a member, as data, and the files that it names: for whoever packs it.

Nobody else's data is in it: of others who used a member's subject only how many pictures they have
is told. A table that comes to be is told of here, or left out with a reason; a test holds that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import Database
from storage.screening import LIMIT
from storage.tables import (
    Adapter,
    Consent,
    Crop,
    Draft,
    Entry,
    Erasure,
    Image,
    Job,
    Member,
    Offence,
    Pause,
    Photo,
    Preview,
    Seat,
    Server,
    Session,
    Share,
    Source,
    Subject,
    Suspension,
    Vote,
    columns,
)

adapters = columns(Adapter)
crops = columns(Crop)
images = columns(Image)
jobs = columns(Job)
photos = columns(Photo)
previews = columns(Preview)
servers = columns(Server)
sessions = columns(Session)
shares = columns(Share)
subjects = columns(Subject)


@dataclass(frozen=True)
class Part:
    """Which rows of a table are the member's, as SQL, and which columns are not told: others' ids,
    and what only machines know."""

    table: Any
    whose: Callable[[int], Any]
    without: frozenset[str] = frozenset()


def _subjects_of(member_id: int) -> Any:
    return select(subjects.id).where(subjects.owner_id == member_id)


def _photos_of(member_id: int) -> Any:
    return select(photos.id).where(photos.subject_id.in_(_subjects_of(member_id)))


def _jobs_of(member_id: int) -> Any:
    return select(jobs.id).where(jobs.owner_id == member_id)


def _by(table: Any, column: str = "member_id", *without: str) -> Part:
    """Rows that name the member in this column."""
    named = getattr(columns(table), column)
    return Part(table, lambda member_id: named == member_id, frozenset(without))


#: What is told, by the table's name.
TOLD: Final[dict[str, Part]] = {
    "member": _by(Member, "id", "served_turn"),
    "consent": _by(Consent),
    "subject": _by(Subject, "owner_id", "likeness_of"),
    "photo": Part(Photo, lambda m: photos.subject_id.in_(_subjects_of(m))),
    "crop": Part(Crop, lambda m: crops.photo_id.in_(_photos_of(m))),
    "adapter": Part(Adapter, lambda m: adapters.subject_id.in_(_subjects_of(m))),
    "job": _by(Job, "owner_id", "lease_key", "lease_until", "run_after"),
    "image": _by(Image, "owner_id"),
    "preview": Part(Preview, lambda m: previews.job_id.in_(_jobs_of(m))),
    "source": _by(Source, "owner_id"),
    "draft": _by(Draft, "owner_id"),
    "share": Part(
        Share, lambda m: shares.subject_id.in_(_subjects_of(m)), frozenset({"member_id"})
    ),
    "session": _by(Session, "host_id", "results"),
    "seat": _by(Seat),
    "entry": _by(Entry),
    "vote": _by(Vote),
    "offence": _by(Offence),
    "suspension": _by(Suspension),
    "pause": _by(Pause),
    "erasure": _by(Erasure),
}
#: What is not, and why.
LEFT_OUT: Final[dict[str, str]] = {
    "checkpoint": "how far a training under way is, for the trainer alone; it goes with its end",
    "classimage": "pictures of a class that the base drew; of no member",
    "doomed": "names of files that are being removed; of no member any more",
    "outgoing": "where messages are and what is still to be said of rows that are told themselves",
    "server": "what a server's admins want; of no member",
    "style": "what a server's admins keep; of no member",
    "worker": "trainer processes, and how fast they are; of no member",
}
#: Columns that name a file.
_FILES: Final = ("upright_key", "blob_key", "mask_key")


@dataclass(frozen=True)
class File:
    """A file of a member's: its place in what is packed, and its key. `size_bytes` where rows know
    it."""

    name: str
    key: str
    size_bytes: int | None = None


@dataclass(frozen=True)
class Dossier:
    """The rows by table, as JSON takes them, and the files."""

    member_id: int
    rows: dict[str, list[dict[str, Any]]]
    files: list[File]

    @property
    def is_empty(self) -> bool:
        return not any(self.rows.values())


async def collect(database: Database, member_id: int) -> Dossier:
    """All of it, in one consistent state. Of pictures that nobody may see the rows alone."""
    async with database.read() as session:
        found = {name: await _rows(session, part, member_id) for name, part in TOLD.items()}
        limits: dict[int, float] = {
            row[0]: row[1] for row in await session.execute(_limits(member_id))
        }
        drawn = {row[0]: row[1] for row in await session.execute(_drawn_by_others(member_id))}
        # aside: of thousands of rows it would hold the event loop
        told, files = await asyncio.to_thread(_told, found, limits)
        for subject, row in zip(found["subject"], told["subject"], strict=True):
            row["shows_another_member"] = subject.likeness_of is not None
            row["pictures_drawn_by_others"] = drawn.get(subject.id or 0, 0)
        told["shares_received"] = await _received(session, member_id)
        told["subjects_that_show_you"] = await _showing(session, member_id)
        return Dossier(member_id, told, files)


async def counts(database: Database, member_id: int, tables: Sequence[str]) -> list[int]:
    """How many rows of these tables are the member's."""
    async with database.read() as session:
        found = [
            select(func.count()).select_from(TOLD[name].table).where(TOLD[name].whose(member_id))
            for name in tables
        ]
        return [await session.scalar(query) or 0 for query in found]


async def _rows(session: AsyncSession, part: Part, member_id: int) -> list[Any]:
    keys = part.table.__table__.primary_key
    found = select(part.table).where(part.whose(member_id)).order_by(*keys)
    return list((await session.scalars(found)).all())


def _limits(member_id: int) -> Any:
    """From which score on pictures of a job are withheld."""
    limit = func.coalesce(servers.explicit_limit, LIMIT)
    return (
        select(jobs.id, limit)
        .outerjoin(servers, servers.id == jobs.server_id)
        .where(jobs.owner_id == member_id)
    )


def _drawn_by_others(member_id: int) -> Any:
    return (
        select(jobs.subject_id, func.count(images.id))
        .join(jobs, jobs.id == images.job_id)
        .where(
            jobs.subject_id.in_(_subjects_of(member_id)),
            jobs.kind == "generate",
            images.owner_id != member_id,
        )
        .group_by(jobs.subject_id)
    )


def _told(
    found: dict[str, list[Any]], limits: dict[int, float]
) -> tuple[dict[str, list[dict[str, Any]]], list[File]]:
    """The rows without what is not told, each file under its name in what is packed."""
    tokens = {subject.id: subject.token for subject in found["subject"]}
    files: list[File] = []
    told: dict[str, list[dict[str, Any]]] = {}
    for table, rows in found.items():
        told[table] = []
        for row in rows:
            values = row.model_dump(exclude=TOLD[table].without | set(_FILES))
            if table == "draft":  # whom a subject is to show is somebody else
                values["wish"] = {name: v for name, v in values["wish"].items() if name != "of"}
            told[table].append(values)
            if table in {"image", "preview"} and _is_withheld(row, limits):
                values["withheld"] = True
                continue
            for column in _FILES:
                key = getattr(row, column, None)
                if key is not None:
                    name = _name(table, row, column, tokens) + PurePosixPath(key).suffix
                    values[column.replace("_key", "_file")] = name
                    files.append(File(name, key, getattr(row, "size_bytes", None)))
    return told, files


def _is_withheld(row: Any, limits: dict[int, float]) -> bool:
    return row.explicit is None or row.explicit >= limits.get(row.job_id, LIMIT)


def _name(table: str, row: Any, column: str, tokens: dict[Any, str]) -> str:
    match table:
        case "photo":
            return f"photos/{row.id}"
        case "crop":
            return f"photos/{row.photo_id}-crop-{row.id}"
        case "adapter":
            return f"adapters/{tokens[row.subject_id]}-{row.id}"
        case "image":
            return f"pictures/{row.job_id}-{row.number}"
        case "source":
            return f"sources/{row.id}{'-mask' if column == 'mask_key' else ''}"
        case _:
            return f"{table}s/{row.id}"


async def _received(session: AsyncSession, member_id: int) -> list[dict[str, Any]]:
    """What others share with the member; not who they are."""
    found = await session.execute(
        select(shares.id, subjects.token, subjects.class_word, shares.created_at)
        .join(subjects, subjects.id == shares.subject_id)
        .where(shares.member_id == member_id)
        .order_by(shares.id)
    )
    return [dict(row) for row in found.mappings().all()]


async def _showing(session: AsyncSession, member_id: int) -> list[dict[str, Any]]:
    """Subjects of others that show the member; not whose they are."""
    counted = select(func.count()).where(photos.subject_id == subjects.id).scalar_subquery()
    found = await session.execute(
        select(
            subjects.id,
            subjects.token,
            subjects.class_word,
            subjects.likeness_asked_at,
            subjects.likeness_agreed_at,
            counted.label("photos"),
        )
        .where(subjects.likeness_of == member_id, subjects.owner_id != member_id)
        .order_by(subjects.id)
    )
    return [dict(row) for row in found.mappings().all()]
