"""Names of settings that nobody reads: a retention that was misspelt would silently not be."""

from __future__ import annotations

import difflib
import os

from dotenv import dotenv_values

PREFIX = "DARKROOM_"
#: Every setting of bot and trainers; a test holds it against theirs.
NAMES = frozenset(
    {
        "ADAPTERS_DAYS",
        "BACKUPS_DAYS",
        "BASE",
        "BLOBS",
        "BLOBS_ENDPOINT",
        "BLOBS_REGION",
        "DATA",
        "DEVICE",
        "FAST_ADAPTER",
        "GUILD",
        "IDENTITY",
        "LEASE_S",
        "METHODS",
        "OPEN_JOBS_PER_MEMBER",
        "OPEN_JOBS_PER_SERVER",
        "PHOTOS_DAYS",
        "PHOTOS_PER_SUBJECT",
        "PICTURES_DAYS",
        "POSTGRESQL",
        "PRIVACY_URL",
        "RESERVE_MB",
        "RESOLUTION",
        "SUBJECTS_PER_MEMBER",
        "TOKEN",
    }
)


def unread() -> list[str]:
    """A sentence for each DARKROOM_ name in the environment or `.env` that means nothing."""
    names = {name.upper() for name in (*os.environ, *dotenv_values(".env"))}
    wrong = {name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)} - NAMES
    return [_sentence(name) for name in sorted(wrong)]


def _sentence(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, n=1)
    meant = f" Did you mean {PREFIX}{near[0]}?" if near else ""
    return f"{PREFIX}{name} is no setting of Darkroom's and is not read.{meant}"
