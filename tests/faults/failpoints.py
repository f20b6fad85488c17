"""Every k of every chapter: killed before the k-th thing, gone on from there, nothing lost."""

from __future__ import annotations

import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.chapters import play, prepare
from tests.faults.losses import losses
from tests.faults.members import begun
from tests.faults.recover import settle
from tests.faults.zygote import Line, Zygote

#: Two at a time: one waits for the disk while the other computes.
AT_ONCE = 2
ALL = slice(None)


@dataclass
class Gauntlet:
    """One chapter's result."""

    chapter: str
    points: int = 0
    killed: int = 0
    lost: list[str] = field(default_factory=list)


def run(zygote: Zygote, empty: Path, where: Path, chapter: str, only: slice = ALL) -> Gauntlet:
    """Play a chapter once unharmed to count, then die at each of its points, or at some."""
    template = where / chapter
    if chapter == "start":
        template.mkdir(parents=True)
    else:
        shutil.copytree(empty, template)
    before = zygote.run(prepare, place=str(template), chapter=chapter)
    result = Gauntlet(chapter)

    def die(deadly: int) -> int:
        return _once(zygote, template, before, deadly, result)

    result.points = die(0)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(die, range(1, result.points + 1)[only]))
    return result


def _once(zygote: Zygote, template: Path, before: list[Line], deadly: int, result: Gauntlet) -> int:
    """How many points there were, when it lived."""
    place = template.with_name(f"{template.name}-{deadly}")
    shutil.copytree(template, place)
    child = zygote.fork(play, place=str(place), chapter=template.name, deadly=deadly)
    status = child.end()
    name = f"{template.name}, killed at {deadly}"
    result.killed += status == -signal.SIGKILL
    if status == 1:
        result.lost.append(f"{name}: it broke: {child.lines[-1]}")
        return 0
    is_start = template.name == "start"
    after = zygote.fork(settle, place=str(place), again=begun(child.lines), is_start=is_start)
    if after.end() != 0:
        result.lost.append(f"{name}: nobody could go on: {after.lines[-1]}")
    found = losses(place, [*before, *child.lines, *after.lines], settled=True)
    result.lost += [f"{name}: {one}" for one in found]
    if not found:
        shutil.rmtree(place)
    return child.lines[-1]["count"] if status == 0 else 0
