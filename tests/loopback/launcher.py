"""`python -m tests.loopback.launcher PORT`: `python -m bot`, whose Discord is on this machine."""

from __future__ import annotations

import sys

from bot import __main__ as entry
from bot.app import Darkroom
from bot.settings import BotSettings
from tests.loopback.road import connector


def opened(settings: BotSettings) -> Darkroom:
    return Darkroom(settings, connector=connector(int(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(entry.main(opened))
