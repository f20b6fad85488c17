"""Pictures that were drawn here are looked at behind the same wall as photos."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import bot.photos.nsfw as nsfw_module
from bot.photos import darkbox
from bot.photos.answer import score_of, to_answer
from bot.photos.darkbox import Examiner
from bot.photos.errors import ExaminerUnavailable, PhotoRefused
from bot.photos.examine import examine
from bot.photos.limits import MAX_BYTES
from bot.photos.nsfw import nsfw_anywhere
from bot.photos.wire import WireBroken
from tests.bot.photos.pictures import ASTRONAUT, TOONS, opened

TOON = next(iter(TOONS.values()))


def drawn(side: int = 64) -> bytes:
    """A picture as the trainer writes it, its parameters in it."""
    file, told = io.BytesIO(), PngInfo()
    told.add_text("parameters", "a zwx woman at the beach\nSteps: 25")
    opened(ASTRONAUT).resize((side, side)).save(file, "PNG", pnginfo=told)
    return file.getvalue()


def dot() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    return file.getvalue()


async def test_the_score_is_the_networks_own():
    async with Examiner() as examiner:
        for data in (drawn(), drawn(512), ASTRONAUT, TOON, dot()):
            assert await examiner.screen(data) == nsfw_anywhere(np.asarray(opened(data)))


async def test_an_everyday_photograph_scores_low():
    async with Examiner() as examiner:
        assert 0 < await examiner.screen(ASTRONAUT) < 0.2


async def test_photos_and_pictures_are_looked_at_by_one_child():
    async with Examiner() as examiner:
        person = {"kind": "person", "declared": None, "resolution": 64}
        score, photo = await asyncio.gather(examiner.screen(TOON), examiner.examine(TOON, **person))
        assert score == nsfw_anywhere(np.asarray(opened(TOON)))
        assert photo == examine(TOON, **person)


@pytest.mark.parametrize("data", [b"", b"no picture", drawn()[:-200]])
async def test_what_cannot_be_decoded_has_no_score(data):
    async with Examiner() as examiner:
        with pytest.raises(PhotoRefused):
            await examiner.screen(data)
        assert await examiner.screen(TOON) == nsfw_anywhere(np.asarray(opened(TOON)))


async def test_what_is_too_large_has_no_score():
    async with Examiner() as examiner:
        with pytest.raises(PhotoRefused, match="too_many_bytes"):
            await examiner.screen(bytes(MAX_BYTES + 1))


async def test_what_takes_too_long_has_no_score_and_the_next_one_has():
    async with Examiner() as examiner:
        assert examiner._child
        os.kill(examiner._child.pid, signal.SIGSTOP)
        examiner.limit_s = 0.05
        with pytest.raises(PhotoRefused, match="took_too_long"):
            await examiner.screen(TOON)
        examiner.limit_s = 60.0
        assert await examiner.screen(TOON) == nsfw_anywhere(np.asarray(opened(TOON)))


async def test_where_no_child_starts_the_picture_waits(monkeypatch):
    async with Examiner() as examiner:
        assert examiner._child
        os.kill(examiner._child.pid, signal.SIGKILL)
        await examiner._child.wait()
        monkeypatch.setattr(darkbox, "_CHILD", ("/bin/false",))
        with pytest.raises(ExaminerUnavailable):
            await examiner.screen(TOON)


def test_a_score_comes_back_as_it_was():
    assert score_of(*to_answer(0.25)) == 0.25
    with pytest.raises(PhotoRefused, match="damaged"):
        score_of(*to_answer(PhotoRefused("damaged")))


@pytest.mark.parametrize("score", [float("nan"), -0.1, 1.1, True, "0.1", None, [0.1]])
def test_a_dishonest_score_is_none(score):
    with pytest.raises(WireBroken):
        score_of({"score": score}, b"")


def test_a_photos_answer_is_no_score():
    with pytest.raises(WireBroken):
        score_of({"width": 3}, b"")
    with pytest.raises(WireBroken):
        score_of({"score": 0.1}, b"more")


def test_what_is_at_the_very_edge_and_along_a_wide_picture_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The network crops and squeezes; a mark in any corner has to be seen by one of its looks."""
    seen: list[float] = []

    def marked(view: Any) -> float:
        whole = cv2.resize(view, (256, 256), interpolation=cv2.INTER_AREA)
        seen.append(float((whole[16:240, 16:240, 0] > 200).mean()))
        return seen[-1]

    monkeypatch.setattr(nsfw_module, "nsfw", marked)
    for height, width in ((64, 64), (64, 256), (300, 100), (2000, 3000)):
        for top, left in ((0, 0), (0, 1), (1, 0), (1, 1)):
            picture = np.zeros((height, width, 3), np.uint8)
            mark = min(height, width) // 16
            y, x = top * (height - mark), left * (width - mark)
            picture[y : y + mark, x : x + mark] = 255
            seen.clear()
            # of a square as large as the picture is short, the mark is 1/256
            assert nsfw_module.nsfw_anywhere(picture) > 0.5 / 256, (height, width, top, left)
