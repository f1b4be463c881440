"""How long a student waits for a public check: the reference, and every known mistake."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

from rich.table import Table

from autograder.checking.examine import examine
from autograder.exercises import Exercise, assignments, exercises
from autograder.grader import catalogue, references

ROUNDS = 5


def seconds(exercise: Exercise, names: Mapping[str, Any]) -> float:
    start = time.perf_counter()
    examine(exercise, names[exercise.name])
    return time.perf_counter() - start


def median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(ROUNDS))


def measure() -> tuple[Table, dict[str, Any]]:
    """The median of a right answer, and the slowest median among the known mistakes."""
    table = Table("exercise", "right, ms", "slowest mistake, ms", title="a public check")
    rows = {}
    for assignment in assignments():
        right = references.namespace(assignment)
        for exercise in exercises(assignment):
            seconds(exercise, right)
            quick = median(lambda e=exercise, r=right: seconds(e, r))  # type: ignore[misc]
            wrong = [catalogue.namespace(assignment, m) for m in catalogue.entries(assignment)
                     if m.exercise == exercise.name]  # fmt: skip
            slow = max((seconds(exercise, names) for names in wrong), default=0.0)
            rows[exercise.name] = {"right": quick, "slowest_mistake": slow}
            table.add_row(exercise.name, f"{1000 * quick:.1f}", f"{1000 * slow:.1f}")
    return table, {"seconds": rows}
