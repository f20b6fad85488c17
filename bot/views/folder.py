"""A subject's photos as the panels show them: what each is worth, and how it is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot import album, words
from bot.desk import Desk
from bot.photos.coverage import Coverage
from bot.photos.variety import Variety
from bot.photos.verdict import Verdict, comparable
from bot.sheets.tile import Mark
from storage.subjects import Shot
from storage.tables import Subject


@dataclass(frozen=True)
class Folder:
    """The photos of one subject as they are now, oldest first."""

    app: Desk
    subject: Subject
    shots: Sequence[Shot]

    @classmethod
    async def of(cls, app: Desk, subject: Subject) -> Folder:
        """The folder, brought up to date first."""
        folder = cls(app, subject, await album.album(app, subject))
        # worked out aside, and kept: of 60 photos it would hold the event loop for 40 ms
        await asyncio.to_thread(lambda: (folder.cover, folder.variety))
        return folder

    @cached_property
    def cover(self) -> Coverage:
        return album.covered(self.shots)

    @cached_property
    def variety(self) -> Variety:
        return album.varied(self.app, self.subject, self.shots)

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number of each photo, from 1, by its id."""
        return {id_of(shot): number for number, shot in enumerate(self.shots, 1)}

    def find(self, photo_id: int) -> Shot | None:
        """The photo of that id, if it is here."""
        number = self.numbers.get(photo_id)
        return None if number is None else self.shots[number - 1]

    def judged(self, shot: Shot) -> Verdict:
        return album.verdict(self.app, self.subject, shot)

    def counts(self, shot: Shot) -> bool:
        return album.counts(shot, self.cover)

    def mark(self, shot: Shot) -> Mark:
        if not self.counts(shot):
            return "not"
        return "doubt" if self.judged(shot).warnings and not shot.photo.kept else "counts"

    def worth(self, shot: Shot) -> str:
        """What is said of the photo, with every remark."""
        first = self.cover.duplicates.get(id_of(shot))
        judged = self.judged(shot)
        return words.photo_verdict(
            self.subject.kind,
            judged.counts,
            judged.warnings,
            None if first is None else self.numbers[first],
            kept=shot.photo.kept,
        )

    def faces(self, shot: Shot) -> int:
        """How many faces on the photo may be the one that is meant; the largest come first."""
        seen = album.seen_of(shot)
        if seen is None or self.subject.kind != "person":
            return 0
        return comparable(seen.faces)


def id_of(shot: Shot) -> int:
    """The id of a photo that is kept."""
    assert shot.photo.id is not None
    return shot.photo.id
