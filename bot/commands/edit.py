"""`/edit restyle | inpaint | outpaint | vary | upscale`."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, cast

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot import words
from bot.admission import is_refused
from bot.asked import Declined
from bot.chosen import name_of
from bot.edits import Wish, begin, take
from bot.offer import offer
from bot.photos.prepare import Where
from bot.redraw import STRENGTHS, WHOLLY, enlarged, redraw, varied
from bot.reply import Interaction, app_of, asker_of, tell
from bot.request import MOST_PICTURES
from bot.restraint import count_refusal, is_suspended
from bot.sides import NoRoom, Sides, beyond
from bot.views import mask as masks
from storage import portfolio

MOST_CHOICES = 25
#: Of a member's pictures, the newest ones: among so many one is sought while they type.
_SEARCHED = 200

Strength = Literal["light", "medium", "strong"]

group = app_commands.Group(name="edit", description="Work on a picture, with your subject in it")

_OF = "One of your pictures; your latest where you say nothing"
_PICTURE = "One of your own instead; I keep it no longer than I need it"


@offer
async def offer_pictures(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """The member's own pictures whose number or prompt holds what was typed so far."""
    found = await portfolio.latest(app_of(interaction).database, interaction.user.id, _SEARCHED)
    offered = [(name_of(one), str(one.job.spec.get("typed", ""))) for one in found]
    return [
        Choice(name=words.picture_choice(name, prompt), value=name)
        for name, prompt in offered
        if typed.lower() in f"{name} {prompt}".lower()
    ][:MOST_CHOICES]


@group.command(name="restyle", description="Draw a whole picture anew, as other words say")
@app_commands.describe(
    prompt="3 to 60 words with your token in them: a zwx woman as an oil painting",
    picture=_PICTURE,
    of=_OF,
    strength="How far from the picture it may go; medium unless you say so",
)
@app_commands.autocomplete(of=offer_pictures)
async def restyle(
    interaction: Interaction,
    prompt: str,
    picture: discord.Attachment | None = None,
    of: str | None = None,
    strength: Strength = "medium",
) -> None:
    details = {"strength": STRENGTHS[strength]}
    wish = Wish(how="restyle", details=lambda *_: details, prompt=prompt, of=of, picture=picture)
    await redraw(interaction, wish)


@group.command(name="inpaint", description="Change one part of a picture; you see which one first")
@app_commands.describe(
    prompt="3 to 60 words with your token in them, for the whole picture",
    area="What may change",
    picture=_PICTURE,
    of=_OF,
    mask="For `my own mask`: white where I may change it",
    strength="How much of what is there may go; all of it unless you say so",
)
@app_commands.choices(
    area=[
        Choice(name="the face", value="face"),
        Choice(name="the hair", value="hair"),
        Choice(name="the clothes", value="clothes"),
        Choice(name="the background", value="background"),
        Choice(name="the transparent parts", value="transparent"),
        Choice(name="my own mask", value="mask"),
    ]
)
@app_commands.autocomplete(of=offer_pictures)
async def inpaint(
    interaction: Interaction,
    prompt: str,
    area: Choice[str],
    picture: discord.Attachment | None = None,
    of: str | None = None,
    mask: discord.Attachment | None = None,
    strength: Strength | None = None,
) -> None:
    details = {"strength": STRENGTHS[strength] if strength else WHOLLY}
    wish = Wish(
        how="inpaint",
        details=lambda *_: details,
        prompt=prompt,
        of=of,
        picture=picture,
        where=cast("Where", area.value),
        mask=mask,
    )
    if await is_suspended(interaction) or await is_refused(interaction, "picture"):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    app = app_of(interaction)
    try:
        source = await take(app, await begin(app, await asker_of(interaction), wish))
    except Declined as declined:
        await tell(interaction, declined.sentence)
        await count_refusal(interaction, declined.reason)
        return
    await masks.show(interaction, source)


@group.command(name="outpaint", description="Draw on beyond a picture's edges")
@app_commands.describe(
    sides="Where to",
    of=_OF,
    picture=_PICTURE,
    prompt="What it shows, with your token in it; of a picture of mine I know it",
)
@app_commands.choices(
    sides=[
        Choice(name="all around", value="all"),
        Choice(name="left", value="left"),
        Choice(name="right", value="right"),
        Choice(name="up", value="up"),
        Choice(name="down", value="down"),
        Choice(name="wide (16:9)", value="wide"),
        Choice(name="tall (9:16)", value="tall"),
        Choice(name="square", value="square"),
    ]
)
@app_commands.autocomplete(of=offer_pictures)
async def outpaint(
    interaction: Interaction,
    sides: Choice[str],
    of: str | None = None,
    picture: discord.Attachment | None = None,
    prompt: str = "",
) -> None:
    details = partial(_beyond, cast("Sides", sides.value))
    await redraw(
        interaction,
        Wish(how="outpaint", details=details, prompt=prompt, of=of, picture=picture),
    )


@group.command(name="vary", description="More like a picture of mine")
@app_commands.describe(how="How far from it they may go", of=_OF, pictures="How many, 1 to 4")
@app_commands.autocomplete(of=offer_pictures)
async def vary(
    interaction: Interaction,
    how: Literal["subtle", "strong"],
    of: str | None = None,
    pictures: app_commands.Range[int, 1, MOST_PICTURES] = 1,
) -> None:
    await redraw(interaction, varied(how, of, pictures))


@group.command(
    name="upscale", description="A picture of mine up to twice as large, with finer detail"
)
@app_commands.describe(of=_OF)
@app_commands.autocomplete(of=offer_pictures)
async def upscale(interaction: Interaction, of: str | None = None) -> None:
    await redraw(interaction, enlarged(app_of(interaction).settings.side, of))


def _beyond(sides: Sides, width: int, height: int) -> dict[str, Any]:
    try:
        return dict(beyond(sides, width, height))
    except NoRoom as none:
        raise Declined(words.WIDE_ENOUGH if none.is_there else words.TOO_FAR) from None
