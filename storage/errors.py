"""What can go wrong in storage.

StorageError
 +-- LeaseLost          a worker writes for a job that is no longer its own
 +-- AlreadyTraining    a second training of one subject
 +-- TokenTaken         a subject with that token exists
 +-- NotYours           a row that is missing, or that the caller may not use
 +-- BlobMissing        a row names a file that is not there
 +-- StoreUnreachable   the place where files are kept does not answer
 +-- SchemaMismatch     the database was written by another version
"""

from __future__ import annotations


class StorageError(Exception):
    """Something storage promises could not be kept."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class LeaseLost(StorageError):
    """This job is no longer this worker's: another claimed it, or it was cancelled."""


class AlreadyTraining(StorageError):
    """This subject is already waiting for a training, or in one."""


class TokenTaken(StorageError):
    """Another subject already has this token."""


class NotYours(StorageError):
    """There is nothing of that name that you may use."""


class BlobMissing(StorageError):
    """A stored file is missing."""


class StoreUnreachable(StorageError):
    """The place where files are kept does not answer."""


class SchemaMismatch(StorageError):
    """The database was written by another version of Darkroom."""
