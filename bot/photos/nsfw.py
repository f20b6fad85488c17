"""How explicit a picture looks: Yahoo's Open-NSFW (Mahadeokar and Pesavento, 2016)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from bot.photos.weights import network

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The network was fitted to pictures that went through exactly these steps: 256 x 256 px,
#: recompressed as JPEG, the middle 224 px, blue first, less the mean of its training set.
_WHOLE: Final = 256
_MIDDLE: Final = slice((256 - 224) // 2, (256 + 224) // 2)
_MEAN_BGR: Final = np.array([104, 117, 123], np.float32)
#: How long a picture is, by its shorter side, that is looked at in squares, too; and how many.
_LONG: Final = 1.25
_MOST_SQUARES: Final = 7
#: Pixels of a picture's shorter side in which the network sees as much as in any number.
_ENOUGH: Final = 2 * _WHOLE


def nsfw(pixels: NDArray[np.uint8]) -> float:
    """0 to 1 for H x W x 3 RGB pixels; photographs only, it knows nothing of drawings.

    Of 44 everyday photographs the highest score was 0.17; its recall was not measured here.
    """
    small = cv2.resize(pixels, (_WHOLE, _WHOLE), interpolation=cv2.INTER_AREA)
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))[1]
    decoded = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert decoded is not None  # it was encoded just now
    bgr = decoded[_MIDDLE, _MIDDLE].astype(np.float32)
    net = network("open_nsfw")
    net.setInput((bgr - _MEAN_BGR)[None])
    return float(np.clip(net.forward().ravel()[1], 0, 1))


def nsfw_anywhere(pixels: NDArray[np.uint8]) -> float:
    """The highest score of the picture as the network wants to see it, of all of it to its very
    edges, and of the squares along it where it is long: what `nsfw` crops and squeezes away.
    """
    scale = _ENOUGH / min(pixels.shape[:2])
    if scale < 1:  # frames and squares of a large picture would cost more memory than it does
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    else:
        small = pixels
    height, width = small.shape[:2]
    side = min(height, width)
    views = [pixels, _framed(small)]
    if max(height, width) > _LONG * side:
        count = min(_MOST_SQUARES, -(-2 * max(height, width) // side) - 1)
        for start in np.linspace(0, max(height, width) - side, count, dtype=int):
            along = slice(start, start + side)
            views.append(_framed(small[:, along] if width > height else small[along]))
    return max(nsfw(view) for view in views)


def _framed(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With a frame of its edges' own colours, of which the network's crop leaves nothing."""
    high, wide = (-(-length * (_WHOLE - 224) // (2 * 224)) for length in pixels.shape[:2])
    framed = cv2.copyMakeBorder(pixels, high, high, wide, wide, cv2.BORDER_REPLICATE)
    return np.asarray(framed, np.uint8)
