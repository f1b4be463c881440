"""From Cells to cuDNN: the checks of the course, and the grader of a class."""

from autograder.check import check
from autograder.checking.stubs import explain

__all__ = ["check"]

explain()
