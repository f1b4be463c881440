"""A notebook that was released before its assignment was divided is graded as it was.

What it holds decides: `feedforward` ended with the training of a network until December 2026, and
`layers` with layers of one's own.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.exercises import exercises
from autograder.grader import catalogue, references
from autograder.grader.grading import warmup
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.files import write_atomically
from autograder.grader.grading.job import Kernels, grade
from autograder.grader.grading.verdict import Verdict
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.warm import WarmProcess
from autograder.grader.release import course as courses
from autograder.grader.release.made import digests, note
from autograder.grader.release.solve import grade_id_of
from autograder.grader.release.source import notebook
from tests.grader.grading.jobs import job_of

pytestmark = pytest.mark.slow

HALVES = {"feedforward": "training", "layers": "cudnn_layers"}
IMPORTS = "import keras\nimport numpy as np\nimport torch\n\nfrom autograder import check"
STAND_INS = re.compile(r"^from autograder\.given import (\([^)]*\)|.*)\n", re.MULTILINE)


def whole(assignment: str, cells: Mapping[str, str] | None = None) -> str:
    """The assignment with the cells of both halves, as the JSON of an .ipynb file."""
    made, later = notebook(assignment), notebook(HALVES[assignment]).cells
    (setup,) = (number for number, cell in enumerate(later) if grade_id_of(cell) == "setup")
    made.cells += later[setup + 1 :]
    made.cells = [cell for cell in made.cells if grade_id_of(cell) != "setup-frameworks"]
    for cell in made.cells:
        name = grade_id_of(cell)
        cell.source = IMPORTS if name == "setup" else (cells or {}).get(name, cell.source)
    return f"{nbformat.writes(made)}\n"


def written(assignment: str, exercise: str = "", mistake: str = "") -> str:
    """The whole notebook with all that is asked for, right but for a known mistake."""
    text, names = "", []
    for half in (assignment, HALVES[assignment]):
        made = [e for e in catalogue.entries(half) if (e.exercise, e.name) == (exercise, mistake)]
        text += STAND_INS.sub("", catalogue.text(half, *made)) + "\n\n"
        names += [one.name for one in exercises(half)]
    assert exercise in ("", *names)
    return whole(assignment, references.cells(text, names))


EARLY = {
    "feedforward": ("affine_forward", "bias-missing"),
    "layers": ("right_padded", "first-row-only"),
}
CLASS = {
    "right": ("", ""),
    "early": EARLY["feedforward"],
    "late": ("adam_step", "nothing-corrected"),
}
MOST = {"feedforward": 27, "layers": 30}


@pytest.fixture
def old(tmp_path: Path) -> Course:
    """A course that handed out the whole of `feedforward`, with three submissions."""
    course = courses.make_course(tmp_path / "old", ["feedforward"])
    source, target = (
        course.path(step, ".", "feedforward") / "feedforward.ipynb"
        for step in ("source", "release")
    )
    write_atomically(source, whole("feedforward").encode())
    course.nbgrader(lambda api: api.generate_assignment("feedforward"))
    steps = {Path(file).parts[-3]: digest for file, digest in digests((source, target)).items()}
    noted = course.kept / "made" / "release-feedforward.json"
    note(noted, {"files": steps, "points": {}, "edited": False})
    # It was made from the chapters of then.
    noted.write_text(noted.read_text().replace('"from": "', '"from": "then '))
    for student, made in CLASS.items():
        folder = course.path("submitted", student, "feedforward")
        write_atomically(folder / "feedforward.ipynb", written("feedforward", *made).encode())
    return course


def autograder(course: Course, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "autograder.grader.cli", *arguments],
        cwd=course.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return "\n".join(row.strip() for row in done.stdout.splitlines()) + "\n"


def scores(course: Course) -> dict[str, float]:
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        found = book.find_assignment("feedforward")
        assert found.max_score == MOST["feedforward"]
        return {s.student_id: s.score for s in found.submissions}


def test_a_course_of_then_is_graded_told_and_reported(old: Course) -> None:
    table = autograder(old, "grade", "feedforward")
    assert scores(old) == {"right": 27, "early": 26, "late": 25}
    assert "26 / 27  affine_forward: The bias is not added" in table
    assert "25 / 27  adam_step: Neither m nor v is corrected" in table
    # Lines that were written by the grader of then stand in the journal under keys of then.
    (lines,) = old.kept.glob("*.jsonl")
    lines.write_bytes(re.sub(rb'"key":"..', b'"key":"--', lines.read_bytes()))
    assert table in autograder(old, "report", "feedforward")
    assert autograder(old, "grade", "feedforward") == table
    assert scores(old) == {"right": 27, "early": 26, "late": 25}
    autograder(old, "feedback", "feedforward")
    for student in CLASS:
        page = old.path("feedback", student, "feedforward") / "feedforward.html"
        text = page.read_text("utf-8")
        for half in ("feedforward", "training"):
            assert all(exercise.name in text for exercise in exercises(half))
    # What was handed out stays, and the second half can be handed out beside it.
    (told,) = courses.release_all(old)
    assert not told.changed
    assert "before it was divided, with initialise, layer_norm_forward, layer_norm_" in told.left
    assert "check(MLP)" in old.released("feedforward")
    with pytest.raises(CourseError, match="because there are submissions associated with it"):
        courses.release(old, "feedforward", replace=True)
    assert "check(MLP)" in old.released("feedforward")


def verdicts(assignment: str, exercise: str = "", mistake: str = "") -> dict[str, Verdict]:
    job = job_of(assignment, written(assignment, exercise, mistake), seed=5)
    job = msgspec.structs.replace(job, released=whole(assignment))
    if probe().refusal:
        pytest.skip(probe().refusal)
    with WarmProcess(warmup.preload(assignment, IMPORTS)) as warm:
        return {v.exercise: v for v in grade(job, Kernels(warm=warm.address)).verdicts}


@pytest.mark.parametrize("assignment", HALVES)
def test_a_mistake_that_is_made_early_costs_once(assignment: str) -> None:
    exercise, mistake = EARLY[assignment]
    found = verdicts(assignment, exercise, mistake)
    assert sum(v.max_points for v in found.values()) == MOST[assignment]
    right = ("correct", "deferred")  # a busy machine cannot tell how fast a layer is
    assert {n: v.mistake for n, v in found.items() if v.status not in right} == {exercise: mistake}
    follows = {"feedforward": "MLP", "layers": "KerasCudnnLSTM"}[assignment]
    assert f"right given your own `{exercise}`" in found[follows].message
