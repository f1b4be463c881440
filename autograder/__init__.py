"""From Cells to cuDNN: the checks of the course, and the grader of a class."""

from .check import check
from .stubs import explain

__all__ = ["check"]

explain()
