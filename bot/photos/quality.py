"""Sharpness and light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.photos.shapes import Box

_SIDE: Final = 512
#: Luma from which on nothing is drawn any more but paper.
_BURNT: Final = 250


class Measured:
    """A picture made ready for measuring it as a whole and inside boxes of it."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        """`pixels`: H x W x 3 RGB; measured with the longest side at 512 px, never enlarged."""
        self._scale = min(1.0, _SIDE / max(pixels.shape[:2]))
        size = (
            max(1, round(pixels.shape[1] * self._scale)),
            max(1, round(pixels.shape[0] * self._scale)),
        )
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        self._grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        self._edges = cv2.Laplacian(self._grey, cv2.CV_64F)

    def sharpness(self, box: Box | None = None) -> float:
        """Variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield
        microscopy", 2000), 0 upwards."""
        return float(self._inside(self._edges, box).var())

    def light(self, box: Box | None = None) -> float:
        """Mean luma, 0 to 255."""
        return float(self._inside(self._grey, box).mean())

    def clipped(self, box: Box | None = None) -> float:
        """Share that is burnt out to white, 0 to 1."""
        return float((self._inside(self._grey, box) >= _BURNT).mean())

    # (an array of any kind of number, and back)
    def _inside(self, values: Any, box: Box | None) -> Any:
        if box is None:
            return values
        top, left = int(box.y * self._scale), int(box.x * self._scale)
        bottom = max(top + 1, round((box.y + box.height) * self._scale))
        right = max(left + 1, round((box.x + box.width) * self._scale))
        return values[top:bottom, left:right]
