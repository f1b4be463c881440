"""What the notebook on temporal relations has from the start: the names, and some particles."""

from __future__ import annotations

from autograder.exercises.temporal.names import PARTICLES, RELATIONS

__all__ = ["PARTICLES", "RELATIONS"]
