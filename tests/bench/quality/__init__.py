"""DreamBooth with ground truth: characters whose every attribute is known, and who is drawn.

`make bench-quality`. Subjects that the base never saw are learned from photo sets as members send
them; networks that were trained on renders then say whose each picture is, whether it shows what
was asked, what became of the class, and whether photos were copied. What is shipped in
tests/bench/data/quality was made by `render` and `identity` of this folder.

Everything is kept in var/bench/quality as it is done (see `lessons`): a run that was interrupted
goes on, and one without changes only reads. Sample sheets lie beside. Settings are chosen by
`python -m tests.bench.quality`, which knows the development subjects only.
"""

from __future__ import annotations

from typing import Any


def run() -> dict[str, Any]:
    """Do what is not done yet and score everything."""
    from tests.bench.quality import whole

    return whole.run()
