"""What ends a command with a sentence, whatever part of the grader finds it."""

from __future__ import annotations


class CommandError(Exception):
    """What was asked cannot be done; the text says why, and what to do."""
