"""What can go wrong in storage.

StorageError
 +-- LeaseLost          a worker writes for a job that is no longer its own
 +-- AlreadyTraining    a second training of one subject
 +-- TokenTaken         a subject with that token exists
 +-- StyleTaken         a server has a style of that name
 +-- StylesFull         a server has as many styles as it may
 +-- SharesFull         a subject is shared as often as it may be
 +-- SessionsFull       a server, or a member there, has as many sessions under way as it may
 +-- SessionOver        a session whose time for that is over
 +-- NoSeat             a member who has not joined a session
 +-- CapReached         a member did something in a session as often as they may
 +-- WallFull           as many pictures hang in a session as may
 +-- AskedLately        whoever a subject shows was asked a short while ago
 +-- NotYours           a row that is missing, or that the caller may not use
 +-- BlobMissing        a row names a file that is not there
 +-- StoreUnreachable   the place where files are kept does not answer
 +-- QuotaFull          a member or a server has as many open jobs as it may
 +-- QuotaSpent         a member asked for as much as they may in a day or a week
 +-- Busy               the database is locked, or does not answer
 +-- StorageFull        the disk is full
 +-- DatabaseRefused    the database does not let us in, or may not be written
 +-- SchemaMismatch     the database was written by another version
 +-- SchemaDamaged      the database cannot be read
 +-- AlreadyRunning     a second bot on one database
 +-- NeedsPgDump        a backup of rows that are in PostgreSQL
 +-- NoBackup           a restore from where there is none
 +-- BackupDamaged      a backup that is not as it was written
 +-- FolderUnsuitable   a folder for backups that holds other things
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal


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


class StyleTaken(StorageError):
    """This server already has a style of that name."""


class StylesFull(StorageError):
    """This server has as many styles as it may."""


class SharesFull(StorageError):
    """This subject is shared as often as it may be."""


class SessionsFull(StorageError):
    """This server, or this member there, has as many sessions under way as it may."""

    def __init__(self, whose: Literal["member", "server"]) -> None:
        super().__init__(f"The {whose} has as many sessions under way as it may.")
        self.whose = whose


class SessionOver(StorageError):
    """The time for that is over in this session."""


class NoSeat(StorageError):
    """This member has not joined the session."""


class CapReached(StorageError):
    """This member did that as often as they may in this session."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"In this session that may be done {limit} times.")
        self.limit = limit


class WallFull(StorageError):
    """As many pictures as may hang on the wall of this session."""


class AskedLately(StorageError):
    """Whoever is shown was asked a short while ago."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"They can be asked again from {until} on.")
        self.until = until


class NotYours(StorageError):
    """There is nothing of that name that you may use."""


class BlobMissing(StorageError):
    """A stored file is missing."""


class StoreUnreachable(StorageError):
    """The place where files are kept does not answer."""


class SchemaMismatch(StorageError):
    """The database was written by another version of Darkroom."""


class QuotaFull(StorageError):
    """There is no room for another job: wait until one has ended."""

    def __init__(self, whose: Literal["member", "server"], limit: int) -> None:
        super().__init__(f"The {whose} has {limit} open jobs, which is the most it may have.")
        self.whose = whose
        self.limit = limit


class QuotaSpent(StorageError):
    """This member asked for as much as they may for now."""

    def __init__(
        self, what: Literal["pictures", "trainings"], limit: int, used: int, opens_at: datetime
    ) -> None:
        super().__init__(f"{used} of {limit} {what} were asked for; more from {opens_at} on.")
        self.what = what
        self.limit = limit
        self.used = used
        self.opens_at = opens_at


class Busy(StorageError):
    """The database is busy or away. Nothing was changed: try again in a moment."""


class StorageFull(StorageError):
    """The disk is full. Nothing was changed: make room, then try again."""


class DatabaseRefused(StorageError):
    """The database does not let Darkroom in. Check DARKROOM_DATA or DARKROOM_POSTGRESQL."""


class SchemaDamaged(StorageError):
    """The database cannot be read. Restore a backup: darkroom restore FOLDER"""


class AlreadyRunning(StorageError):
    """Another bot already works on this database. Stop it first, or give this one its own."""


class NeedsPgDump(StorageError):
    """The rows are in PostgreSQL, which pg_dump backs up: docs/operations.md shows how."""


class NoBackup(StorageError):
    """There is no backup there."""


class BackupDamaged(StorageError):
    """This backup is damaged."""


class FolderUnsuitable(StorageError):
    """Backups cannot be kept in this folder."""
