"""From a file to a picture that can be worked on, with the mask of where it may change."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import cv2
import numpy as np

from bot.photos.alpha import see_through
from bot.photos.areas import AREAS, Area, area_mask
from bot.photos.decode import decode
from bot.photos.errors import PhotoRefused
from bot.photos.examine import png
from bot.photos.mask import MaskRefused, checked, from_levels, to_png
from bot.photos.nsfw import nsfw_anywhere
from bot.photos.prepared import Prepared

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

#: What may change: a part of a person, what is transparent, or what a second file says.
Where: TypeAlias = Area | Literal["transparent", "mask"]
WHERE: Final[tuple[Where, ...]] = (*AREAS, "transparent", "mask")


def prepare(
    data: bytes, *, min_side: int, where: Where | None = None, mask: bytes = b""
) -> Prepared:
    """Decode a file and find where it may change; `mask` is the second file, white where it may.
    How explicit it looks is told, not judged.

    Raises PhotoRefused for what is wrong with the file, MaskRefused where there is no mask.
    """
    picture = decode(data, min_side=min_side).picture
    pixels = np.asarray(picture)
    found = None if where is None else checked(_mask(data, mask, pixels, where))
    return Prepared(
        picture.width,
        picture.height,
        nsfw_anywhere(pixels),
        png(picture),
        None if found is None else to_png(found),
    )


def warm() -> None:
    """Run once what no photo to learn from needs."""
    grey = np.full((64, 64, 3), 128, np.uint8)
    for area in AREAS:
        with contextlib.suppress(MaskRefused):
            area_mask(grey, area)
    prepare(cv2.imencode(".png", grey)[1].tobytes(), min_side=64)


def _mask(data: bytes, mask: bytes, pixels: NDArray[np.uint8], where: Where) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    if where == "transparent":
        return see_through(data, (width, height))
    if where == "mask":
        return from_levels(cv2.resize(_levels(mask), (width, height), interpolation=cv2.INTER_AREA))
    return area_mask(pixels, where)


def _levels(mask: bytes) -> NDArray[np.uint8]:
    try:
        drawn: Image.Image = decode(mask, min_side=1).picture
    except PhotoRefused as refused:
        raise MaskRefused("unreadable") from refused
    return np.asarray(drawn.convert("L"))
