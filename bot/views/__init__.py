"""Panels. `add_all` teaches a client to find their buttons and menus again after a restart."""

from __future__ import annotations

import importlib
import pkgutil

import discord

from bot.views.press import Control


def add_all(client: discord.Client) -> None:
    """Every control of every file in this folder."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    client.add_dynamic_items(*Control.known)
