"""`/show` and `/gallery`."""

from __future__ import annotations

from discord import app_commands

from bot import words
from bot.offer import offer
from bot.reply import Interaction, app_of
from bot.views import brought, wall
from storage import portfolio

MOST_CHOICES = 25
#: Of a member's jobs, the newest ones: among so many one is sought while they type.
_SEARCHED = 200


@app_commands.command(name="show", description="Bring back a training or pictures of yours")
@app_commands.describe(
    job="Its number, as in the names of its pictures; your latest where you say nothing"
)
async def show(interaction: Interaction, job: int | None = None) -> None:
    await brought.show(interaction, job)


@show.autocomplete("job")
@offer
async def offer_jobs(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    found = await portfolio.latest_jobs(
        app_of(interaction).database, interaction.user.id, _SEARCHED
    )
    named = [(one.id or 0, words.job_choice(one.id or 0, one.kind, one.spec)) for one in found]
    return [
        app_commands.Choice(name=name, value=number)
        for number, name in named
        if typed.lower() in name.lower()
    ][:MOST_CHOICES]


@app_commands.command(name="gallery", description="Your pictures, the newest first; open any")
@app_commands.describe(kept="Only those that you keep")
async def gallery(interaction: Interaction, kept: bool = False) -> None:
    await wall.show(interaction, kept=kept)
