"""How long the grader waits for answers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from autograder.exercises import Answer, Program, find, run
from autograder.grader import references
from autograder.grader.grading.job import Kernels, grade
from autograder.grader.kernels.session import Session
from autograder.grader.release.solve import filled
from tests.grader.grading.jobs import job_of
from tests.students import solved


@pytest.mark.slow
def test_only_what_takes_long_has_a_longer_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `LeNet` that hangs in its quick calls is not waited for as long as for a training."""
    exercise, student = find("LeNet"), solved("convolutional")
    assert exercise is not None
    asked: list[tuple[str, float]] = []

    def ask(session: Session, program: Program, seconds: float = 0.0) -> Sequence[Answer]:
        asked.append((program.calls[0].adapter, seconds))
        return run(program, student)

    monkeypatch.setattr(Session, "ask", ask)
    cell = references.cells(references.text("convolutional"), ["LeNet"])
    job = job_of("convolutional", filled("convolutional", cell), seed=5)
    found = {v.exercise: v.status for v in grade(job, Kernels(sandboxed=False)).verdicts}
    assert found["LeNet"] == "correct"
    assert asked == [("lenet_step", 0.0), ("lenet_trained", exercise.seconds)]
