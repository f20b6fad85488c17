"""`make studio`: the bot and a trainer left running, with a local page to click through by hand.

The page is simcord's preview: slash commands, forms, uploads and buttons of two members, Alice
and Bob, in one channel. Nothing leaves this machine and no Discord account is needed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
from pathlib import Path

from simcord import SetupError

from deploy.demo.stage import DemoFailed, Stage
from storage import line, outbox

WELCOME = """
Open this page in a browser (it is for this machine only):

    {url}

You are Alice or Bob. Begin with   /subject create token: zwx kind: character class: woman
then                               /photos add token: zwx
and pick pictures from             {photos}
(the `face-` files with framing face, and so on), then /train start and
/imagine. The page is redrawn about once a second while something is under way; if a click is
refused as stale, click again. Ctrl+C ends everything and keeps {folder}.
"""

PHOTOS = Path(__file__).parent / "demo" / "photos"


async def run(folder: Path, port: int | None) -> None:
    """Serve the page until interrupted."""
    async with Stage(folder) as stage:
        preview = stage.env.preview(
            stage.channel, viewers=[stage.alice, stage.bob], layout="channel", port=port
        )
        async with preview:
            print(WELCOME.format(url=preview.url, photos=PHOTOS, folder=folder), flush=True)
            database = stage.bot.database
            while stage.trainer_is_alive():
                await asyncio.sleep(1)
                if await line.open_jobs(database) or await outbox.waiting(database):
                    # a member's click may hold the stage right now; the next round will do
                    with contextlib.suppress(SetupError):
                        await stage.env.advance_time(1)
                        await preview.refresh()
            raise DemoFailed(f"The trainer ended: see {stage.log}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/studio"))
    parser.add_argument("--port", type=int, default=None)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=args.folder / "bot.log", level=logging.INFO)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(args.folder, args.port))


if __name__ == "__main__":
    main()
