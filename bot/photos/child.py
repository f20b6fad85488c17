"""The process that touches strangers' files: `python -m bot.photos.child`, started by darkbox.

It reads a photo and its question on standard input, answers on standard output, and ends with
its input. What a file does to it, it does to nobody else.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
from typing import Any, Final

import cv2

from bot.photos.answer import to_answer
from bot.photos.errors import PhotoRefused
from bot.photos.examine import examine
from bot.photos.wire import WireBroken, pack, receive

log = logging.getLogger(__name__)

#: 40 megapixels as CMYK, once more as RGB, and all libraries: under half of it.
MEMORY_BYTES: Final = 2 * 1024**3
LONGEST_S: Final = 300.0


def answer(head: dict[str, Any], data: bytes) -> bytes:
    """The message that answers one question; any failure is the file's."""
    # Ends this process, even out of a library's loop, if the bot is no longer there to do it.
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    try:
        seen = examine(
            data,
            kind=head["kind"],
            declared=head["declared"],
            resolution=head["resolution"],
        )
    except PhotoRefused as refusal:
        return pack(*to_answer(refusal))
    except Exception:
        log.exception("a photo that could be decoded could not be examined")
        return pack(*to_answer(PhotoRefused("damaged")))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return pack(*to_answer(seen))


def shut_in() -> None:
    """Limit what a file can cost: memory, and no core file, which would hold the photo."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bot, which then ends us
    logging.basicConfig(level=logging.INFO, format="photos: %(message)s")
    cv2.setNumThreads(1)
    shut_in()
    # Answers go out on a copy; what a library prints must not get between them.
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    message = pack({"ready": True})
    while True:
        try:
            _send(replies.fileno(), message)
            head, data = receive(sys.stdin.buffer)
        except (WireBroken, BrokenPipeError):
            return
        message = answer(head, data)


def _send(descriptor: int, message: bytes) -> None:
    view = memoryview(message)
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    main()
