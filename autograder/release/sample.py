"""A sample class: submissions whose faults are known, to try a course on and to test the grader."""

from __future__ import annotations

from solutions import mistakes as catalogue
from solutions import styles

from .. import references
from ..exercises import exercises
from ..grading.course import Course
from ..grading.files import write_atomically
from .solve import filled, solved
from .source import text

MISTAKES = 12
"""How many of the known mistakes the class makes, spread over the exercises."""

PLOT = """import matplotlib.pyplot as plt

plt.plot([0, 1], [0, 1])
plt.show()"""


def sample(stem: str) -> dict[str, bytes]:
    """The submissions of the class, by student; each is the bytes of a notebook."""
    names = [exercise.name for exercise in exercises(stem)]
    right = references.cells(references.text(stem), names)
    first, last = names[0], names[-1]
    submissions = {
        "reference": solved(stem),
        "untouched": text(stem),
        "half-finished": filled(stem, {first: right[first]}),
        "plots": filled(stem, {**right, first: f"{right[first]}\n\n{PLOT}"}),
        "syntax-error": filled(stem, {**right, last: right[last].replace(":\n", "\n", 1)}),
        "crash": filled(stem, {**right, last: f"import os\n\nos._exit(1)\n{right[last]}"}),
        "endless-loop": filled(stem, {**right, last: f"while True:\n    pass\n{right[last]}"}),
        "not-a-notebook": "This is a letter, not a notebook.\n",
        "renamed": filled(stem, {**right, first: right[first].replace(first, "my_step")}),
    }
    for style in styles.styles(stem):
        cells = references.cells(styles.text(stem, style), names)
        submissions[f"style-{style}"] = filled(stem, cells)
    for mistake in spread(stem, names):
        wrong = catalogue.text(stem, mistake)
        submissions[name_of(mistake)] = filled(stem, references.cells(wrong, names))
    return {student: notebook.encode() for student, notebook in submissions.items()}


def name_of(mistake: catalogue.Mistake) -> str:
    """The student who makes the mistake."""
    return f"{mistake.exercise}-{mistake.name}".lower().replace("_", "-")


def spread(stem: str, names: list[str]) -> list[catalogue.Mistake]:
    """Known mistakes of every exercise, far apart in the catalogue."""
    turns = [names[turn * len(names) // MISTAKES] for turn in range(MISTAKES)]
    chosen = []
    for name in dict.fromkeys(turns):
        known = [m for m in catalogue.mistakes(stem) if m.exercise == name]
        each = min(turns.count(name), len(known))
        chosen += [known[i * len(known) // each] for i in range(each)]
    return chosen


def write_sample(course: Course, stem: str) -> None:
    """Write the sample class into the course's `submitted/`."""
    for student, data in sample(stem).items():
        path = course.path("submitted", student, stem) / f"{stem}.ipynb"
        if not path.exists() or path.read_bytes() != data:
            write_atomically(path, data)
