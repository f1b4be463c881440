"""The second assignment on the LSTM: its form, and every number it states."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import json
from pathlib import Path
from typing import Any

import jupytext
import matplotlib
import nbformat
import numpy as np
import pytest

from autograder import references
from autograder.exercises import exercises
from solutions.lstm_sequences import retention

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "chapters" / "gated" / "lstm_sequences.md"
POINTS = {
    "lstm_backward": 3,
    "init_lstm": 1,
    "reorder_gates": 0,
    "bilstm": 3,
    "retention": 0,
    "KerasLSTMCell": 2,
}
SETUP = (
    "import keras\nimport numpy as np\nimport torch\n\nfrom autograder import check\n"
    "from autograder.given import lstm_forward, lstm_step_backward"
)
FORM = {"locked": True, "schema_version": 3, "task": False}


def read() -> Any:
    return jupytext.reads(ASSIGNMENT.read_text(encoding="utf-8"), fmt="md:myst")


def code() -> list[Any]:
    return [cell for cell in read().cells if cell.cell_type == "code"]


def graded() -> dict[str, Any]:
    cells = [cell for cell in code() if "nbgrader" in cell.metadata]
    return {cell.metadata["nbgrader"]["grade_id"]: cell for cell in cells}


@pytest.fixture(scope="module")
def solved() -> tuple[dict[str, Any], str]:
    """The assignment, run with the references in place of the stubs and without the checks."""
    matplotlib.use("Agg")
    solutions = references.cells(references.text("lstm_sequences"), list(POINTS))
    names: dict[str, Any] = {}
    printed = io.StringIO()
    with matplotlib.rc_context(), contextlib.redirect_stdout(printed):
        for cell in code():
            form = cell.metadata.get("nbgrader", {})
            if form.get("solution"):
                exec(solutions[form["grade_id"]], names)
            elif not form.get("grade_id", "").startswith("check-"):
                exec(cell.source.replace("plt.show()", ""), names)
    names["plt"].close("all")
    return names, printed.getvalue()


def test_a_save_leaves_the_page_as_it_is() -> None:
    config = jupytext.config.load_jupytext_configuration_file(str(ROOT / "jupytext.toml"))
    notebook = nbformat.from_dict(json.loads(json.dumps(read())))
    saved = jupytext.writes(notebook, fmt="md:myst", config=config)
    assert saved == ASSIGNMENT.read_text(encoding="utf-8")


def test_graded_cells_are_the_setup_the_stubs_and_their_checks_in_order() -> None:
    assert [exercise.name for exercise in exercises("lstm_sequences")] == list(POINTS)
    pairs = [name for stub in POINTS for name in (stub, f"check-{stub}")]
    assert list(graded()) == ["setup", *pairs]
    assert graded()["setup"].source == SETUP


@pytest.mark.parametrize("name", POINTS)
def test_a_stub_and_its_check_have_the_form_of_the_house(name: str) -> None:
    cell, check = graded()[name], graded()[f"check-{name}"]
    form = {"grade": False, "grade_id": name, "solution": True, **FORM, "locked": False}
    assert cell.metadata["nbgrader"] == form
    (definition,) = ast.parse(cell.source).body
    assert isinstance(definition, (ast.FunctionDef, ast.ClassDef))
    assert check.source == f"check({name})"
    points = {"points": POINTS[name]} if POINTS[name] else {}
    form = {"grade": bool(points), "grade_id": f"check-{name}", "solution": False}
    assert check.metadata["nbgrader"] == {**form, **points, **FORM}


@pytest.mark.parametrize("name", POINTS)
def test_a_stub_has_the_docstrings_and_the_arguments_of_the_reference(name: str) -> None:
    def described(source: str) -> list[tuple[str, str | None, list[str]]]:
        return [
            (node.name, ast.get_docstring(node), [a.arg for a in node.args.args])
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef)
        ]

    stub, reference = graded()[name].source, references.stub("lstm_sequences", name)
    assert described(stub) == described(reference)
    (given,), (wanted,) = ast.parse(stub).body, ast.parse(reference).body
    assert isinstance(given, (ast.FunctionDef, ast.ClassDef))
    assert isinstance(wanted, (ast.FunctionDef, ast.ClassDef))
    assert ast.get_docstring(given) == ast.get_docstring(wanted)
    names = references.execute(SETUP + "\n" + stub)
    with pytest.raises(NotImplementedError):
        names[name](*inspect.signature(names[name]).parameters)


def test_demonstrations_do_not_stop_run_all_and_pictures_have_words() -> None:
    cells = [cell for cell in code() if "nbgrader" not in cell.metadata]
    assert len(cells) == len(POINTS)
    for cell in cells:
        assert cell.metadata["tags"] == ["raises-exception"]
        if "plt.show()" in cell.source:
            assert len(cell.metadata["mystnb"]["figure"]["caption"].split()) >= 10
            assert len(cell.metadata["mystnb"]["image"]["alt"].split()) >= 20


def test_no_line_of_a_reference_is_on_the_page() -> None:
    stubs = {
        line.strip()
        for name in POINTS
        for line in references.stub("lstm_sequences", name).splitlines()
    }
    secret = {line.strip() for line in references.text("lstm_sequences").splitlines()} - stubs
    secret -= set(SETUP.splitlines()) | {"", '"""'}
    shown = {line.strip() for line in ASSIGNMENT.read_text(encoding="utf-8").splitlines()}
    assert not secret & shown


# What the page states.


def test_every_comparison_holds(solved: tuple[dict[str, Any], str]) -> None:
    for line in (
        "six gradients, largest relative error below 1e-12: True",
        "means: 0.50 0.72 0.95",
        "Keras' GRU, reordered and transposed, equals torch's within 1e-5",
        "equals torch's packed layer within 1e-12: True",
        "moved by what stands in the padding: False",
        "your cell under keras.layers.RNN equals keras.layers.LSTM within 1e-6",
    ):
        assert line in solved[1]


def test_the_half_lives_are_those_of_the_caption(solved: tuple[dict[str, Any], str]) -> None:
    half_life = solved[0]["half_life"]
    np.testing.assert_allclose(half_life[[0, 10, 30, 50, 60]], [1, 2.2, 14.3, 103, 280], rtol=0.01)
    assert retention(3.0, 14) > 0.5 > retention(3.0, 15)
    assert retention(5.0, 103) > 0.5 > retention(5.0, 104)
    assert retention(5.0, 100) > 0.5
    assert retention(1.0, 100) < 1e-13
