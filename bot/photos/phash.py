"""A fingerprint of 64 bits that survives re-encoding, resizing and a change of light.

The usual DCT hash: the sign, against their median, of the 8 x 8 lowest frequencies of the photo
at 32 x 32 px (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE: Final = 32
_LOW: Final = 8


def phash(grey: NDArray[np.uint8]) -> str:
    """16 hex digits for a greyscale picture of any size, H x W, 0 to 255."""
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small.astype(np.float32))[:_LOW, :_LOW]
    bits = low > np.median(low)
    return np.packbits(bits).tobytes().hex()


def mirror_phash(grey: NDArray[np.uint8]) -> str:
    """The hash that the picture's mirror image has."""
    return phash(np.ascontiguousarray(grey[:, ::-1]))
