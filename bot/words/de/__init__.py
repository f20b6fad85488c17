"""German."""

# ruff: noqa: F403  (a list of a hundred names here would only repeat the sections)

from __future__ import annotations

from bot.words.de.advice import *
from bot.words.de.caption import *
from bot.words.de.checklist import *
from bot.words.de.commands import *
from bot.words.de.consent import *
from bot.words.de.edit import *
from bot.words.de.errors import *
from bot.words.de.floor import *
from bot.words.de.framing import *
from bot.words.de.gallery import *
from bot.words.de.handing import *
from bot.words.de.help import *
from bot.words.de.likeness import *
from bot.words.de.measures import *
from bot.words.de.moderating import *
from bot.words.de.panels import *
from bot.words.de.photos import *
from bot.words.de.picture import *
from bot.words.de.plan import *
from bot.words.de.privacy import *
from bot.words.de.queue import *
from bot.words.de.quiet import *
from bot.words.de.report import *
from bot.words.de.review import *
from bot.words.de.rules import *
from bot.words.de.ruling import *
from bot.words.de.safety import *
from bot.words.de.session import *
from bot.words.de.sharing import *
from bot.words.de.style import *
from bot.words.de.subject import *
from bot.words.de.taking import *
from bot.words.de.training import *
from bot.words.de.versions import *
from bot.words.de.wishes import *
