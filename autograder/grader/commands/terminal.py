"""What a command says, and the code with which it ends."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import typer
from rich.console import Console

from autograder.grader.kernels.printable import line

out = Console(highlight=False, width=None if sys.stdout.isatty() else 120, record=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

NOT_ALL = 1
"""The exit code where the work was done but for some submissions, which are named."""

REFUSED = 2
"""The exit code where nothing was done, and a sentence says why."""

INTERRUPTED = 130
"""The exit code after Ctrl-C, by typer's choice."""


def end_if_not_done(failures: Mapping[str, str]) -> None:
    """Name the submissions for which the work was not done, and end with the code that says so.

    Args:
        failures: why the work was not done, by student.
    """
    if not failures:
        return
    err.print(f"Not done for {len(failures)}:")
    for name, reason in sorted(failures.items()):
        err.print(f"  {line(name, 100)}: {line(reason, 500)}", markup=False)
    raise typer.Exit(NOT_ALL)
