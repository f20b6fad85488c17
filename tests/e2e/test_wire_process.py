"""`python -m bot` itself: a member's story over the wire, and a process that is killed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot import words
from deploy.demo.props import photo_files
from storage.blobs import open_blobs
from storage.engine import Database
from storage.settings import StorageSettings
from storage.tables import Job, Photo, Subject
from storage.wake import Watch
from tests import sqlite
from tests.e2e.conftest import LOOK_AGAIN_S, PROMPT, draw, until_settled
from tests.loopback.member import Answer, Member, controls
from tests.loopback.process import BotProcess
from tests.loopback.rest import NEVER
from tests.loopback.server import LIMIT_S, Loopback
from tests.rows import claimed, rows, trained


async def photographed(alice: Member) -> Answer:
    """A subject, her consent, and two photos of it."""
    await alice.slash("subject create", token="zwx", kind="character", **{"class": "woman"})
    files = {f"photo{n}": file for n, file in enumerate(photo_files("face")[:2], 1)}
    asked = await alice.slash("photos add", token="zwx", framing="face", **files)
    agreed = await alice.press(asked.message, label=words.CONSENT_YES)
    await alice.discord.until(lambda: agreed.record.followup_ids)
    return agreed


async def until_noted(database: Database) -> None:
    """Until the bot has written down where its answer is."""
    async with asyncio.timeout(LIMIT_S), Watch(database) as watch:
        while (await rows(database, Job))[0].message_id is None:
            await watch.changed(asyncio.Event(), LOOK_AGAIN_S)


async def test_from_the_first_word_to_a_picture_though_the_bot_is_killed_on_the_way(
    discord: Loopback, tmp_path: Path
) -> None:
    alice, bob = discord.member("alice"), discord.member("bob")
    bot = BotProcess(discord, tmp_path)
    settings = StorageSettings(data=bot.data, base="tiny")
    sqlite.new_database(Path(settings.database))
    database, blobs = Database(Path(settings.database)), open_blobs(settings)
    async with bot:
        agreed = await photographed(alice)
        assert len(await rows(database, Photo)) == 2
        (subject,) = await rows(database, Subject)
        checklist = agreed.messages[-1]
        await trained(database, blobs, subject)
        asked = await alice.slash("imagine", prompt=PROMPT)
        assert asked.seconds < NEVER
        await until_noted(database)

        bot.kill()
        await discord.until(lambda: not any(one.line for one in discord.gateway.sessions.values()))
        await draw(database, blobs, await claimed(database))
        await bot.start()

        await until_settled(database)
        (post,) = discord.posts()
        assert post.id == asked.message.id
        assert len(post.attachments) == 1
        adding = next(one for one in controls(checklist) if one.get("label") == words.ADD_PHOTOS)
        pressed = await alice.use(checklist, adding)
        assert pressed.form is not None
        refused = await bob.press(post, label=words.AGAIN)
        assert refused.text == words.NOT_FOR_YOU
        again = await alice.press(post, label=words.AGAIN)
        assert again.seconds < NEVER
        assert len(await rows(database, Job)) == 2
        assert bot.stop() == 0
    assert bot.failures() == []
    await database.close()
