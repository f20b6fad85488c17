"""Measure: `python -m tests.bench [SECTION]` runs every section, or one, and keeps the figures.

The sections of `LONG` run only when they are named.

A section is a module of this folder with `run() -> dict`: under `figures` one number for each
name, under `repetitions` what each repetition gave. Kept in var/bench/SECTION.json.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

HERE = Path(__file__).parent
KEPT = HERE.parents[1] / "var" / "bench"
#: about an hour each
LONG = {"quality"}


def sections() -> list[str]:
    """The names of all sections, in alphabetical order."""
    found = (module.name for module in pkgutil.iter_modules([str(HERE)]))
    return sorted(name for name in found if not name.startswith("_"))


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "platform": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def processor() -> str:
    """The processor's name as the system tells it."""
    told = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (told.read_text().splitlines() if told.exists() else ())
        if line.startswith("model name")
    ]
    return names[0] if names else platform.processor()


def measure(section: str) -> dict[str, Any]:
    """Run a section and keep what it found."""
    result = importlib.import_module(f"tests.bench.{section}").run()
    kept = {
        "section": section,
        "command": f"python -m tests.bench {section}",
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        **result,
    }
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{section}.json").write_text(json.dumps(kept, indent=2) + "\n")
    return kept


def as_table(kept: dict[str, Any]) -> str:
    """The figures in Markdown."""
    rows = [f"| {name} | {value:.4g} |" for name, value in kept["figures"].items()]
    return "\n".join([f"| {kept['section']} | figure |", "|---|---|", *rows])


def main() -> int:
    known = sections()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "section", nargs="?", choices=known, help="all but the longest when left out"
    )
    wanted = parser.parse_args().section
    for section in [wanted] if wanted else [name for name in known if name not in LONG]:
        print(as_table(measure(section)), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
