"""From Cells to cuDNN: the checks of the course, and the grader of a class."""

from .check import check

__all__ = ["check"]
