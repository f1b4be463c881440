"""Where course folders made before December 2026 look for the preprocessor; it is in no wheel."""

from autograder.grader.grading.preprocessors import Execute

__all__ = ["Execute"]
