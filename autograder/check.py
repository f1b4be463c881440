"""The student's side: `check(lstm_step_forward)` in a notebook cell.

What a check needs is imported by the first one, so that `import autograder` costs next to nothing.
"""

from __future__ import annotations

import os
from typing import Any

from autograder.checking.show import Shown

# torch's profiler tells of itself on stderr, unless it is told not to before its first run.
os.environ.setdefault("KINETO_LOG_LEVEL", "99")


class CheckFailed(Exception):
    """Raised where a program reads the notebook, so that it sees the failure in one sentence."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check(student_object: Any) -> None:
    """Check a function or class of an exercise on the public cases, and show what was found.

    Args:
        student_object: the function or class itself, as in `check(lstm_step_forward)`.

    Raises:
        CheckFailed: only while nbgrader runs the notebook, where the check is not passed.
    """
    from autograder.checking.examine import found_of

    shown = found_of(student_object)
    if os.environ.get("NBGRADER_EXECUTION") and shown.status != "correct":
        raise CheckFailed(repr(shown))
    _display(shown)


def _display(shown: Shown) -> None:
    from IPython import get_ipython
    from IPython.display import display

    if get_ipython() is None:
        print(shown)
    else:
        display(shown)
