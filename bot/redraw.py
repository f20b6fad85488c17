"""Working on a picture: from a wish to its job in line."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any, Final, Literal

from bot import words
from bot.admission import is_refused
from bot.asked import Declined
from bot.edits import Wish, begin, spec_of, take
from bot.reply import Interaction, app_of, asker_of, tell_instead
from bot.request import put_in_line
from bot.restraint import count_refusal, is_suspended
from bot.views import picture
from storage import sources
from storage.errors import NotYours

#: How much of a picture is drawn anew, 0 to 1; choices of ours, not measured. Where only a part of
#: it may change, that part is drawn wholly anew unless the member says otherwise.
STRENGTHS: Final = {"light": 0.35, "medium": 0.55, "strong": 0.75}
VARIED: Final = {"subtle": 0.35, "strong": 0.65}
WHOLLY: Final = 1.0
SCALE: Final = 2
#: As the trainer has it: the side of the largest square, in sides of the base; and what is hardly
#: larger is not worth its wait.
LARGEST: Final = 2.0
WORTH_IT: Final = 1.1


def varied(how: Literal["subtle", "strong"], of: str | None, pictures: int = 1) -> Wish:
    """The wish for pictures that are like one of the member's."""
    details = {"strength": VARIED[how]}
    return Wish(how="vary", details=lambda *_: details, of=of, pictures=pictures)


def restyled(style: str, of: str | None, strength: str = "medium") -> Wish:
    """The wish for one of the member's pictures in a style, by its name."""
    details = {"strength": STRENGTHS[strength]}
    return Wish(how="restyle", details=lambda *_: details, of=of, style=style)


def enlarged(side: int, of: str | None) -> Wish:
    """The wish for a larger one of the member's pictures, on a base of that side."""
    # how much finer detail is drawn into it is the trainer's to know: it depends on the base
    return Wish(how="upscale", details=partial(_larger, side), of=of)


def _larger(side: int, width: int, height: int) -> dict[str, Any]:
    """How much larger a picture may become, on a base of that side."""
    scale = min(SCALE, LARGEST * side / (width * height) ** 0.5)
    if scale < WORTH_IT:
        raise Declined(words.LARGE_ENOUGH)
    return {"scale": round(scale, 3)}


async def redraw(interaction: Interaction, wish: Wish) -> None:
    """Take the picture and put its job in line at once."""
    if await is_suspended(interaction) or await is_refused(interaction, "picture"):
        return
    app, member_id = app_of(interaction), interaction.user.id
    try:
        begun = await begin(app, await asker_of(interaction), wish)
        await interaction.response.defer(thinking=True)
        source = await take(app, begun)
    except Declined as declined:
        await tell_instead(interaction, declined.sentence)
        await count_refusal(interaction, declined.reason)
        return
    spec = spec_of(source)
    job = await put_in_line(
        interaction,
        "generate",
        source.subject_id,
        spec,
        picture.waiting,
        share_id=begun.asked.share_id,
        source_id=source.id,
    )
    if job is None:
        with contextlib.suppress(NotYours):
            await sources.drop(app.database, app.blobs, member_id, source.id or 0)
