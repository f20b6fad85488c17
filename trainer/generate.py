"""Requests to pictures, all at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageFilter

from trainer.base import Base
from trainer.canvas import Canvas
from trainer.easel import Easel
from trainer.pixels import as_pictures
from trainer.request import Request

#: The soft edge of what is put into a picture: the shorter side over this, in pixels. Narrow, for
#: a mask may be so, too: the latents around it have met what is inside at every step already.
SOFTNESS = 256


class PictureFailed(RuntimeError):
    """The picture's numbers overflowed. `failed` holds the positions of such requests."""

    def __init__(self, failed: list[int]) -> None:
        super().__init__("The picture could not be drawn: its numbers overflowed.")
        self.failed = failed


def generate(
    base: Base,
    requests: Sequence[Request],
    on_step: Callable[[int, int], None] | None = None,
) -> list[Image.Image]:
    """A picture for each request, in their order.

    Each is a function of its own request: noise comes from its seed on the CPU, so company in the
    batch changes no pixel by more than rounding. `on_step(done, total)` counts steps of all
    pictures, is called after every UNet call and must not draw or train itself; what it raises
    stops the work and leaves the base bare.

    Raises `AdapterMismatch` before drawing, `PictureFailed` after.
    """
    easel = Easel(base)
    canvases = [easel.add(request) for request in requests]
    total = sum(canvas.steps for canvas in canvases)
    while len(easel):
        for _, error in easel.step().failed:
            raise error
        if on_step is not None:
            on_step(sum(canvas.steps_done for canvas in canvases), total)
    pictures = [developed(base, canvas) for canvas in canvases]
    failed = [position for position, picture in enumerate(pictures) if picture is None]
    if failed:
        raise PictureFailed(failed)
    return [picture for picture in pictures if picture is not None]


def warm(base: Base) -> None:
    """Draw one step of a picture for nobody: what a device and its libraries set up at their first
    call is there before anybody waits for it."""
    with contextlib.suppress(PictureFailed):
        generate(base, [Request("a picture", steps=1)])


def developed(base: Base, canvas: Canvas) -> Image.Image | None:
    """The picture of a finished canvas; None where its numbers overflowed."""
    # one at a time: it works at full size, where a batch would set the peak of memory
    pixels = base.decode_latents(canvas.latents)
    if not pixels.isfinite().all():
        return None
    (picture,) = as_pictures(pixels)
    start = canvas.request.start
    if start is None:
        return picture
    if start.mask is not None and start.whole is None:
        picture = put_in(start.picture, picture, start.mask)
    if start.view is not None:
        picture = picture.crop(start.view)
    if start.whole is None:
        return picture
    before, mask = start.whole
    return put_in(before, picture.resize(before.size, Image.Resampling.LANCZOS), mask)


def put_in(picture: Image.Image, part: Image.Image, mask: Image.Image) -> Image.Image:
    """`part` where the mask is white, over soft edges inside it; every other pixel is the
    picture's own."""
    # half of a straight edge's blur lies inside it: from nothing at the edge to all at a depth
    radius = max(1, min(picture.size) // SOFTNESS)
    white = mask.convert("L")
    soft = white.filter(ImageFilter.BoxBlur(radius)).point(lambda value: max(0, 2 * value - 255))
    inside = ImageChops.darker(soft, white)
    return Image.composite(part, picture.convert("RGB"), inside)
