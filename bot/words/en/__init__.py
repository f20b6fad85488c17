"""English."""

# ruff: noqa: F403  (a list of a hundred names here would only repeat the sections)

from __future__ import annotations

from bot.words.en.advice import *
from bot.words.en.caption import *
from bot.words.en.checklist import *
from bot.words.en.consent import *
from bot.words.en.edit import *
from bot.words.en.errors import *
from bot.words.en.floor import *
from bot.words.en.framing import *
from bot.words.en.gallery import *
from bot.words.en.handing import *
from bot.words.en.help import *
from bot.words.en.likeness import *
from bot.words.en.measures import *
from bot.words.en.moderating import *
from bot.words.en.panels import *
from bot.words.en.photos import *
from bot.words.en.picture import *
from bot.words.en.plan import *
from bot.words.en.privacy import *
from bot.words.en.queue import *
from bot.words.en.quiet import *
from bot.words.en.report import *
from bot.words.en.review import *
from bot.words.en.rules import *
from bot.words.en.ruling import *
from bot.words.en.safety import *
from bot.words.en.session import *
from bot.words.en.sharing import *
from bot.words.en.style import *
from bot.words.en.subject import *
from bot.words.en.taking import *
from bot.words.en.training import *
from bot.words.en.versions import *
from bot.words.en.wishes import *
