"""`darkroom look`: the review panel for files on this machine, without Discord."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from errno import ENOENT
from functools import cached_property
from os import strerror
from pathlib import Path
from typing import Any

from bot import words
from bot.photos.alike import alike
from bot.photos.coverage import FACES_NEEDED, TORSOS_NEEDED, Counted, Coverage, coverage
from bot.photos.darkbox import Examiner
from bot.photos.errors import PhotoRefused
from bot.photos.examined import Examined
from bot.photos.limits import MAX_BYTES
from bot.photos.shapes import Box, Square
from bot.photos.terms import Framing, Kind
from bot.photos.variety import Variety, variety
from bot.photos.verdict import Verdict, judge
from bot.sheets.review import review_sheet
from bot.sheets.tile import Mark, Tile

#: What says on a terminal what the sheet says with a mark.
_SIGNS = str.maketrans("", "", "✅⬜⚠️❌`")
#: The reason against a file that is none, or not ours to read.
UNREADABLE = "unreadable"
NO_FILE = "Not a file"
NOTHING = Verdict("other", "other", None, ())
#: What is told of a photo, and null for everything else.
_TOLD = (
    *("framing", "counts_as", "crop", "blur", "duplicate_of", "width", "height"),
    *("sharpness", "light", "nsfw", "background"),
)


async def look(args: argparse.Namespace, side: int) -> tuple[list[str], int]:
    """The lines to print, and how many files could not be read; the sheet is written. `side` is
    the base's resolution in px. Raises OSError for a sheet that cannot be written, before any work.
    """
    if args.sheet:
        with args.sheet.open("ab"):
            pass
    batch = Batch(args.kind, args.framing, side)
    async with Examiner() as examiner:
        for path in args.files:
            await batch.take(examiner, path)
    numbers = range(len(batch.looked))
    summary = [*batch.summary()] if len(numbers) > 1 else []
    said = [batch.sentence(number) for number in numbers]
    if args.sheet:
        lines = [f"{number}. {line}" for number, line in enumerate(said, 1)] + summary
        across = max(3, round(math.sqrt(len(numbers))))
        args.sheet.write_bytes(
            review_sheet(batch.tiles(), across, [line.translate(_SIGNS) for line in lines])
        )
    unread = sum(one.refused == UNREADABLE for one in batch.looked)
    if args.json:
        return [json.dumps(batch.facts(number), ensure_ascii=False) for number in numbers], unread
    return [*said, *summary], unread


def _read(path: Path) -> bytes:
    if not path.is_file():  # a folder, or a pipe that nobody writes to
        raise FileNotFoundError(ENOENT, strerror(ENOENT) if not path.exists() else NO_FILE)
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)  # one more, so that too many are seen to be


@dataclass(frozen=True)
class Looked:
    """One file: a photo with its verdict and the earlier ones it is like, or what is against it."""

    path: Path
    examined: Examined | None
    verdict: Verdict
    alike: frozenset[int] = frozenset()
    #: Why it is no photo: the reason, and its sentence.
    refused: str = ""
    said: str = ""


@dataclass
class Batch:
    """The files of one call, as if they were the photos of one subject."""

    kind: Kind
    declared: Framing | None
    side: int
    looked: list[Looked] = field(default_factory=list)

    async def take(self, examiner: Examiner, path: Path) -> None:
        """Look at one more file."""
        try:
            examined = await examiner.examine(
                _read(path), kind=self.kind, declared=self.declared, resolution=self.side
            )
        except PhotoRefused as refused:
            said = words.photo_refusal(path.name, refused.reason, refused.facts)
            self.looked.append(Looked(path, None, NOTHING, refused=refused.reason, said=said))
            return
        except OSError as error:
            said = words.photo_unread(str(path), error.strerror or "")
            self.looked.append(Looked(path, None, NOTHING, refused=UNREADABLE, said=said))
            return
        seen = examined.seen
        judged = judge(
            seen, kind=self.kind, declared=self.declared, picked=None, resolution=self.side
        )
        twins = frozenset(
            number
            for number, one in enumerate(self.looked)
            if one.examined and alike(seen.prints, one.examined.seen.prints)
        )
        self.looked.append(Looked(path, examined, judged, twins))

    @cached_property
    def cover(self) -> Coverage:
        return coverage(
            [
                Counted(number, one.verdict.counts, one.alike)
                for number, one in enumerate(self.looked)
                if one.examined and one.examined.cuts
            ]
        )

    @cached_property
    def variety(self) -> Variety:
        sights = []
        for number, one in enumerate(self.looked):
            if one.examined and self.counts(number):
                seen, face = one.examined.seen, one.verdict.face
                main = None if face is None else seen.faces[face]
                sights.append((one.verdict.counts, seen, main))
        return variety(sights, self.kind)

    def counts(self, number: int) -> bool:
        one = self.looked[number]
        is_cut = one.examined is not None and bool(one.examined.cuts)
        return is_cut and one.verdict.counts != "other" and number not in self.cover.duplicates

    def sentence(self, number: int) -> str:
        """What is said of a file."""
        one, twin = self.looked[number], self.cover.duplicates.get(number)
        if one.refused:
            return one.said
        repeats = None if twin is None else twin + 1
        verdict = words.photo_verdict(self.kind, one.verdict.counts, one.verdict.warnings, repeats)
        return words.photo_accepted(one.path.name, verdict, self.mark(number))

    def mark(self, number: int) -> Mark:
        """How a photo stands."""
        if not self.counts(number):
            return "not"
        return "doubt" if self.looked[number].verdict.warnings else "counts"

    def summary(self) -> Iterator[str]:
        """What all of them cover, and what would help most."""
        cover, advice = self.cover, self.variety.advice
        yield words.coverage_line(self.kind, cover.faces, cover.torsos, FACES_NEEDED, TORSOS_NEEDED)
        if not cover.is_ready:
            yield words.missing_line(self.kind, cover.missing_faces, cover.missing_torsos, 0)
        yield words.variety_title(self.variety.score)
        yield words.advice_line(self.kind, advice.code, advice.same, advice.of)
        more = words.more_line(self.kind, [one.code for one in self.variety.more])
        if more:
            yield more

    def facts(self, number: int) -> dict[str, Any]:
        """What `--json` says of a file; boxes and squares in pixels of the upright file."""
        one, twin = self.looked[number], self.cover.duplicates.get(number)
        if one.examined is None:
            said = {"verdict": "refused", "reasons": [one.refused], "words": one.said}
            lists = {"faces": 0, "face_boxes": [], "crops": []}
            return {"file": str(one.path), **dict.fromkeys(_TOLD), **lists, **said}
        seen, cuts = one.examined.seen, one.examined.cuts
        scale = one.examined.width / seen.width
        face = one.verdict.face
        sharpness = seen.sharpness if face is None else seen.faces[face].sharpness
        return {
            "file": str(one.path),
            "faces": len(seen.faces),
            "framing": one.verdict.framing,
            "counts_as": one.verdict.counts,
            "verdict": "counts" if self.counts(number) else "does not count",
            "reasons": [*one.verdict.warnings, *(["duplicate"] if twin is not None else [])],
            "crop": _scaled(cuts[0].square, scale) if cuts else None,
            "blur": "blurry" in one.verdict.warnings,
            "duplicate_of": None if twin is None else str(self.looked[twin].path),
            "words": self.sentence(number),
            "width": one.examined.width,
            "height": one.examined.height,
            "sharpness": round(sharpness, 1),
            "light": round(seen.light, 1),
            "nsfw": round(seen.nsfw, 3),
            "background": seen.background.name,
            "face_boxes": [_scaled(one.box, scale) for one in seen.faces],
            "crops": [{"framing": cut.framing, **_scaled(cut.square, scale)} for cut in cuts],
        }

    def tiles(self) -> Sequence[Tile]:
        """The files as the panel draws them."""
        return [self._tile(number) for number in range(len(self.looked))]

    def _tile(self, number: int) -> Tile:
        one = self.looked[number]
        if one.examined is None:
            return Tile(None, number + 1, "not", one.path.name)
        return Tile(
            upright=one.examined.upright_png,
            number=number + 1,
            mark=self.mark(number),
            caption=one.path.name,
            squares=tuple(cut.square for cut in one.examined.cuts),
            faces=tuple(face.box for face in one.examined.seen.faces),
            chosen=one.verdict.face,
        )


def _scaled(shape: Box | Square, scale: float) -> dict[str, int]:
    return {name: round(value * scale) for name, value in asdict(shape).items()}
