"""A sample class: submissions whose faults are known, to try a course on and to test the grader."""

from __future__ import annotations

from autograder.exercises import exercises
from autograder.grader import catalogue, references
from autograder.grader.grading.course import Course
from autograder.grader.grading.files import write_atomically
from autograder.grader.release.solve import filled, solved
from autograder.grader.release.source import text

MISTAKES = 12
"""How many of the known mistakes the class makes, spread over the exercises."""

PLOT = """import matplotlib.pyplot as plt

plt.plot([0, 1], [0, 1])
plt.show()"""


def sample(assignment: str) -> dict[str, bytes]:
    """The submissions of the class, by student; each is the bytes of a notebook."""
    names = [exercise.name for exercise in exercises(assignment)]
    right = references.cells(references.text(assignment), names)
    first, last = names[0], names[-1]
    submissions = {
        "reference": solved(assignment),
        "untouched": text(assignment),
        "half-finished": filled(assignment, {first: right[first]}),
        "plots": filled(assignment, {**right, first: f"{right[first]}\n\n{PLOT}"}),
        "syntax-error": filled(assignment, {**right, last: right[last].replace(":\n", "\n", 1)}),
        "crash": filled(assignment, {**right, last: f"import os\n\nos._exit(1)\n{right[last]}"}),
        "endless-loop": filled(
            assignment, {**right, last: f"while True:\n    pass\n{right[last]}"}
        ),
        "not-a-notebook": "This is a letter, not a notebook.\n",
        "renamed": filled(assignment, {**right, first: right[first].replace(first, "my_step")}),
    }
    for style in references.styles(assignment):
        cells = references.cells(references.style(assignment, style), names)
        submissions[f"style-{style}"] = filled(assignment, cells)
    for mistake in spread(assignment, names):
        wrong = catalogue.text(assignment, mistake)
        submissions[name_of(mistake)] = filled(assignment, references.cells(wrong, names))
    return {student: notebook.encode() for student, notebook in submissions.items()}


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


def write_sample(course: Course, assignment: str) -> None:
    """Write the sample class into the course's `submitted/`."""
    for student, data in sample(assignment).items():
        path = course.path("submitted", student, assignment) / f"{assignment}.ipynb"
        if not path.exists() or path.read_bytes() != data:
            write_atomically(path, data)
