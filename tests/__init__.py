"""The tests; before any of them imports nbformat, the grader says what need not be imported."""

import autograder.grader  # noqa: F401
