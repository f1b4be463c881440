"""What is found in a submitted notebook, however a student has left it."""

import json

import msgspec
import nbformat
import pytest
from nbformat.v4 import new_output

from autograder.grader.grading.cell import Submission
from autograder.grader.grading.graded_notebook import marked
from autograder.grader.grading.notebook import MAX_BYTES, UnreadableNotebookError, sources
from autograder.grader.release.solve import grade_id_of, solved
from tests.grader.grading.verdicts import verdict
from tests.moments import moment

STEP, BACK = "lstm_step_forward", "lstm_step_backward"


def data(notebook) -> bytes:
    return nbformat.writes(notebook).encode()


def position(notebook, grade_id: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == grade_id)


@pytest.fixture
def right(released, solved_notebook):
    """The solution cells of the untouched solved notebook."""
    return released.read(data(solved_notebook)).sources


def test_roles_of_the_released_cells(released):
    assert [c.grade_id for c in released.cells if c.role == "setup"] == [
        "setup",
        "setup-frameworks",
    ]
    assert [c.exercise for c in released.solutions] == [
        "lstm_step_forward",
        "lstm_step_backward",
        "lstm_forward",
        "LSTMCell",
    ]
    assert [(c.exercise, c.points) for c in released.checks] == [
        ("lstm_step_forward", 3),
        ("lstm_step_backward", 4),
        ("lstm_forward", 2),
        ("LSTMCell", 3),
    ]


def test_reordered_cells_change_nothing(released, solved_notebook, right):
    solved_notebook.cells.reverse()
    assert released.read(data(solved_notebook)).sources == right


def test_changed_tags_metadata_and_points_change_nothing(released, solved_notebook, right):
    for cell in solved_notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["points"] = 1000
            cell.metadata["nbgrader"]["locked"] = False
            cell.metadata["nbgrader"]["solution"] = True
    solved_notebook.metadata["kernelspec"] = {"name": "bash", "display_name": "bash"}
    found = released.read(data(solved_notebook))
    assert found.sources == right
    assert not found.notes


def test_a_changed_check_cell_is_not_even_read(released, solved_notebook, right):
    cell = solved_notebook.cells[position(solved_notebook, f"check-{STEP}")]
    cell.source = "print('all right')"
    assert released.read(data(solved_notebook)).sources == right


def test_a_missing_cell_is_named(released, solved_notebook):
    del solved_notebook.cells[position(solved_notebook, STEP)]
    found = released.read(data(solved_notebook))
    assert STEP not in found.sources
    assert found.notes[STEP] == f"The notebook has no cell for `{STEP}`."


def test_a_cell_that_lost_its_id_is_found_by_its_definition(released, solved_notebook, right):
    solved_notebook.cells[position(solved_notebook, STEP)].metadata.clear()
    found = released.read(data(solved_notebook))
    assert found.sources == right
    assert "not in its place" in found.notes[STEP]


def test_merged_cells_count_for_each_exercise_in_them(released, solved_notebook, right):
    one, other = (solved_notebook.cells[position(solved_notebook, at)] for at in (STEP, BACK))
    one.source = merged = f"{one.source}\n\n\n{other.source}"
    solved_notebook.cells.remove(other)
    found = released.read(data(solved_notebook))
    assert found.sources == {**right, STEP: merged, BACK: merged}
    assert not found.helpers
    assert "another cell that defines it was taken" in found.notes[BACK]


def test_one_cell_may_hold_everything_and_a_helper_stand_below_it(released, right):
    whole = "\n\n\n".join(right.values()).replace("def sigmoid(", "def other(")
    helper = "def sigmoid(a):\n    return 1 / (1 + np.exp(-a))"
    cells = [nbformat.v4.new_code_cell(text) for text in (whole, helper)]
    found = released.read(data(nbformat.v4.new_notebook(cells=cells)))
    assert found.sources == dict.fromkeys(right, whole)
    assert found.helpers[STEP] == [helper]


def test_exchanged_ids_leave_each_exercise_its_own_cell(released, solved_notebook, right):
    one, other = (solved_notebook.cells[position(solved_notebook, at)] for at in (STEP, BACK))
    one.metadata, other.metadata = other.metadata, one.metadata
    assert released.read(data(solved_notebook)).sources == right


@pytest.mark.parametrize("stub_last", [False, True])
def test_of_duplicated_cells_the_last_changed_one_counts(
    released, solved_notebook, right, stub_last
):
    at = position(solved_notebook, STEP)
    other = nbformat.from_dict(dict(solved_notebook.cells[at]))
    other.source = next(c.source for c in released.solutions if c.exercise == STEP)
    solved_notebook.cells.insert(at + 1 if stub_last else at, other)
    found = released.read(data(solved_notebook))
    assert found.sources == right
    assert "2 cells" in found.notes[STEP]


def test_a_solution_in_a_cell_turned_to_markdown_counts(released, solved_notebook, right):
    at = position(solved_notebook, STEP)
    old = solved_notebook.cells[at]
    solved_notebook.cells[at] = nbformat.v4.new_markdown_cell(old.source, metadata=old.metadata)
    assert released.read(data(solved_notebook)).sources == right


def test_an_older_format_is_read(released, right):
    notebook = nbformat.convert(nbformat.reads(solved("lstm"), as_version=4), 3)
    assert "worksheets" in notebook
    assert released.read(nbformat.writes(notebook, version=3).encode()).sources == right


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"This is a letter.",
        b"\xff\xfe\x00\x01",
        b"[]",
        b"{}",
        b'{"nbformat": 4}',
        b'{"nbformat": 99, "nbformat_minor": 0, "cells": [], "metadata": {}}',
        json.dumps(
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"source": 7}]}
        ).encode(),
        b"[" * 100_000,
        b" " * (MAX_BYTES + 1),
    ],
    ids=["empty", "letter", "binary", "list", "object", "no cells", "future", "odd cell", "deep",
         "large"],
)  # fmt: skip
def test_what_is_no_notebook_gets_a_sentence(released, content):
    with pytest.raises(UnreadableNotebookError, match=r"submit it again\.$"):
        released.read(content)


def test_the_graded_notebook_is_as_nbformat_writes_it(released, right):
    outputs = {"lstm_forward": [new_output("stream", text="1\nü \u2028\x1b[31m\n2")]}
    verdicts = [verdict(cell.exercise, 0.5, cell.points, "partial") for cell in released.checks]
    text = marked(released, Submission(right), outputs, verdicts)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert text == nbformat.writes(notebook)
    assert {key: sources(text)[key] for key in right} == right


def test_the_graded_notebook_says_on_which_page_to_read(released, right):
    wrong = [verdict(cell.exercise, 0, cell.points, "wrong") for cell in released.checks]
    named = [msgspec.structs.replace(one, read="‘Packed weights and gate order’") for one in wrong]
    old = [msgspec.structs.replace(one, read="‘A section of last year’") for one in wrong]
    page = "‘An LSTM step in numbers’"
    for verdicts, says in (
        (named, f"<p>Read ‘Packed weights and gate order’ on the page {page}.</p>"),
        (old, "<p>Read ‘A section of last year’.</p>"),
        (wrong, ""),
    ):
        cells = nbformat.reads(marked(released, Submission(right), {}, verdicts), 4).cells
        shown = [c.outputs[0].data["text/html"] for c in cells if c.source.startswith("check(")]
        assert len(shown) == len(verdicts)
        assert all(says in html if says else "Read" not in html for html in shown)


def test_blank_lines_are_read_in_a_moment(released, solved_notebook):
    solved_notebook.cells.append(nbformat.v4.new_code_cell("\n" * 1_000_000 + f"check({STEP})"))
    with moment():
        released.read(data(solved_notebook))
