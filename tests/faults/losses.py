"""Nothing lost: what was told by processes that are dead now, held against what is there.

Read by plain SQL and by a walk over the folder, not by the code under test.

Lines are told after a call returned. `may_go` is told before a removal begins and `gone` after it
returned: in between, the rows of that subject, member or photo may be there or not. Who was
removed never comes back under the same name.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from tests.faults.zygote import Line

DATABASE = "darkroom.sqlite3"
BLOBS = "blobs"

#: A row that must be there after the line was told, until it may go.
KEPT = {
    "consent": "SELECT 1 FROM consent WHERE member_id = :member AND version = :version",
    "subject": "SELECT 1 FROM subject WHERE id = :subject AND token = :token",
    "photo": "SELECT 1 FROM photo WHERE subject_id = :subject AND upright_key = :photo",
    "crop": "SELECT 1 FROM crop JOIN photo ON photo.id = photo_id"
    " WHERE blob_key = :crop AND upright_key = :photo",
    "worded": "SELECT 1 FROM crop WHERE blob_key = :crop AND caption = :caption",
    "job": "SELECT 1 FROM job WHERE id = :job AND request_id = :request",
    "ended": "SELECT 1 FROM job WHERE request_id = :request AND state = :state",
    "class": "SELECT 1 FROM classimage WHERE blob_key = :key",
    "delivered": "SELECT 1 FROM outgoing JOIN job ON job.id = job_id"
    " WHERE request_id = :request AND delivered_at IS NOT NULL",
}
#: Rows that must not be there once `gone` was told, by what is gone.
GONE = {
    "crop": ["SELECT 1 FROM crop WHERE blob_key = :crop"],
    "photo": ["SELECT 1 FROM photo WHERE upright_key = :photo"],
    "request": ["SELECT 1 FROM job WHERE request_id = :request"],
    "adapter": ["SELECT 1 FROM adapter WHERE blob_key = :adapter"],
    "token": ["SELECT 1 FROM subject WHERE token = :token"],
    "member": [
        "SELECT 1 FROM member WHERE id = :member",
        "SELECT 1 FROM consent WHERE member_id = :member",
        "SELECT 1 FROM subject WHERE owner_id = :member",
        "SELECT 1 FROM job WHERE owner_id = :member",
        "SELECT 1 FROM image WHERE owner_id = :member",
    ],
}
#: What a settled database has none of.
NONE_OF = {
    "an ended job without exactly one row in the outbox": """
        SELECT job.id, state, count(outgoing.id) FROM job
        LEFT JOIN outgoing ON job_id = job.id AND outgoing.kind = 'ended'
        GROUP BY job.id HAVING count(outgoing.id) <> (finished_at IS NOT NULL)""",
    "a job without exactly its pictures": """
        SELECT job.id, state, spec, count(image.id) FROM job LEFT JOIN image ON job_id = job.id
        GROUP BY job.id
        HAVING count(image.id) <>
            CASE WHEN state = 'done' THEN json_extract(spec, '$.pictures')
                * coalesce(json_array_length(outcome, '$.candidates'), 1) ELSE 0 END""",
    "a training without exactly its adapters": """
        SELECT job.id, state, count(adapter.id) FROM job LEFT JOIN adapter ON job_id = job.id
        WHERE job.kind = 'train'
        GROUP BY job.id
        HAVING count(adapter.id) <>
            (state = 'done') * coalesce(json_array_length(outcome, '$.candidates'), 1)""",
    "a training without exactly one adapter in use": """
        SELECT job.id, state, count(adapter.chosen_at) FROM job
        LEFT JOIN adapter ON job_id = job.id WHERE job.kind = 'train'
        GROUP BY job.id HAVING count(adapter.chosen_at) <> (state = 'done')""",
    "a checkpoint of a training that ended": """
        SELECT checkpoint.id FROM checkpoint JOIN job ON job.id = job_id
        WHERE finished_at IS NOT NULL""",
    "a preview of a training that ended": """
        SELECT preview.id FROM preview JOIN job ON job.id = job_id
        WHERE finished_at IS NOT NULL""",
}
#: What a settled database has none of once somebody went on from where things stood.
NONE_LEFT = {
    "a job without an end": "SELECT id, state FROM job WHERE finished_at IS NULL",
    "something unsaid": """
        SELECT id, kind FROM outgoing WHERE delivered_at IS NULL AND undeliverable IS NULL""",
    "a doomed file": "SELECT key FROM doomed",
    "an erasure without an end": "SELECT id FROM erasure WHERE finished_at IS NULL",
}
MARKED_AS_SAID = """
    SELECT request_id FROM outgoing JOIN job ON job.id = job_id WHERE delivered_at IS NOT NULL"""
NAMED = """
    SELECT upright_key FROM photo UNION ALL SELECT blob_key FROM crop
    UNION ALL SELECT blob_key FROM adapter UNION ALL SELECT blob_key FROM image
    UNION ALL SELECT blob_key FROM classimage UNION ALL SELECT blob_key FROM checkpoint
    UNION ALL SELECT blob_key FROM preview
    UNION ALL SELECT blob_key FROM source
    UNION ALL SELECT mask_key FROM source WHERE mask_key IS NOT NULL"""


def losses(place: Path, told: Iterable[Line], *, settled: bool) -> list[str]:
    """What is wrong, a sentence each; empty when nothing was lost.

    `settled`: everybody is dead and `recover.settle` has run, so nothing may be open and every
    file has its row. A row without a file is a loss at any moment.
    """
    lines = sorted(told, key=lambda line: line["at"])
    with closing(sqlite3.connect(place / DATABASE, timeout=0.2)) as database:
        found = [*_damage(database), *_broken_promises(database, lines), *_twice(lines)]
        found += [*_said_again(lines), *_left_to_the_sweep(lines)]
        found += _some(database, NONE_OF)
        found += _never_said(database, lines)
        if settled:
            found += _some(database, NONE_LEFT)
        named = {key for (key,) in database.execute(NAMED)}
    there = _files(place)
    found += [f"a row without its file: {key}" for key in sorted(named - there)]
    return found + ([f"a file without a row: {key}" for key in strays(place)] if settled else [])


def strays(place: Path) -> list[str]:
    """Files without a row, halves included."""
    return sorted(_files(place) - names(place))


def _files(place: Path) -> set[str]:
    blobs = place / BLOBS
    return {path.relative_to(blobs).as_posix() for path in blobs.rglob("*") if path.is_file()}


def _damage(database: sqlite3.Connection) -> Iterator[str]:
    for (said,) in database.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield f"integrity_check: {said}"
    for row in database.execute("PRAGMA foreign_key_check"):
        yield f"foreign_key_check: {row}"


def _broken_promises(database: sqlite3.Connection, lines: Sequence[Line]) -> Iterator[str]:
    # in any order: a trainer may tell of an end after the bot told that its member is to go
    going = {(line["kind"], line[line["kind"]]) for line in lines if line["what"] == "may_go"}
    for line in lines:
        if line["what"] not in KEPT or any((kind, line.get(kind)) in going for kind in GONE):
            continue
        if database.execute(KEPT[line["what"]], line).fetchone() is None:
            yield f"acknowledged and not there: {line}"
    for line in lines:
        if line["what"] == "gone":
            for query in GONE[line["kind"]]:
                if database.execute(query, line).fetchone() is not None:
                    yield f"removed and still there: {line} ({query})"


def _twice(lines: Sequence[Line]) -> Iterator[str]:
    """What was acknowledged and contradicts itself."""
    ends: dict[str, list[str]] = defaultdict(list)
    numbers: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        if line["what"] == "ended":
            ends[line["request"]].append(line["state"])
        elif line["what"] == "job":
            numbers[line["request"]].add(line["job"])
    for request, states in ends.items():
        if len(set(states)) > 1 or states.count("done") > 1:
            yield f"{request} ended as {states}"
    for request, ids in numbers.items():
        if len(ids) > 1:
            yield f"one interaction, {request}, made the jobs {sorted(ids)}"


def _said_again(lines: Sequence[Line]) -> Iterator[str]:
    """A repeat is allowed as long as nobody knows of the first time, and no longer."""
    marked: dict[str, int] = {}
    for line in lines:
        if line["what"] == "delivered":
            marked.setdefault(line["request"], line["at"])
        elif line["what"] == "posted" and line["taken"] > marked.get(line["request"], line["at"]):
            yield f"said again after it was marked as said: {line}"


def _left_to_the_sweep(lines: Sequence[Line]) -> Iterator[str]:
    """Files that once had their rows must be known to somebody until they are removed: the sweep
    is for those whose rows never came, and comes an hour later."""
    known = {
        line[name]
        for line in lines
        for name in ("photo", "crop", "key")
        if line["what"] in {"photo", "crop", "class", "named"} and name in line
    }
    for line in lines:
        if line["what"] == "swept" and line["key"] in known:
            yield f"the row went and nobody knew of the file: {line['key']}"


def names(place: Path) -> set[str]:
    """The files that rows name."""
    with closing(sqlite3.connect(place / DATABASE, timeout=0.2)) as database:
        return {key for (key,) in database.execute(NAMED)}


def _never_said(database: sqlite3.Connection, lines: Sequence[Line]) -> Iterator[str]:
    said = {line["request"] for line in lines if line["what"] == "posted"}
    for (request,) in database.execute(MARKED_AS_SAID):
        if request not in said:
            yield f"marked as said and never said: {request}"


def _some(database: sqlite3.Connection, queries: dict[str, str]) -> Iterator[str]:
    for name, query in queries.items():
        for row in database.execute(query):
            yield f"{name}: {row}"
