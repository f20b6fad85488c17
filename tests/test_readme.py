"""The documents name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from discord import app_commands

from bot.app import Darkroom
from bot.settings import BotSettings

HERE = Path(__file__).parent


def test_every_test_that_the_table_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (HERE / "README.md").read_text()))
    there = {
        name
        for path in HERE.rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text())
    }
    assert named
    assert named - there == set()


@pytest.mark.parametrize("page", ["README.md", "docs/privacy.md"])
def test_every_command_that_a_page_names_exists(tmp_path: Path, page: str) -> None:
    tree = Darkroom(BotSettings(data=tmp_path, base="tiny")).tree
    there = {command.qualified_name: command for command in tree.walk_commands()}
    told = (HERE.parent / page).read_text(encoding="utf-8")
    for named in re.findall(r"`/([a-z]+(?: [a-z]+)?)[^`]*`", told):
        first = there.get(named.split()[0])
        assert named in there or isinstance(first, app_commands.Command), named
