"""`/imagine`."""

from __future__ import annotations

from typing import Literal

from discord import app_commands

from bot.commands.style import offer_styles
from bot.reply import Interaction, app_of
from bot.request import MOST_PICTURES, MOST_SEED
from bot.views.wishing import Wish, draw
from bot.wishes import wishes_of

Shape = Literal["square", "portrait", "landscape"]

#: Bounds of what is asked for at all; choices of ours, not measured.
MOST_GUIDANCE = 15
FEWEST_STEPS, MOST_STEPS = 10, 50


@app_commands.command(name="imagine", description="Draw a subject of yours")
@app_commands.describe(
    prompt="3 to 60 words with your token in them: a zwx woman in a (red hat:1.2)",
    pictures="How many, 1 to 4; as in /me settings unless you say so",
    seed="The same seed and prompt give the same picture",
    negative="What shall not be in it: blurry, crowd",
    guidance="How much it insists on the prompt; I know what suits this base",
    steps="More take longer and change little; 25 unless you say so",
    style="A look by name; /style list shows all",
    shape="Square unless you say so",
    fast="In less time, a little less fine",
)
@app_commands.autocomplete(style=offer_styles)
async def imagine(
    interaction: Interaction,
    prompt: str,
    pictures: app_commands.Range[int, 1, MOST_PICTURES] | None = None,
    seed: app_commands.Range[int, 0, MOST_SEED] | None = None,
    negative: str = "",
    guidance: app_commands.Range[float, 1, MOST_GUIDANCE] | None = None,
    steps: app_commands.Range[int, FEWEST_STEPS, MOST_STEPS] | None = None,
    style: str = "",
    shape: Shape = "square",
    fast: bool = False,
) -> None:
    if pictures is None:
        pictures = (await wishes_of(app_of(interaction), interaction.user.id)).pictures
    await draw(
        interaction,
        Wish(
            prompt=prompt,
            pictures=pictures,
            seed=seed,
            negative=negative,
            guidance=guidance,
            steps=steps,
            style=style,
            shape=shape,
            fast=fast,
        ),
    )
