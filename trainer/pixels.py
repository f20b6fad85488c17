"""Pictures to tensors and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image


class PictureNotSquare(ValueError):
    """A picture must be square before it is learned from: cropping is done where it was sent."""


def as_pixels(pictures: Sequence[Image.Image], side: int) -> torch.Tensor:
    """Float pixels in -1 to 1, n x 3 x `side` x `side`, on the CPU.

    Square pictures of another size are resampled (Lanczos); others raise `PictureNotSquare`.
    """
    rows = []
    for picture in pictures:
        if picture.width != picture.height:
            raise PictureNotSquare(f"{picture.width} x {picture.height} is not a square")
        rgb = picture.convert("RGB")
        if rgb.width != side:
            rgb = rgb.resize((side, side), Image.Resampling.LANCZOS)
        rows.append(torch.from_numpy(np.array(rgb, dtype=np.float32)))
    return torch.stack(rows).permute(0, 3, 1, 2) / 127.5 - 1


def as_tensor(picture: Image.Image) -> torch.Tensor:
    """Float pixels of one picture of any shape in -1 to 1, 1 x 3 x height x width, on the CPU."""
    row = torch.from_numpy(np.array(picture.convert("RGB"), dtype=np.float32))
    return row.permute(2, 0, 1)[None] / 127.5 - 1


def as_pictures(pixels: torch.Tensor) -> list[Image.Image]:
    """RGB pictures from n x 3 x h x w in -1 to 1; what lies outside is clipped."""
    scaled = ((pixels.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return [Image.fromarray(row) for row in scaled.permute(0, 2, 3, 1).cpu().numpy()]
