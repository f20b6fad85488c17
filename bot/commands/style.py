"""`/style list | add | remove`."""

from __future__ import annotations

from discord import app_commands

from bot import styles, words
from bot.offer import offer
from bot.reply import Interaction, app_of, tell
from bot.styles import BadStyle
from bot.views.layout import card, title
from storage import servers
from storage.errors import NotYours, StylesFull, StyleTaken

MOST_CHOICES = 25

#: Everybody may look, so that what else there is cannot be hidden by Discord: it is checked here.
group = app_commands.Group(
    name="style",
    description="Looks that go with every subject",
    allowed_contexts=app_commands.AppCommandContext(
        guild=True, dm_channel=False, private_channel=False
    ),
)


@offer
async def offer_styles(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The styles that can be chosen here and hold what was typed so far, 25 at most: however many
    a server has of its own, those that are everywhere are among them."""
    found = await styles.presets(app_of(interaction).database, interaction.guild_id)
    fitting = _choices([one.name for one in found], typed)
    built_in = [one for one in fitting if one.name in styles.BUILT_IN]
    own = [one for one in fitting if one.name not in styles.BUILT_IN]
    return [*own[: MOST_CHOICES - len(built_in)], *built_in]


@offer
async def offer_own(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The server's own styles that hold what was typed so far."""
    own = await servers.styles_of(app_of(interaction).database, interaction.guild_id or 0)
    return _choices([one.name for one in own], typed)[:MOST_CHOICES]


def _choices(names: list[str], typed: str) -> list[app_commands.Choice[str]]:
    fitting = [name for name in names if styles.called(typed) in name]
    return [app_commands.Choice(name=name, value=name) for name in fitting]


@group.command(name="list", description="The styles you can choose in /imagine")
async def show_all(interaction: Interaction) -> None:
    found = await styles.presets(app_of(interaction).database, interaction.guild_id)
    lines = [
        words.style_line(one.name, one.words, is_everywhere=one.name in styles.BUILT_IN)
        for one in found
    ]
    await interaction.response.send_message(
        view=card(title(words.STYLES_TITLE), "\n".join(lines), f"-# {words.STYLES_HINT}"),
        ephemeral=True,
    )


@group.command(name="add", description="Keep a style for this server")
@app_commands.describe(
    name="2 to 32 letters: golden hour",
    look="1 to 30 words that are added to the prompt: warm low sun, long shadows",
    negative="What its pictures shall not hold: flash, snow",
)
async def add(interaction: Interaction, name: str, look: str, negative: str = "") -> None:
    server_id = await _managed_server(interaction)
    if server_id is None:
        return
    database = app_of(interaction).database
    try:
        preset = styles.check_style(name, look, negative)
        tokens = await servers.tokens_among(database, styles.words_of(preset))
        if tokens:
            raise BadStyle("token", tokens=", ".join(f"`{token}`" for token in tokens[:5]))
        await servers.add_style(
            database,
            server_id,
            name=preset.name,
            words=preset.words,
            negative=preset.negative,
            most=styles.MOST_STYLES,
        )
    except BadStyle as bad:
        facts = {"most": styles.MOST_WORDS, **bad.facts}
        await tell(interaction, words.style_refusal(bad.reason, facts))
    except StyleTaken:
        await tell(interaction, words.style_refusal("taken", {}))
    except StylesFull:
        await tell(interaction, words.style_refusal("full", {"most": styles.MOST_STYLES}))
    else:
        await tell(interaction, words.style_added(preset.name))


@group.command(name="remove", description="Take down a style of this server")
@app_commands.describe(name="Which style")
@app_commands.autocomplete(name=offer_own)
async def remove(interaction: Interaction, name: str) -> None:
    server_id = await _managed_server(interaction)
    if server_id is None:
        return
    try:
        await servers.remove_style(app_of(interaction).database, server_id, styles.called(name))
    except NotYours:
        await tell(interaction, words.style_unknown(name))
    else:
        await tell(interaction, words.style_removed(styles.called(name)))


async def _managed_server(interaction: Interaction) -> int | None:
    """The server that the member may manage; None after telling them that this is none."""
    if interaction.guild_id is None:
        await tell(interaction, words.STYLES_NEED_SERVER)
    elif not interaction.permissions.manage_guild:
        await tell(interaction, words.STYLES_NEED_MANAGER)
    else:
        return interaction.guild_id
    return None
