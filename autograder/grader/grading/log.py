"""The log of a course: what each run of `autograder grade` did, for whoever asks weeks later.

What a person is told in a sentence stands here with all that is known of it, such as the
traceback of a fault of our own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.grader.kernels.printable import plain

LOG = logging.getLogger("autograder")


class _Plain(logging.Formatter):
    """Texts that students have made hold no command for the terminal that shows the file."""

    def format(self, record: logging.LogRecord) -> str:
        return plain(super().format(record))


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """Add what is logged meanwhile to a file, which is for the eyes of its owner alone.

    Without room or rights to write, nothing is logged, and the work goes on.
    """
    try:
        path.touch(mode=0o600)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError:
        yield
        return
    handler.setFormatter(_Plain("%(asctime)s %(levelname)s %(message)s"))
    handler.handleError = lambda record: None  # type: ignore[method-assign]  # a full disk
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        handler.close()
