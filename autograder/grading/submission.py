"""Grade one submission: run its cells, ask for answers, judge them, write the verdicts down."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbformat.v4 import new_output

from ..assess import Assessment
from ..exercises import Exercise
from ..exercises.wire import RefusedAnswerError
from ..judge import Judge
from ..kernels.session import DiedError, Session, TimedOutError
from ..show import Shown
from .notebook import Cell, Released, Submission, UnreadableNotebookError, defined_names
from .verdict import Verdict

DEVICE = "cpu"


@dataclass(frozen=True)
class Times:
    """Limits of time, in seconds.

    Attributes:
        cell: how long one cell may run.
        ask: how long the answers to one exercise may take.
    """

    cell: float = 30.0
    ask: float = 10.0


@cache
def versions() -> dict[str, str]:
    """The versions of the packages that decide a verdict."""
    return {name: version(name) for name in ("numpy", "torch")}


class Grader:
    """Grades submissions of one assignment with one judge.

    Args:
        released: the notebook as released.
        judge: holds the references and the secret seed.
        makers: make the manager of a kernel for student code, the preferred way first.
        times: limits of time.
    """

    def __init__(
        self,
        released: Released,
        judge: Judge,
        makers: Sequence[Callable[[], AsyncKernelManager]],
        times: Times,
    ) -> None:
        self._released = released
        self._judge = judge
        self._makers = makers
        self._times = times
        self._by_name = {e.name: e for e in judge.exercises}

    def grade(self, student: str, data: bytes | None) -> tuple[list[Verdict], str]:
        """The verdicts on a submission, and the graded notebook as JSON.

        Args:
            student: the student's name in the course.
            data: the bytes of the submitted notebook, or None where there is none.
        """
        try:
            if data is None:
                raise UnreadableNotebookError("No notebook was submitted for this assignment.")
            submission = self._released.read(data)
        except UnreadableNotebookError as error:
            found = dict.fromkeys(self._by_name, Assessment("refused", str(error)))
            run = _Run(found, {}, {})
            submission = Submission({})
        else:
            run = self._run(submission)
        verdicts = [self._verdict(student, cell, run) for cell in self._released.checks]
        return verdicts, self._notebook(submission, run, verdicts)

    def _run(self, submission: Submission) -> _Run:
        run = _Run({}, {}, {})
        with Session(self._makers, self._times.cell, self._times.ask) as session:
            for cell in self._released.cells:
                started = time.monotonic()
                if cell.role == "setup":
                    self._set_up(session, cell, run)
                elif cell.role == "solution":
                    _run_solution(session, cell, submission, run)
                else:
                    found = self._examine(session, self._by_name[cell.exercise], run)
                    run.found[cell.exercise] = _noted(found, cell, submission, self._released)
                run.seconds[cell.exercise] = (
                    run.seconds.get(cell.exercise, 0.0) + time.monotonic() - started
                )
        return run

    def _set_up(self, session: Session, cell: Cell, run: _Run) -> None:
        ran = session.run_cell(cell.source)
        if ran.error:
            raise RuntimeError(f"the setup cell {cell.grade_id} fails: {ran.error}")

    def _examine(self, session: Session, exercise: Exercise, run: _Run) -> Assessment:
        if exercise.name in run.broken:
            return run.broken[exercise.name]
        program = self._judge.program(exercise)
        hung = [c.function for c in program.calls if c.function in run.hung]
        if hung:
            says = f"It was not called: `{hung[0]}`, on which it is built, does not come back."
            return Assessment("timeout", says)
        try:
            answers = session.ask(program)
            return self._judge.judge(exercise, answers, run.found, session.ask)
        except TimedOutError:
            run.hung.add(exercise.name)
            says = (
                f"It gave no answer within {self._times.ask:g} seconds and was stopped. Look for "
                "a loop that never ends; on these small inputs it should take milliseconds."
            )
            return Assessment("timeout", says)
        except DiedError:
            run.hung.add(exercise.name)
            says = (
                "The kernel ended while it was called: a crash, a call of exit, or more memory "
                "than there is."
            )
            return Assessment("error", says)
        except RefusedAnswerError as error:
            return Assessment("refused", f"What came back is no answer: {error}.")

    def _verdict(self, student: str, cell: Cell, run: _Run) -> Verdict:
        found = run.found[cell.exercise]
        return Verdict(
            student=student,
            assignment=self._judge.stem,
            exercise=cell.exercise,
            points=cell.points if found.status == "correct" else 0.0,
            max_points=cell.points,
            status=found.status,  # type: ignore[arg-type]
            message=found.message,
            mistake=found.mistake or None,
            read=found.read,
            seed=self._judge.seed,
            device=DEVICE,
            versions=versions(),
            duration=round(run.seconds.get(cell.exercise, 0.0), 4),
        )

    def _notebook(self, submission: Submission, run: _Run, verdicts: list[Verdict]) -> str:
        """The released notebook with the student's cells, their outputs, and the verdicts."""
        notebook = copy.deepcopy(self._released.notebook)
        by_id = {cell.grade_id: cell for cell in self._released.cells}
        by_exercise = {v.exercise: v for v in verdicts}
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            known = by_id.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            if known is None:
                continue
            if known.role == "solution":
                cell.source = submission.sources.get(known.grade_id, cell.source)
                cell.outputs = run.outputs.get(known.grade_id, [])
            elif known.role == "check":
                cell.outputs = [as_output(by_exercise[known.exercise])]
        return str(nbformat.writes(notebook))


class _Run:
    """What is known while a submission runs."""

    def __init__(
        self,
        found: dict[str, Assessment],
        seconds: dict[str, float],
        outputs: dict[str, list[Any]],
    ) -> None:
        self.found = found
        self.seconds = seconds
        self.outputs = outputs
        self.broken: dict[str, Assessment] = {}
        self.hung: set[str] = set()


def as_output(verdict: Verdict) -> Any:
    """The output of a check cell from which nbgrader scores and formgrader and feedback read.

    nbgrader takes the plain text of a result for the points; people are shown the HTML.
    """
    shown = Shown(verdict.exercise, verdict.status, verdict.message, verdict.read)
    return new_output(
        "execute_result",
        data={"text/plain": f"{verdict.points:.10g}", "text/html": shown._repr_html_()},
        execution_count=None,
    )


def _run_solution(session: Session, cell: Cell, submission: Submission, run: _Run) -> None:
    source = submission.sources.get(cell.grade_id)
    if source is None:
        says = submission.notes[cell.grade_id]
        run.broken[cell.exercise] = Assessment("not attempted", says)
        return
    if source.strip() == cell.source.strip():
        run.broken[cell.exercise] = Assessment("not attempted", "The cell is as it was handed out.")
    try:
        ran = session.run_cell(source)
    except TimedOutError as error:
        says = f"The cell itself does not come to an end: {error}, and was stopped."
        run.broken[cell.exercise] = Assessment("timeout", says)
        return
    except DiedError:
        says = "The cell ended the kernel: a crash, a call of exit, or more memory than there is."
        run.broken[cell.exercise] = Assessment("error", says)
        return
    run.outputs[cell.grade_id] = [o for o in map(_harmless, ran.outputs) if o is not None]
    if ran.error:
        where = f" in line {ran.line}" if ran.line else ""
        says = f"The cell stops with {ran.error.rstrip('.')}{where}."
        run.broken[cell.exercise] = Assessment("error", says)
        return
    names = defined_names(source)
    if cell.exercise not in names and cell.exercise not in source:
        given = " and ".join(f"`{name}`" for name in names) or "nothing"
        says = f"The cell defines {given}, and not `{cell.exercise}`. The name has to stay."
        run.broken[cell.exercise] = Assessment("error", says)


def _harmless(output: Any) -> Any:
    """What a student's cell printed, as text and pictures; HTML and scripts are left out."""
    if output.output_type in ("stream", "error"):
        return output
    data: Mapping[str, Any] = output.data
    kept = {
        kind: data[kind] for kind in ("text/plain", "image/png") if isinstance(data.get(kind), str)
    }
    return new_output("display_data", data=kept) if kept else None


def _noted(found: Assessment, cell: Cell, submission: Submission, released: Released) -> Assessment:
    """The assessment with what a person has to know about the cell it came from."""
    extra = []
    for solution in released.solutions:
        note = submission.notes.get(solution.grade_id, "")
        if solution.exercise == cell.exercise and note and note not in found.message:
            extra.append(note)
    if "NameError" in found.message:
        extra.append(
            "Grading runs the setup cell and the exercise cells alone: what a function uses has "
            "to stand in one of these."
        )
    if not extra:
        return found
    message = " ".join([found.message, *extra])
    return Assessment(found.status, message, found.mistake, found.read)
