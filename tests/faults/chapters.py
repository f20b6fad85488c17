"""The life of a member and of a job, in chapters, with a SIGKILL before the k-th thing it writes.

What counts as a thing: every statement and commit of every connection, every return of a
connection after a commit, and every fsync, rename, unlink and mkdir of the files. Not counted:
PRAGMA and what only looks at the tables' shape.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from storage import outbox, queue, subjects
from storage.engine import Database
from storage.orphans import sweep_orphans
from storage.queue import Lease
from storage.tables import Adapter, Job, Photo, Subject, columns
from tests.faults.losses import DATABASE, names
from tests.faults.members import (
    Member,
    at,
    deliver,
    hasten,
    past_its_time,
    share_class_image,
    whose,
)
from tests.faults.trainers import do, fail, stop
from tests.faults.zygote import Say

MEMBER = 1


class Failpoints:
    """Counts, and dies at the `deadly` one; 0: never."""

    def __init__(self, deadly: int) -> None:
        self.count = 0
        self.armed = False
        self._deadly = deadly
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._here)
        event.listen(Pool, "checkin", self._here)
        for name in ("fsync", "replace", "unlink", "mkdir"):
            setattr(os, name, self._before(getattr(os, name)))

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().startswith("PRAGMA") and "sqlite_master" not in statement:
            self._here()

    def _before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            self._here()
            return call(*args, **options)

        return counted

    def _here(self, *_: Any) -> None:
        if not self.armed:
            return
        self.count += 1
        if self.count == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()  # a signal to oneself is obeyed at once, but who knows


class Stage:
    """What a chapter plays on."""

    def __init__(self, say: Say, place: str, names_from: int) -> None:
        self.say = say
        self.place = place
        self.database, self.blobs = at(place)
        self.member = Member(say, self.database, self.blobs, MEMBER, names_from)

    async def subject(self) -> Subject:
        """The subject that was prepared last."""
        return (await subjects.list_subjects(self.database, MEMBER))[-1].subject

    async def ask(self, kind: str = "generate", subject: Subject | None = None) -> Job:
        job = await self.member.ask(kind, subject)
        assert job is not None
        return job

    async def claim(self) -> Lease:
        lease = await queue.claim(self.database)
        assert lease is not None
        return lease

    async def do_all(self) -> None:
        while lease := await queue.claim(self.database):
            await do(self.say, self.database, self.blobs, lease)


async def start(stage: Stage) -> None:
    """A first start and a second one: the tables are made."""
    for _ in range(2):
        database = await Database.open(Path(stage.place) / DATABASE)
        await stage.member.consent()
        await database.close()


async def photos(stage: Stage) -> None:
    await stage.member.consent()
    subject = await stage.member.subject()
    first = await stage.member.photo(subject)
    await stage.member.photo(subject)
    await stage.member.drop(first)


async def crops(stage: Stage) -> None:
    subject = await stage.subject()
    (photo,) = await subjects.photos_of(stage.database, subject.id or 0)
    await stage.member.recrop(photo, subject.token)


async def before_work(stage: Stage) -> None:
    await stage.member.photo(await stage.member.subject())


async def work(stage: Stage) -> None:
    await stage.member.show(await stage.ask("train", await stage.subject()))
    lease = await stage.claim()
    await queue.beat(stage.database, lease, progress={"step": 1})
    await do(stage.say, stage.database, stage.blobs, lease)
    await stage.ask()
    lease = await stage.claim()
    await do(stage.say, stage.database, stage.blobs, lease)


async def other_ends(stage: Stage) -> None:
    await stage.member.consent()
    await stage.member.cancel(await stage.ask())
    second = await stage.ask()
    lease = await stage.claim()
    await stage.member.cancel(second)
    await queue.beat(stage.database, lease)
    await stop(stage.say, stage.database, lease)
    await stage.ask()
    await queue.give_back(stage.database, await stage.claim(), count_attempt=True)
    await fail(stage.say, stage.database, await stage.claim())


async def before_deliveries(stage: Stage) -> None:
    await stage.member.consent()
    for _ in range(3):
        await stage.ask()
    await stage.do_all()


async def deliveries(stage: Stage) -> None:
    rows = await outbox.take(stage.database, 1)
    await outbox.try_later(stage.database, rows[0])
    await deliver(stage.say, stage.database)
    await stage.ask()
    await stage.do_all()
    (row,) = await outbox.take(stage.database)
    await outbox.give_up(stage.database, row.id or 0, "403")


async def _everything(stage: Stage) -> None:
    """A member with one of each."""
    subject = await stage.member.subject()
    await stage.member.photo(subject)
    await stage.member.photo(subject)
    for kind in ("train", "generate"):
        await stage.member.show(await stage.ask(kind, subject))
    await stage.do_all()


async def before_delete_subject(stage: Stage) -> None:
    await _everything(stage)
    subject = await stage.subject()
    for kind in ("train", "generate"):
        await stage.ask(kind, subject)
    await stage.claim()


async def delete_subject(stage: Stage) -> None:
    await stage.member.delete(await stage.subject())


async def before_erase(stage: Stage) -> None:
    await stage.member.consent()
    await _everything(stage)
    await stage.ask("train", await stage.member.subject())
    await stage.claim()
    other = Member(stage.say, stage.database, stage.blobs, MEMBER + 1)
    await other.consent()
    await other.photo(await other.subject())


async def erase(stage: Stage) -> None:
    await stage.member.erase()
    await stage.member.erase()  # a second call says that nothing is left


async def before_expire(stage: Stage) -> None:
    await _everything(stage)
    await deliver(stage.say, stage.database)


async def expire(stage: Stage) -> None:
    async with stage.database.read() as session:
        jobs = (await session.scalars(select(columns(Job)))).all()
        shown = (await session.scalars(select(columns(Photo)))).all()
        adapters = (await session.scalars(select(columns(Adapter)))).all()
    going: list[dict[str, Any]] = [
        *({"kind": "photo", "photo": photo.upright_key} for photo in shown),
        *({"kind": "adapter", "adapter": adapter.blob_key} for adapter in adapters),
        *({"kind": "request", **whose(job)} for job in jobs),
    ]
    for one in going:
        stage.say("may_go", by="expire", **one)
    await past_its_time(stage.database, stage.blobs)
    for one in going:
        stage.say("gone", by="expire", **one)


async def shared_files(stage: Stage) -> None:
    await share_class_image(stage.say, stage.database, stage.blobs, 1)
    await share_class_image(stage.say, stage.database, stage.blobs, 1)
    await stage.blobs.put("photos", b"of a bot that died", "png")
    await sweep_orphans(stage.database, stage.blobs, older_than_s=0)


Act = Callable[[Stage], Awaitable[None]]

#: What is played under fire, and what is prepared for it unharmed.
CHAPTERS: dict[str, tuple[Act, Act | None]] = {
    "start": (start, None),
    "photos": (photos, None),
    "crops": (crops, before_work),
    "work": (work, before_work),
    "other_ends": (other_ends, None),
    "deliveries": (deliveries, before_deliveries),
    "delete_subject": (delete_subject, before_delete_subject),
    "erase": (erase, before_erase),
    "expire": (expire, before_expire),
    "shared_files": (shared_files, None),
}


async def prepare(say: Say, *, place: str, chapter: str) -> None:
    """Set the stage."""
    hasten()
    _, before = CHAPTERS[chapter]
    if before is not None:
        stage = Stage(say, place, names_from=0)
        await before(stage)
        await stage.database.close()
        for key in names(Path(place)):
            say("named", key=key)


def _name_alike() -> None:
    """The same names in every play: whether two files share a folder is one `mkdir` or two."""
    names = random.Random(1)
    secrets.token_hex = lambda nbytes=None: names.randbytes(nbytes or 32).hex()


async def play(say: Say, *, place: str, chapter: str, deadly: int) -> None:
    """Play, and die before the `deadly` thing; 0: play to the end."""
    hasten()
    failpoints = Failpoints(deadly)
    _name_alike()
    stage = Stage(say, place, names_from=100)
    act, _ = CHAPTERS[chapter]
    failpoints.armed = True
    await act(stage)
    failpoints.armed = False
    say("survived", count=failpoints.count)
