"""Packing what is kept of a member into ZIPs, each within a given size: for the bot, which hands
them over, and for `darkroom data`, which makes one.

One file at a time is in memory; writing happens aside. Pictures are stored as they are: they are
compressed already.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from bot import words
from storage import clock
from storage.blobs import Blobs
from storage.dossier import Dossier
from storage.errors import BlobMissing

#: What a ZIP has for each file beside its bytes and twice its name (APPNOTE.TXT 4.3: headers of 30
#: and 46 bytes, and up to 80 more of Zip64), and at its end.
_AROUND_FILE: Final = 160
_AROUND_ZIP: Final = 256
#: The page beside the files, without the names on it.
_PAGE: Final = 8_192


@dataclass
class Packed:
    """The ZIPs in their order, and the names of files that are not in them."""

    zips: list[Path] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)


async def pack(
    blobs: Blobs,
    dossier: Dossier,
    folder: Path,
    room: int | None = None,
    privacy_url: str | None = None,
) -> Packed:
    """Write the ZIPs into the folder, none larger than `room` bytes; None: a single one. What does
    not fit into one by itself is named and left out. Raises StoreUnreachable, OSError."""
    packed = Packed()
    data, compressed = await asyncio.to_thread(_data, dossier)
    texts = compressed + _PAGE + 2 * sum(len(file.name) for file in dossier.files)
    writer = _Writer(folder, room)
    writer.reserve(texts)
    for file in dossier.files:
        if file.size_bytes is not None and not writer.can_take(file.name, file.size_bytes):
            packed.too_large.append(file.name)  # not even read
            continue
        try:
            found = await blobs.get(file.key)
        except BlobMissing:
            packed.missing.append(file.name)
            continue
        if not writer.can_take(file.name, len(found)):
            packed.too_large.append(file.name)
            continue
        await asyncio.to_thread(writer.add, file.name, found)
    folders = Counter(file.name.partition("/")[0] for file in dossier.files)
    if room is not None and texts + _AROUND_ZIP > room:
        packed.too_large.append(words.DATA_FILE)
        data = b""
    page = words.data_readme(
        dossier.member_id, folders, packed.missing, packed.too_large, privacy_url
    ).encode()
    texts_too = {words.DATA_README: page} | ({words.DATA_FILE: data} if data else {})
    await asyncio.to_thread(writer.finish, texts_too)
    packed.zips = writer.zips
    return packed


def _data(dossier: Dossier) -> tuple[bytes, int]:
    """The rows as JSON, and at most how many bytes they take in a ZIP."""
    data = json.dumps(dossier.rows, default=str, ensure_ascii=False, indent=1).encode()
    return data, len(zlib.compress(data, 1))


class _Writer:
    """ZIPs that are filled one after the other."""

    def __init__(self, folder: Path, room: int | None) -> None:
        self.folder = folder
        self.room = room
        self.zips: list[Path] = []
        self._used = 0

    def reserve(self, size_bytes: int) -> None:
        """Leave so much of the first one free, if there is that much."""
        fits = self.room is None or size_bytes < self.room // 2
        self._open()
        self._used += size_bytes if fits else 0
        self._texts_first = not fits

    def can_take(self, name: str, size_bytes: int) -> bool:
        """Whether a file fits into a ZIP of its own."""
        return self.room is None or _AROUND_ZIP + _entry(name, size_bytes) <= self.room

    def add(self, name: str, data: bytes) -> None:
        """Store a file in the last ZIP, or in a new one where that is full."""
        size = _entry(name, len(data))
        if self.room is not None and self._used + size > self.room:
            self._open()
        self._used += size
        with ZipFile(self.zips[-1], "a", ZIP_STORED) as opened:
            opened.writestr(_info(name), data)

    def finish(self, texts: dict[str, bytes]) -> None:
        """The page and the data come into the first ZIP; where they are large, into one before."""
        if self._texts_first and any(path.exists() for path in self.zips):
            self.zips.insert(0, self.folder / "texts.zip")
        with ZipFile(self.zips[0], "a") as opened:
            for name, data in texts.items():
                opened.writestr(_info(name), data, ZIP_DEFLATED)
        self.zips = [path for path in self.zips if path.exists()]

    def _open(self) -> None:
        self.zips.append(self.folder / f"{len(self.zips)}.zip")
        self._used = _AROUND_ZIP


def _entry(name: str, size_bytes: int) -> int:
    return size_bytes + 2 * len(name.encode()) + _AROUND_FILE


def _info(name: str) -> ZipInfo:
    return ZipInfo(name, clock.now().timetuple()[:6])
