"""What a submission gets for an exercise that is built on another with a mistake."""

from __future__ import annotations

import re

import msgspec
import nbformat
import pytest

from autograder.exercises import exercises
from autograder.grader import catalogue, references
from autograder.grader.grading.job import Kernels, grade
from autograder.grader.release.solve import filled, grade_id_of
from autograder.grader.release.source import notebook
from tests.grader.grading.jobs import job_of


def without_points(name: str) -> str:
    """The assignment in a course that gives no points for an exercise, as some did before 2027."""
    made = notebook("recurrent")
    (about,) = (
        cell.metadata["nbgrader"]
        for cell in made.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"check-{name}"
    )
    del about["points"]
    about["grade"] = False
    return str(nbformat.writes(made))


@pytest.mark.slow
def test_a_mistake_in_an_exercise_without_points_costs_nothing_above_it() -> None:
    names = [exercise.name for exercise in exercises("recurrent")]
    made = ("embedding_forward", "columns-for-rows")
    (wrong,) = (e for e in catalogue.entries("recurrent") if (e.exercise, e.name) == made)
    cells = references.cells(catalogue.text("recurrent", wrong), names)
    pair = ("embedding_forward", "embedding_backward")
    job = job_of("recurrent", filled("recurrent", {name: cells[name] for name in pair}), seed=5)
    job = msgspec.structs.replace(job, released=without_points("embedding_forward"))
    found = {v.exercise: v for v in grade(job, Kernels(sandboxed=False)).verdicts}
    assert "embedding_forward" not in found
    assert found["embedding_backward"].status == "correct"
    assert "right given your own `embedding_forward`" in found["embedding_backward"].message


STAND_INS = re.compile(r"^from autograder\.given import (\([^)]*\)|.*)\n", re.MULTILINE)


@pytest.mark.slow
def test_what_a_student_brings_along_is_built_on_and_counted_where_it_was_asked_for() -> None:
    made = ("affine_forward", "bias-missing")
    (wrong,) = (e for e in catalogue.entries("feedforward") if (e.exercise, e.name) == made)
    names = [exercise.name for exercise in exercises("training")]
    cells = references.cells(STAND_INS.sub("", references.text("training")), names)
    written = nbformat.reads(filled("training", cells), as_version=4)
    (setup,) = (k for k, cell in enumerate(written.cells) if grade_id_of(cell) == "setup")
    own = references.cells(
        catalogue.text("feedforward", wrong),
        [exercise.name for exercise in exercises("feedforward")],
    )
    pasted = [own[name] for name in own if re.match("affine|relu", name)]
    written.cells.insert(setup + 1, nbformat.v4.new_code_cell("\n\n".join(pasted)))
    found = grade(job_of("training", nbformat.writes(written), seed=5), Kernels(sandboxed=False))
    verdicts = {v.exercise: v for v in found.verdicts}
    assert {v.status for v in verdicts.values()} == {"correct"}
    assert "right given your own `affine_forward`" in verdicts["MLP"].message
