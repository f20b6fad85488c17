"""What a bot writes for one member, each act told after it was acknowledged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from storage import clock, gallery, line, outbox, queue, subjects
from storage.blobs.folder import FolderBlobs
from storage.doomed import bury
from storage.engine import Database
from storage.erase import delete_subject, drop_photo, erase
from storage.errors import AlreadyTraining, NotYours
from storage.retention import expire
from storage.settings import StorageSettings
from storage.tables import ClassImage, Crop, Job, Photo, Subject
from tests.faults.losses import BLOBS, DATABASE
from tests.faults.zygote import Line, Say

CONSENT = 1
#: What was made just now is past its time in `DAYS` days.
SHORT_LIVES = StorageSettings(photos_days=1, adapters_days=1, pictures_days=1)
DAYS = 3
CHANNEL = 77
MOST_ATTEMPTS = 4


def hasten() -> None:
    """Waits of seconds become waits of moments, in this process: a storm has no minutes."""
    outbox.TAKEN_S, outbox.GRACE_S, queue.BACKOFF_S = 1.0, 0.0, 0.05


def at(place: str) -> tuple[Database, FolderBlobs]:
    """The database and the files of a place, without a look at their version."""
    return Database(Path(place) / DATABASE), FolderBlobs(Path(place) / BLOBS)


class Member:
    """A member of the server, by way of a bot. Names are made of the member's own number, so
    nobody else ever uses them."""

    def __init__(
        self, say: Say, database: Database, blobs: FolderBlobs, number: int, names_from: int = 0
    ) -> None:
        self.say = say
        self.database = database
        self.blobs = blobs
        self.number = number
        self._made = names_from

    def _new(self) -> int:
        self._made += 1
        return self._made

    async def consent(self) -> None:
        await subjects.give_consent(self.database, self.number, CONSENT)
        self.say("consent", member=self.number, version=CONSENT)

    async def subject(self) -> Subject:
        subject = await subjects.create_subject(
            self.database,
            owner_id=self.number,
            token=f"t{self.number:x}q{self._new()}",
            class_word="woman",
            kind="person",
            base="tiny",
        )
        self.say("subject", member=self.number, subject=subject.id, token=subject.token)
        return subject

    async def photo(self, subject: Subject) -> Photo:
        digest = hashlib.sha256(f"{subject.token} {self._new()}".encode()).hexdigest()
        photo = await subjects.add_photo(
            self.database,
            Photo(
                subject_id=subject.id or 0, source_sha256=digest, filename="a.jpg", framing="face",
                width=64, height=64, created_at=clock.now(),
                upright_key=await self.blobs.put("photos", b"upright" * 999, "png"),
            ),
            [await cut(self.blobs) for _ in range(2)],
        )  # fmt: skip
        assert photo is not None
        whose = {"member": self.number, "token": subject.token, "photo": photo.upright_key}
        self.say("photo", subject=subject.id, **whose)
        for crop in (await subjects.own_shot(self.database, self.number, photo.id or 0)).crops:
            self.say("crop", crop=crop.blob_key, **whose)
        return photo

    async def recrop(self, photo: Photo, token: str) -> None:
        """Move each crop that there is: another one takes its place, and gets another caption."""
        try:
            shot = await subjects.own_shot(self.database, self.number, photo.id or 0)
        except NotYours:  # went with its subject
            return
        for crop in shot.crops:
            going = {"kind": "crop", "crop": crop.blob_key, "by": "recrop", "member": self.number,
                     "id": photo.id, "photo": photo.upright_key, "token": token}  # fmt: skip
            self.say("may_go", **going)
            await go_again(self.say, self.database, self.blobs, going)

    async def ask(self, kind: str = "generate", subject: Subject | None = None) -> Job | None:
        """A job; None where the subject is being trained already."""
        number = self._new()
        asking = {
            "kind": kind,
            "member": self.number,
            "subject": subject.id if subject else None,
            "token": subject.token if subject else None,
            "request": f"{self.number}-{number}",
            "pictures": number % 3,
        }
        self.say("asking", **asking)
        return await ask_again(self.say, self.database, asking)

    async def show(self, job: Job) -> None:
        """The panel of a job is there; not told, because it is only where to say things."""
        await line.set_message(
            self.database, job.id or 0, CHANNEL, self.number * 100 + (job.id or 0)
        )

    async def cancel(self, job: Job, *, keeps: bool = False) -> None:
        try:
            job = await queue.cancel(self.database, job.id or 0, self.number, keeps=keeps)
        except NotYours:  # went with its subject
            return
        if job.state == "cancelled":
            self.say("ended", job=job.id, state=job.state, **whose(job))

    async def drop(self, photo: Photo) -> None:
        going = {"kind": "photo", "photo": photo.upright_key, "by": "drop", "member": self.number,
                 "id": photo.id}  # fmt: skip
        self.say("may_go", **going)
        await go_again(self.say, self.database, self.blobs, going)

    async def delete(self, subject: Subject) -> None:
        going = {"kind": "token", "token": subject.token, "by": "delete", "member": self.number}
        self.say("may_go", **going)
        await go_again(self.say, self.database, self.blobs, going)

    async def erase(self) -> None:
        going = {"kind": "member", "member": self.number, "by": "erase"}
        self.say("may_go", **going)
        await go_again(self.say, self.database, self.blobs, going)


async def cut(blobs: FolderBlobs) -> Crop:
    """A crop with its file, not yet of any photo."""
    return Crop(
        framing="face", x=0, y=0, side=64, resolution=64, caption="a close-up portrait of her",
        blob_key=await blobs.put("crops", b"crop", "png"), created_at=clock.now(),
    )  # fmt: skip


async def ask_again(say: Say, database: Database, asking: dict[str, Any]) -> Job | None:
    """Put a request in line, as the first time or once more."""
    request = queue.Request(
        kind=asking["kind"],
        owner_id=asking["member"],
        subject_id=asking["subject"],
        request_id=asking["request"],
        spec={"pictures": asking["pictures"], "token": asking["token"]},
        channel_id=CHANNEL,
        max_attempts=MOST_ATTEMPTS,
    )
    try:
        job = await queue.enqueue(database, request)
    except AlreadyTraining:
        say("refused", request=request.request_id)
        return None
    say("job", job=job.id, **whose(job))
    return job


async def _move(say: Say, database: Database, blobs: FolderBlobs, going: dict[str, Any]) -> None:
    """Another crop in the place of this one, in words of its own. Raises NotYours."""
    member, photo_id = going["member"], going["id"]
    shot = await subjects.own_shot(database, member, photo_id)
    stay = [crop for crop in shot.crops if crop.blob_key != going["crop"]]
    if len(stay) == len(shot.crops):
        return  # the first time was enough
    moved = await cut(blobs)
    try:
        await subjects.change_photo(database, member, photo_id, crops=[*stay, moved])
    except NotYours:
        await blobs.delete(moved.blob_key)
        raise
    whose = {"member": member, "token": going["token"], "photo": going["photo"]}
    say("crop", crop=moved.blob_key, **whose)
    await bury(database, blobs)
    *_, last = (await subjects.own_shot(database, member, photo_id)).crops
    await subjects.reword(database, member, last.id or 0, f"{photo_id} on a horse")
    say("worded", crop=last.blob_key, caption=f"{photo_id} on a horse", **whose)


async def go_again(say: Say, database: Database, blobs: FolderBlobs, going: dict[str, Any]) -> None:
    """Remove a crop, a photo, a subject or a member, as the first time or once more."""
    try:
        if going["by"] == "recrop":
            await _move(say, database, blobs, going)
        elif going["by"] == "drop":
            await drop_photo(database, blobs, going["member"], going["id"])
        elif going["by"] == "delete":
            await delete_subject(database, blobs, going["member"], going["token"])
        else:
            await erase(database, blobs, going["member"])
    except NotYours:
        pass  # the first time was enough
    say("gone", **going)


async def past_its_time(database: Database, blobs: FolderBlobs) -> None:
    """Retention as it runs days later; this process has the later date from here on."""
    later = clock.now() + timedelta(days=DAYS)
    clock.now = lambda: later
    await expire(database, blobs, SHORT_LIVES)


def begun(lines: Sequence[Line]) -> list[Line]:
    """What was begun and not told the end of."""
    asked = {one["request"] for one in lines if one["what"] in {"job", "refused"}}
    gone = {(one["kind"], one[one["kind"]]) for one in lines if one["what"] == "gone"}
    return [
        one
        for one in lines
        if (one["what"] == "asking" and one["request"] not in asked)
        or (one["what"] == "may_go" and (one["kind"], one[one["kind"]]) not in gone)
    ]


async def do_again(say: Say, database: Database, blobs: FolderBlobs, one: Line) -> None:
    """A member presses the button once more."""
    facts = {name: value for name, value in one.items() if name not in {"what", "at"}}
    if one["what"] == "asking":
        await ask_again(say, database, facts)
    else:
        await go_again(say, database, blobs, facts)


async def deliver(say: Say, database: Database) -> int:
    """Say what is due, as a bot does: take, post, mark. How much there was."""
    taken_at = clock.monotonic_s()
    rows = await outbox.take(database)
    for row in rows:
        job = await queue.get(database, row.job_id) if row.job_id else None
        if job is not None:
            say("posted", taken=int(taken_at * 1e9), **whose(job))
        await outbox.delivered(database, row.id or 0)
        if job is not None:
            say("delivered", **whose(job))
    return len(rows)


def whose(job: Job) -> dict[str, Any]:
    return {"member": job.owner_id, "token": job.spec["token"], "request": job.request_id}


async def share_class_image(
    say: Say, database: Database, blobs: FolderBlobs, number: int, class_word: str = "woman"
) -> None:
    """A class image, as a trainer shares it."""
    key = await blobs.put("class", b"class image", "png")
    row = ClassImage(base_hash="0" * 64, class_word=class_word, number=number, blob_key=key)
    if await gallery.add_class_image(database, row):
        say("class", key=key)
    else:
        await blobs.delete(key)
