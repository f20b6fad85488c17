"""How the bot holds up: two hundred members at once, and ten minutes of members who try anything.

Everything goes over TLS and websockets to the real bot in a process of its own. The walk lasts
`BENCH_WALK_S` seconds, where that is set; with 0 there is none.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from tests.bench.bot import crowd, walk

WALK_S = 600.0


def run() -> dict[str, Any]:
    figures, of_crowd = asyncio.run(crowd.measure())
    seconds = float(os.environ.get("BENCH_WALK_S", WALK_S))
    of_walk: dict[str, Any] = {}
    if seconds:
        walked, of_walk = asyncio.run(walk.measure(seconds))
        figures |= walked
    for failure in [*of_crowd["failures"], *of_walk.get("failures", ())]:
        print(failure, file=sys.stderr)
    return {"figures": figures, "repetitions": {"crowd": of_crowd, "walk": of_walk}}
