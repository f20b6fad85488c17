"""One subject closely: `python -m tests.bench.quality 14 good8 320 640 --prior off rank=8`.

For choosing settings on the development subjects: trains (or takes what is kept), prints the scores
of each step, and writes a sheet to var/bench/quality.
"""

from __future__ import annotations

import argparse
import json
import time

import torch

from tests.bench.quality import cast, lessons, photos, results, sheets
from tests.bench.quality.scores import Jury
from trainer.loading import load_base


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quality", description=__doc__)
    parser.add_argument("subject", choices=cast.DEVELOPMENT)
    parser.add_argument("photo_set", choices=photos.SETS)
    parser.add_argument("steps_and_changes", nargs="+", metavar="STEP | SETTING=VALUE")
    parser.add_argument("--prior", choices=("class-images", "base", "off"))
    parser.add_argument("--judge", type=int, nargs="*", metavar="LENGTH")
    args = parser.parse_args()
    steps = tuple(sorted(int(said) for said in args.steps_and_changes if said.isdigit()))
    changes = tuple(
        (
            name,
            value
            if name == "method"
            else float(value)
            if "." in value or "e" in value
            else int(value),
        )
        for name, _, value in (said.partition("=") for said in args.steps_and_changes)
        if value
    )
    torch.set_num_threads(1)
    base = load_base("tiny")
    jury = Jury.of(base)
    judged = tuple(args.judge or ())
    lesson = lessons.Lesson(args.subject, args.photo_set, steps, args.prior, changes, judged)
    began = time.monotonic()
    for row in [results.untrained(jury, args.subject), *results.rows_of(jury, lesson)]:
        print(json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}))
    print(f"{time.monotonic() - began:.0f} s; {sheets.of_lesson(base, lesson)}")


if __name__ == "__main__":
    main()
