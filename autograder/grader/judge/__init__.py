"""The judge: a trusted process that holds the references, sends inputs and compares answers."""

from autograder.grader.judge.judge import Judge

__all__ = ["Judge"]
