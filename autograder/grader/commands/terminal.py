"""What a command says, and the code with which it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from autograder.grader.kernels.printable import line, plain


class Terminal(Console):
    """A console on which nothing is taken for a command that stands in a name or in a text.

    Names of students and files come from outside, and a terminal obeys what it finds in them.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """See `Console`; all that is printed comes by here, in tables and progress bars too."""
        for segment in super().render(renderable, options):
            text = segment.text if segment.control else plain(segment.text, len(segment.text))
            yield segment._replace(text=text)


out = Terminal(highlight=False, width=None if sys.stdout.isatty() else 120, record=True)
err = Terminal(stderr=True, highlight=False, soft_wrap=True)

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
