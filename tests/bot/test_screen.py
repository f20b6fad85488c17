"""There is one door through which members see what was drawn."""

from __future__ import annotations

import ast
from pathlib import Path

import bot
from bot.screen import LEAST_LIMIT, MOST_LIMIT, UNREADABLE
from storage.screening import LIMIT

HERE = Path(bot.__file__).parent


def names_in(path: Path) -> set[str]:
    """Every name and every attribute that a file's code speaks of."""
    tree = ast.walk(ast.parse(path.read_text()))
    return {
        name
        for node in tree
        for name in (getattr(node, "attr", None), getattr(node, "id", None))
        if name is not None
    } | {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_no_other_part_of_the_bot_reads_pictures() -> None:
    readers = {
        path.relative_to(HERE).as_posix()
        for path in HERE.rglob("*.py")
        if "images_of" in names_in(path)
    }
    assert readers == {"screen.py"}


def test_the_limits_are_in_order() -> None:
    assert 0 < LEAST_LIMIT < LIMIT < MOST_LIMIT < UNREADABLE
