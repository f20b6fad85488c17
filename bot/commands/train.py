"""`/train`."""

from __future__ import annotations

from discord import app_commands

from bot import plan
from bot.commands.own import offer_tokens, own_subject
from bot.reply import Interaction
from bot.views import planning


@app_commands.command(name="train", description="Learn a subject from its photos")
@app_commands.describe(
    token="Which subject",
    steps="Training steps; best left to me",
    class_images="Pictures of the class in general, so that I do not forget it; best left to me",
)
@app_commands.autocomplete(token=offer_tokens)
async def train(
    interaction: Interaction,
    token: str,
    steps: app_commands.Range[int, plan.FEWEST_STEPS, plan.MOST_STEPS] | None = None,
    class_images: app_commands.Range[int, 0, plan.MOST_CLASS_IMAGES] | None = None,
) -> None:
    subject = await own_subject(interaction, token)
    if subject is not None:
        await planning.show(interaction, subject, steps, class_images)
