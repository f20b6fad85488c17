"""What members write in channels is never read."""

from __future__ import annotations

import ast
from pathlib import Path

from bot.app import Darkroom
from bot.settings import BotSettings

BOT = Path(__file__).parents[2] / "bot"
#: What Discord hands over of a message's words.
WORDS = {"content", "clean_content", "system_content"}


def _read(tree: ast.AST) -> set[str]:
    """Where what may be a message's words is read."""
    return {
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in WORDS and isinstance(node.ctx, ast.Load)
    }


def test_no_file_of_the_bot_reads_the_words_of_a_message() -> None:
    read = {
        f"{path.relative_to(BOT)}: {found}"
        for path in BOT.rglob("*.py")
        for found in _read(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert read == {"download.py: response.content"}  # a file's bytes


def test_reading_would_be_found() -> None:
    assert _read(ast.parse("def f(message):\n    return message.content")) == {"message.content"}


def test_discord_is_not_asked_for_the_words_of_messages(tmp_path: Path) -> None:
    assert not Darkroom(BotSettings(data=tmp_path, base="tiny")).intents.message_content
