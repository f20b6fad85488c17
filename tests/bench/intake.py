"""What the photo intake sees on real photographs, and what that costs.

The labels (tests/photographs) were made by eye. Figures without a suffix are of the part kept for
judging, `_tune` of the part on which thresholds were chosen. Times are of one thread.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import combinations
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image, ImageOps

from bot.photos.alike import alike, prints
from bot.photos.darkbox import Examiner
from bot.photos.decode import decode
from bot.photos.errors import PhotoRefused
from bot.photos.examine import examine
from bot.photos.look import look
from bot.photos.verdict import judge
from tests.photographs.changes import BLURS, SAME
from tests.photographs.fetch import Photograph, photographs

RESOLUTION: Final = 512
REPETITIONS: Final = 15
#: 22 megapixels as it comes, one face: cropped to 4:3 it gives 12 real ones.
LARGE: Final = "thumbor-christophe-henner-june-2016"
UPLOADS: Final = 20
UPLOAD_REPETITIONS: Final = 3
BEAT_S: Final = 0.001
FRAMINGS: Final = ("face", "chest", "torso", "other")
MANY: Final = 5


@dataclass(frozen=True)
class Reading:
    """What the intake said about one picture."""

    faces: int
    framing: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    photo: Photograph
    picture: Image.Image
    reading: Reading


def read(picture: Image.Image) -> Reading:
    """Look at a picture as a member's photo of a person is looked at."""
    seen = look(picture, kind="person")
    verdict = judge(seen, kind="person", declared=None, picked=None, resolution=RESOLUTION)
    return Reading(len(seen.faces), verdict.framing, verdict.warnings)


def run() -> dict[str, Any]:
    """Times first, then every photograph; tables are printed as they are made."""
    cv2.setNumThreads(1)
    found = photographs()
    large = _large(next(one for one in found if one.label.name == LARGE))
    milliseconds = _examine_ms(large)
    stalls = [asyncio.run(_longest_stall_ms(large)) for _ in range(UPLOAD_REPETITIONS)]
    figures = {
        "median_ms_12mp": statistics.median(milliseconds),
        "longest_stall_ms": max(stalls),
    }
    judged = list(_judged(found))
    for part, suffix in (("judge", ""), ("tune", "_tune")):
        mine = [one for one in judged if one.photo.label.split == part]
        print(f"### {part}: {len(mine)} photographs\n")
        figures |= {name + suffix: value for name, value in _shares(mine).items()}
        for table in (_faces(mine), _framings(mine), _duplicates(mine), _blurs(mine)):
            print(table, end="\n\n", flush=True)
    # Names of one part only: whoever mends what is missed must not learn it from the other.
    misses = [
        _told(one) for one in judged if one.photo.label.split == "tune" and not _is_right(one)
    ]
    print("\n".join(["Missed of tune:\n", *(f"- {miss}" for miss in misses)]), end="\n\n")
    repetitions = {"ms_12mp": milliseconds, "stall_ms": stalls}
    return {"figures": figures, "repetitions": repetitions, "misses_tune": misses}


def _large(photo: Photograph) -> bytes:
    """As a phone's 12 megapixels."""
    file = BytesIO()
    picture = Image.open(BytesIO(photo.data)).convert("RGB")
    ImageOps.fit(picture, (4000, 3000)).save(file, "JPEG", quality=90)
    return file.getvalue()


def _examine_ms(data: bytes) -> list[float]:
    """Milliseconds of each time; the first, which loads the networks, is not counted."""
    times = []
    for _ in range(REPETITIONS + 1):
        began = time.perf_counter()
        examine(data, kind="person", declared=None, resolution=RESOLUTION)
        times.append((time.perf_counter() - began) * 1000)
    return times[1:]


async def _longest_stall_ms(data: bytes) -> float:
    """How long the event loop did nothing else at worst while members sent photos at once."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        last = time.perf_counter()
        while True:
            await asyncio.sleep(BEAT_S)  # the measure itself: how much later it returns than asked
            now = time.perf_counter()
            longest, last = max(longest, now - last - BEAT_S), now

    # (twenty take longer than one may, and each waits for those before it)
    async with Examiner() as examiner:
        heart = asyncio.create_task(beat())
        uploads = (
            examiner.examine(data, kind="person", declared=None, resolution=RESOLUTION)
            for _ in range(UPLOADS)
        )
        await asyncio.gather(*uploads)
        heart.cancel()
    return longest * 1000


def _judged(found: Iterable[Photograph]) -> Iterator[Judged]:
    for photo in found:
        try:
            picture = decode(photo.data, min_side=64).picture
        except PhotoRefused as error:
            error.add_note(photo.label.name)
            raise
        yield Judged(photo, picture, read(picture))


def _is_right(one: Judged) -> bool:
    label = one.photo.label
    return (one.reading.faces, one.reading.framing) == (label.faces, label.framing)


def _told(one: Judged) -> str:
    label, said = one.photo.label, one.reading
    close = f" (nearly {label.close_call})" if label.close_call else ""
    note = f"; {label.note}" if label.note else ""
    return (
        f"{label.name}: {label.faces} {label.framing}{close}{note} -> {said.faces} {said.framing}"
    )


def _shares(mine: Sequence[Judged]) -> dict[str, float]:
    """Of the framings only photographs with one face count: of the others it is "other"."""
    portraits = [one for one in mine if one.photo.label.faces == 1]

    def framed(one: Judged, *, allow_close: bool = False) -> bool:
        label = one.photo.label
        close = {label.close_call} if allow_close else set()
        return one.reading.framing in {label.framing} | close

    return {
        "faces_right": statistics.fmean(one.reading.faces == one.photo.label.faces for one in mine),
        "framing_right": statistics.fmean(framed(one) for one in portraits),
        "framing_right_or_close": statistics.fmean(
            framed(one, allow_close=True) for one in portraits
        ),
        "framing_right_all": statistics.fmean(framed(one) for one in mine),
        "false_faces": sum(one.reading.faces > 0 for one in mine if not one.photo.label.people),
    }


def _faces(mine: Sequence[Judged]) -> str:
    def row(one: Judged) -> str:
        label = one.photo.label
        return _count(label.faces) if label.people else "nobody"

    columns = [_count(n) for n in range(MANY + 1)]
    pairs = Counter((row(one), _count(one.reading.faces)) for one in mine)
    return _matrix("faces, labelled \\ seen", ["nobody", *columns], columns, pairs)


def _count(faces: int) -> str:
    return str(faces) if faces < MANY else f"{MANY} or more"


def _framings(mine: Sequence[Judged]) -> str:
    pairs = Counter(
        (one.photo.label.framing, one.reading.framing) for one in mine if one.photo.label.faces == 1
    )
    return _matrix("framing of one face, labelled \\ seen", FRAMINGS[:3], FRAMINGS, pairs)


def _matrix(
    title: str, rows: Iterable[str], columns: Sequence[str], pairs: Counter[tuple[str, str]]
) -> str:
    lines = [[row, *(str(pairs[row, column] or ".") for column in columns)] for row in rows]
    return _table([title, *columns], lines)


def _duplicates(mine: Sequence[Judged]) -> str:
    first = [prints(np.asarray(one.picture)) for one in mine]
    rows = []
    for name, change in SAME.items():
        changed = [prints(np.asarray(change(one.picture))) for one in mine]
        hits = sum(alike(a, b) for a, b in zip(first, changed, strict=True))
        rows.append([name, f"{hits} of {len(mine)}"])
    pairs = list(combinations(range(len(mine)), 2))
    taken = [pair for pair in pairs if alike(first[pair[0]], first[pair[1]])]
    names = [" and ".join(mine[number].photo.label.name for number in pair) for pair in taken]
    rows.append(["different photographs", "; ".join([f"{len(taken)} of {len(pairs)}", *names])])
    return _table(["duplicates", "taken for one photo"], rows)


def _blurs(mine: Sequence[Judged]) -> str:
    """Of photographs with one face, which are sharp unless the label notes otherwise."""
    sharp = [
        one
        for one in mine
        if one.photo.label.faces == 1 and "out of focus" not in one.photo.label.note
    ]
    rows = []
    for name, change in BLURS.items():
        readings = [read(change(one.picture)) for one in sharp]
        blurry = sum("blurry" in one.warnings for one in readings)
        lost = sum(one.faces == 0 for one in readings)
        rows.append([name, f"{blurry} of {len(sharp)}", str(lost)])
    return _table(["blur at 512 px", "called blurry", "no face found"], rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
