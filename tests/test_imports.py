"""`bot -> storage <- trainer`: who may import whom, read from the files themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "diffusers", "transformers", "peft", "accelerate", "safetensors"}
FORBIDDEN = {
    "bot": HEAVY | {"trainer", "deploy", "tests", "sqlalchemy", "sqlmodel", "sqlite3"},
    "trainer": {"discord", "bot", "deploy", "tests", "sqlalchemy", "sqlmodel", "sqlite3"},
}
STORAGE_MAY = {
    "storage",
    "sqlmodel",
    "sqlalchemy",
    "aiosqlite",
    "asyncpg",
    "alembic",
    "obstore",
    "dotenv",
    "pydantic",
    "pydantic_settings",
}
#: Reading the wall clock; measuring a duration with a monotonic clock is anybody's right.
CLOCKS = {
    *(("datetime", name) for name in ("now", "utcnow", "today")),
    ("date", "today"),
    *(("time", name) for name in ("time", "time_ns", "localtime", "gmtime")),
}


def modules(package: str) -> list[Path]:
    """The package's files, without the recipe: it made the bundled base and is never run here."""
    return [p for p in sorted((ROOT / package).rglob("*.py")) if "recipe" not in p.parts]


def imported(path: Path) -> Iterator[str]:
    """The first name of every import, wherever in the file it stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_bot_and_trainer_meet_only_in_storage(package: str) -> None:
    for path in modules(package):
        wrong = set(imported(path)) & FORBIDDEN[package]
        assert not wrong, f"{path.relative_to(ROOT)} imports {', '.join(wrong)}"


def test_storage_stands_on_the_standard_library_and_its_database() -> None:
    for path in modules("storage"):
        wrong = set(imported(path)) - STORAGE_MAY - sys.stdlib_module_names
        assert not wrong, f"{path.relative_to(ROOT)} imports {', '.join(wrong)}"


def test_only_storage_reads_the_wall_clock() -> None:
    for path in [p for package in ("storage", "bot", "trainer") for p in modules(package)]:
        if path == ROOT / "storage" / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                read = (node.value.id, node.attr)
                assert read not in CLOCKS, f"{path.relative_to(ROOT)} reads the clock"


@pytest.mark.parametrize(
    ("module", "absent"),
    [("bot.app", HEAVY | {"trainer"}), ("trainer.supervise", {"torch", "discord"})],
)
def test_what_starts_fast_loads_nothing_heavy(module: str, absent: set[str]) -> None:
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not absent & {name.split(".")[0] for name in said}
