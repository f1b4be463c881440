"""A sample class: submissions whose faults are known, to try a course on and to test the grader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autograder.checking.public import SEED
from autograder.exercises import Exercise, exercises, find
from autograder.grader import catalogue, references
from autograder.grader.grading.course import Course
from autograder.grader.grading.files import write_atomically
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.verdict import Graded, Verdict
from autograder.grader.release.made import digests, note, noted
from autograder.grader.release.solve import filled, solved
from autograder.grader.release.source import notebook, text

MISTAKES = 12
"""How many of the known mistakes the class makes, spread over the exercises."""

PLOT = """import matplotlib.pyplot as plt

plt.plot([0, 1], [0, 1])
plt.show()"""


class Student(NamedTuple):
    """A student of the class.

    Attributes:
        notebook: what he or she hands in.
        faults: the exercises that are not right and get no points, each with the name of the
            mistake that is to be named, or "" where none is; all others get all of their points.
    """

    notebook: str
    faults: Mapping[str, str]


def students(assignment: str) -> dict[str, Student]:
    """The class, by name; the faults stand in exercises that have points."""
    asked = exercises(assignment)
    names = [exercise.name for exercise in asked]
    checks = Released(notebook(assignment)).checks
    graded = [cell.exercise for cell in checks if cell.points]
    first = graded[0]
    # What never ends is waited for as long as an exercise may take: one without a limit of its own.
    last = [e.name for e in asked if e.name in graded and not e.seconds][-1]
    right = references.cells(references.text(assignment), names)
    begun = {name: right[name] for name in names[: names.index(first) + 1]}

    def with_last(source: str) -> Student:
        return Student(filled(assignment, {**right, last: source}), {last: ""})

    found = {
        "reference": Student(solved(assignment), {}),
        "untouched": Student(text(assignment), dict.fromkeys(graded, "")),
        "half-finished": Student(filled(assignment, begun), dict.fromkeys(graded[1:], "")),
        "plots": Student(filled(assignment, {**right, first: f"{right[first]}\n\n{PLOT}"}), {}),
        "syntax-error": with_last(f"{right[last]}\n)"),
        "crash": with_last(f"def {last}(*_, **__):\n    import os\n\n    os._exit(1)"),
        "endless-loop": with_last(f"def {last}(*_, **__):\n    while True:\n        pass"),
        "not-a-notebook": Student("This is a letter, not a notebook.\n", dict.fromkeys(graded, "")),
        "renamed": Student(
            filled(assignment, {**right, first: right[first].replace(first, "my_step")}),
            {e.name: "" for e in asked if e.name in graded and _runs(first, e)},
        ),
    }
    for style in references.styles(assignment):
        cells = references.cells(references.style(assignment, style), names)
        found[f"style-{style}"] = Student(filled(assignment, cells), {})
    for mistake in spread(assignment, graded):
        cells = references.cells(catalogue.text(assignment, mistake), names)
        found[name_of(mistake)] = Student(
            filled(assignment, cells), {mistake.exercise: mistake.name}
        )
    return found


def sample(assignment: str) -> dict[str, bytes]:
    """The submissions of the class, by student; each is the bytes of a notebook."""
    return {name: student.notebook.encode() for name, student in students(assignment).items()}


def _runs(name: str, exercise: Exercise) -> bool:
    """Whether an exercise runs another, by itself or by what it is built on."""
    below = (e for e in exercises(exercise.assignment) if e.name in exercise.needs)
    return name in _called(exercise) or any(name in _called(e) for e in below if e.name != name)


def _called(exercise: Exercise) -> set[str]:
    """The functions and classes that run where an exercise is judged, in the reference's way."""
    calls = {call.function for call in exercise.draw(SEED).calls}
    right = references.text(exercise.assignment)
    return calls.union(*(references.uses(right, name) for name in calls))


def name_of(mistake: catalogue.Entry) -> str:
    """The student who makes the mistake."""
    return f"{mistake.exercise}-{mistake.name}".lower().replace("_", "-")


def spread(assignment: str, names: list[str]) -> list[catalogue.Entry]:
    """Known mistakes of every exercise, far apart in the catalogue."""
    turns = [names[turn * len(names) // MISTAKES] for turn in range(MISTAKES)]
    chosen = []
    for name in dict.fromkeys(turns):
        known = [e for e in catalogue.entries(assignment) if e.exercise == name]
        each = min(turns.count(name), len(known))
        chosen += [known[i * len(known) // each] for i in range(each)]
    return chosen


def write_sample(course: Course, assignment: str) -> dict[str, Mapping[str, str]]:
    """Write the sample class into the course's `submitted/`, where it is not there as it should be.

    Returns:
        The faults of each student, as `Student` has them.
    """
    place = course.kept / "made" / f"sample-{assignment}.json"

    def file(student: str) -> Path:
        return course.path("submitted", student, assignment) / f"{assignment}.ipynb"

    made: Any = noted(place)
    if made is not None and made["files"] == digests(map(file, made["faults"])):
        return dict(made["faults"])
    found = students(assignment)
    for name, student in found.items():
        data = student.notebook.encode()
        if not file(name).exists() or file(name).read_bytes() != data:
            write_atomically(file(name), data)
    faults = {name: student.faults for name, student in found.items()}
    note(place, {"faults": faults, "files": digests(map(file, faults))})
    return faults


def surprises(faults: Mapping[str, Mapping[str, str]], graded: Sequence[Graded]) -> list[str]:
    """What members of the class got that they should not have got, in sentences.

    What a busy machine has put off is no surprise: a layer whose speed it could not tell has the
    points of its values, and what it could not run to an end is judged when it is graded again.

    Args:
        faults: the faults of each student, as `Student` has them.
        graded: the graded class; students who are not of the sample are passed over.
    """
    by_student = {one.student: one.verdicts for one in graded}
    found = [f"{student} was not graded." for student in faults if student not in by_student]
    for student, wrong in faults.items():
        for verdict in by_student.get(student, []):
            fault = wrong.get(verdict.exercise)
            found += [
                f"{student}, {verdict.exercise}: {sentence}"
                for sentence in (_of_points(verdict, fault), _of_name(verdict, fault))
                if sentence
            ]
    return found


def _of_points(verdict: Verdict, fault: str | None) -> str:
    wanted = _wanted(verdict, fault)
    paced = fault is None and verdict.status == "deferred" and verdict.points > 0
    if paced or _waits(verdict) or verdict.points in wanted:
        return ""
    return (
        f"{verdict.points:g} of {verdict.max_points:g} points ({verdict.status}), "
        f"where it should get {' or '.join(f'{points:g}' for points in wanted)}."
    )


def _waits(verdict: Verdict) -> bool:
    """Whether it is put off, with its reason, until the machine is less busy."""
    return verdict.status == "deferred" and bool(verdict.reason)


def _wanted(verdict: Verdict, fault: str | None) -> list[float]:
    """The points that an exercise may get."""
    if fault is None:
        return [verdict.max_points]
    exercise = find(verdict.exercise)
    if not fault or exercise is None or exercise.speed is None:
        return [0.0]
    # A layer that is right but for its speed, and says so itself, keeps the points of its values.
    return [0.0, verdict.max_points - exercise.speed.points]


def _of_name(verdict: Verdict, fault: str | None) -> str:
    found, wanted = verdict.mistake, fault or None
    if found == wanted or _waits(verdict):
        return ""
    said = f"the mistake {found} is named" if found else "no mistake is named"
    return f"{said}, where {wanted or 'none'} should be."
