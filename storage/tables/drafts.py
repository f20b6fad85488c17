"""What members began and may take up again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from storage.tables.parts import NEVER_AGAIN, json_object, moment, number, reference


class Draft(SQLModel, table=True):
    """A wish that could not be granted as it was, as the bot writes it: for the button that takes
    it up again, whose custom id has no room for it. Gone after a day."""

    id: int | None = number()
    owner_id: int = reference("member.id", big=True)
    wish: dict[str, Any] = json_object()
    created_at: datetime = moment()

    __table_args__ = (NEVER_AGAIN,)
