"""Files and rows of photos, whatever is done in whatever order: every file that a row names is
there, and every other one is doomed or gone."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from storage import subjects
from storage.blobs.folder import FolderBlobs
from storage.doomed import bury
from storage.engine import Database
from storage.erase import delete_subject, drop_photo
from storage.errors import NotYours, StoreUnreachable
from storage.tables import Crop, Doomed, Photo, Subject
from tests import postgresql, sqlite
from tests.rows import files, new_crop, new_photo, new_subject, rows

FRAMINGS = st.sampled_from(["face", "chest", "torso", "other"])
MEMBERS = st.integers(1, 2)


class Moody(FolderBlobs):
    """A place for files that does not always answer when something is to be removed."""

    answers = True

    async def delete(self, key: str) -> int:
        if not self.answers:
            raise StoreUnreachable
        return await super().delete(key)


class AlbumMachine(RuleBasedStateMachine):
    photos = Bundle("photos")
    crops = Bundle("crops")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.place = self.new_place()
        self.database = Database(self.place)
        self.blobs = Moody(Path(self.folder.name) / "blobs")
        self.subjects: dict[int, Subject] = {}
        #: For each photo that is there, the captions of its crops.
        self.expected: dict[int, list[str]] = {}
        self.owners: dict[int, int] = {}

    def new_place(self) -> Path | str:
        return sqlite.new_database(Path(self.folder.name) / "album.sqlite3")

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        if isinstance(self.place, str):
            self.runner.run(postgresql.drop(self.place))
        self.runner.close()
        self.folder.cleanup()

    async def subject_of(self, member: int) -> Subject:
        if member not in self.subjects:
            token = f"zwx{member}"
            self.subjects[member] = await new_subject(self.database, member, token)
        return self.subjects[member]

    @rule(target=photos, member=MEMBERS, framing=FRAMINGS, cut=st.integers(1, 3))
    def add(self, member: int, framing: str, cut: int) -> int:
        async def work() -> int:
            subject = await self.subject_of(member)
            data = [b"crop"] * cut
            photo = await new_photo(self.database, self.blobs, subject, framing, *data)
            shot = await subjects.own_shot(self.database, member, photo.id or 0)
            self.expected[photo.id or 0] = [crop.caption for crop in shot.crops]
            self.owners[photo.id or 0] = member
            return photo.id or 0

        return self.runner.run(work())

    @rule(target=crops, photo=photos)
    def look(self, photo: int):
        """A panel shows the crops, and somebody may press one of its buttons much later."""
        if photo not in self.expected:
            return multiple()
        shot = self.runner.run(subjects.own_shot(self.database, self.owners[photo], photo))
        return multiple(*shot.crops)

    @rule(photo=photos, member=MEMBERS, framing=FRAMINGS, new=st.integers(0, 2), keep=st.booleans())
    def recrop(self, photo: int, member: int, framing: str, new: int, keep: bool) -> None:
        async def work() -> None:
            cut = [await new_crop(self.blobs, framing) for _ in range(new)]
            stay: list[Crop] = []
            if keep and self.is_hers(photo, member):
                stay = (await subjects.own_shot(self.database, member, photo)).crops[-1:]
            try:
                await subjects.change_photo(
                    self.database, member, photo, framing=framing, crops=[*stay, *cut]
                )
            except NotYours:
                assert not self.is_hers(photo, member)
                for crop in cut:
                    await FolderBlobs.delete(self.blobs, crop.blob_key)
            else:
                assert self.is_hers(photo, member)
                self.expected[photo] = [crop.caption for crop in [*stay, *cut]]

        self.runner.run(work())

    @rule(crop=crops, member=MEMBERS, caption=st.sampled_from(["in the snow", "on a horse"]))
    def reword(self, crop: Crop, member: int, caption: str) -> None:
        async def work() -> None:
            shots = await subjects.album(self.database, self.subjects[member].id or 0)
            hers = {one.id: place for shot in shots for place, one in enumerate(shot.crops)}
            try:
                await subjects.reword(self.database, member, crop.id or 0, caption)
            except NotYours:
                assert crop.id not in hers
            else:
                self.expected[crop.photo_id][hers[crop.id]] = caption

        if member in self.subjects:
            self.runner.run(work())

    @rule(photo=consumes(photos), member=MEMBERS)
    def drop(self, photo: int, member: int) -> None:
        async def work() -> None:
            try:
                await drop_photo(self.database, self.blobs, member, photo)
            except NotYours:
                assert not self.is_hers(photo, member)
            else:
                assert self.is_hers(photo, member)
                del self.expected[photo]

        self.runner.run(work())

    @rule(member=MEMBERS)
    def delete(self, member: int) -> None:
        subject = self.subjects.pop(member, None)
        if subject is not None:
            self.runner.run(delete_subject(self.database, self.blobs, member, subject.token))
            gone = [photo for photo in self.expected if self.owners[photo] == member]
            for photo in gone:
                del self.expected[photo]

    @rule(answers=st.booleans())
    def bury(self, answers: bool) -> None:
        self.blobs.answers = answers
        self.runner.run(bury(self.database, self.blobs))

    def is_hers(self, photo: int, member: int) -> bool:
        return photo in self.expected and self.owners[photo] == member

    @invariant()
    def every_file_has_its_row_or_is_doomed(self) -> None:
        async def look() -> tuple[set[str], set[str], set[str]]:
            named = {photo.upright_key for photo in await rows(self.database, Photo)}
            named |= {crop.blob_key for crop in await rows(self.database, Crop)}
            doomed = {row.key for row in await rows(self.database, Doomed)}
            return named, doomed, await files(self.blobs)

        named, doomed, there = self.runner.run(look())
        assert named <= there
        assert there - named <= doomed
        assert not named & doomed

    @invariant()
    def the_crops_are_as_expected(self) -> None:
        found: dict[int, list[str]] = {
            photo.id: [] for photo in self.runner.run(rows(self.database, Photo))
        }
        for crop in self.runner.run(rows(self.database, Crop)):
            found[crop.photo_id].append(crop.caption)
        assert found == self.expected


class PostgresqlMachine(AlbumMachine):
    def new_place(self) -> str:
        template = postgresql.template()
        return self.runner.run(postgresql.new_database(template))


BOUNDS = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestAlbumMachine = AlbumMachine.TestCase
TestAlbumMachine.settings = BOUNDS
TestPostgresqlMachine = PostgresqlMachine.TestCase
TestPostgresqlMachine.settings = settings(BOUNDS, max_examples=8)
