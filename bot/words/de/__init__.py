"""German. What is not said here yet is said in English."""

# ruff: noqa: F403, I001  (English first: what comes later takes its place)

from __future__ import annotations

from bot.words.en import *
from bot.words.de.floor import *
from bot.words.de.handing import *
from bot.words.de.likeness import *
from bot.words.de.moderating import *
from bot.words.de.panels import *
from bot.words.de.privacy import *
from bot.words.de.quiet import *
from bot.words.de.rules import *
from bot.words.de.ruling import *
from bot.words.de.taking import *
from bot.words.de.wishes import *
