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

OFF = ("settrace", "gettrace", "f_trace", "setprofile", "_getframe", "sys.monitoring")
"""What the text of a cell may hold that takes the burden off; no exercise needs any of it."""


@contextmanager
def burden() -> Iterator[None]:
    """Have every function that is called within carry the burden."""

    def carry(frame: FrameType, event: str, arg: Any) -> Any:
        for _ in WORK:
            pass
        return carry

    def take_up(frame: FrameType, event: str, arg: Any) -> Any:
        frame.f_trace_opcodes = True
        return carry

    before = sys.gettrace()
    threading.settrace(take_up)
    sys.settrace(take_up)
    try:
        yield
    finally:
        sys.settrace(before)
        threading.settrace(None)
