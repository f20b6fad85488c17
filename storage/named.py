"""Every column that names a file: sweeping, backup and restore go by this one list."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from storage.tables import (
    Adapter,
    Checkpoint,
    ClassImage,
    Crop,
    Image,
    Photo,
    Preview,
    Source,
    columns,
)

adapters = columns(Adapter).__table__.c

COLUMNS = (
    columns(Photo).__table__.c.upright_key,
    columns(Crop).__table__.c.blob_key,
    adapters.blob_key,
    columns(Image).__table__.c.blob_key,
    columns(ClassImage).__table__.c.blob_key,
    columns(Checkpoint).__table__.c.blob_key,
    columns(Preview).__table__.c.blob_key,
    columns(Source).__table__.c.blob_key,
    columns(Source).__table__.c.mask_key,
)
#: Tables that came later than the first schema, and with which.
_SINCE = {"checkpoint": "0005", "source": "0007", "preview": "0010"}
#: Until schema 0003 a photo named its one crop itself.
_CROP_OF_PHOTO = sa.table("photo", sa.column("id"), sa.column("crop_key")).c.crop_key


def columns_of(revision: str) -> tuple[Any, ...]:
    """The columns in a database of that schema: a backup may be older than this Darkroom."""
    known = [c for c in COLUMNS if revision >= _SINCE.get(c.table.name, "")]
    if revision >= "0003":
        return tuple(known)
    return tuple(_CROP_OF_PHOTO if column.table.name == "crop" else column for column in known)
