"""Every sentence a member can read, a file for each section; `words.waiting_line(2)` says one."""

# ruff: noqa: F403  (a list of a hundred names here would only repeat the sections)

from __future__ import annotations

from bot.words.advice import *
from bot.words.caption import *
from bot.words.checklist import *
from bot.words.consent import *
from bot.words.edit import *
from bot.words.errors import *
from bot.words.framing import *
from bot.words.gallery import *
from bot.words.help import *
from bot.words.measures import *
from bot.words.photos import *
from bot.words.picture import *
from bot.words.plan import *
from bot.words.queue import *
from bot.words.report import *
from bot.words.review import *
from bot.words.safety import *
from bot.words.style import *
from bot.words.subject import *
from bot.words.training import *
from bot.words.versions import *
