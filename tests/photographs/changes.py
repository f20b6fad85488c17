"""What happens to photographs on their way: each change takes a picture and gives another."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Final, TypeAlias

import cv2
import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

Change: TypeAlias = Callable[[Image.Image], Image.Image]

#: A blur is so many pixels wide where the picture's longest side has 512.
_SIDE: Final = 512
_MOTION: Final = 11


def recompressed(picture: Image.Image) -> Image.Image:
    file = BytesIO()
    picture.save(file, "JPEG", quality=40)
    return Image.open(file).convert("RGB")


def half(picture: Image.Image) -> Image.Image:
    return picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)))


def lighter(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1.3)


def cropped(share: float) -> Change:
    """So much of it cut off at each of the four sides."""

    def change(picture: Image.Image) -> Image.Image:
        x, y = round(picture.width * share), round(picture.height * share)
        return picture.crop((x, y, picture.width - x, picture.height - y))

    return change


def small(picture: Image.Image) -> Image.Image:
    """At most 512 px long: what the blurs start from."""
    copy = picture.copy()
    copy.thumbnail((_SIDE, _SIDE))
    return copy


def blurred(sigma: float) -> Change:
    """Out of focus, Gaussian."""

    def change(picture: Image.Image) -> Image.Image:
        return small(picture).filter(ImageFilter.GaussianBlur(sigma))

    return change


def shaken(picture: Image.Image) -> Image.Image:
    """The camera moved sideways."""
    line = np.full((1, _MOTION), 1 / _MOTION, dtype=np.float32)
    return Image.fromarray(cv2.filter2D(np.asarray(small(picture)), -1, line))


#: The same photograph still.
SAME: Final[dict[str, Change]] = {
    "JPEG quality 40": recompressed,
    "half the size": half,
    "brightness x 1.3": lighter,
    "mirrored": ImageOps.mirror,
    "5 % cropped a side": cropped(0.05),
    "10 % cropped a side": cropped(0.1),
}
#: Less and less sharp. The first is as sharp as it was.
BLURS: Final[dict[str, Change]] = {
    "sharp": small,
    "Gaussian 1.5 px": blurred(1.5),
    "Gaussian 3 px": blurred(3),
    f"motion {_MOTION} px": shaken,
}
