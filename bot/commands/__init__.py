"""Slash commands, one file for each group."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot.commands import (
    admin,
    edit,
    guide,
    imagine,
    me,
    photos,
    queue,
    show,
    style,
    subject,
    train,
)


def add_all(tree: app_commands.CommandTree[Any]) -> None:
    tree.add_command(subject.group)
    tree.add_command(photos.group)
    tree.add_command(train.train)
    tree.add_command(imagine.imagine)
    tree.add_command(style.group)
    tree.add_command(edit.group)
    tree.add_command(show.show)
    tree.add_command(show.gallery)
    tree.add_command(queue.queue)
    tree.add_command(me.group)
    tree.add_command(admin.group)
    tree.add_command(guide.guide)
