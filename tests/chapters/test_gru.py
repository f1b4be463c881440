"""The assignment on the GRU: its form, and every number it states."""

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
from solutions.gru import count_params

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "chapters" / "gated" / "gru.md"
POINTS = {
    "gru_step_forward": 3,
    "gru_step_backward": 4,
    "gru_forward": 1,
    "gru_backward": 2,
    "convert_update_convention": 0,
    "equal_when_reset": 0,
    "count_params": 0,
    "GRUCell": 2,
    "KerasGRUCell": 0,
}
SETUP = "import keras\nimport numpy as np\nimport torch\n"
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
    solutions = references.cells(references.text("gru"), list(POINTS))
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
    assert [exercise.name for exercise in exercises("gru")] == list(POINTS)
    pairs = [name for stub in POINTS for name in (stub, f"check-{stub}")]
    assert list(graded()) == ["setup", *pairs]
    assert graded()["setup"].source == SETUP + "\nfrom autograder import check"


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

    stub, reference = graded()[name].source, references.stub("gru", name)
    assert described(stub) == described(reference)
    (given,), (wanted,) = ast.parse(stub).body, ast.parse(reference).body
    assert isinstance(given, (ast.FunctionDef, ast.ClassDef))
    assert isinstance(wanted, (ast.FunctionDef, ast.ClassDef))
    assert ast.get_docstring(given) == ast.get_docstring(wanted)
    names = references.execute(SETUP + stub)
    with pytest.raises(NotImplementedError):
        names[name](*inspect.signature(names[name]).parameters)


def test_demonstrations_do_not_stop_run_all_and_pictures_have_words() -> None:
    cells = [cell for cell in code() if "nbgrader" not in cell.metadata]
    assert len(cells) == len(POINTS) + 1
    for cell in cells:
        assert cell.metadata["tags"] == ["raises-exception"]
        if "plt.show()" in cell.source:
            assert len(cell.metadata["mystnb"]["figure"]["caption"].split()) >= 10
            assert len(cell.metadata["mystnb"]["image"]["alt"].split()) >= 20


def test_no_line_of_a_reference_is_on_the_page() -> None:
    stubs = {line.strip() for name in POINTS for line in references.stub("gru", name).splitlines()}
    secret = {line.strip() for line in references.text("gru").splitlines()} - stubs
    secret -= set(SETUP.splitlines()) | {"", '"""'}
    shown = {line.strip() for line in ASSIGNMENT.read_text(encoding="utf-8").splitlines()}
    assert not secret & shown


# What the page states.


def test_every_comparison_holds(solved: tuple[dict[str, Any], str]) -> None:
    printed = solved[1]
    for line in (
        "reset after, against torch in float64:  within 1e-12: True",
        "reset before, against Keras in float32: within 1e-5:  True",
        "moved by a change of the input at step 3: 0 0 0 1 1 1",
        "six gradients, largest relative error below 1e-12: True",
        "weights as they are: the same step: False",
        "weights converted:   the same step: True",
        "the cell in a loop equals torch.nn.GRU within 1e-6",
        "your cell in Keras equals torch.nn.GRU within 1e-6",
    ):
        assert line in printed
    assert printed.count("as Keras counts: True") == 4


def test_the_gradient_travels_as_far_as_the_caption_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    none, one, three = (solved[0]["gradient_sizes"](bias)[-1] for bias in (0.0, 1.0, 3.0))
    assert 0.5e-11 < none < 2e-11
    assert 3e-6 < one < 5e-6
    assert 0.2 < three < 0.25
    assert 3 < solved[0]["gradient_sizes"](3.0)[0] < 5


def test_the_variants_part_as_the_caption_says(solved: tuple[dict[str, Any], str]) -> None:
    apart = solved[0]["apart"]
    assert apart[0] == 0
    assert (apart[4:] > 0.05).all()
    assert (apart < 0.08).all()


def test_the_counts_of_the_caption_are_right() -> None:
    counts = [
        count_params(kind, 128, 256, True, after)
        for kind, after in (("rnn", False), ("gru", False), ("gru", True), ("lstm", False))
    ]
    assert counts == [98_560, 295_680, 296_448, 394_240]
    assert np.isclose(counts[2] / counts[3], 3 / 4, atol=0.01)
