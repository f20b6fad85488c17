"""A part of a picture is shown in red before it is drawn, and changed by buttons."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest
from PIL import Image

from bot import words
from bot.photos.mask import changed, from_png, inverted, to_png
from bot.views.mask import Grow
from storage.tables import Source, Subject
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.bot.commands.editing import PROMPT, copies, drew, edits, is_tidy
from tests.bot.commands.pressing import picture, press
from tests.bot.commands.test_panels import Kept
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened, quarters
from tests.rows import ask, claimed, rows

BUTTONS = [words.GROW, words.SHRINK, words.INVERT, words.DRAW, words.FORGET_SOURCE]
GREY = encoded(Image.new("RGB", (96, 64), (90, 90, 90)), "PNG")
UPLOAD = ("me.jpg", ASTRONAUT)


async def previewed(studio: Studio, area: str = "face", **options: Any) -> Any:
    """The panel of a picture with a mask."""
    if not await rows(studio.bot.database, Subject):
        await studio.trained()
    options = options or {"picture": UPLOAD}
    answer = await studio.slash(studio.alice, "edit inpaint", prompt=PROMPT, area=area, **options)
    panel = messages(answer)[-1]
    assert labels(panel) == BUTTONS, shown(panel)
    return panel


async def the_copy(studio: Studio) -> Source:
    (source,) = await copies(studio)
    return source


async def mask_of(studio: Studio) -> Any:
    return from_png(await studio.bot.blobs.get((await the_copy(studio)).mask_key or ""))


async def sheet_of(panel: Any) -> Image.Image:
    (file,) = panel.attachments
    return opened(await file.read())


async def test_a_part_is_shown_to_its_member_alone_and_drawn_when_asked_for(
    studio: Studio,
) -> None:
    panel = await previewed(studio, "clothes")
    assert panel.ephemeral
    assert PROMPT in shown(panel)
    assert picture(panel) == "mask.png"
    source = await the_copy(studio)
    assert (source.job_id, source.drawn, source.width) == (None, False, 512)
    assert await edits(studio) == []
    answer = await studio.alice.click(panel, label=words.DRAW)
    (job,) = await edits(studio)
    message = messages(answer)[-1]
    assert not message.ephemeral
    assert job.message_id == message.id
    assert job.spec["edit"] == {"how": "inpaint", "strength": 1.0, "source": source.id}
    assert job.spec["prompt"] == "zwx woman as an oil painting"
    assert (await the_copy(studio)).job_id == job.id
    assert await is_tidy(studio)


async def test_what_was_painted_in_is_said_so(studio: Studio) -> None:
    panel = await previewed(studio, "hair", picture=UPLOAD, strength="light")
    message = messages(await studio.alice.click(panel, label=words.DRAW))[-1]
    lease = await claimed(studio.bot.database)
    assert lease.job.spec["edit"]["strength"] == 0.35
    await studio.look()
    assert "Painting…" in shown(studio.again(message))
    await studio.finish(lease, {}, 1)
    await studio.look()
    assert "· painted in · seed" in shown(studio.again(message))


async def test_a_mask_grows_shrinks_and_is_turned_around_also_after_a_restart(
    studio: Studio,
) -> None:
    panel = await previewed(studio)
    first = await mask_of(studio)
    panel = await press(studio, panel, words.GROW)
    larger = await mask_of(studio)
    assert (larger > 0).sum() > (first > 0).sum()
    assert not (first & ~larger).any()
    await studio.restart()
    panel = await press(studio, panel, words.SHRINK)
    panel = await press(studio, panel, words.SHRINK)
    smaller = await mask_of(studio)
    assert not (smaller & ~first).any()
    panel = await press(studio, panel, words.INVERT)
    assert (await mask_of(studio) == inverted(smaller)).all()
    assert picture(panel) == "mask.png"
    assert labels(panel) == BUTTONS
    assert shown(panel).startswith("### ")
    assert await is_tidy(studio)
    await studio.alice.click(panel, label=words.DRAW)
    (job,) = await edits(studio)
    assert job.spec["edit"]["source"] == (await the_copy(studio)).id


async def test_red_is_where_it_may_change(studio: Studio) -> None:
    half = Image.new("L", (96, 64))
    half.paste(255, (48, 0, 96, 64))
    panel = await previewed(
        studio, "mask", picture=("me.png", GREY), mask=("mask.png", encoded(half, "PNG"))
    )
    sheet = await sheet_of(panel)
    assert sheet.width / sheet.height == pytest.approx(96 / 64, rel=0.02)
    y = sheet.height // 2
    kept, changed = (sheet.getpixel((int(x * sheet.width), y)) for x in (0.2, 0.8))
    assert max(kept) - min(kept) <= 4
    assert changed[0] > changed[1] + 40
    assert changed[0] > changed[2] + 40


async def test_a_mask_is_never_grown_over_everything_nor_shrunk_away(studio: Studio) -> None:
    for start, button, reason in (
        ((0, 0, 90, 64), words.GROW, "full"),
        ((40, 30, 46, 36), words.SHRINK, "empty"),
    ):
        mask = Image.new("L", (96, 64))
        mask.paste(255, start)
        options = {"picture": ("me.png", GREY), "mask": ("mask.png", encoded(mask, "PNG"))}
        panel = await previewed(studio, "mask", **options)
        for _ in range(8):
            panel = await press(studio, panel, button)
            if words.mask_refusal(reason) in shown(panel):
                break
        assert words.mask_refusal(reason) in shown(panel)
        assert 0 < (await mask_of(studio)).mean() < 255
        await studio.alice.click(panel, label=words.FORGET_SOURCE)
    assert await is_tidy(studio)


async def test_a_mask_of_somebody_else_cannot_be_pressed(studio: Studio) -> None:
    kept = Kept(await previewed(studio))
    source = await the_copy(studio)
    assert len(kept.ids) == len(BUTTONS)
    for custom_id in kept.ids:
        assert said(await kept.use(studio.bob, custom_id)) == words.NOT_FOR_YOU
    assert await the_copy(studio) == source
    assert await edits(studio) == []


async def test_a_mask_is_forgotten_with_its_picture(studio: Studio) -> None:
    kept = Kept(await previewed(studio))
    answer = await kept.use(studio.alice, kept.id("mask-forget"))
    assert words.SOURCE_FORGOTTEN in shown(messages(answer)[-1])
    assert labels(messages(answer)[-1]) == []
    assert await copies(studio) == []
    assert await is_tidy(studio)
    for custom_id in kept.ids:
        assert words.SOURCE_GONE in said(await kept.use(studio.alice, custom_id))


async def test_what_is_in_line_is_neither_changed_nor_drawn_twice(studio: Studio) -> None:
    kept = Kept(await previewed(studio))
    await kept.use(studio.alice, kept.id("mask-draw"))
    before = await the_copy(studio)
    for custom_id in kept.ids:
        assert words.SOURCE_ASKED in said(await kept.use(studio.alice, custom_id))
    assert await the_copy(studio) == before
    assert len(await edits(studio)) == 1


async def test_what_was_drawn_leaves_no_button_behind(studio: Studio) -> None:
    panel = await previewed(studio)
    answer = await studio.alice.click(panel, label=words.DRAW)
    assert labels(answer.response) == []
    assert shown(answer.response) == shown(panel)
    assert labels(messages(answer)[-1]) == [words.CANCEL]


def a_press(studio: Studio) -> Any:
    """What Discord tells of one, in short: simcord plays them one after the other."""
    return SimpleNamespace(
        user=studio.alice,
        client=studio.bot,
        response=AsyncMock(),
        edit_original_response=AsyncMock(),
    )


async def test_two_presses_at_once_change_a_mask_twice(studio: Studio) -> None:
    await previewed(studio)
    first, source_id = to_png(await mask_of(studio)), (await the_copy(studio)).id or 0
    presses = [a_press(studio) for _ in range(2)]
    grow = Grow(studio.alice.id, source_id)
    await asyncio.gather(*(grow.pressed(press, source_id) for press in presses))
    twice = from_png(changed(changed(first, "grow"), "grow"))
    assert (await mask_of(studio) == twice).all()
    for one in presses:
        one.edit_original_response.assert_awaited_once()
    assert await is_tidy(studio)


async def test_a_mask_stays_where_there_is_no_room_in_line(studio: Studio) -> None:
    kept = Kept(await previewed(studio))
    most = studio.settings.open_jobs_per_member
    assert most
    for _ in range(most):
        await ask(studio.bot.database, studio.alice.id)
    answer = await kept.use(studio.alice, kept.id("mask-draw"))
    assert shown(messages(answer)[-1]) == words.quota_full("member", most)
    assert labels(answer.response) == BUTTONS
    assert (await the_copy(studio)).job_id is None
    assert await edits(studio) == []


async def test_a_picture_of_mine_is_painted_in_too(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice, data=ASTRONAUT)
    answer = await studio.slash(studio.alice, "edit inpaint", prompt=PROMPT, area="background")
    assert labels(messages(answer)[-1]) == BUTTONS
    assert (await the_copy(studio)).drawn


async def test_what_is_transparent_may_change(studio: Studio) -> None:
    seen = quarters().convert("RGBA")
    seen.paste((0, 0, 0, 0), (0, 0, 48, 32))
    await previewed(studio, "transparent", picture=("me.png", encoded(seen, "PNG")))
    mask = await mask_of(studio)
    assert mask[:31, :47].all()
    assert not mask[33:].any()


@pytest.mark.parametrize(
    ("area", "reason"),
    [("face", "no_face"), ("hair", "no_person"), ("background", "no_person")],
)
async def test_where_nobody_is_the_other_ways_are_told(
    studio: Studio, area: str, reason: str
) -> None:
    await studio.trained()
    grain = encoded(Image.effect_noise((200, 150), 60).convert("RGB"), "PNG")
    answer = await studio.slash(
        studio.alice, "edit inpaint", prompt=PROMPT, area=area, picture=("wall.png", grain)
    )
    assert said(answer) == words.mask_refusal(reason)
    for way in ("another area", "transparent", "attach a mask"):
        assert way in said(answer)
    assert await copies(studio) == []
    assert await is_tidy(studio)


async def test_a_mask_that_is_none_is_refused_with_the_reason(studio: Studio) -> None:
    await studio.trained()
    black, white = (encoded(Image.new("L", (64, 64), level), "PNG") for level in (0, 255))
    fine = to_png(from_png(black) | 255)
    for options, sentence in (
        ({"area": "mask"}, words.MASK_NEEDED),
        ({"area": "face", "mask": ("mask.png", fine)}, words.MASK_UNASKED),
        ({"area": "mask", "mask": ("mask.png", black)}, words.mask_refusal("empty")),
        ({"area": "mask", "mask": ("mask.png", white)}, words.mask_refusal("full")),
        ({"area": "mask", "mask": ("mask.txt", b"no mask")}, words.mask_refusal("unreadable")),
        ({"area": "transparent"}, words.mask_refusal("opaque")),
    ):
        answer = await studio.slash(
            studio.alice, "edit inpaint", prompt=PROMPT, picture=UPLOAD, **options
        )
        assert said(answer) == sentence
    assert await copies(studio) == []
    assert await is_tidy(studio)


async def test_a_picture_whose_files_are_lost_is_shown_as_missing(studio: Studio) -> None:
    panel = await previewed(studio)
    source = await the_copy(studio)
    await studio.bot.blobs.delete(source.blob_key)
    panel = await press(studio, panel, words.GROW)
    red, green, blue = (await sheet_of(panel)).getpixel((9, 9))
    assert red > green >= blue  # nothing else is there
    await studio.bot.blobs.delete((await the_copy(studio)).mask_key or "")
    answer = await studio.alice.click(panel, label=words.SHRINK)
    assert words.SOURCE_GONE in "".join(shown(one) for one in messages(answer))
