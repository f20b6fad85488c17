from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from bot.photos import decode as decode_module
from bot.photos.decode import decode
from bot.photos.errors import REASONS, PhotoRefused
from bot.photos.limits import LONGEST_KEPT, MAX_BYTES, MAX_PIXELS
from bot.photos.opened import TAKEN
from tests.bot.photos.pictures import ASTRONAUT, encoded, frames, opened, png, quarters


def refusal(data: bytes, min_side: int = 64) -> PhotoRefused:
    with pytest.raises(PhotoRefused) as caught:
        decode(data, min_side=min_side)
    return caught.value


def ftyp(*brands: bytes) -> bytes:
    body = b"ftyp" + brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    return (4 + len(body)).to_bytes(4, "big") + body + bytes(200)


@pytest.mark.parametrize("name", TAKEN)
def test_every_format_comes_back_as_it_was(name):
    options = {"lossless": True} if name == "WEBP" else {}
    decoded = decode(encoded(quarters(), name, **options), min_side=64)
    assert (decoded.width, decoded.height) == decoded.picture.size == (96, 64)
    difference = np.abs(np.asarray(decoded.picture).astype(int) - np.asarray(quarters()))
    assert np.median(difference) <= 1


def test_an_empty_file_is_said_to_be_empty():
    assert refusal(b"").reason == "empty"


def test_a_file_over_the_byte_limit_is_refused_unread():
    refused = refusal(ASTRONAUT + bytes(MAX_BYTES))
    assert refused.reason == "too_many_bytes"
    assert refused.facts["limit"] == MAX_BYTES < refused.facts["bytes"]


@pytest.mark.parametrize("data", [b"hello", b"PK\x03\x04" + bytes(99), ftyp(b"isom", b"mp42")])
def test_what_is_no_picture_is_said_to_be_none(data):
    assert refusal(data).reason == "not_a_picture"


@pytest.mark.parametrize(
    "data", [ftyp(b"heic", b"mif1"), ftyp(b"mif1"), ftyp(b"heic", b"avif"), ftyp(b"abcd", b"heix")]
)
def test_case_8_heic_is_named(data):
    assert refusal(data).reason == "heic"


@pytest.mark.parametrize("name", ["GIF", "TIFF", "EPS", "BMP", "PDF", "ICO"])
def test_other_formats_are_named_by_content(name):
    refused = refusal(encoded(quarters(), name))
    assert (refused.reason, refused.facts) == ("format", {"format": name})


@pytest.mark.parametrize(
    ("start", "name"),
    [(b"8BPS", "PSD"), (b"\0\0\0\x0cjP  ", "JPEG 2000"), (b"<?xml?>\n<SVG >", "SVG")],
)
def test_formats_pillow_cannot_write_are_named_too(start, name):
    assert refusal(start + bytes(99)).facts == {"format": name}


@pytest.mark.parametrize("name", ["WEBP", "PNG"])
def test_an_animation_is_refused(name):
    refused = refusal(frames(name))
    assert (refused.reason, refused.facts) == ("animated", {"frames": 3})


def test_an_animated_gif_is_a_gif():
    assert refusal(frames("GIF")).facts == {"format": "GIF"}


def test_a_phones_jpeg_with_a_second_frame_gives_its_first():
    photo = encoded(
        quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64), "black")]
    )
    assert Image.open(io.BytesIO(photo)).format == "MPO"
    assert np.asarray(decode(photo, min_side=64).picture)[5, 5].tolist() == [254, 0, 0]


@pytest.mark.parametrize("size", [(8000, 7500), (10000, 10000), (19000, 19000)])
def test_too_many_pixels_are_refused_from_the_header(size):
    # Its pixels are missing: only who never reads them can say anything but "damaged".
    refused = refusal(png(*size, b"nothing", depth=1))
    assert (refused.reason, refused.facts) == ("too_many_pixels", {"limit": MAX_PIXELS})


def test_a_real_bomb_is_refused():
    assert refusal(png(19000, 19000, bytes(2376 * 19000), depth=1)).reason == "too_many_pixels"


def test_too_small_is_told_with_the_numbers_as_the_member_sees_them():
    exif = Image.Exif()
    exif[0x0112] = 6
    refused = refusal(encoded(quarters(96, 60), "JPEG", exif=exif))
    assert refused.reason == "too_small"
    assert refused.facts == {"width": 60, "height": 96, "needed": 64}
    assert decode(encoded(quarters(96, 64), "JPEG"), min_side=64)


@pytest.mark.parametrize("cut", [10, 3000, 60000])
def test_a_truncated_jpeg_is_damaged(cut):
    assert refusal(ASTRONAUT[:-cut]).reason == "damaged"


def test_a_truncated_png_is_damaged():
    assert refusal(encoded(opened(ASTRONAUT), "PNG")[:-5000]).reason == "damaged"


@pytest.mark.parametrize("name", [b"IHDR", b"IDAT"])
def test_a_png_with_a_wrong_checksum_is_damaged(name):
    data = bytearray(encoded(quarters(), "PNG"))
    at = data.index(name)
    data[at + 4 + int.from_bytes(data[at - 4 : at], "big")] ^= 1
    assert refusal(bytes(data)).reason == "damaged"


def test_a_png_whose_pixels_are_missing_is_damaged():
    assert refusal(png(100, 100, b"nothing")).reason == "damaged"


def test_whatever_pillow_stumbles_over_is_damage(monkeypatch):
    def stumble(*_):
        raise RecursionError

    monkeypatch.setattr(decode_module, "shrink", stumble)
    assert refusal(ASTRONAUT).reason == "damaged"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright_and_forgotten(orientation):
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # of Image.Transpose
    stored = quarters()
    if orientation in undo:
        stored = stored.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "the camera's maker"
    decoded = decode(encoded(stored, "PNG", exif=exif), min_side=64)
    assert (decoded.width, decoded.height) == (96, 64)
    assert np.array_equal(np.asarray(decoded.picture), np.asarray(quarters()))
    assert not decoded.picture.info
    assert not decoded.picture.getexif()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_rgb_of_the_same_look(mode):
    grey = Image.new("L", (80, 80), 255)
    grey.paste(0, (0, 0, 40, 80))
    if mode == "I;16":
        stored = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        stored = grey.convert("RGB").convert(mode)
    data = encoded(stored, "JPEG" if mode == "CMYK" else "PNG")
    picture = decode(data, min_side=64).picture
    assert (picture.mode, picture.size) == ("RGB", (80, 80))
    assert np.abs(np.asarray(picture.convert("L")).astype(int) - np.asarray(grey)).max() <= 3


def test_sixteen_bits_are_scaled_and_not_clipped():
    ramp = np.tile(np.arange(0, 65536, 256, dtype=np.uint16), (64, 1))
    picture = decode(encoded(Image.fromarray(ramp), "PNG"), min_side=64).picture
    assert np.abs(np.asarray(picture)[0, :, 0] - np.arange(256.0)).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB with a key", "L with a key", "1"])
def test_what_is_see_through_lies_on_white(mode):
    options = {}
    if mode.endswith("key"):
        stored = Image.new(mode.split()[0], (80, 80), 0)
        options = {"transparency": (0, 0, 0) if mode.startswith("RGB") else 0}
    elif mode == "P":
        stored = Image.new("P", (80, 80), 3)
        stored.putpalette([0] * 768)
        options = {"transparency": bytes([255, 255, 255, 0])}
    elif mode == "1":
        stored, options = Image.new("1", (80, 80), 0), {"transparency": 0}
    else:
        stored = Image.new("RGBA", (80, 80), (0, 0, 0, 0)).convert(mode)
    picture = decode(encoded(stored, "PNG", **options), min_side=64).picture
    assert picture.getextrema() == ((255, 255),) * 3


def test_an_embedded_profile_is_brought_to_srgb():
    # A profile whose red is blue: who applies it sees the difference.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"tmp_").replace(b"bXYZ", b"rXYZ").replace(b"tmp_", b"bXYZ")
    data = encoded(Image.new("RGB", (80, 80), "red"), "PNG", icc_profile=swapped)
    red, green, blue = decode(data, min_side=64).picture.getpixel((40, 40))
    assert (red, green) < (60, 60)
    assert blue > 200


@pytest.mark.parametrize("profile", [b"no profile at all", b"\0" * 300])
def test_a_broken_profile_is_as_good_as_none(profile):
    data = encoded(quarters(), "PNG", icc_profile=profile)
    picture = decode(data, min_side=64).picture
    assert np.array_equal(np.asarray(picture), np.asarray(quarters()))


def test_the_tail_of_a_polyglot_is_left_behind():
    picture = decode(ASTRONAUT + b"PK\x03\x04 a whole archive", min_side=64).picture
    assert b"archive" not in encoded(picture, "PNG")


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
def test_a_large_photo_is_kept_smaller_and_its_size_remembered(name):
    decoded = decode(encoded(quarters(4032, 3024), name), min_side=512)
    assert (decoded.width, decoded.height) == (4032, 3024)
    assert 1600 <= max(decoded.picture.size) <= LONGEST_KEPT
    assert decoded.picture.width / decoded.picture.height == pytest.approx(4 / 3, abs=0.01)


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
def test_a_long_narrow_photo_keeps_its_short_side(name):
    assert min(decode(encoded(quarters(6000, 600), name), min_side=512).picture.size) >= 512


def test_a_refusal_is_told_with_its_facts_and_no_others():
    with pytest.raises(ValueError):
        PhotoRefused("too_small", width=1)
    assert "too_small" in REASONS
