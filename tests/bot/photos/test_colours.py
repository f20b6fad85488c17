"""Cases 5, 6 and 8: whatever a file's orientation, mode and colour space, it is seen upright, in
sRGB, and without a word about where it comes from.
"""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from bot.photos.colour import profile_of
from bot.photos.decode import decode
from bot.photos.examine import examine
from bot.photos.opened import TAKEN
from tests.bot.photos.hazards import chunk, names_of_chunks, with_chunks
from tests.bot.photos.pictures import encoded, png, quarters

ORIENTATION, RATING = 0x0112, 0x4746
#: How the stored picture has to lie for the tag to turn it upright again; of Image.Transpose.
UNDONE = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
#: From Display P3 to sRGB, both linear: the published matrix (CSS Color 4, 10.7 and sample code).
P3_TO_SRGB = np.array(
    [
        [1.2249401762805598, -0.22494017628055996, 0.0],
        [-0.042056954709688163, 1.0420569547096882, 0.0],
        [-0.019637554590334432, -0.078636045550631889, 1.0982736001409663],
    ]
)
#: Colours of Display P3 that sRGB has too.
WITHIN = [(200, 100, 50), (90, 140, 60), (60, 80, 160), (128, 128, 128), (230, 200, 190)]


def best(name: str) -> dict:
    """Options that keep colours as they are, or nearly."""
    if name == "WEBP":
        return {"lossless": True}
    return {"quality": 100, "subsampling": "4:4:4"} if name == "AVIF" else {"quality": 95}


def seen(data: bytes, at: tuple[int, int] = (40, 40)) -> np.ndarray:
    return np.array(decode(data, min_side=64).picture.getpixel(at))


def linear(colour) -> np.ndarray:
    share = np.asarray(colour) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def shown(light) -> np.ndarray:
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def with_exif(name: str, orientation: int) -> bytes:
    """A picture that is upright only if the tag is heeded, with a place and a thumbnail in it."""
    stored = quarters()
    if orientation in UNDONE:
        stored = stored.transpose(Image.Transpose(UNDONE[orientation]))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "the camera's maker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    comment = {"comment": b"a comment"} if name == "JPEG" else {}
    xmp = {} if name == "PNG" else {"xmp": b"<x:xmpmeta>a place</x:xmpmeta>"}
    return encoded(stored, name, exif=exif, **best(name), **comment, **xmp)


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_case_5_every_orientation_of_every_format_comes_out_upright(name, orientation):
    decoded = decode(with_exif(name, orientation), min_side=64)
    assert (decoded.width, decoded.height) == (96, 64)
    difference = np.abs(np.asarray(decoded.picture).astype(int) - np.asarray(quarters()))
    assert np.median(difference) <= 2
    assert np.quantile(difference, 0.9) <= 12


@pytest.mark.parametrize("name", TAKEN)
def test_case_5_what_is_kept_says_nothing_of_where_it_comes_from(name):
    data = with_exif(name, 6)
    assert b"maker" in data
    kept = examine(data, kind="object", declared="other", resolution=64)
    for made in (kept.upright_png, *(one.png for one in kept.cuts)):
        assert names_of_chunks(made) == {b"IHDR", b"IDAT", b"IEND"}


def test_case_8_an_avif_is_turned_once_though_two_tags_turn_it():
    # Pillow writes the container's own rotation for the orientation and leaves another tag, which
    # becomes an orientation here: phones write both. By MIAF only the container's counts.
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[RATING] = 6
    stored = quarters().transpose(Image.Transpose(UNDONE[6]))
    data = encoded(stored, "AVIF", exif=exif, **best("AVIF"))
    entry = struct.pack("<HHIH", RATING, 3, 1, 6), struct.pack(">HHIH", RATING, 3, 1, 6)
    assert sum(data.count(one) for one in entry) == 1
    for one, form in zip(entry, "<>", strict=True):
        data = data.replace(one, struct.pack(form + "HHIH", ORIENTATION, 3, 1, 6))
    assert decode(data, min_side=64).picture.size == (96, 64)
    assert np.abs(seen(data, (5, 5)) - (255, 0, 0)).max() <= 12


def test_case_8_ten_bits_become_eight():
    ramp = np.tile((np.arange(128) * 8).astype(np.uint16), (64, 1))
    options = [cv2.IMWRITE_AVIF_DEPTH, 10, cv2.IMWRITE_AVIF_QUALITY, 100]
    data = cv2.imencode(".avif", np.dstack([ramp] * 3), options)[1].tobytes()
    picture = np.asarray(decode(data, min_side=64).picture)[32, :, 0].astype(int)
    assert np.abs(picture - np.arange(128) * 2).max() <= 3


def p3(name: str, colour: tuple[int, int, int]) -> bytes:
    return encoded(
        Image.new("RGB", (80, 80), colour), name, icc_profile=profile_of(12, 13), **best(name)
    )


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("colour", WITHIN)
def test_case_6_a_wide_gamut_is_brought_to_srgb_as_by_the_published_matrix(name, colour):
    expected = shown(P3_TO_SRGB @ linear(colour))
    assert np.abs(seen(p3(name, colour)) - expected).max() <= 4
    assert np.abs(np.array(colour) - expected).max() > 4 or len(set(colour)) == 1


@pytest.mark.parametrize("colour", WITHIN)
def test_case_8_a_colour_space_known_by_number_is_brought_to_srgb(colour):
    said = encoded(Image.new("RGB", (80, 80), colour), "AVIF", **best("AVIF"))
    of_srgb, of_p3 = b"colrnclx\0\1\0\x0d", b"colrnclx\0\x0c\0\x0d"
    assert of_srgb in said
    expected = shown(P3_TO_SRGB @ linear(colour))
    assert np.abs(seen(said.replace(of_srgb, of_p3)) - expected).max() <= 4
    still = encoded(Image.new("RGB", (80, 80), colour), "PNG")
    marked = with_chunks(still, chunk(b"cICP", bytes([12, 13, 0, 1])))
    assert np.abs(seen(marked) - expected).max() <= 1


def grey_profile(gamma: float) -> bytes:
    """An ICC profile for grey, as light as its number to the power."""
    white = b"XYZ " + bytes(4) + struct.pack(">iii", 63190, 65536, 54061)
    curve = b"curv" + bytes(4) + struct.pack(">IHxx", 1, round(gamma * 256))
    tags = ((b"wtpt", white), (b"kTRC", curve))
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, content in tags:
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    size = at + len(body)
    head = struct.pack(">I4xI4s4s4s", size, 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    head = (head.ljust(36, b"\0") + b"acsp").ljust(68, b"\0") + white[8:]
    return head.ljust(128, b"\0") + table + body


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_case_6_greys_own_profile_is_heeded(mode):
    data = encoded(Image.new("L", (80, 80), 55).convert(mode), "PNG", icc_profile=grey_profile(1))
    expected = shown(55 / 255)
    assert np.abs(seen(data) - expected).max() <= 2
    assert expected > 100


def test_case_6_an_untagged_photo_is_taken_for_srgb():
    assert seen(encoded(Image.new("RGB", (80, 80), (200, 100, 50)), "PNG")).tolist() == [
        200,
        100,
        50,
    ]


def test_case_6_cmyk_is_seen_in_its_colours():
    # Stored inverted, as Adobe's programs do it and as every reader takes it.
    data = encoded(quarters().convert("CMYK"), "JPEG", quality=95, subsampling=0)
    assert b"Adobe" in data
    for place, colour in {(5, 5): (255, 0, 0), (90, 5): (0, 255, 0), (5, 60): (0, 0, 255)}.items():
        assert np.abs(seen(data, place) - colour).max() <= 12


@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_case_6_sixteen_bits_of_every_kind_become_eight(colour, channels):
    values = [40_000, 20_000, 60_000][: channels if channels < 4 else 3]
    values = values[:1] if colour == 4 else values
    pixel = [*values, 65_535] if colour in (4, 6) else values
    row = b"\0" + struct.pack(f">{len(pixel)}H", *pixel) * 80
    data = png(80, 80, row * 80, depth=16, colour=colour)
    expected = [round(value / 257) for value in values] * (3 if len(values) == 1 else 1)
    assert np.abs(seen(data) - expected).max() <= 1


@pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF"])
def test_case_6_half_see_through_is_half_white(name):
    data = encoded(Image.new("RGBA", (80, 80), (200, 100, 0, 128)), name, **best(name))
    assert np.abs(seen(data) - (227, 177, 127)).max() <= 3


def test_case_6_a_palette_with_a_see_through_colour():
    stored = Image.new("P", (80, 80), 1)
    stored.putpalette([255, 0, 0, 0, 0, 255])
    stored.paste(0, (0, 0, 40, 80))
    data = encoded(stored, "PNG", transparency=0)
    assert seen(data, (5, 5)).tolist() == [255, 255, 255]
    assert seen(data, (70, 5)).tolist() == [0, 0, 255]


@pytest.mark.parametrize(("size", "mode"), [((5000, 4001), "RGBA"), ((4001, 5000), "L")])
def test_a_photo_that_is_halved_in_strips_looks_as_if_it_was_shrunk_at_once(size, mode):
    ramp = Image.linear_gradient("L").resize(size)
    picture = Image.merge("RGB", (ramp, ramp.rotate(180), ramp.transpose(0))).convert(mode)
    decoded = decode(encoded(picture, "PNG", compress_level=1), min_side=64)
    at_once = picture.convert("RGB").resize(decoded.picture.size, Image.Resampling.LANCZOS)
    difference = np.abs(np.asarray(decoded.picture).astype(int) - np.asarray(at_once))
    assert difference.max() <= 2


def test_a_profile_made_here_is_one_that_others_read():
    made = ImageCms.ImageCmsProfile(io.BytesIO(profile_of(12, 13))).profile
    for colorant, (x, y) in (
        (made.red_colorant, (0.680, 0.320)),
        (made.green_colorant, (0.265, 0.690)),
        (made.blue_colorant, (0.150, 0.060)),
    ):
        # Seen under D50, to which a profile's colours are brought: near, but not at, their place.
        assert np.abs(np.array(colorant[1][:2]) - (x, y)).max() < 0.03


def test_a_colour_space_of_srgb_or_unknown_needs_no_profile():
    assert profile_of(1, 13) is profile_of(12, 16) is profile_of(77, 13) is None
