"""Sharpness and light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.photos.shapes import Box

_SIDE: Final = 512
#: Second derivatives along the row, the column and both diagonals, by the same measure.
_DIRECTIONS: Final = (
    np.array([[0, 0, 0], [1, -2, 1], [0, 0, 0]], np.float32),
    np.array([[0, 1, 0], [0, -2, 0], [0, 1, 0]], np.float32),
    np.array([[1, 0, 0], [0, -2, 0], [0, 0, 1]], np.float32) / 2,
    np.array([[0, 0, 1], [0, -2, 0], [1, 0, 0]], np.float32) / 2,
)
#: Luma from which on nothing is drawn any more but paper.
_BURNT: Final = 250


class Measured:
    """A picture made ready for measuring it as a whole and inside boxes of it."""

    def __init__(self, pixels: NDArray[np.uint8], width: int) -> None:
        """`pixels`: H x W x 3 RGB; measured with the longest side at 512 px, never enlarged.
        `width` is that of the picture in which boxes are given.
        """
        scale = min(1.0, _SIDE / max(pixels.shape[:2]))
        size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        self._scale = size[0] / width
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        self._grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        self._edges = [cv2.filter2D(self._grey, cv2.CV_32F, one) for one in _DIRECTIONS]

    def sharpness(self, box: Box | None = None) -> float:
        """Variance of the second derivative in the direction where it is least, 0 upwards.

        The usual measure is the variance of the Laplacian (Pech-Pacheco et al., "Diatom
        autofocusing in brightfield microscopy", 2000), the sum over directions. A camera that
        moved leaves all edges that lie along its way sharp: the sum saw half of such photos, the
        least sees all of them.
        """
        return min(float(self._inside(one, box).var()) for one in self._edges)

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
