"""The convolutional lesson and its assignment: their form, and what they state."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupytext
import matplotlib
import numpy as np
import pytest

from autograder import references
from autograder.exercises import exercises
from solutions.convolutional import conv_output_size, receptive_field
from solutions.mistakes import convolutional_sections as sections

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "chapters" / "convolutional" / "index.md"
ASSIGNMENT = ROOT / "chapters" / "convolutional" / "convolutional.md"
PAGES = (LESSON, ASSIGNMENT)
NAMES = [exercise.name for exercise in exercises("convolutional")]
POINTS = {
    "conv_output_size": 1,
    "cross_correlate2d": 1,
    "conv2d_forward": 3,
    "conv2d_backward": 4,
    "im2col": 2,
    "maxpool2d_forward": 1,
    "maxpool2d_backward": 2,
    "conv1d_text": 2,
    "LeNet": 2,
}
SETUP = "import keras\nimport numpy as np\nimport torch\n"
FORM = {"locked": True, "schema_version": 3, "task": False}


def read(page: Path) -> Any:
    return jupytext.reads(page.read_text(encoding="utf-8"), fmt="md:myst")


def code(page: Path) -> list[Any]:
    return [cell for cell in read(page).cells if cell.cell_type == "code"]


def by_id(page: Path) -> dict[str, Any]:
    cells = [cell for cell in code(page) if "nbgrader" in cell.metadata]
    return {cell.metadata["nbgrader"]["grade_id"]: cell for cell in cells}


def run(sources: list[str]) -> tuple[dict[str, Any], str]:
    """The names that the cells leave behind, and what they print."""
    matplotlib.use("Agg")
    names: dict[str, Any] = {}
    printed = io.StringIO()
    here = contextlib.chdir(LESSON.parent)
    with here, matplotlib.rc_context(), contextlib.redirect_stdout(printed):
        for source in sources:
            exec(source.replace("plt.show()", ""), names)
    names["plt"].close("all")
    return names, printed.getvalue()


@pytest.fixture(scope="module")
def lesson() -> tuple[dict[str, Any], str]:
    return run([cell.source for cell in code(LESSON)])


@pytest.fixture(scope="module")
def solved() -> tuple[dict[str, Any], str]:
    """The assignment, run with the references in place of the stubs and without the checks."""
    solutions = references.cells(references.text("convolutional"), NAMES)
    sources = []
    for cell in code(ASSIGNMENT):
        form = cell.metadata.get("nbgrader", {})
        if form.get("solution"):
            sources.append(solutions[form["grade_id"]])
        elif not form.get("grade_id", "").startswith("check-"):
            sources.append(cell.source)
    return run(sources)


# The form of the pages.


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_save_leaves_the_page_as_it_is(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    config = jupytext.config.load_jupytext_configuration_file(str(ROOT / "jupytext.toml"))
    notebook = jupytext.reads(jupytext.writes(read(page), fmt="ipynb"), fmt="ipynb")
    assert jupytext.writes(notebook, fmt="md:myst", config=config) == text


def test_the_lesson_has_the_sections_that_checks_refer_to() -> None:
    text = LESSON.read_text(encoding="utf-8")
    wanted = [value.strip("‘’") for name, value in vars(sections).items() if name.isupper()]
    found = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert found == [*wanted, "What cuDNN chooses among", "What to remember, what to read"]


def test_cells_are_the_setup_the_stubs_and_their_checks_in_order() -> None:
    pairs = [name for stub in NAMES for name in (stub, f"check-{stub}")]
    assert list(by_id(ASSIGNMENT)) == ["setup", *pairs]
    setup = by_id(ASSIGNMENT)["setup"]
    assert setup.source == SETUP + "\nfrom autograder import check"
    assert setup.metadata["nbgrader"] == FORM | {
        "grade": False,
        "grade_id": "setup",
        "solution": False,
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_stub_is_the_reference_without_its_body(name: str) -> None:
    def described(source: str) -> list[tuple[str, str | None, list[str], list[str]]]:
        return [
            (
                node.name,
                ast.get_docstring(node),
                [a.arg for a in node.args.args],
                [ast.unparse(default) for default in node.args.defaults],
            )
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef)
        ]

    cell = by_id(ASSIGNMENT)[name]
    assert cell.metadata["nbgrader"] == {
        "grade": False,
        "grade_id": name,
        "solution": True,
        **FORM,
        "locked": False,
    }
    reference = references.stub("convolutional", name)
    (given,), (wanted,) = ast.parse(cell.source).body, ast.parse(reference).body
    assert isinstance(given, (ast.FunctionDef, ast.ClassDef))
    assert isinstance(wanted, (ast.FunctionDef, ast.ClassDef))
    assert ast.get_docstring(given) == ast.get_docstring(wanted)
    assert described(cell.source) == described(reference)
    stub = references.execute(SETUP + cell.source)[name]
    with pytest.raises(NotImplementedError):
        stub(*[None] * len(inspect.signature(stub).parameters))


@pytest.mark.parametrize("name", NAMES)
def test_a_check_is_one_locked_line_with_points_or_without(name: str) -> None:
    cell = by_id(ASSIGNMENT)[f"check-{name}"]
    points = {"points": POINTS[name]} if name in POINTS else {}
    assert cell.source == f"check({name})"
    assert cell.metadata["nbgrader"] == {
        "grade": name in POINTS,
        "grade_id": f"check-{name}",
        "solution": False,
        **points,
        **FORM,
    }


def test_demonstrations_do_not_stop_run_all() -> None:
    cells = code(ASSIGNMENT)
    demonstrations = [cell for cell in cells if "nbgrader" not in cell.metadata]
    assert len(demonstrations) >= len(POINTS)
    for cell in demonstrations:
        assert cell.metadata["tags"] == ["raises-exception"]
    for cell, following in pairwise(cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert following.source.startswith("check(")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_picture_has_a_caption_a_name_and_a_text_that_stands_in_for_it(page: Path) -> None:
    pictures = [c for c in code(page) if "mystnb" in c.metadata or "plt.show()" in c.source]
    assert len(pictures) >= 4
    names = [cell.metadata["mystnb"]["figure"]["name"] for cell in pictures]
    assert len(set(names)) == len(names)
    for cell in pictures:
        assert len(cell.metadata["mystnb"]["figure"]["caption"].split()) >= 10
        assert len(cell.metadata["mystnb"]["image"]["alt"].split()) >= 20


COMMON = re.compile(r"return \w+$|for .* in zip\(.*:$|rng = ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_line_of_a_reference_is_on_a_page(page: Path) -> None:
    stubs = {
        line.strip()
        for name in NAMES
        for line in references.stub("convolutional", name).splitlines()
    }
    secret = {line.strip() for line in references.text("convolutional").splitlines()} - stubs
    secret = {line for line in secret - set(SETUP.splitlines()) if len(line) > 3}
    shown = {line.strip() for line in page.read_text(encoding="utf-8").splitlines()}
    assert not {line for line in secret & shown if not COMMON.match(line)}


# What the pages state.


def test_what_the_lesson_says_of_a_dense_layer_is_true(lesson: tuple[dict[str, Any], str]) -> None:
    assert 427 * 640 == 273_280
    assert 7.4e10 < 273_280**2 < 7.6e10
    assert "256 of 1296 are not zero, 9 are different" in lesson[1]
    assert "moved by (2, 4): True" in lesson[1]


def test_the_two_orders_of_a_kernel_are_those_of_the_drawing(
    lesson: tuple[dict[str, Any], str],
) -> None:
    assert "calls convolution\n [[3. 1. 4.]\n [1. 4. 5.]\n [3. 4. 0.]]" in lesson[1]
    assert "turned\n [[2. 4. 5.]" in lesson[1]


def test_the_places_are_those_of_the_formula(lesson: tuple[dict[str, Any], str]) -> None:
    printed = lesson[1]
    for row in (" 7  3  1  0  1     5", " 8  3  2  0  1     3", " 7  3  2  1  2     3"):
        assert row in printed
        *case, places = map(int, row.split())
        assert conv_output_size(*case) == places


def test_what_the_lesson_claims_of_channels_and_gradients_holds(
    lesson: tuple[dict[str, Any], str],
) -> None:
    printed = lesson[1]
    assert "the sum over channels: True" in printed
    assert 4 * 3 * 3 * 2 + 4 == 76
    assert "full correlation with the turned kernel: True" in printed
    assert "correlation of x with dy:                True" in printed
    assert "[[ 0. 11.  0.]\n [ 0.  0.  0.]]" in printed
    assert "one place by hand: True" in printed


def test_the_receptive_field_grows_as_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    curves = lesson[0]["curves"]
    assert [curves[name][-1] for name in curves] == [25, 8191, 8191]
    assert receptive_field([(3, 1, 1)] * 12) == 25
    assert receptive_field([(3, 2, 1)] * 12) == 8191


def test_the_recorded_times_are_as_the_lesson_reads_them() -> None:
    record = json.loads((LESSON.parent / "results" / "convolution.json").read_text())
    assert {"date", "hardware", "versions", "sizes", "seconds"} <= record.keys()
    forward = record["seconds"]["forward"]
    assert forward["place by place, float64"] > 80 * forward["im2col, float64"]
    assert forward["torch, float64"] > 8 * forward["torch, float32"]
    shown = [forward[name] * 1000 for name in forward]
    np.testing.assert_allclose(shown, [2330, 25, 17, 22, 2], rtol=0.1)
    sizes = record["sizes"]
    matrix = 8 * sizes["N"] * sizes["H"] * sizes["W"] * sizes["C"] * sizes["KH"] * sizes["KW"]
    assert round(matrix / 1e6) == 58


def test_the_filters_tell_the_photographs_apart(lesson: tuple[dict[str, Any], str]) -> None:
    share = int(lesson[1].split("right about ")[1].split("%")[0])
    assert share >= 80


def test_the_methods_of_cudnn_give_the_same_numbers(lesson: tuple[dict[str, Any], str]) -> None:
    names, printed = lesson
    assert float(printed.split("largest difference ")[1].split()[0]) < 1e-12
    np.testing.assert_allclose(names["four"], names["six"], atol=1e-12)


def test_what_the_assignment_shows_is_what_its_text_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    _, printed = solved
    assert "C5: 5 × 5, stride 1 → 1 × 1" in printed
    assert "convolution\n [[1. 2. 3.]" in printed
    assert "cross-correlation\n [[9. 8. 7.]" in printed
    assert "equal, shape (2, 4, 5, 6)" in printed
    assert "[3 6 9 6 3]" in printed
    assert "ten layers of 2, dilation doubled each time: 1024" in printed
    assert "torch, Keras and NumPy agree on 360 digits" in printed
    assert "→ 1.0   the film was not good" in printed
    assert "→ 0.0   the film was good" in printed


def test_pooling_makes_a_step_of_one_pixel_smaller(solved: tuple[dict[str, Any], str]) -> None:
    changes = [int(part.split("%")[0]) for part in solved[1].split("changed by ")[1:3]]
    assert changes[1] < 0.6 * changes[0]


def test_a_kernel_is_learned_from_one_pair_of_pictures(
    solved: tuple[dict[str, Any], str],
) -> None:
    names, _ = solved
    np.testing.assert_allclose(names["learned"][0, 0], names["edges"], atol=1e-4)
    assert names["errors"][0] > 0.1
    assert names["errors"][-1] < 1e-13


def test_lenet_reads_digits_that_it_has_not_seen(solved: tuple[dict[str, Any], str]) -> None:
    names, _ = solved
    assert np.mean(names["read"] == names["data"].y_held) >= 0.97
    assert 0.5 < names["losses"][-1] < 0.7
