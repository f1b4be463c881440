"""The command `autograder`: it belongs to those who teach, whose code is in no package."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec


def main() -> None:
    """Run the command of a checkout; elsewhere say where it is."""
    if find_spec("autograder.grader") is None:
        sys.exit(
            "The command `autograder` grades classes, and works in a checkout of the course alone. "
            "To check an exercise, call check(...) in your notebook."
        )
    import_module("autograder.grader.cli").main()
