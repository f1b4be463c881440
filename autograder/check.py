"""The student's side: `check(lstm_step_forward)` in a notebook cell.

What a check needs is imported by the first one, so that `import autograder` costs next to nothing.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from autograder.checking.session import Session
from autograder.checking.show import Shown

if TYPE_CHECKING:
    from autograder.checking.case import Case, NoCase

# torch's profiler tells of itself on stderr, unless it is told not to before its first run.
os.environ.setdefault("KINETO_LOG_LEVEL", "99")


class CheckFailed(Exception):
    """Raised where a program reads the notebook, so that it sees the failure in one sentence."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Check:
    """`check(f)` checks a function or class, `check.case` shows what failed, `check.hint(f)` helps.

    Attributes:
        case: of the last check, the call that was not right: its inputs, what was returned and
            what is right, to look at and to make again; or a sentence on why there is none.
    """

    def __init__(self) -> None:
        self._session = Session()
        self._case: Case | NoCase | None = None

    def __call__(self, student_object: Any) -> None:
        """Check a function or class of an exercise on the public cases, and show what was found.

        Args:
            student_object: the function or class itself, as in `check(lstm_step_forward)`.

        Raises:
            CheckFailed: only while nbgrader runs the notebook, where the check is not passed.
        """
        from autograder.checking.examine import found_of

        if os.environ.get("NBGRADER_EXECUTION"):
            shown = found_of(student_object).shown
            if shown.status != "correct":
                raise CheckFailed(repr(shown))
        else:
            found = found_of(student_object, self._session)
            self._case, shown = found.case, found.shown
        _display(shown)

    @property
    def case(self) -> Case | NoCase:
        """The call of the last check that was not right, or a sentence on why there is none."""
        from autograder.checking.case import no_case

        if os.environ.get("NBGRADER_EXECUTION"):
            return no_case("check.case", "None is kept while nbgrader runs a notebook.")
        return self._case or no_case(
            "check.case",
            "Nothing was checked yet. After a check that fails it holds the inputs of the call "
            "that is not right, what your function returned, and what is right.",
        )

    def hint(self, student_object: Any) -> None:
        """Show the next of the three or four hints for an exercise; each call shows one more.

        Args:
            student_object: the function or class itself, as in `check.hint(lstm_step_forward)`.
        """
        from autograder.checking.examine import exercise_of
        from autograder.checking.hints import next_hint

        found = exercise_of(student_object)
        _display(found if isinstance(found, Shown) else next_hint(found, self._session))


check = Check()


def _display(shown: object) -> None:
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print(shown)
    else:
        ipython.display.display(shown)
