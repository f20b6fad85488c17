"""`/imagine`."""

from __future__ import annotations

import secrets
from typing import Literal

from discord import app_commands

from bot import words
from bot.asked import Declined, asked
from bot.commands.style import offer_styles
from bot.reply import Interaction, app_of, tell
from bot.request import MOST_PICTURES, MOST_SEED, put_in_line
from bot.restraint import count_refusal
from bot.views import picture

Shape = Literal["square", "portrait", "landscape"]

#: Bounds of what is asked for at all; choices of ours, not measured.
MOST_GUIDANCE = 15
FEWEST_STEPS, MOST_STEPS = 10, 50


@app_commands.command(name="imagine", description="Draw a subject of yours")
@app_commands.describe(
    prompt="3 to 60 words with your token in them: a zwx woman in a (red hat:1.2)",
    pictures="How many, 1 to 4",
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
    pictures: app_commands.Range[int, 1, MOST_PICTURES] = 1,
    seed: app_commands.Range[int, 0, MOST_SEED] | None = None,
    negative: str = "",
    guidance: app_commands.Range[float, 1, MOST_GUIDANCE] | None = None,
    steps: app_commands.Range[int, FEWEST_STEPS, MOST_STEPS] | None = None,
    style: str = "",
    shape: Shape = "square",
    fast: bool = False,
) -> None:
    try:
        wish = await asked(
            app_of(interaction),
            interaction.user.id,
            prompt,
            negative=negative,
            style=style.strip(),
            server_id=interaction.guild_id,
        )
        if fast and not (steps is None and guidance is None):
            raise Declined(words.FAST_ALONE)
    except Declined as declined:
        await tell(interaction, declined.sentence)
        await count_refusal(interaction, declined.reason)
        return
    spec: dict[str, object] = {
        "prompt": wish.prompt,
        "typed": wish.typed,
        "adapter": wish.adapter_id,
        "seed": secrets.randbelow(MOST_SEED) if seed is None else seed,
        "pictures": pictures,
    }
    wishes: dict[str, object] = {
        "negative": wish.negative,
        "guidance": guidance,
        "steps": steps,
        "style": {"name": wish.style.name, "words": wish.style.words} if wish.style else None,
        "shape": None if shape == "square" else shape,
        "fast": fast,
    }
    spec |= {name: wish for name, wish in wishes.items() if wish}
    await put_in_line(interaction, "generate", wish.subject_id, spec, picture.waiting)
