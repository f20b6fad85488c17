"""The process that touches strangers' files: `python -m bot.photos.child`, started by darkbox.

It loads everything once, then reads a photo and its question on standard input, again and again,
and looks at each in a fork of itself, within the walls of `walls`. What a file does to that fork,
it does to nobody else: the next photo gets a fresh one. The fork's answer is passed on unread,
with how the fork ended and what it cost; the process ends with its input.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import signal
import sys
from typing import Any, Final, NoReturn

import cv2
from PIL import Image, ImageCms

from bot.photos import look, prepare, prepared
from bot.photos.answer import to_answer
from bot.photos.decode import decode
from bot.photos.errors import PhotoRefused
from bot.photos.examine import examine, screen
from bot.photos.examined import Examined
from bot.photos.mask import MaskRefused
from bot.photos.opened import TAKEN
from bot.photos.walls import Memory, memory_of_this, shut_in
from bot.photos.wire import MAX_BODY, WireBroken, pack, receive

log = logging.getLogger(__name__)

#: A fork that neither works nor ends is ended after this, even if the bot is no longer there.
LONGEST_S: Final = 30.0
_NO_MEMORY: Final = 3
#: To the bot, which has 3 seconds for an answer; a photo has 30.
_YIELDS: Final = 10
_MOST_FILES: Final = 65536
_PIECE: Final = 1024 * 1024


def warm() -> None:
    """Load whatever a photo may need, by looking at a little one of every format.

    A fork finds loaded what is loaded here, and can load nothing itself: it can open no file.
    """
    cv2.setNumThreads(1)  # a fork has no other thread, and would wait for it
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # what is wrong we say
    look.warm()
    prepare.warm()
    picture = Image.new("RGB", (96, 64), "gray")
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name in TAKEN:
        file = io.BytesIO()
        picture.save(file, name, exif=exif, icc_profile=profile)
        decode(file.getvalue(), min_side=64)
    examine(file.getvalue(), kind="person", declared=None, resolution=64)
    gc.collect()
    gc.freeze()  # else the first collection in a fork copies every page


def answer(head: dict[str, Any], data: bytes) -> bytes:
    """The message that answers one question; any failure is the file's."""
    try:
        if "where" in head:
            return _prepared(head, data)
        return pack(*to_answer(screen(data) if head.get("screens") else _examined(head, data)))
    except PhotoRefused as refusal:
        return pack(*to_answer(refusal))
    except MemoryError:
        return pack(*to_answer(PhotoRefused("too_heavy")))
    except Exception:
        log.exception("a photo that could be decoded could not be examined")
        return pack(*to_answer(PhotoRefused("damaged")))


def _prepared(head: dict[str, Any], data: bytes) -> bytes:
    """The picture to be worked on comes first, a mask of its member's own after it."""
    picture, mask = data[: head["picture"]], data[head["picture"] :]
    where, min_side = head["where"], head["min_side"]
    try:
        made = prepare.prepare(picture, min_side=min_side, where=where, mask=mask)
    except MaskRefused as refusal:
        return pack(*prepared.to_answer(refusal))
    return pack(*prepared.to_answer(made))


def _examined(head: dict[str, Any], data: bytes) -> Examined:
    return examine(
        data, kind=head["kind"], declared=head["declared"], resolution=head["resolution"]
    )


def aside(head: dict[str, Any], data: bytes, before: Memory) -> bytes:
    """The message of a fork about one question: how it ended, its cost, and what it answered."""
    here, there = os.pipe()
    try:
        fork = os.fork()
    except OSError:  # the machine's fault and no photo's
        log.exception("no process for a photo")
        os.close(here)
        os.close(there)
        return pack({"ended": "unstarted", "cpu_s": 0.0, "added_bytes": 0})
    if not fork:
        _in_the_fork(head, data, before, there)
    os.close(there)
    said = _all_of(here, fork)
    _, status, usage = os.wait4(fork, 0)
    ended = _ended(os.waitstatus_to_exitcode(status))
    if len(said) > MAX_BODY:
        ended, said = "broken", b""
    report = {
        "ended": ended,
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 3),
        "added_bytes": max(0, usage.ru_maxrss * 1024 - before.resident),
    }
    return pack(report, said)


def _in_the_fork(head: dict[str, Any], data: bytes, before: Memory, there: int) -> NoReturn:
    try:
        signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
        os.dup2(there, 1)
        os.close(0)  # the next questions are not for it
        os.closerange(3, _MOST_FILES)
        shut_in(before)
        _send(1, answer(head, data))
        os._exit(0)
    except MemoryError:
        os._exit(_NO_MEMORY)
    finally:
        os._exit(1)


def _all_of(descriptor: int, fork: int) -> bytes:
    """What the fork says up to its end, or until that is more than an answer can be."""
    said = bytearray()
    with os.fdopen(descriptor, "rb", buffering=0) as pipe:
        while piece := pipe.read(_PIECE):
            said += piece
            if len(said) > MAX_BODY:
                os.kill(fork, signal.SIGKILL)
                break
    return bytes(said)


def _ended(code: int) -> str:
    if code in (_NO_MEMORY, -signal.SIGKILL):  # the second where the whole machine has none left
        return "memory"
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        return "time"
    return "answered" if code == 0 else "broken"


def main() -> None:
    """Answer until the input ends."""
    os.nice(_YIELDS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bot, which then ends us
    logging.basicConfig(level=logging.INFO, format="photos: %(message)s")
    # Answers go out on a copy; what a library prints must not get between them.
    replies = os.dup(1)
    os.dup2(2, 1)
    warm()
    message = pack({"ready": True})
    while True:
        try:
            _send(replies, message)
            message = b""
            before = memory_of_this()
            head, data = receive(sys.stdin.buffer)
        except (WireBroken, BrokenPipeError):
            return
        message = aside(head, data, before)
        del data


def _send(descriptor: int, message: bytes) -> None:
    view = memoryview(message)
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    main()
