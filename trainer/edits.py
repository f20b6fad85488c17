"""From a picture and a wish to what is drawn: the sizes, the masks and the starts of edits.

No picture is stretched. A base draws in steps of its grid; where a picture ends between two of
them, its edges go on to the next one while it is drawn, and are cut off again (`Start.view`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from trainer.base import Base
from trainer.request import Start

#: How much longer than high a landscape is, and the other way round: as 3 : 2 film has it.
LONGER = 1.5
#: A picture that is worked on is at most so many times the base's side long, and one that is made
#: larger has at most that, squared, of the base's own area: a base draws nothing new in more.
LONGEST = 2.0
#: Of what is added outside a picture, how much it overlaps what was there, of the shorter side:
#: the seam is drawn anew.
OVERLAP = 1 / 16
#: How much is drawn anew where nobody chose, from 0 to 1. Looked at on the bundled base, which is
#: further from its home than others in pictures that are larger than its own; for the others they
#: are what is usual.
STRENGTHS = {"restyle": 0.55, "inpaint": 1.0, "outpaint": 0.75, "vary": 0.5, "upscale": 0.3}
_OF_TINY = {"outpaint": 0.6, "upscale": 0.2}
#: Of 255, from which on a mask counts as white.
_WHITE = 128


@dataclass(frozen=True)
class Edit:
    """What is to be done with a picture: `how` is a key of STRENGTHS; `left` to `down` are the
    shares of its width or height that an outpainting adds, 0 to 1; `scale` is an upscaling's;
    `strength` None: what suits the base."""

    how: str
    strength: float | None = None
    left: float = 0.0
    right: float = 0.0
    up: float = 0.0
    down: float = 0.0
    scale: float = 2.0


def start_of(
    base: Base, edit: Edit, picture: Image.Image, mask: Image.Image | None, *, drawn: bool
) -> Start:
    """What the edit goes on from, in a size that the base can work in. `mask`: of the picture's
    size, white where it may change; only an inpainting has one."""
    strength = edit.strength or _strength(base, edit.how)
    if edit.how == "upscale":
        area = picture.width * picture.height
        scale = min(edit.scale, LONGEST * base.resolution / area**0.5)
        return _on_grid(base, _sized(picture, _scaled(picture.size, scale)), strength, drawn=drawn)
    rgb = _sized(picture, fitted(base, picture.size))
    if edit.how == "outpaint":
        return _with_room(base, edit, rgb, strength, drawn=drawn)
    if mask is None:
        return _on_grid(base, rgb, strength, drawn=drawn)
    # the rest of it stays as it is, also where the base draws in a smaller size
    whole = _sized(picture, _bounded(base, picture.size))
    part, own = (_white(mask, size) for size in (rgb.size, whole.size))
    return replace(_on_grid(base, rgb, strength, part, drawn=drawn), whole=(whole, own))


def _on_grid(
    base: Base,
    picture: Image.Image,
    strength: float,
    mask: Image.Image | None = None,
    *,
    drawn: bool,
) -> Start:
    """The picture in the middle of one that the base can draw, if it is none itself."""
    width, height = picture.size
    across, along = (-side % base.grid for side in picture.size)
    if not (across or along):
        return Start(picture, strength, mask, drawn=drawn)
    left, up = across // 2, along // 2
    around = (up, along - up), (left, across - left)
    return Start(
        Image.fromarray(np.pad(np.asarray(picture), (*around, (0, 0)), mode="edge")),
        strength,
        mask and Image.fromarray(np.pad(np.asarray(mask), around, mode="edge")),
        drawn=drawn,
        view=(left, up, left + width, up + height),
    )


def _white(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    smooth = mask.convert("L").resize(size, Image.Resampling.BILINEAR)
    return smooth.point(lambda value: 255 * (value >= _WHITE))


def _bounded(base: Base, size: tuple[int, int]) -> tuple[int, int]:
    """The size itself, or of its proportions what is not larger than the base's pictures become."""
    return _scaled(size, min(1.0, LONGEST * base.resolution / (size[0] * size[1]) ** 0.5))


def widened(base: Base, picture: Image.Image, shape: str) -> Start:
    """A square picture on its way to another shape: at both sides of it there is room to draw in.
    Bases that were only taught squares double what they draw in a longer one from the start.
    """
    each = (LONGER - 1) / 2
    room = {"left": each, "right": each} if shape == "landscape" else {"up": each, "down": each}
    strength = _strength(base, "outpaint")
    return _with_room(base, Edit("outpaint", **room), picture, strength, drawn=True)


def _strength(base: Base, how: str) -> float:
    return _OF_TINY.get(how, STRENGTHS[how]) if base.family == "tiny" else STRENGTHS[how]


def _sized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def is_square_first(base: Base, shape: str) -> bool:
    """Whether a `portrait` or `landscape` begins as a square (see `widened`). Stable Diffusion XL
    was taught many shapes of one area (Podell et al. 2023, arXiv 2307.01952, section 2.3), the
    others squares only.
    """
    return shape != "square" and base.family != "sdxl"


def shaped(base: Base, shape: str) -> tuple[int, int]:
    """Width and height in which a `square`, `portrait` or `landscape` is begun."""
    side = base.resolution
    if shape == "square" or is_square_first(base, shape):
        return side, side
    long, short = _gridded(base, side * LONGER**0.5), _gridded(base, side / LONGER**0.5)
    return (long, short) if shape == "landscape" else (short, long)


def fitted(base: Base, size: tuple[int, int]) -> tuple[int, int]:
    """The size in which a picture is worked on: of its proportions, its shorter side the base's
    own, or its longer one `LONGEST` times that."""
    scale = min(base.resolution / min(size), LONGEST * base.resolution / max(size))
    return _scaled(size, scale)


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _gridded(base: Base, length: float) -> int:
    return max(1, round(length / base.grid)) * base.grid


def _with_room(
    base: Base, edit: Edit, picture: Image.Image, strength: float, *, drawn: bool
) -> Start:
    """The picture in a larger one, which is to be drawn around it."""
    width, height = picture.size
    left, right = (round(share * width) for share in (edit.left, edit.right))
    up, down = (round(share * height) for share in (edit.up, edit.down))
    whole = width + left + right, height + up + down
    # its edges go on outwards, softened: more of the same places, and nothing to recognise
    pixels = np.pad(np.asarray(picture), ((up, down), (left, right), (0, 0)), mode="edge")
    softened = ImageFilter.GaussianBlur(min(picture.size) / 16)
    filled = Image.fromarray(pixels).filter(softened)
    filled.paste(picture, (left, up))
    mask = Image.new("L", whole, 255)
    seam = max(1, round(min(picture.size) * OVERLAP))
    mask.paste(
        0,
        (
            left + seam * bool(left),
            up + seam * bool(up),
            left + width - seam * bool(right),
            up + height - seam * bool(down),
        ),
    )
    return _on_grid(base, filled, strength, mask, drawn=drawn)
