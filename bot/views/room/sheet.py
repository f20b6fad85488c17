"""Pictures of a session, together on one sheet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from bot import parcel, screen
from bot.desk import Desk
from bot.sheets.contact import contact_sheet
from storage.wall import Hung

SHEET: Final = "session.png"
ACROSS: Final = 5


async def sheet_of(app: Desk, hanging: Sequence[Hung], numbers: Sequence[int]) -> list[parcel.File]:
    """The pictures on one sheet; none where there are none."""
    if not hanging:
        return []
    seen = [(await screen.picture_of(app, one.job, one.image)).png for one in hanging]
    across = min(len(seen), ACROSS)
    return [(SHEET, await asyncio.to_thread(contact_sheet, seen, across, numbers=numbers))]
