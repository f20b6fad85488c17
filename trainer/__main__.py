"""Run the trainer: `python -m trainer`."""

from __future__ import annotations

import asyncio
import logging
import sys

from storage.spelling import unread
from trainer.supervise import supervise, worker_command

if __name__ == "__main__":
    for sentence in unread():
        print(sentence, file=sys.stderr)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    sys.exit(asyncio.run(supervise(worker_command())))
