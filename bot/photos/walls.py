"""What shuts in a process that is about to read a stranger's file.

The kernel's limits on memory, time and files, and a filter that leaves it the calls of somebody
who computes and answers: it can open nothing, start nobody, speak to nobody and loosen nothing.
Linux only; where a wall cannot be put up (another kernel, another processor) the others stand.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import stat
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from bot.photos.limits import LIMIT_S, MEMORY_BYTES

#: For the process's own messages, where they go to a file.
_LOG_BYTES: Final = 64 * 1024
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER: Final = 2
#: Of a classic BPF program: load a word of the call, compare, return.
_LOAD, _IS, _RETURN = 0x20, 0x15, 0x06
_NUMBER_AT, _PROCESSOR_AT = 0, 4
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EPERM

#: A processor's name, and its number to the kernel (AUDIT_ARCH).
_PROCESSORS: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
#: The calls that are left, with their numbers on each of those.
_CALLS: Final = (
    ("read", 0, 63),
    ("write", 1, 64),
    ("close", 3, 57),
    ("fstat", 5, 80),
    ("lseek", 8, 62),
    ("mmap", 9, 222),
    ("mprotect", 10, 226),
    ("munmap", 11, 215),
    ("brk", 12, 214),
    ("rt_sigaction", 13, 134),
    ("rt_sigprocmask", 14, 135),
    ("rt_sigreturn", 15, 139),
    ("writev", 20, 66),
    ("sched_yield", 24, 124),
    ("mremap", 25, 216),
    ("madvise", 28, 233),
    ("nanosleep", 35, 101),
    ("getitimer", 36, 102),
    ("setitimer", 38, 103),
    ("getpid", 39, 172),
    ("exit", 60, 93),
    ("gettimeofday", 96, 169),
    ("getrusage", 98, 165),
    ("sigaltstack", 131, 132),
    ("gettid", 186, 178),
    ("futex", 202, 98),
    ("sched_getaffinity", 204, 123),
    ("clock_gettime", 228, 113),
    ("clock_getres", 229, 114),
    ("clock_nanosleep", 230, 115),
    ("exit_group", 231, 94),
    ("getrandom", 318, 278),
)
_STATUS: Final = Path("/proc/self/status")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


@dataclass(frozen=True)
class Memory:
    """Of a process, in bytes: what it may write to, its whole address space, and what of its own
    (of nobody's file) is in RAM.
    """

    writable: int
    addresses: int
    resident: int


def memory_of_this() -> Memory:
    """What this process has now; nothing where the kernel is not Linux."""
    if not _STATUS.exists():
        return Memory(0, 0, 0)
    said = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return Memory(*(int(said[name].split()[0]) * 1024 for name in ("VmData", "VmSize", "RssAnon")))


def shut_in(before: Memory) -> None:
    """Put up all walls around this process, for good. `before` is its `memory_of_this` when it
    had not yet the file; it may have MEMORY_BYTES more.
    """
    seconds = round(LIMIT_S)
    _limit(resource.RLIMIT_CPU, seconds, seconds + 1)  # a signal of its own, then KILL
    _limit(resource.RLIMIT_CORE, 0)  # it would hold the photo
    _limit(resource.RLIMIT_FSIZE, _written(2) + _LOG_BYTES)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_NOFILE, 0)
    if not before.addresses:
        return
    _limit(resource.RLIMIT_DATA, before.writable + MEMORY_BYTES)
    _limit(resource.RLIMIT_AS, before.addresses + MEMORY_BYTES)
    c = ctypes.CDLL(None)
    c.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    c.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    program = _filter(platform.machine())
    if program:
        c.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    """For good, and never above what the operator already allows."""
    most = soft if hard is None else hard
    allowed = resource.getrlimit(what)[1]
    if allowed != resource.RLIM_INFINITY:
        most = min(most, allowed)
    resource.setrlimit(what, (min(soft, most), most))


def _written(descriptor: int) -> int:
    """How long the file behind a descriptor is; 0 for a pipe or a terminal."""
    behind = os.fstat(descriptor)
    return behind.st_size if stat.S_ISREG(behind.st_mode) else 0


@cache
def _filter(processor: str) -> _Program | None:
    """A program for seccomp: the processor's own calls of the list, and no others."""
    if processor not in _PROCESSORS:
        return None
    number = _PROCESSORS[processor]
    column = list(_PROCESSORS).index(processor)
    allowed = [numbers[column] for _, *numbers in _CALLS]
    steps = [(_LOAD, 0, 0, _PROCESSOR_AT), (_IS, 1, 0, number), (_RETURN, 0, 0, _REFUSE)]
    steps.append((_LOAD, 0, 0, _NUMBER_AT))
    # Each comparison that holds jumps over those that follow, and over the refusal after them.
    steps += [(_IS, len(allowed) - at, 0, call) for at, call in enumerate(allowed)]
    steps += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    return _Program(len(steps), b"".join(struct.pack("=HBBI", *step) for step in steps))
