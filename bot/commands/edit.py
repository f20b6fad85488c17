"""`/edit restyle | inpaint | outpaint | vary | upscale`."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any, Final, Literal, cast

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot import words
from bot.asked import Declined
from bot.chosen import name_of
from bot.edits import Wish, begin, spec_of, take
from bot.photos.prepare import Where
from bot.reply import Interaction, app_of, tell, tell_instead
from bot.request import MOST_PICTURES, put_in_line
from bot.restraint import count_refusal, is_suspended
from bot.sides import NoRoom, Sides, beyond
from bot.views import mask as masks
from bot.views import picture as pictures_view
from storage import portfolio, sources
from storage.errors import NotYours

MOST_CHOICES = 25
#: Of a member's pictures, the newest ones: among so many one is sought while they type.
_SEARCHED = 200

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

Strength = Literal["light", "medium", "strong"]

group = app_commands.Group(name="edit", description="Work on a picture, with your subject in it")

_OF = "One of your pictures; your latest where you say nothing"
_PICTURE = "One of your own instead; I keep it no longer than I need it"


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
    await _draw(interaction, wish)


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
    if await is_suspended(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    app = app_of(interaction)
    try:
        source = await take(app, await begin(app, interaction.user.id, interaction.guild_id, wish))
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
    await _draw(
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
    details = {"strength": VARIED[how]}
    wish = Wish(how="vary", details=lambda *_: details, of=of, pictures=pictures)
    await _draw(interaction, wish)


@group.command(
    name="upscale", description="A picture of mine up to twice as large, with finer detail"
)
@app_commands.describe(of=_OF)
@app_commands.autocomplete(of=offer_pictures)
async def upscale(interaction: Interaction, of: str | None = None) -> None:
    # how much finer detail is drawn into it is the trainer's to know: it depends on the base
    side = app_of(interaction).settings.side
    await _draw(interaction, Wish(how="upscale", details=partial(_larger, side), of=of))


def _larger(side: int, width: int, height: int) -> dict[str, Any]:
    """How much larger a picture may become, on a base of that side."""
    scale = min(SCALE, LARGEST * side / (width * height) ** 0.5)
    if scale < WORTH_IT:
        raise Declined(words.LARGE_ENOUGH)
    return {"scale": round(scale, 3)}


def _beyond(sides: Sides, width: int, height: int) -> dict[str, Any]:
    try:
        return dict(beyond(sides, width, height))
    except NoRoom as none:
        raise Declined(words.WIDE_ENOUGH if none.is_there else words.TOO_FAR) from None


async def _draw(interaction: Interaction, wish: Wish) -> None:
    """Take the picture and put its job in line at once."""
    if await is_suspended(interaction):
        return
    app, member_id = app_of(interaction), interaction.user.id
    try:
        begun = await begin(app, member_id, interaction.guild_id, wish)
        await interaction.response.defer(thinking=True)
        source = await take(app, begun)
    except Declined as declined:
        await tell_instead(interaction, declined.sentence)
        await count_refusal(interaction, declined.reason)
        return
    spec = spec_of(source)
    job = await put_in_line(
        interaction, "generate", source.subject_id, spec, pictures_view.waiting, source_id=source.id
    )
    if job is None:
        with contextlib.suppress(NotYours):
            await sources.drop(app.database, app.blobs, member_id, source.id or 0)
