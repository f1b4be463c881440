"""Where nobody is at the terminal, a line a minute says how far the work is."""

from __future__ import annotations

import io

from autograder.grader.commands.terminal import Terminal
from autograder.grader.grading.progress import Waiting


def test_a_log_gets_a_line_a_minute() -> None:
    file, seconds = io.StringIO(), iter([0.0, 20.0, 59.0, 61.0, 61.0, 90.0, 122.0, 122.0])
    clock = seconds.__next__
    with Waiting(Terminal(file=file), "Grading lstm", 300, clock) as waiting:
        for _ in range(4):
            waiting.done()
        waiting.failed("ada: the notebook cannot be read")
    assert file.getvalue() == "Grading lstm: 3 of 300 done.\nGrading lstm: 5 of 300 done.\n"
