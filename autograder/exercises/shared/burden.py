"""A burden on Python's interpreter, under which a loop shows.

NumPy and torch hide little work behind much of Python's, or as much as torch's own operations
hide behind none: by its time alone, a loop in NumPy cannot be told from torch's GRU on a CPU. So
while an object is timed, each instruction of the interpreter is made to cost a microsecond more.
One operation has a few hundred around it, whatever the length of its input; a loop has a hundred
and more at every step.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

WORK = range(200)
"""What is counted through at each instruction."""

OFF = (
    "settrace", "gettrace", "f_trace", "setprofile", "_getframe", "sys.monitoring", "getattr(sys",
    "threading", "_thread", "concurrent.futures", "ThreadPool", "multiprocessing", "subprocess",
    "ctypes",
)  # fmt: skip
"""What the text of a cell may hold that takes the burden off, or works where it does not reach: in
a thread that was there before, in another process. No exercise needs any of it."""


@contextmanager
def burden() -> Iterator[None]:
    """Have every function that is called within carry the burden."""
    borne = True

    def carry(frame: FrameType, event: str, arg: Any) -> Any:
        for _ in WORK if borne else ():
            pass
        return carry if borne else None

    def take_up(frame: FrameType, event: str, arg: Any) -> Any:
        frame.f_trace_opcodes = borne
        return carry if borne else None

    before, before_in_threads = sys.gettrace(), threading.gettrace()
    threading.settrace(take_up)
    sys.settrace(take_up)
    try:
        yield
    finally:
        borne = False  # a thread that was born within keeps what it was given
        sys.settrace(before)
        threading.settrace(before_in_threads)
