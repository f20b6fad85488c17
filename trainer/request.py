"""What is asked of the base: one picture, drawn afresh or going on from another."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from trainer.adapters import LoadedAdapter


@dataclass(frozen=True, eq=False)
class Start:
    """A picture to go on from.

    `strength`: over 0 to 1, how much of the way from pure noise is gone anew; of 1 nothing is left
    of the picture. `mask`: as large as the picture, white where it may change; elsewhere it stays
    as it is, to the pixel; None: it may change everywhere. `drawn`: it came from a base, too, and
    is no photo. `view`: of the picture, what is shown in the end (left, top, right, bottom); the
    rest is only there because a base draws in steps of its grid; None: all of it. `whole`: a larger
    or smaller one of that view, with its own mask, into which what was drawn is put in the end.
    """

    picture: Image.Image
    strength: float
    mask: Image.Image | None = None
    drawn: bool = True
    view: tuple[int, int, int, int] | None = None
    whole: tuple[Image.Image, Image.Image] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of what comes of it; it is drawn as large as the picture."""
        if self.whole is not None:
            return self.whole[0].size
        left, top, right, bottom = self.view or (0, 0, *self.picture.size)
        return right - left, bottom - top


@dataclass(frozen=True)
class Request:
    """One picture. `guidance` 1 follows the prompt as it is, 5 to 9 insists; `scale` is how much
    of the adapter takes part, from 0 to 1; `precise` asks for float32 on a base of 16 bits; `fast`
    for the few-step mode of a base that has one (`Wardrobe.is_fast`).

    `size` is width and height in pixels, the base's own square where nothing is said; multiples of
    `Base.grid`. It is that of the picture to `start` from, where there is one.
    """

    prompt: str
    negative: str = ""
    seed: int = 0
    steps: int = 25
    guidance: float = 7.0
    adapter: LoadedAdapter | None = None
    scale: float = 1.0
    precise: bool = False
    fast: bool = False
    size: tuple[int, int] | None = None
    start: Start | None = None
