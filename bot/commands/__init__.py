"""Slash commands and what a right-click offers, one file for each group."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from discord import app_commands


def add_all(tree: app_commands.CommandTree[Any]) -> None:
    """Every command of every file in this folder."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        for found in vars(importlib.import_module(module.name)).values():
            match found:
                case app_commands.Group(parent=None) | app_commands.Command(parent=None):
                    tree.add_command(found)
                case app_commands.ContextMenu():
                    tree.add_command(found)
