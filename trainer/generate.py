"""Requests to pictures, all at once; and a picture's file with its settings in it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from trainer.base import Base
from trainer.easel import SAMPLER, Canvas, Easel
from trainer.pixels import as_pictures
from trainer.request import Request


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
    total = sum(request.steps for request in requests)
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


def developed(base: Base, canvas: Canvas) -> Image.Image | None:
    """The picture of a finished canvas; None where its numbers overflowed."""
    # one at a time: it works at full size, where a batch would set the peak of memory
    pixels = base.decode_latents(canvas.latents)
    return as_pictures(pixels)[0] if pixels.isfinite().all() else None


def parameters_text(request: Request, base: Base) -> str:
    """The settings in the form that web UIs and galleries read."""
    lines = [request.prompt]
    if request.negative:
        lines.append(f"Negative prompt: {request.negative}")
    side = base.resolution
    lines.append(
        f"Steps: {request.steps}, Sampler: {SAMPLER}, CFG scale: {request.guidance:g}, "
        f"Seed: {request.seed}, Size: {side}x{side}, Model: {base.id}"
    )
    return "\n".join(lines)


def png_with_parameters(picture: Image.Image, text: str) -> bytes:
    """A PNG whose `parameters` chunk holds `text`; text beyond Latin-1 goes to an iTXt chunk."""
    notes = PngInfo()
    notes.add_text("parameters", text)
    file = io.BytesIO()
    picture.save(file, "PNG", pnginfo=notes)
    return file.getvalue()
