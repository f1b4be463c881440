"""Progress for the person who waits: how many are done, how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

EVERY = 60.0
"""Seconds between two lines where nobody is at the terminal, as in the log of a night's work."""


class Waiting:
    """A bar that fills, or a line a minute where nobody is at the terminal.

    Args:
        console: where to show it.
        what: what is being done.
        total: how many things there are to do.
        clock: tells the seconds.
    """

    def __init__(
        self, console: Console, what: str, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._clock = clock
        self._said = clock()
        self._progress = Progress(
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("elapsed"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(what, total=total)

    def __enter__(self) -> Waiting:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def done(self) -> None:
        """One more is done."""
        self._progress.advance(self._task)
        if not self._console.is_terminal and self._clock() - self._said >= EVERY:
            self._said = self._clock()
            task = self._progress.tasks[self._task]
            said = f"{task.description}: {task.completed:g} of {task.total:g} done."
            self._console.print(said, markup=False)

    def more(self, number: int) -> None:
        """There is more to do than was said."""
        task = self._progress.tasks[self._task]
        self._progress.update(self._task, total=(task.total or 0) + number)

    def failed(self, sentence: str) -> None:
        """One more will not be done; the sentence says why, to who is there to read it."""
        if self._console.is_terminal:
            self._console.print(sentence, markup=False)
        self.done()
