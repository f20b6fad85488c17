"""What an error means for the job that met it: the end, or another try."""

from __future__ import annotations

import errno

from storage.errors import BlobMissing, Busy, StorageFull, StoreUnreachable
from trainer import drawing
from trainer.adapters import AdapterDamaged
from trainer.dataset import NothingToLearn
from trainer.generate import PictureFailed
from trainer.rack import AdapterMismatch

#: What ends a job for good, and the code the bot has a sentence for.
FAILURES: dict[type[Exception], str] = {
    NothingToLearn: "no_photos",
    BlobMissing: "photo_missing",
    drawing.AdapterGone: "adapter_missing",
    drawing.SourceGone: "source_missing",
    AdapterMismatch: "adapter_missing",
    AdapterDamaged: "adapter_damaged",
    PictureFailed: "picture_failed",
}


def final_code(error: Exception) -> str | None:
    """The code of an error that ends its job; None where the job may be tried again."""
    return next((code for kind, code in FAILURES.items() if isinstance(error, kind)), None)


def is_passing(error: Exception) -> bool:
    """Whether the job had no part in this, and the same may go well in a while."""
    return isinstance(error, (Busy, StorageFull, StoreUnreachable)) or (
        isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    )
