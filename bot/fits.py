"""Whether an adapter can still be used: it changes the weights of one base, and of no other."""

from __future__ import annotations

from bot.desk import Desk
from storage import gallery
from storage.tables import Adapter, Worker


def fits(app: Desk, worker: Worker | None, adapter: Adapter) -> bool:
    """Whether it was made on the base of today, by name, and by its weights where a trainer told
    them: an operator may change the base, and a bundled one comes anew with its Darkroom."""
    if worker is None or worker.base != app.settings.base:
        return adapter.base == app.settings.base
    return adapter.base_hash == worker.base_hash


async def fits_today(app: Desk, adapter: Adapter) -> bool:
    """As `fits`, by the trainer seen last."""
    return fits(app, await gallery.latest_worker(app.database), adapter)
