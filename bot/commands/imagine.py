"""`/imagine`."""

from __future__ import annotations

import secrets

from discord import app_commands

from bot import words
from bot.prompt import BadPrompt, check_negative, check_prompt, with_class
from bot.reply import Interaction, app_of, tell
from bot.request import put_in_line
from bot.restraint import count_refusal
from bot.views import picture
from storage import subjects

MOST_PICTURES = 4
MOST_SEED = 2**31 - 1
#: Bounds of what is asked for at all; choices of ours, not measured.
MOST_GUIDANCE = 15
FEWEST_STEPS, MOST_STEPS = 10, 50


@app_commands.command(name="imagine", description="Draw a subject of yours")
@app_commands.describe(
    prompt="3 to 60 words with your token in them: a zwx woman at the beach",
    pictures="How many, 1 to 4",
    seed="The same seed and prompt give the same picture",
    negative="What shall not be in it: blurry, crowd",
    guidance="How much it insists on the prompt; I know what suits this base",
    steps="More take longer and change little; 25 unless you say so",
)
async def imagine(
    interaction: Interaction,
    prompt: str,
    pictures: app_commands.Range[int, 1, MOST_PICTURES] = 1,
    seed: app_commands.Range[int, 0, MOST_SEED] | None = None,
    negative: str = "",
    guidance: app_commands.Range[float, 1, MOST_GUIDANCE] | None = None,
    steps: app_commands.Range[int, FEWEST_STEPS, MOST_STEPS] | None = None,
) -> None:
    app = app_of(interaction)
    mine = await subjects.list_subjects(app.database, interaction.user.id)
    tokens = {one.subject.token: one.subject.id or 0 for one in mine}
    try:
        checked = check_prompt(prompt, tokens)
        unwanted = check_negative(negative)
        chosen = next(one for one in mine if one.subject.id == checked.subject_id)
        if chosen.adapter is None:
            raise BadPrompt("not_trained", token=checked.token)
    except BadPrompt as bad:
        trained = [(o.subject.token, o.subject.class_word) for o in mine if o.adapter]
        others = [(o.subject.token, o.subject.class_word) for o in mine if not o.adapter]
        await tell(interaction, words.prompt_refusal(bad.reason, bad.facts, trained, others))
        await count_refusal(interaction, bad.reason)
        return
    text = with_class(checked.text, checked.token, chosen.subject.class_word)
    spec: dict[str, object] = {
        "prompt": text,
        "typed": checked.text,
        "adapter": chosen.adapter.id,
        "seed": secrets.randbelow(MOST_SEED) if seed is None else seed,
        "pictures": pictures,
    }
    wishes: dict[str, str | float | None] = {
        "negative": unwanted,
        "guidance": guidance,
        "steps": steps,
    }
    spec |= {name: wish for name, wish in wishes.items() if wish}
    await put_in_line(interaction, "generate", checked.subject_id, spec, picture.waiting)
