"""Grade one submission: run its cells, ask for answers, judge them, write the verdicts down."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.checking.assess import AND_MORE, Assessment
from autograder.exercises import Exercise, find
from autograder.exercises.wire import RefusedAnswerError
from autograder.grader.grading import cell_run
from autograder.grader.grading.cell import Cell, Submission
from autograder.grader.grading.framework_use import Text, modules, suspicion
from autograder.grader.grading.graded_notebook import marked
from autograder.grader.grading.handed_in import HandedIn, unpacked
from autograder.grader.grading.notebook import (
    Released,
    UnreadableNotebookError,
    defined_names,
)
from autograder.grader.grading.verdict import UNREADABLE, Verdict
from autograder.grader.judge import Judge
from autograder.grader.judge import speed as speeds
from autograder.grader.kernels import gpu
from autograder.grader.kernels.exchange import DiedError, FloodError
from autograder.grader.kernels.manager import SandboxKernelManager
from autograder.grader.kernels.patience import BusyError, TimedOutError
from autograder.grader.kernels.printable import shorten
from autograder.grader.kernels.session import Session


@dataclass(frozen=True)
class Times:
    """Limits of time, in seconds, as `autograder.grader.kernels.patience` counts them.

    Attributes:
        cell: how long one cell may run.
        ask: how long the answers to one exercise may take.
        all: how long the whole submission may take.
    """

    cell: float = 30.0
    ask: float = 10.0
    all: float = 180.0


MOST_STOPS = 3
"""Statements that stopped of which a student is told, for one exercise."""

MOST_NAMES = 5
"""Names that a cell defines of which a student is told."""

MOST_TOLD = 5000
"""Characters of what a student is told of one exercise, and of what the staff is told.

What is told is shorter, unless somebody has names in it that are made to be long.
"""

NO_ANSWER = "what came back is no answer"
UNBURDENED = "a cell touches what times it"
READY_MADE = "the cell uses what the framework has ready-made"

BUSY = "this machine was too busy"
WAITS = (
    "This machine was too busy to let it come to an end. It costs nothing: it will be judged when "
    "it is graded again."
)

DEFERRED = Assessment(
    "deferred", "It needs a GPU. It gets its points when it is graded on a machine that has one."
)


@cache
def versions() -> dict[str, str]:
    """The versions of the packages that decide a verdict."""
    return {name: version(name) for name in ("numpy", "torch")}


class Grader:
    """Grades submissions of one released notebook with one judge.

    Args:
        released: the notebook as released.
        judge: holds the references and the secret seed.
        makers: make the manager of a kernel for student code, the preferred way first; given
            `files`, the folder of the submission's data files.
        times: limits of time.
        runner: "cpu", or "gpu" to complete what a CPU could not judge.
    """

    def __init__(
        self,
        released: Released,
        judge: Judge,
        makers: Sequence[Callable[..., SandboxKernelManager]],
        times: Times,
        runner: str = "cpu",
    ) -> None:
        self._released = released
        self._judge = judge
        self._makers = makers
        self._times = times
        self._runner = runner
        known = (find(name) for name in released.exercises)
        self._by_name = {e.name: e for e in known if e is not None}

    def grade(
        self, student: str, handed_in: HandedIn, earlier: Sequence[Verdict] = ()
    ) -> tuple[list[Verdict], str]:
        """The verdicts on a submission, and the graded notebook as JSON.

        Args:
            student: the student's name in the course.
            handed_in: the notebook and the data files.
            earlier: verdicts to complete: those that are not deferred stay.
        """
        stand = {v.exercise: v for v in earlier if v.status != "deferred"}
        run = _Run(notes=handed_in.notes, text=Text(modules(handed_in.files)))
        try:
            submission = self._released.read(handed_in.notebook)
        except UnreadableNotebookError as error:
            lacking = handed_in.notebook is None
            says = " ".join(run.notes) if lacking and run.notes else str(error)
            run.found = dict.fromkeys(self._by_name, Assessment("needs_review", says))
            run.reasons = dict.fromkeys(self._by_name, UNREADABLE)
            submission = Submission({})
        else:
            with unpacked(handed_in.files) as folder:
                self._run(submission, folder, stand, run)
        verdicts = [
            stand.get(cell.exercise) or self._verdict(student, cell, run)
            for cell in self._released.checks
        ]
        return verdicts, marked(self._released, submission, run.outputs, verdicts)

    def _run(
        self,
        submission: Submission,
        folder: Path | None,
        stand: Mapping[str, Verdict],
        run: _Run,
    ) -> None:
        times = self._times
        makers = [partial(make, files=folder) for make in self._makers]
        with Session(makers, times.cell, times.ask, times.all) as session:
            if self._runner == "gpu":
                self._set_up(session, Cell("gpu", "setup", gpu.SETUP), folder, run)
            for cell in self._released.cells:
                started = time.monotonic()
                if cell.role == "setup":
                    run.text.add(cell.source)
                    self._set_up(session, cell, folder, run)
                elif cell.role == "solution":
                    try:
                        _run_helpers(session, cell, submission.helpers, run)
                        run.add(submission.sources.get(cell.grade_id, ""))
                        _run_solution(session, cell, submission, run)
                        _run_helpers(session, cell, submission.changes, run)
                    except BusyError:
                        run.keep_waiting(cell.exercise)
                elif cell.role == "test":
                    with suppress(BusyError):  # no output is no score: a person looks at it
                        run.outputs[cell.grade_id] = cell_run.test(session, cell.source)
                elif cell.role == "answer":
                    continue
                elif cell.exercise in stand:
                    verdict = stand[cell.exercise]
                    # How near an answer was of which not all is known does not stand in a verdict:
                    # it is asked anew.
                    known = verdict.mistake and not verdict.mistake.endswith(AND_MORE)
                    if verdict.status != "wrong" or known:
                        run.found[cell.exercise] = _found(verdict)
                else:
                    exercise = self._by_name[cell.exercise]
                    found = self._examine(session, exercise, run)
                    found = self._authored(found, exercise, submission, run)
                    run.found[cell.exercise] = _noted(found, cell, submission, run, self._released)
                run.seconds[cell.exercise] = (
                    run.seconds.get(cell.exercise, 0.0) + time.monotonic() - started
                )

    def _set_up(self, session: Session, cell: Cell, folder: Path | None, run: _Run) -> None:
        try:
            error = session.run_cell(cell.source).error
        except BusyError:
            run.keep_waiting(*self._by_name)
            return
        except (TimedOutError, DiedError, FloodError) as stopped:
            error = str(stopped)
        if not error:
            return
        if folder is None:
            raise RuntimeError(f"the setup cell {cell.grade_id} fails: {error}")
        # A file such as numpy.py is imported in the place of what it is named after.
        says = f"The setup cell fails beside the files that were handed in: {error}."
        run.broken = dict.fromkeys(self._by_name, Assessment("error", says))

    def _examine(self, session: Session, exercise: Exercise, run: _Run) -> Assessment:
        broken = run.broken.get(exercise.name)
        if exercise.runner == "gpu" and self._runner == "cpu":
            untouched = broken is not None and broken.status == "not attempted"
            return broken if broken is not None and untouched else DEFERRED
        if broken is not None:
            return broken
        program = self._judge.program(exercise)
        ask_costly = partial(session.ask, seconds=exercise.seconds)
        ask = session.ask if exercise.costly else ask_costly
        hung = [c.function for c in program.calls if c.function in run.hung]
        if hung:
            says = f"It was not called: `{hung[0]}`, on which it is built, does not come back."
            return Assessment("timeout", says)
        try:
            earlier = partial(self._earlier, session, run)
            apart = partial(session.ask_apart, seconds=exercise.seconds)
            found = self._judge.judge(exercise, ask, earlier, ask_costly, apart)
        except (TimedOutError, FloodError) as error:
            run.hung.add(exercise.name)
            says = (
                f"It gave no answer, {error}, and was stopped. Look for a loop that never ends; on "
                "these small inputs it should take milliseconds."
            )
            if below := [f"`{name}`" for name in exercise.needs if name in run.hung]:
                says += f" It is built on {' and '.join(below)}, which does not come back either."
            return Assessment("timeout", says)
        except BusyError:
            run.keep_waiting(exercise.name)
            return run.broken[exercise.name]
        except DiedError:
            run.hung.add(exercise.name)
            says = (
                "The kernel ended while it was called: a crash, a call of exit, or more memory "
                "than there is."
            )
            return Assessment("error", says)
        except RefusedAnswerError as error:
            run.reasons[exercise.name] = NO_ANSWER
            return Assessment("needs_review", f"What came back is no answer: {error}.")
        if found.status != "correct" and any(run.reasons.get(n) == BUSY for n in exercise.needs):
            # What is wrong may be the mistake of what was put off, which costs once.
            run.keep_waiting(exercise.name)
            return run.broken[exercise.name]
        return self._timed(exercise, found, session, run)

    def _earlier(self, session: Session, run: _Run, name: str) -> Assessment | None:
        """What is found about an exercise before, or None where that is not known.

        One that no cell asks for is looked at only here: one without points, and one of an earlier
        assignment, which a student may have brought along. Its mistake, too, is not to be counted
        in what is built on it.
        """
        if name in run.found or name in run.broken or name in run.hung:
            return run.found.get(name)
        exercise = find(name)
        if exercise is None:
            return None
        ask = partial(session.ask, seconds=exercise.seconds)
        try:
            return self._judge.by_itself(exercise, ask)
        except BusyError:
            run.reasons[name] = BUSY
            return None
        except (TimedOutError, FloodError, DiedError, RefusedAnswerError):
            return None

    def _timed(
        self, exercise: Exercise, found: Assessment, session: Session, run: _Run
    ) -> Assessment:
        """What is found, after a look at the speed; who dies there keeps what the values gave."""
        speed = exercise.speed
        if speed is None:
            return found
        device = "cuda" if self._runner == "gpu" else "cpu"
        clock = speeds.Clock(kernel=session.processor_time)
        try:
            timed = self._judge.timed(exercise, found, session.ask, device, clock)
        except BusyError:
            return speeds.put_off(speed, found)
        except (TimedOutError, FloodError, DiedError, RefusedAnswerError) as error:
            return speeds.stopped(speed, found, str(error))
        name = speeds.unburdens(run.sources) if speed.bounds[device].burdened else ""
        if timed.status == "correct" and name:
            run.reasons[exercise.name] = UNBURDENED
            return speeds.looked_at(speed, found, name)
        return timed

    def _authored(
        self, found: Assessment, exercise: Exercise, submission: Submission, run: _Run
    ) -> Assessment:
        """What is found, after a look at whether the student wrote it."""
        (cell,) = (c for c in self._released.solutions if c.exercise == exercise.name)
        own = submission.sources.get(cell.grade_id, "")
        if found.status != "correct":
            run.suspicions[exercise.name] = suspicion(own, exercise.framework)
            return found
        checked = {check.exercise for check in self._released.checks}
        built_on = {n: self._by_name[n].framework for n in exercise.needs if n in checked}
        looked = run.text.look(exercise.name, exercise.framework, own, self._by_name, built_on)
        run.suspicions[exercise.name] = looked.suspicion
        if (use := looked.use) is None:
            return found
        says = (
            f"{found.message} But `{shorten(use.name, 100)}`, in line {use.line} of the "
            f"{use.where}, is the framework's own, and the exercise asks you to write it. A person "
            "will look at it."
        )
        run.reasons[exercise.name] = READY_MADE
        return Assessment("needs_review", says)

    def _verdict(self, student: str, cell: Cell, run: _Run) -> Verdict:
        found = run.found[cell.exercise]
        return Verdict(
            student=student,
            assignment=self._judge.assignment,
            exercise=cell.exercise,
            points=_points(cell, found),
            max_points=cell.points,
            status=found.status,  # type: ignore[arg-type]
            reason=run.reasons.get(cell.exercise, found.reason),
            message=shorten(found.message, MOST_TOLD),
            mistake=found.mistake or None,
            read=found.read,
            suspicion=shorten(run.suspicions.get(cell.exercise, ""), MOST_TOLD),
            seed=self._judge.seed,
            device=self._runner,
            versions=versions(),
            duration=round(run.seconds.get(cell.exercise, 0.0), 4),
        )


def _points(cell: Cell, found: Assessment) -> float:
    if found.status == "correct":
        return cell.points
    return 0.0 if found.short is None else max(0.0, cell.points - found.short)


def _found(verdict: Verdict) -> Assessment:
    return Assessment(verdict.status, verdict.message, verdict.mistake or "", verdict.read)


@dataclass
class _Run:
    """What is known while a submission runs, by exercise; outputs by grade_id.

    Attributes:
        notes: a sentence on each thing that was handed in and left out.
        found: what was found about the exercises that were examined.
        broken: what is found already, because the cell itself did not run.
        hung: those that did not come back, and are not called again.
        text: the cells that were run so far.
        stops: a sentence on each statement beside the definition that stopped.
        sources: the student's own, as they stand.
    """

    notes: Sequence[str]
    found: dict[str, Assessment] = field(default_factory=dict)
    broken: dict[str, Assessment] = field(default_factory=dict)
    hung: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, list[Any]] = field(default_factory=dict)
    suspicions: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    text: Text = field(default_factory=Text)
    stops: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sources: list[str] = field(default_factory=list)

    def add(self, source: str) -> None:
        """Note what the student wrote of what is run."""
        self.sources.append(source)
        self.text.add(source)

    def keep_waiting(self, *exercises: str) -> None:
        """Put off what this machine was too busy to run."""
        for name in exercises:
            if name not in self.broken:
                self.broken[name] = Assessment("deferred", WAITS)
                self.reasons[name] = BUSY


def _run_solution(session: Session, cell: Cell, submission: Submission, run: _Run) -> None:
    source = submission.sources.get(cell.grade_id)
    if source is None:
        says = submission.notes[cell.grade_id]
        run.broken[cell.exercise] = Assessment("not attempted", says)
        return
    if source.strip() == cell.source.strip():
        run.broken[cell.exercise] = Assessment("not attempted", "The cell is as it was handed out.")
    ran = cell_run.run(session, source)
    run.outputs[cell.grade_id] = ran.outputs
    if stop := ran.without(cell.exercise, source):
        run.broken[cell.exercise] = Assessment(stop.status, f"The cell {_stopped(stop)}.")
        return
    run.stops[cell.exercise] += [f"The cell {_stopped(stop)}." for stop in ran.stops]
    names = defined_names(source)
    if cell.exercise not in names and cell.exercise not in source:
        given = " and ".join(f"`{shorten(name, 60)}`" for name in names[:MOST_NAMES]) or "nothing"
        if len(names) > MOST_NAMES:
            given += f" and {len(names) - MOST_NAMES:,} more"
        says = f"The cell defines {given}, and not `{cell.exercise}`. The name has to stay."
        run.broken[cell.exercise] = Assessment("error", says)


def _run_helpers(
    session: Session, cell: Cell, texts: Mapping[str, Sequence[str]], run: _Run
) -> None:
    """Run what a solution cell needs of other cells."""
    for text in texts.get(cell.grade_id, ()):
        run.add(text)
        ran = cell_run.run(session, text)
        says = "A cell from which it needs something"
        run.stops[cell.exercise] += [f"{says} {_stopped(stop)}." for stop in ran.stops]


def _stopped(stop: cell_run.Stop) -> str:
    return f"{stop.says} in line {stop.line}" if stop.line else stop.says


def _elsewhere(helpers: Sequence[str]) -> list[str]:
    """Where else a loop may stand that never ends, as one sentence at most."""
    names = [f"`{shorten(name, 60)}`" for text in helpers for name in defined_names(text)]
    return [f"It may stand in {' or '.join(names[:MOST_NAMES])}, in another cell."] if names else []


def _noted(
    found: Assessment, cell: Cell, submission: Submission, run: _Run, released: Released
) -> Assessment:
    """The assessment with what a person has to know about the cell it came from."""
    extra = []
    for solution in released.solutions:
        note = submission.notes.get(solution.grade_id, "")
        if solution.exercise == cell.exercise and note and note not in found.message:
            extra.append(note)
        if solution.exercise == cell.exercise and found.status == "timeout":
            extra += _elsewhere(submission.helpers.get(solution.grade_id, ()))
    if stops := run.stops[cell.exercise]:
        costs = "That costs nothing: what else stands in the cell was run."
        extra += [*stops[:MOST_STOPS], costs] if found.status == "correct" else stops[:MOST_STOPS]
    if found.status != "correct" or cell == released.checks[0]:
        extra += run.notes
    if "NameError" in found.message:
        extra.append(
            "Grading runs the setup cell, the cells of the exercises, and of other cells the "
            "imports, definitions and plain constants: what a function uses has to stand in one "
            "of these."
        )
    if not extra:
        return found
    message = " ".join([found.message, *extra])
    return replace(found, message=message)
