"""Where a picture may change: white on black, of the picture's size. What its member does to it by
buttons, and what is wrong with one.

Pixels are H x W, 0 (stays) or 255 (may change).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import cv2
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

WHITE: Final = 255
_HALF: Final = 128
#: Of the shorter side, how far one press moves a mask's edge.
STEP: Final = 0.03
#: Share of the picture: less is nothing to draw in, or nothing to keep.
_LEAST: Final = 0.001

#: Why there is no mask; bot/words says it.
Reason: TypeAlias = Literal[
    "no_face", "no_person", "no_hair", "no_clothes", "opaque", "unreadable", "empty", "full"
]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


class MaskRefused(Exception):
    """There is no mask to be had from this; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def checked(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask. Raises MaskRefused: empty, full."""
    share = np.count_nonzero(mask) / mask.size
    if share < _LEAST:
        raise MaskRefused("empty")
    if share > 1 - _LEAST:
        raise MaskRefused("full")
    return mask


def from_levels(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A mask of grey levels: from the middle on they are white."""
    return np.where(levels >= _HALF, WHITE, 0).astype(np.uint8)


def grown(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask, its edges a step further out."""
    if not mask.any():
        return mask
    away = cv2.distanceTransform(inverted(mask), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.where(away <= _step(mask), WHITE, 0).astype(np.uint8)


def shrunk(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask, its edges a step further in; where it reaches the picture's edge it stays there."""
    if mask.all():
        return mask
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.where(inside > _step(mask), WHITE, 0).astype(np.uint8)


def inverted(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """White where it was black."""
    return WHITE - mask


def _step(mask: NDArray[np.uint8]) -> int:
    height, width = mask.shape
    step: int = round(STEP * min(height, width))
    return max(1, step)


Change: TypeAlias = Literal["grow", "shrink", "invert"]
CHANGES: Final[dict[Change, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]]] = {
    "grow": grown,
    "shrink": shrunk,
    "invert": inverted,
}


def changed(png: bytes, change: Change) -> bytes:
    """The file of a mask after a press. Raises MaskRefused where nothing, or all, would be left."""
    return to_png(checked(CHANGES[change](from_png(png))))


def to_png(mask: NDArray[np.uint8]) -> bytes:
    """The file of a mask: a PNG of grey levels."""
    return cv2.imencode(".png", mask)[1].tobytes()


def from_png(data: bytes) -> NDArray[np.uint8]:
    """The mask of such a file."""
    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        return from_levels(np.asarray(picture.convert("L")))
