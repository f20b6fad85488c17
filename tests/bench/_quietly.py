"""How a section runs that counts processor time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import diffusers
import torch
import transformers

#: with one, processor time and the clock agree, and threads that wait are not counted as work
THREADS = 1


@contextmanager
def on_one_thread() -> Iterator[None]:
    """Inside the block torch has one thread, and the libraries print nothing from here on."""
    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        yield
    finally:
        torch.set_num_threads(before)
