"""`/me data`: what is kept, to see and to take along."""

from __future__ import annotations

import io
import json
from typing import Any
from zipfile import ZipFile

import pytest

import bot.app
from bot import parcel, words
from bot.views.dossier import packing_in
from storage.errors import StoreUnreachable
from storage.tables import Photo
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.bot.commands.editing import drew
from tests.rows import new_photo, rows


async def card(studio: Studio, actor: Any = None) -> Any:
    return messages(await studio.slash(actor or studio.alice, "me data"))[0]


async def handed(answer: Any) -> list[ZipFile]:
    found = [file for message in messages(answer) for file in message.attachments]
    return [ZipFile(io.BytesIO(await file.read())) for file in found]


async def test_a_member_is_handed_all_of_theirs_and_nobody_elses(studio: Studio) -> None:
    subject = await studio.covered()
    await studio.covered(studio.bob, token="qqxy")
    panel = await card(studio)
    assert panel.ephemeral
    assert labels(panel) == [words.DATA_HAND_OVER]
    assert "1 subject, 8 photos" in shown(panel)
    assert words.DATA_SHOWS_YOU not in shown(panel)
    answer = await studio.alice.click(panel, label=words.DATA_HAND_OVER)
    assert words.data_part(1, 1) in said(answer)
    (opened,) = await handed(answer)
    data = json.loads(opened.read("data.json"))
    assert [one["token"] for one in data["subject"]] == [subject.token]
    assert "qqxy" not in opened.read("data.json").decode()
    assert len([name for name in opened.namelist() if name.startswith("photos/")]) == 16
    assert str(studio.alice.id) in opened.read("README.txt").decode()
    packing = packing_in(studio.settings.data)
    assert list(packing.iterdir()) == []


async def test_it_is_handed_over_once_an_hour(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.covered()
    panel = await card(studio)
    get = studio.bot.blobs.get

    async def is_away(key: str) -> bytes:
        raise StoreUnreachable

    monkeypatch.setattr(studio.bot.blobs, "get", is_away)
    studio.foreseen = (StoreUnreachable,)
    failed = await studio.alice.click(panel, label=words.DATA_HAND_OVER)
    assert words.BUSY in said(failed)  # and that does not count
    monkeypatch.setattr(studio.bot.blobs, "get", get)
    assert await handed(await studio.alice.click(panel, label=words.DATA_HAND_OVER))
    again = await studio.alice.click(panel, label=words.DATA_HAND_OVER)
    assert words.data_lately(60) in said(again)
    assert await handed(again) == []
    # to see it is no such thing
    assert "8 photos" in shown(await card(studio))
    monkeypatch.setattr(bot.app, "LOOK_EVERY_S", 600)
    await studio.restart()
    assert await handed(await studio.alice.click(panel, label=words.DATA_HAND_OVER))


async def test_what_is_too_large_for_one_message_comes_in_several(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await studio.subject()
    for number in range(4):
        photo = await new_photo(studio.bot.database, studio.bot.blobs, subject)
        key = await studio.bot.blobs.put("photos", bytes([number]) * 40_000, "png")
        async with studio.bot.database.write() as session:
            (await session.get_one(Photo, photo.id)).upright_key = key
    monkeypatch.setattr(parcel, "room_in", lambda app, server_id: 60_000)
    answer = await studio.alice.click(await card(studio), label=words.DATA_HAND_OVER)
    zips = await handed(answer)
    assert len(zips) == 4
    names = [file.filename for m in messages(answer) for file in m.attachments]
    assert names == [f"darkroom-data-{n}-of-4.zip" for n in range(1, 5)]
    assert words.data_part(4, 4) in said(answer)
    held = [name for opened in zips for name in opened.namelist() if name.startswith("photos/")]
    assert len(held) == len(set(held)) == 8


async def test_a_single_file_that_is_too_large_is_the_operators_to_hand_out(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await studio.subject()
    photo = await new_photo(studio.bot.database, studio.bot.blobs, subject)
    key = await studio.bot.blobs.put("photos", bytes(70_000), "png")
    async with studio.bot.database.write() as session:
        (await session.get_one(Photo, photo.id)).upright_key = key
    monkeypatch.setattr(parcel, "room_in", lambda app, server_id: 60_000)
    answer = await studio.alice.click(await card(studio), label=words.DATA_HAND_OVER)
    too_large = words.data_too_large([f"photos/{photo.id}.png"], studio.alice.id)
    assert too_large in said(answer)
    assert len(await handed(answer)) == 1


async def test_where_discord_takes_less_than_it_says_it_comes_smaller(studio: Studio) -> None:
    await studio.covered()
    panel = await card(studio)
    studio.env.inject_error("POST", "/webhooks/*", status=413, code=40005, times=1)
    answer = await studio.alice.click(panel, label=words.DATA_HAND_OVER)
    assert await handed(answer)


async def test_what_was_drawn_of_ones_subject_by_others_is_counted(studio: Studio) -> None:
    await studio.trained()
    await studio.slash(studio.alice, "subject share", token="zwx", member=studio.bob)
    await drew(studio, studio.bob)
    answer = await studio.alice.click(await card(studio), label=words.DATA_HAND_OVER)
    (opened,) = await handed(answer)
    told = opened.read("data.json").decode()
    assert json.loads(told)["subject"][0]["pictures_drawn_by_others"] == 1
    assert str(studio.bob.id) not in told
    assert [name for name in opened.namelist() if name.startswith("pictures/")] == []
    assert await rows(studio.bot.database, Photo) == []
