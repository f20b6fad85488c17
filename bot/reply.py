"""Answering: what commands and panels share when they speak to a member."""

from __future__ import annotations

import logging
from typing import Any, TypeAlias, cast

import discord

from bot import words
from bot.desk import Desk

log = logging.getLogger("darkroom.bot")

Interaction: TypeAlias = "discord.Interaction[Any]"


def app_of(interaction: Interaction) -> Desk:
    """The bot behind an interaction, typed."""
    return cast("Desk", interaction.client)


async def tell(interaction: Interaction, sentence: str) -> None:
    """A private sentence, whether or not the interaction was answered before."""
    if interaction.response.is_done():
        await interaction.followup.send(sentence, ephemeral=True)
    else:
        await interaction.response.send_message(sentence, ephemeral=True)


async def trouble(interaction: Interaction, error: BaseException) -> None:
    """What nobody foresaw: the member gets a kind sentence, the log the rest."""
    log.error("an interaction failed", exc_info=error)
    try:
        await tell(interaction, words.TROUBLE)
    except discord.HTTPException:
        log.warning("the interaction could not be answered any more")
