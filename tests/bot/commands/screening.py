"""Pictures of which one looks more explicit than the others, to the network that looks at them; no
explicit picture is needed for that, as a strict server withholds it."""

from __future__ import annotations

from typing import Any

from storage import offences, queue, screening
from storage.offences import MOST
from storage.queue import Lease
from tests.bot.commands.conftest import Studio, messages
from tests.bot.commands.delivering import PROMPT
from tests.bot.sheets.tiles import plain
from tests.rows import SQUARE, an_image, claimed

#: Scores 0.007 and 0.198.
CALM, BOLD = SQUARE, plain(64, 64, "gray")
STRICT = 0.1


async def strict(studio: Studio) -> None:
    """The server withholds what is bold."""
    await screening.set_safety(
        studio.bot.database,
        studio.channel.guild.id,
        explicit_limit=STRICT,
        alerts_channel_id=None,
    )


async def draw(studio: Studio, *pngs: bytes) -> Any:
    """Alice asks for these, a trainer makes them, and the bot has not looked yet: her message."""
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT, pictures=len(pngs), seed=5)
    await put(studio, await claimed(studio.bot.database), *pngs)
    return messages(answer)[0]


async def put(studio: Studio, lease: Lease, *pngs: bytes, **outcome: Any) -> None:
    """What a trainer does at the end of a job."""
    async with queue.finishing(studio.bot.database, lease, outcome) as session:
        for number, png in enumerate(pngs):
            key = await studio.bot.blobs.put("images", png, "png")
            session.add(an_image(lease.job, number, key))


async def offend(studio: Studio, times: int = MOST, **other: Any) -> None:
    """Alice asks so often for what nobody draws."""
    for number in range(times):
        told = {"member_id": studio.alice.id, "server_id": studio.channel.guild.id} | other
        await offences.note(
            studio.bot.database, kind="prompt", request_id=f"offence-{number}", **told
        )
