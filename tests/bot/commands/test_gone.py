"""A photo whose message was deleted before it could be read."""

from __future__ import annotations

import discord

from bot import words
from bot.intake import take_all
from storage.tables import Photo
from tests.bot.commands.conftest import Studio
from tests.rows import count, files


async def test_case_11_a_photo_that_is_gone_leaves_nothing_and_is_asked_for_again(
    studio: Studio,
) -> None:
    subject = await studio.subject()
    gone = "https://cdn.discordapp.com/attachments/1/2/gone.jpg"
    file = discord.Attachment(
        data={"id": 2, "size": 1000, "filename": "gone.jpg", "url": gone, "proxy_url": gone},
        state=studio.bot._connection,
    )
    (verdict,) = await take_all(studio.bot, subject, [file], "face")
    assert verdict.reason == "unreachable"
    assert "once more" in words.photo_refusal("gone.jpg", verdict.reason, verdict.facts)
    assert await count(studio.bot.database, Photo) == 0
    assert await files(studio.bot.blobs) == set()
