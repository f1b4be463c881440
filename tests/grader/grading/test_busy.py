"""What a busy machine kept from its end is put off: it costs nothing, and a later run judges it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from autograder.exercises import Answer, Program, exercises
from autograder.grader import references
from autograder.grader.grading.job import Job, Kernels, grade
from autograder.grader.grading.submission import BUSY
from autograder.grader.grading.verdict import Verdict
from autograder.grader.kernels.patience import BusyError
from autograder.grader.kernels.session import Session
from autograder.grader.release.solve import filled, solved
from tests.grader.grading.jobs import job_of

pytestmark = pytest.mark.slow


class Busy:
    """A machine on which nothing that calls some functions comes to an end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.functions: set[str] = set()
        self._ask = Session.ask
        monkeypatch.setattr(Session, "ask", lambda *given, **options: self._asked(*given))

    def _asked(self, session: Session, program: Program, seconds: float = 0.0) -> Sequence[Answer]:
        if self.functions & {call.function for call in program.calls}:
            raise BusyError("in 300 seconds this machine gave it 0.1, of the 10 that it may take")
        return self._ask(session, program, seconds)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Busy:
    return Busy(monkeypatch)


def graded(job: Job) -> dict[str, Verdict]:
    return {v.exercise: v for v in grade(job, Kernels(sandboxed=False)).verdicts}


def test_a_right_function_loses_nothing_and_is_judged_later(busy: Busy) -> None:
    job = job_of("lstm", solved("lstm"))
    busy.functions = {"lstm_step_backward"}
    first = grade(job, Kernels(sandboxed=False))
    by_name = {v.exercise: v for v in first.verdicts}
    put_off = by_name.pop("lstm_step_backward")
    assert (put_off.status, put_off.reason) == ("deferred", BUSY)
    assert "It costs nothing" in put_off.message
    assert {v.status for v in by_name.values()} == {"correct"}
    assert first.undecided

    busy.functions = set()
    later = graded(job.again(first.verdicts))
    assert {v.status for v in later.values()} == {"correct"}
    assert all(later[name] == verdict for name, verdict in by_name.items())


def test_what_is_wrong_by_the_mistake_of_what_was_put_off_waits_with_it(busy: Busy) -> None:
    """Its mistake costs once; counted now, it would cost here, and then once more."""
    cells = references.cells(references.text("lstm"), [e.name for e in exercises("lstm")])
    step = "lstm_step_forward"
    cells[step] = cells[step].replace("o * np.tanh(c_next)", "o * np.sin(c_next)")
    job = job_of("lstm", filled("lstm", cells))
    busy.functions = {"lstm_step_forward"}
    found = graded(job)
    assert found["lstm_step_forward"].status == "deferred"
    assert found["lstm_forward"].status == "deferred", found["lstm_forward"].message

    busy.functions = set()
    later = graded(job.again(list(found.values())))
    assert later["lstm_step_forward"].status == "wrong"
    assert later["lstm_forward"].status == "correct", later["lstm_forward"].message


def test_a_setup_that_does_not_come_to_its_end_puts_everything_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run_cell(session: Session, *_: object) -> None:
        raise BusyError("in 900 seconds this machine gave it 1.0, of the 30 that it may take")

    monkeypatch.setattr(Session, "run_cell", run_cell)
    found = graded(job_of("lstm", solved("lstm")))
    assert {(v.status, v.reason) for v in found.values()} == {("deferred", BUSY)}
