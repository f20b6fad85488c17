"""Files that mean harm, each through the real child; reliability's cases by their number."""

from __future__ import annotations

import pytest

from bot.photos import opened as opened_module
from bot.photos.darkbox import Examiner
from bot.photos.decode import decode
from bot.photos.errors import PhotoRefused
from bot.photos.examined import Examined
from bot.photos.limits import MEMORY_BYTES
from bot.photos.opened import TAKEN
from tests.bot.photos.hazards import HONEST, HOSTILE, SLOW, TAIL, apng_of_one, names_of_chunks
from tests.bot.photos.pictures import ASTRONAUT, encoded, frames, quarters

PET = {"kind": "pet", "declared": "other", "resolution": 64}
#: Time is not measured here: the machine may be busy.
PATIENT_S = 300.0


async def outcome(examiner: Examiner, data: bytes) -> str:
    try:
        seen = await examiner.examine(data, **PET)
    except PhotoRefused as refused:
        return refused.reason
    assert only_pixels(seen)
    return ""


def only_pixels(seen: Examined) -> bool:
    """Whether what is kept has nothing but pixels in it."""
    kept = [seen.upright_png, *(one.png for one in seen.cuts)]
    return all(names_of_chunks(png) == {b"IHDR", b"IDAT", b"IEND"} for png in kept)


async def test_a_hostile_file_is_refused_for_what_it_is_and_costs_at_most_300_mb():
    async with Examiner(limit_s=PATIENT_S) as examiner:
        pid = examiner._child.pid
        for name, (reason, make) in HOSTILE.items():
            assert (name, await outcome(examiner, make())) == (name, reason)
            assert examiner.spent.added_bytes <= MEMORY_BYTES, name
        # None of them cost more than its own fork: the next photo is taken by the same child.
        assert await outcome(examiner, ASTRONAUT) == ""
        assert examiner._child.pid == pid


async def test_case_1_a_bomb_is_refused_from_its_header_for_less_than_50_mb():
    _, bomb = HOSTILE["a PNG of 361 megapixels in 50 KB"]
    async with Examiner(limit_s=PATIENT_S) as examiner:
        assert await outcome(examiner, bomb()) == "too_many_pixels"
        assert examiner.spent.added_bytes < 50_000_000
        assert await outcome(examiner, ASTRONAUT) == ""


async def test_case_2_sixty_megapixels_are_refused_with_a_sentence():
    _, large = HOSTILE["a JPEG of 60 megapixels"]
    with pytest.raises(PhotoRefused, match="too_many_pixels"):
        decode(large(), min_side=512)


async def test_the_largest_honest_photo_of_every_kind_is_taken_within_300_mb():
    async with Examiner(limit_s=PATIENT_S) as examiner:
        for name, make in HONEST.items():
            assert (name, await outcome(examiner, make())) == (name, "")
            assert examiner.spent.added_bytes <= MEMORY_BYTES, name


@pytest.mark.parametrize("name", SLOW)
async def test_a_file_that_takes_too_long_is_given_up_and_its_child_with_it(name):
    async with Examiner(limit_s=1.0) as examiner:
        data = SLOW[name]()
        pid = examiner._child.pid
        assert await outcome(examiner, data) == "took_too_long"
        examiner.limit_s = PATIENT_S
        assert await outcome(examiner, ASTRONAUT) == ""
        assert examiner._child.pid != pid


@pytest.mark.parametrize("name", ["EPS", "TIFF", "JPEG2000", "PDF", "GIF", "BMP", "ICO"])
def test_case_3_the_parser_of_a_format_not_taken_never_runs(name, monkeypatch):
    data = encoded(quarters(), name)

    def ran(*_, **__):
        raise AssertionError("it ran")

    monkeypatch.setattr(opened_module.Image, "open", ran)
    monkeypatch.setattr(opened_module, "webp_pixels", ran)
    with pytest.raises(PhotoRefused) as caught:
        decode(data, min_side=64)
    assert caught.value.reason == "format"


@pytest.mark.parametrize("name", TAKEN)
def test_case_3_only_the_parser_that_the_first_bytes_name_runs(name, monkeypatch):
    ran = []
    real = opened_module.Image.open

    def watched(file, formats):
        ran.extend(formats)
        return real(file, formats=formats)

    monkeypatch.setattr(opened_module.Image, "open", watched)
    decode(encoded(quarters(), name), min_side=64)
    assert ran == ([] if name == "WEBP" else [name])


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.95])
def test_case_4_a_file_that_was_cut_off_is_damaged(name, kept):
    data = encoded(opened_module.Image.effect_noise((200, 200), 90), name)
    with pytest.raises(PhotoRefused, match="damaged"):
        decode(data[: int(len(data) * kept)], min_side=64)


@pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF"])
def test_case_7_what_moves_is_refused(name):
    with pytest.raises(PhotoRefused, match="animated"):
        decode(frames(name), min_side=64)


@pytest.mark.parametrize("with_default", [False, True])
def test_case_7_a_still_that_calls_itself_animated_is_a_photo(with_default):
    data = apng_of_one(with_default=with_default)
    assert decode(data, min_side=64).picture.getpixel((5, 5)) == (255, 0, 0)


def test_case_7_an_animation_of_one_frame_is_a_photo():
    data = encoded(quarters(), "WEBP", save_all=True, lossless=True, duration=100)
    animated = as_animation(data)
    assert decode(animated, min_side=64).picture.getpixel((5, 5)) == (255, 0, 0)


def as_animation(still: bytes) -> bytes:
    """A WebP of one picture, as an animation of one frame."""
    picture = still[12:]
    size = (95).to_bytes(3, "little") + (63).to_bytes(3, "little")
    frame = bytes(6) + size + (100).to_bytes(3, "little") + b"\0" + picture
    body = b"WEBPVP8X" + (10).to_bytes(4, "little") + b"\2\0\0\0" + size
    body += b"ANIM" + (6).to_bytes(4, "little") + bytes(6)
    body += b"ANMF" + len(frame).to_bytes(4, "little") + frame
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@pytest.mark.parametrize("name", TAKEN)
async def test_case_9_nothing_of_a_polyglots_tail_is_kept(name):
    data = encoded(quarters(), name) + TAIL
    async with Examiner(limit_s=PATIENT_S) as examiner:
        seen = await examiner.examine(data, **PET)
    assert only_pixels(seen)
    assert b"archive" not in seen.upright_png
    assert b"script" not in seen.upright_png


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"RIFF\4\0\0\0WEBP", b"\x89PNG\r\n\x1a\n"])
def test_case_12_a_file_of_next_to_nothing_is_refused(data):
    with pytest.raises(PhotoRefused) as caught:
        decode(data, min_side=64)
    assert caught.value.reason == ("damaged" if data else "empty")
