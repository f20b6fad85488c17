"""What a person saw in each photograph. README.md has the rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

LABELS: Final = Path(__file__).parent / "labels.json"

Framing = Literal["face", "chest", "torso", "other"]
Split = Literal["tune", "judge"]


@dataclass(frozen=True, kw_only=True)
class Label:
    """One photograph.

    source: "vendored", or the packager and its package with the version, as "npm tracking@1.1.3"
    path: inside the package, or in vendored/
    faces: human faces that a photographer would count
    people: whether any part of a living person is to be seen
    framing: of the main person; "other" without one, or without a usable face
    close_call: the framing that a second photographer might say instead
    group: photographs of one occasion or person, which stay in one split
    """

    name: str
    source: str
    path: str
    sha256: str
    licence: str
    faces: int
    people: bool
    framing: Framing
    group: str
    split: Split
    close_call: Framing | None = None
    sunglasses: bool = False
    covered: bool = False
    note: str = ""


def split_of(group: str) -> Split:
    """Which part a group belongs to: a coin that always falls the same way."""
    return "judge" if hashlib.sha256(f"photographs {group}".encode()).digest()[0] % 2 else "tune"


def labels(split: Split | None = None) -> Iterator[Label]:
    """The labels of one part, or all of them, by name."""
    for facts in json.loads(LABELS.read_text()):
        if split in {None, facts["split"]}:
            yield Label(**facts)
