"""`/train`."""

from __future__ import annotations

from discord import app_commands

from bot import words
from bot.commands.own import offer_tokens, own_subject
from bot.plan import Wish
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from bot.views import planning


async def offer_methods(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The ways of learning that the operator allows."""
    return [
        app_commands.Choice(name=f"{method}: {words.method_called(method)}", value=method)
        for method in app_of(interaction).settings.methods
        if typed.lower() in method
    ]


# The numbers' bounds are not Discord's: those of a learning rate depend on the base, and what is
# refused is refused with a sentence.
@app_commands.command(name="train", description="Learn a subject from its photos")
@app_commands.describe(
    token="Which subject",
    steps="Training steps; best left to me",
    class_images="Pictures of the class in general, so that I do not forget it; best left to me",
    learning_rate="How much each step changes, such as 0.0005; best left to me",
    method="How it is learned; best left to me",
)
@app_commands.autocomplete(token=offer_tokens, method=offer_methods)
async def train(
    interaction: Interaction,
    token: str,
    steps: int | None = None,
    class_images: int | None = None,
    learning_rate: str | None = None,
    method: str | None = None,
) -> None:
    offered = app_of(interaction).settings.methods
    wanted = next((one for one in offered if method and one == method.strip().lower()), None)
    if method and wanted is None:
        await tell(interaction, words.method_not_offered(offered))
        return
    try:
        rate = float(learning_rate.replace(",", ".")) if learning_rate else None
    except ValueError:
        await tell(interaction, words.NO_RATE)
        return
    if await is_suspended(interaction):
        return
    subject = await own_subject(interaction, token)
    if subject is not None:
        await planning.show(interaction, subject, Wish(steps, class_images, rate, wanted))
