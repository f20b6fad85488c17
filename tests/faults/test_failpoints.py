"""Cases 22, 28 and 39 at every instruction that writes: a kill before each, nothing lost."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from tests.faults import failpoints
from tests.faults.chapters import CHAPTERS
from tests.faults.zygote import Zygote

#: The short form dies at every third point, from a random one on; `make soak` at every one.
EVERY = 3


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_kill_before_any_write_loses_nothing(
    zygote: Zygote, empty: Path, tmp_path: Path, chapter: str
) -> None:
    only = slice(secrets.randbelow(EVERY), None, EVERY)
    print(f"points {only.start + 1}, {only.start + 1 + EVERY}, ...")
    result = failpoints.run(zygote, empty, tmp_path, chapter, only)
    assert not result.lost
    assert result.killed == len(range(1, result.points + 1)[only]) > EVERY
