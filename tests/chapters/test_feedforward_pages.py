"""The feedforward lesson and its assignment: their form, and what they state."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupytext
import matplotlib
import numpy as np
import pytest

from autograder import references
from autograder.exercises import exercises
from solutions.mistakes import feedforward_sections as sections

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "chapters" / "feedforward" / "index.md"
ASSIGNMENT = ROOT / "chapters" / "feedforward" / "feedforward.md"
PAGES = (LESSON, ASSIGNMENT)
NAMES = [exercise.name for exercise in exercises("feedforward")]
POINTS = {
    "affine_forward": 1,
    "affine_backward": 2,
    "relu_backward": 1,
    "softmax_cross_entropy": 3,
    "numerical_gradient": 2,
    "MLP": 3,
    "adam_step": 2,
    "train": 2,
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
    with matplotlib.rc_context(), contextlib.redirect_stdout(printed):
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
    solutions = references.cells(references.text("feedforward"), NAMES)
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
    assert found == [*wanted, "What to remember, what to read"]


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
    reference = references.stub("feedforward", name)
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
        line.strip() for name in NAMES for line in references.stub("feedforward", name).splitlines()
    }
    secret = {line.strip() for line in references.text("feedforward").splitlines()} - stubs
    secret = {line for line in secret - set(SETUP.splitlines()) if len(line) > 3}
    shown = {line.strip() for line in page.read_text(encoding="utf-8").splitlines()}
    assert not {line for line in secret & shown if not COMMON.match(line)}


# What the pages state.


def marks(lesson: tuple[dict[str, Any], str]) -> Iterator[tuple[str, list[bool]]]:
    yield from lesson[0]["verdicts"].items()


def test_the_planted_passes_are_three_right_and_eight_wrong(
    lesson: tuple[dict[str, Any], str],
) -> None:
    right = [name for name, _ in marks(lesson) if name.startswith("right")]
    assert (len(right), len(list(marks(lesson)))) == (3, 11)


def test_only_the_last_way_of_checking_is_right_about_all(
    lesson: tuple[dict[str, Any], str],
) -> None:
    columns = np.array([accepted for _, accepted in marks(lesson)]).T
    truth = np.array([name.startswith("right") for name, _ in marks(lesson)])
    assert [bool(np.array_equal(column, truth)) for column in columns] == [False] * 8 + [True]


def test_each_way_of_checking_errs_as_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    accepted = dict(marks(lesson))
    taken = [
        {name for name, row in accepted.items() if row[k] and not name.startswith("right")}
        for k in range(9)
    ]
    assert len(taken[0]) == 8
    assert taken[1] == {"ds a mean", "sign of dC", "last centre lost", "a little decay"}
    assert taken[2] == {"upstream ignored", "wrong where u < 0"}
    assert taken[3] == {"s forgotten"}
    assert taken[4] == {"last centre lost"}
    assert taken[5] == {"last centre lost", "a little decay"}
    for k in (6, 7):
        assert not any(row[k] for row in accepted.values())


def test_the_v_has_its_bottom_where_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    names = lesson[0]
    steps, errors = names["steps"], names["errors"]
    double, single = np.array(list(errors(np.float64, False))), list(errors(np.float32, False))
    assert 1e-11 < double.min() < 1e-10
    assert 1e-6 <= steps[double.argmin()] < 2e-5
    assert 5e-6 < min(single) < 1e-4
    assert steps[np.argmin(single)] > 5e-4
    (at,) = np.flatnonzero(np.isclose(steps, 1e-5))
    assert 1e-11 < double[at] < 1e-8


def test_the_variance_fades_halves_and_stays(lesson: tuple[dict[str, Any], str]) -> None:
    depths = lesson[0]["depths"]
    assert depths["std 0.01"][11] < 1e-20
    assert 1e-10 < depths["xavier"][30] < 1e-8
    assert 0.5 < depths["he"].min() <= depths["he"].max() < 3


def test_the_frameworks_agree_and_a_softmax_taken_twice_stops_at_its_floor(
    lesson: tuple[dict[str, Any], str],
) -> None:
    names = lesson[0]
    np.testing.assert_allclose(names["by_keras"], names["by_torch"], rtol=1e-4, atol=1e-5)
    runs = names["runs"]
    assert round(names["floor"], 2) == 1.46
    assert names["floor"] < runs["softmax twice"][0][-1] < 1.52
    assert runs["softmax twice"][1] > 0.95
    assert runs["Adam"][0][-1] < 0.07
    assert runs["SGD"][0][-1] < 0.15
    assert runs["Adam"][1] > 0.96
    assert 1.9 < runs["labels shuffled"][0][-1] < 2.3
    assert runs["labels shuffled"][1] < 0.2


def test_what_the_lesson_says_of_adam_is_what_torch_does(
    lesson: tuple[dict[str, Any], str],
) -> None:
    printed = lesson[1]
    slow, thrown, adam = (
        [float(number) for number in re.findall(r"-?\d\.\d+e[+-]\d+", line)]
        for line in printed.splitlines()
        if line.startswith(("SGD ", "Adam ")) and "flat" in line
    )
    assert slow[0] > 0.1 > abs(slow[1])
    assert abs(thrown[1]) > 1e3
    assert max(map(abs, adam)) < 0.1


def test_the_assignment_shows_what_it_says(solved: tuple[dict[str, Any], str]) -> None:
    names, printed = solved
    assert "largest difference: 0.033" in printed
    assert "sure by 100.0: right costs 0.0000, wrong costs 100.0000" in printed
    for name in ("affine", "relu", "tanh"):
        (line,) = (line for line in printed.splitlines() if line.startswith(f"{name} "))
        assert all(float(number) < 1e-9 for number in line.split()[1:])
    assert float(printed.split("% of 81 threes")[0].split()[-1]) >= 95
    np.testing.assert_allclose(names["by_torch"], names["by_numpy"], rtol=1e-4, atol=1e-5)


def test_a_student_reaches_95_per_cent_in_the_notebook(
    solved: tuple[dict[str, Any], str],
) -> None:
    names, _ = solved
    assert names["losses"][-1] < 0.03
    assert np.mean(names["z_held"].argmax(axis=1) == names["y_held"]) >= 0.95
    assert 1 <= len(names["wrong"]) <= 8
