"""The adapter that a subject is drawn with, as files for other tools: what `darkroom export`
writes, as far as that can be sent."""

from __future__ import annotations

from bot import words
from bot.parcel import File
from storage import interchange
from storage.blobs import Blobs, sha256_of
from storage.errors import BlobMissing
from storage.tables import Adapter


class NotExported(Exception):
    """There are no such files. `is_whole`: it goes with all of its base, which is too large."""

    def __init__(self, *, is_whole: bool = False) -> None:
        super().__init__()
        self.is_whole = is_whole


async def read(blobs: Blobs, row: Adapter) -> bytes:
    """The adapter's own file, as it was saved. Raises NotExported."""
    try:
        return await blobs.get(row.blob_key)
    except BlobMissing:
        raise NotExported from None


def files_of(row: Adapter, data: bytes) -> list[File]:
    """The adapter for web UIs and for diffusers, and a page on how to load it. It is called there
    what it was called when it was learned. Raises NotExported."""
    if sha256_of(data) != row.sha256:
        raise NotExported
    try:
        adapter = interchange.unpack(data)
    except ValueError:
        raise NotExported from None
    if adapter.is_whole:
        raise NotExported(is_whole=True)
    ground = interchange.ground_by_width(adapter)
    token, class_word = str(adapter.origin["token"]), str(adapter.origin["class_word"])
    single, stock = f"{token}.safetensors", f"{token}-diffusers.safetensors"
    made = [(single, interchange.single_file(adapter, ground, row.card, row.created_at))]
    made.append((stock, data))  # stock diffusers reads it as it is, but for a learned token
    learned = interchange.embedding(adapter)
    if learned is not None:
        made.append((f"{token}-embedding.safetensors", learned))
    readme = words.export_readme(
        token,
        class_word,
        str(adapter.origin["base"]),
        int(adapter.origin["steps"]),
        single,
        stock,
        made[2][0] if learned is not None else "",
    )
    return [*made, (words.EXPORT_README, readme.encode())]
