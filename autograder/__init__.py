"""From Cells to cuDNN: the checks of the course, and the grader of a class."""
