"""Rights, whatever is given, taken back, asked for and drawn in whatever order: nobody but a
subject's owner and those with a right of that moment gets a new picture of it, and no row or file
stays of what is gone."""

from __future__ import annotations

import asyncio
import tempfile
from itertools import count
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from storage import queue, sharing
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.erase import delete_subject, erase
from storage.errors import LeaseLost, NotYours
from storage.queue import Lease, Request
from storage.rights import Asker, usable
from storage.sharing import To
from storage.tables import Image, Job, Share, Subject
from tests import postgresql, sqlite
from tests.rows import an_image, new_subject, rows, trained

MEMBERS = st.sampled_from([1, 2, 3])
HERE = 900
#: Whom a right is for, and who of the three that is: only 2 and 3 are on the server.
TO = st.sampled_from([To(member_id=1), To(member_id=2), To(member_id=3), To(server_id=HERE)])
ON_THE_SERVER = {2, 3}


def is_reached(to: To, member: int) -> bool:
    return member in ON_THE_SERVER if to.member_id is None else member == to.member_id


class SharingMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.place = self.new_place()
        self.database = Database(self.place)
        self.blobs = FolderBlobs(Path(self.folder.name) / "blobs")
        self.numbers = count()
        #: By owner: their subject, and by its number whom each right to it is for.
        self.subjects: dict[int, Subject] = {}
        self.rights: dict[int, dict[int, To]] = {}
        self.leases: list[Lease] = []

    def new_place(self) -> Path | str:
        return sqlite.new_database(Path(self.folder.name) / "sharing.sqlite3")

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        if isinstance(self.place, str):
            self.runner.run(postgresql.drop(self.place))
        self.runner.close()
        self.folder.cleanup()

    def may(self, member: int, owner: int) -> bool:
        given = self.rights.get(owner, {}).values()
        return member == owner or any(is_reached(to, member) for to in given)

    @initialize()
    def begin(self) -> None:
        for owner in (1, 2, 3):
            self.create(owner)
            self.give(owner, To(server_id=HERE))

    @rule(owner=MEMBERS)
    def create(self, owner: int) -> None:
        async def work() -> Subject:
            subject = await new_subject(self.database, owner, f"zwx{owner}")
            await trained(self.database, self.blobs, subject)
            return subject

        if owner not in self.subjects:
            self.subjects[owner], self.rights[owner] = self.runner.run(work()), {}

    @rule(owner=MEMBERS, to=TO)
    def give(self, owner: int, to: To) -> None:
        if owner not in self.subjects or to.member_id == owner:
            return
        subject_id = self.subjects[owner].id or 0
        share = self.runner.run(sharing.give(self.database, owner, subject_id, to))
        self.rights[owner][share.id or 0] = to

    @rule(owner=MEMBERS, place=st.integers(0, 3), pictures=st.booleans())
    def take_back(self, owner: int, place: int, pictures: bool) -> None:
        given = self.rights.get(owner) or {}
        if not given:
            return
        share_id = list(given)[place % len(given)]
        taking = sharing.take_back(self.database, self.blobs, owner, share_id, pictures=pictures)
        self.runner.run(taking)
        del given[share_id]

    @rule(member=MEMBERS, share_id=st.none() | st.integers(1, 12))
    def ask(self, member: int, share_id: int | None) -> None:
        """For a picture of everybody's."""
        for owner in (1, 2, 3):
            self.ask_of(member, owner, share_id)

    def ask_of(self, member: int, owner: int, share_id: int | None) -> None:
        """By the right that the gate finds; else by any number, as a forged press would."""
        if owner not in self.subjects:
            return
        subject = self.subjects[owner]

        async def work() -> None:
            who = Asker(member, HERE if member in ON_THE_SERVER else None)
            found = [
                one for one in await usable(self.database, who) if one.subject.id == subject.id
            ]
            assert bool(found) == self.may(member, owner)
            by = found[0].share_id if found else share_id
            request = Request(
                kind="generate",
                owner_id=member,
                subject_id=subject.id,
                share_id=by,
                request_id=f"{next(self.numbers)}",
            )
            if found or by not in self.rights[owner]:
                try:
                    await queue.enqueue(self.database, request)
                except NotYours:
                    assert not found
                else:
                    assert found

        if member in self.subjects:  # whom the studio knows
            self.runner.run(work())

    @rule()
    def claim(self) -> None:
        lease = self.runner.run(queue.claim(self.database))
        if lease is not None:
            self.leases.append(lease)

    @rule(place=st.integers(0, 5))
    def finish(self, place: int) -> None:
        if not self.leases:
            return
        lease = self.leases.pop(place % len(self.leases))
        owner = next((o for o, s in self.subjects.items() if s.id == lease.job.subject_id), None)
        by = lease.job.share_id
        is_right = owner is not None and (lease.job.owner_id == owner or by in self.rights[owner])

        async def work() -> bool:
            key = await self.blobs.put("images", f"{next(self.numbers)}".encode(), "png")
            try:
                async with queue.finishing(self.database, lease, {}) as session:
                    session.add(an_image(lease.job, 0, key))
            except LeaseLost:
                await self.blobs.delete(key)
                return False
            return True

        assert self.runner.run(work()) <= is_right

    @rule(owner=MEMBERS)
    def delete(self, owner: int) -> None:
        if owner in self.subjects:
            token = self.subjects.pop(owner).token
            self.runner.run(delete_subject(self.database, self.blobs, owner, token))
            del self.rights[owner]
            self.nothing_stays_of_what_is_gone()
            self.begin()  # else most walks would end in an empty studio

    @rule(member=MEMBERS)
    def forget(self, member: int) -> None:
        self.runner.run(erase(self.database, self.blobs, member))
        self.subjects.pop(member, None)
        self.rights.pop(member, None)
        for given in self.rights.values():
            for share_id in [number for number, to in given.items() if to.member_id == member]:
                del given[share_id]
        self.nothing_stays_of_what_is_gone()
        self.begin()

    @invariant()
    def nothing_stays_of_what_is_gone(self) -> None:
        async def work() -> None:
            there = {share.id for share in await rows(self.database, Share)}
            assert there == {number for given in self.rights.values() for number in given}
            subjects = {one.id: owner for owner, one in self.subjects.items()}
            for job in await rows(self.database, Job):
                assert job.subject_id in subjects
                if job.state in {"queued", "running"}:
                    is_own = job.owner_id == subjects[job.subject_id]
                    assert is_own or job.share_id in there
            drawn = {image.blob_key for image in await rows(self.database, Image)}
            kept = {key async for key, _ in self.blobs.ages() if key.startswith("images")}
            assert drawn == kept

        self.runner.run(work())


class OnPostgreSQL(SharingMachine):
    def new_place(self) -> str:
        return self.runner.run(postgresql.new_database(postgresql.template()))


TestSharing = SharingMachine.TestCase
TestSharing.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestSharingOnPostgreSQL = OnPostgreSQL.TestCase
TestSharingOnPostgreSQL.settings = settings(max_examples=4, stateful_step_count=30, deadline=None)
