"""That something ends in a moment, where another way of doing it takes many times as long."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

MOMENT = 5.0
"""Seconds of the processor: several times what any of it takes on a machine with nothing to do."""


@contextmanager
def moment() -> Iterator[None]:
    """Fails where what is done within takes longer than a moment."""
    gc.disable()  # it would walk over what all the tests before have left
    began = time.process_time()
    try:
        yield
        took = time.process_time() - began
    finally:
        gc.enable()
    assert took < MOMENT, f"It took {took:.1f} s."
