"""Run the bot: `python -m bot`."""

from __future__ import annotations

import logging
import sys

import discord
from pydantic import ValidationError

from bot.app import Darkroom
from bot.settings import BotSettings
from storage.errors import StoreUnreachable
from storage.settings import explain


def main() -> int:
    """Start and stay until stopped. 78 (EX_CONFIG) when a setting is missing or wrong."""
    try:
        settings = BotSettings()
    except ValidationError as error:
        print(explain(error), file=sys.stderr)
        return 78
    token = settings.token.get_secret_value()
    if not token:
        print(
            "DARKROOM_TOKEN is not set. Put your bot's token into .env (README, 'On your own"
            " server'), or run `make demo` to see everything without one.",
            file=sys.stderr,
        )
        return 78
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        Darkroom(settings).run(token, log_handler=None)
    except discord.LoginFailure:
        print(
            "Discord does not know this token. Copy it again from the Bot page of your"
            " application, and mind that a reset makes a new one.",
            file=sys.stderr,
        )
        return 78
    except StoreUnreachable as error:
        print(error, file=sys.stderr)
        return 75  # EX_TEMPFAIL: a bucket may answer a moment later
    return 0


if __name__ == "__main__":
    sys.exit(main())
