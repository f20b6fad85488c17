"""How large a photo may be, and how large it is kept."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
#: Longest side in pixels of what is kept of a photo: every resolution trained at is far below it,
#: and what follows the decode (colours, faces, PNG) costs a quarter of what 12 megapixels would.
LONGEST_KEPT: Final = 2048
