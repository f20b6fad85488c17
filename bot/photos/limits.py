"""How large a photo may be, how large it is kept, and what it may cost."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
#: Longest side in pixels of what is kept of a photo: every resolution trained at is far below it,
#: and what follows the decode (colours, faces, PNG) costs a quarter of what 12 megapixels would.
LONGEST_KEPT: Final = 2048
#: Most pixels of what is kept of a long narrow photo, whose short side decides.
MOST_KEPT: Final = 16_000_000
#: What one file may add to the memory of the process that looks at it, and how long it may take.
MEMORY_BYTES: Final = 300_000_000
LIMIT_S: Final = 5.0
