"""Whether an adapter can still be used: it changes the weights of one base, and of no other."""

from __future__ import annotations

from bot.desk import Desk
from storage import gallery
from storage.tables import Adapter, Worker


async def trainer_of_today(app: Desk) -> Worker | None:
    """The trainer seen last; None where there was none yet on the base of today, for an operator
    may change the base."""
    worker = await gallery.latest_worker(app.database)
    return worker if worker is not None and worker.base == app.settings.base else None


def fits(app: Desk, today: Worker | None, adapter: Adapter) -> bool:
    """Whether it was made on the base of today: by name, or by its weights where the trainer of
    `today` told them, for a bundled base comes anew with its Darkroom."""
    if today is None:
        return adapter.base == app.settings.base
    return adapter.base_hash == today.base_hash


async def fits_today(app: Desk, adapter: Adapter) -> bool:
    """As `fits`, of one adapter alone."""
    return fits(app, await trainer_of_today(app), adapter)
