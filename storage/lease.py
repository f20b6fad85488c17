"""The right to write for one job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_

from storage.tables import Job, columns, in_state

jobs = columns(Job)


@dataclass(frozen=True)
class Lease:
    """The right to write for one job, until it runs out."""

    job: Job
    key: str


def ours(lease: Lease) -> Any:
    """The lease's job as long as it is its worker's, as SQL."""
    return and_(jobs.id == lease.job.id, jobs.lease_key == lease.key, in_state("running"))
