"""Pictures of a session, together on sheets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from bot import parcel, screen
from bot.desk import Desk
from bot.sheets.contact import contact_sheet
from storage.portfolio import Drawn
from storage.wall import Hung

#: Pictures of a sheet, and of a row of it. A message shows ten sheets: all of a wall.
_EACH: Final = 25
_ACROSS: Final = 5


async def sheets_of(
    app: Desk, shown: Sequence[Hung | Drawn], numbers: Sequence[int]
) -> list[parcel.File]:
    """The pictures on as many sheets as they need, each with its number; none where there are
    none."""
    across = min(len(shown), _ACROSS)
    files = []
    for at in range(0, len(shown), _EACH):  # one after the other: the pictures themselves are large
        own, those = shown[at : at + _EACH], numbers[at : at + _EACH]
        seen = [(await screen.picture_of(app, one.job, one.image)).png for one in own]
        sheet = await asyncio.to_thread(contact_sheet, seen, across, numbers=those)
        files.append((f"session-{at // _EACH + 1}.png", sheet))
    return files
