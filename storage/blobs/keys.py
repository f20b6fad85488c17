"""What a blob is called: `photos/3f/3f0c....png`.

The name is random, so no word of a member ever becomes part of a path, and only what has this
shape is ever turned into one.
"""

from __future__ import annotations

import re
import secrets

from storage.errors import BlobMissing

_KEY = re.compile(r"[a-z-]+/[0-9a-f]{2}/[0-9a-f]{32}\.[a-z]+")


def new_key(folder: str, suffix: str) -> str:
    """A key that nobody has. Raises BlobMissing for a folder or suffix that leads elsewhere."""
    name = secrets.token_hex(16)
    return checked(f"{folder}/{name[:2]}/{name}.{suffix}")


def checked(key: str) -> str:
    """The key itself. Raises BlobMissing for what is not a key at all."""
    if not _KEY.fullmatch(key):
        raise BlobMissing(f"{key!r} is not a blob's key.")
    return key
