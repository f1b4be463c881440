"""How long a kernel is waited for: by the time that it took, not by the time that passed.

A second counts where the student's processes had a processor for it. Where they only slept, it
counts a third. Where they waited for a processor that other work had, it does not count at all:
so a busy machine costs nobody a limit, and the clock on the wall stands far behind, for what
neither computes nor sleeps.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from autograder.grader.kernels.usage import Usage

LOOK = 0.1
"""Seconds between two looks at the kernel."""

ASLEEP = 1 / 3
"""What a second counts in which no process of the kernel computes or is ready to."""

BACKSTOP = 30.0
"""How many times its limit a kernel is waited for, by the clock on the wall."""


class TimedOutError(Exception):
    """The kernel took longer than it may."""


class BusyError(Exception):
    """The machine was too busy: the kernel has not come to an end, nor used up its time."""


class Patience:
    """The limit of one request.

    Args:
        seconds: the limit.
        usage: what the kernel's processes have had by now; None where that cannot be told. Then
            the clock on the wall counts.
        clock: the clock on the wall.
    """

    def __init__(
        self,
        seconds: float,
        usage: Callable[[], Usage | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counted = 0.0
        self._seconds = seconds
        self._usage = usage
        self._clock = clock
        self._began = self._looked = clock()
        before = usage()
        self._had = before.cpu if before is not None else 0.0

    def look(self) -> None:
        """Count what was taken since the last look.

        Raises:
            TimedOutError: the kernel has used up its limit.
            BusyError: it has not, and was waited for long enough all the same.
        """
        now, usage = self._clock(), self._usage()
        passed, self._looked = now - self._looked, now
        if usage is None:
            self.counted += passed
        else:
            # Of threads that compute side by side a second counts once.
            worked = min(passed, max(0.0, usage.cpu - self._had))
            self._had = max(self._had, usage.cpu)
            self.counted += worked
            if not usage.ready:
                # Where the grader itself was kept waiting, its look is longer than it meant.
                self.counted += ASLEEP * max(0.0, min(passed, 2 * LOOK) - worked)
        if self.counted >= self._seconds:
            raise TimedOutError(f"it took longer than {self._seconds:g} seconds")
        if now - self._began >= BACKSTOP * self._seconds:
            raise BusyError(
                f"in {now - self._began:.0f} seconds this machine gave it {self.counted:.1f}, of "
                f"the {self._seconds:g} that it may take"
            )
