"""German. What is not said here yet is said in English."""

# ruff: noqa: F403

from __future__ import annotations

from bot.words.de.quiet import *
from bot.words.en import *
