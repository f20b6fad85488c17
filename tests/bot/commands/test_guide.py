"""`/help` says what comes next, from where a member stands."""

from __future__ import annotations

import discord

from bot import words
from tests.bot.commands.conftest import Studio, messages, shown
from tests.rows import new_photo


async def next_step(studio: Studio) -> str:
    (message,) = messages(await studio.slash(studio.alice, "help"))
    assert message.ephemeral
    (line,) = [line for line in shown(message).splitlines() if line.startswith("➡")]
    return line


async def test_it_leads_from_the_first_folder_to_the_first_picture(studio: Studio) -> None:
    assert "`/subject create token:zwx" in await next_step(studio)
    subject = await studio.subject(token="qqxy", class_word="dog")
    assert "`/photos add token:qqxy`" in await next_step(studio)
    for framing in ["face"] * 6 + ["torso"] * 2:
        await new_photo(studio.bot.database, studio.bot.blobs, subject, framing)
    assert "`/train start token:qqxy`" in await next_step(studio)
    await studio.trained(token="kelzor")
    assert "`/imagine prompt:a kelzor woman at the beach`" in await next_step(studio)


async def test_every_command_that_it_names_is_there(studio: Studio) -> None:
    known = {
        command.qualified_name
        for command in studio.bot.tree.walk_commands()
        if isinstance(command, discord.app_commands.Command)
    }
    told = " ".join((words.help_steps("subject", "zwx", "woman"), words.HELP_EXAMPLES,
                     words.HELP_YOURS, words.GALLERY_EMPTY, words.NO_JOBS))  # fmt: skip
    named = [part.split("`")[0] for part in told.split("`/")[1:]]
    assert len(named) > 8
    for text in named:
        assert any(text == name or text.startswith(f"{name} ") for name in known), text
