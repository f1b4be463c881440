"""The recurrent lesson and its assignment: their form, and what they state."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupytext
import matplotlib
import numpy as np
import pytest
import torch

from autograder import references
from autograder.data import prose, sunspots
from autograder.exercises import exercises
from solutions.mistakes import recurrent_sections as sections

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "chapters" / "recurrent" / "index.md"
ASSIGNMENT = ROOT / "chapters" / "recurrent" / "recurrent.md"
PAGES = (LESSON, ASSIGNMENT)
NAMES = [exercise.name for exercise in exercises("recurrent")]
POINTS = {
    "rnn_step_forward": 2,
    "rnn_step_backward": 3,
    "rnn_forward": 2,
    "rnn_backward": 4,
    "embedding_backward": 1,
    "sequence_cross_entropy": 2,
    "clip_grad_norm": 1,
    "tbptt": 3,
}
SETUP = "import numpy as np\n"
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
    threads = torch.get_num_threads()
    try:
        with matplotlib.rc_context(), contextlib.redirect_stdout(printed):
            for source in sources:
                exec(source.replace("plt.show()", ""), names)
    finally:
        torch.set_num_threads(threads)
    names["plt"].close("all")
    return names, printed.getvalue()


@pytest.fixture(scope="module")
def lesson() -> tuple[dict[str, Any], str]:
    return run([cell.source for cell in code(LESSON)])


@pytest.fixture(scope="module")
def solved() -> tuple[dict[str, Any], str]:
    """The assignment, run with the references in place of the stubs and without the checks."""
    solutions = references.cells(references.text("recurrent"), NAMES)
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
    assert found == [*wanted, "A year ahead: sunspots", "What to remember, what to read"]


def test_cells_are_the_setup_the_stubs_and_their_checks_in_order() -> None:
    listed = [name for name in by_id(ASSIGNMENT) if name != "setup"]
    assert listed == [name for stub in NAMES for name in (stub, f"check-{stub}")]
    setup = by_id(ASSIGNMENT)["setup"]
    assert setup.source == SETUP + "\nfrom autograder import check"
    assert setup.metadata["nbgrader"] == FORM | {
        "grade": False,
        "grade_id": "setup",
        "solution": False,
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_stub_is_the_reference_without_its_body(name: str) -> None:
    cell = by_id(ASSIGNMENT)[name]
    assert cell.metadata["nbgrader"] == {
        "grade": False,
        "grade_id": name,
        "solution": True,
        **FORM,
        "locked": False,
    }
    (given,), (wanted,) = (
        ast.parse(source).body for source in (cell.source, references.stub("recurrent", name))
    )
    assert isinstance(given, ast.FunctionDef)
    assert isinstance(wanted, ast.FunctionDef)
    assert ast.get_docstring(given) == ast.get_docstring(wanted)
    assert [a.arg for a in given.args.args] == [a.arg for a in wanted.args.args]
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_line_of_a_reference_is_on_a_page(page: Path) -> None:
    stubs = {
        line.strip() for name in NAMES for line in references.stub("recurrent", name).splitlines()
    }
    told = {line.strip() for line in by_id(ASSIGNMENT)["setup"].source.splitlines()}
    secret = {line.strip() for line in references.text("recurrent").splitlines()} - stubs - told
    shown = {line.strip() for line in page.read_text(encoding="utf-8").splitlines()}
    assert not {line for line in secret & shown if len(line) >= 20}


# What the pages state.


def test_the_data_is_what_the_lesson_says_of_it() -> None:
    text = prose()
    assert 150_000 < len(text) < 200_000
    assert 40 < len(set(text)) < 60
    assert text.isascii()
    assert text.lower() == text
    assert len(set(text.splitlines())) == len(text.splitlines())
    years, spots = sunspots()
    assert (years[0], years[-1], len(years)) == (1700, 2008, 309)
    assert np.all(np.diff(years) == 1)
    assert spots.min() >= 0


def test_states_forget_as_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    apart = lesson[0]["apart"]
    assert 1 < apart[0] < 4
    assert apart[30] < 1e-6


def test_the_gradient_by_hand_is_that_of_torch(lesson: tuple[dict[str, Any], str]) -> None:
    lines = re.findall(r"^d(\w+) +by hand .* difference to torch (\S+)$", lesson[1], re.MULTILINE)
    assert [name for name, _ in lines] == ["x", "h0", "Wx", "Wh", "b"]
    assert all(float(error) < 1e-14 for _, error in lines)


def test_jacobians_fade_and_explode_as_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    first = {key: sizes[0] for key, sizes in lesson[0]["measured"].items()}
    assert 1e-4 < first[0.0, 0.8] < 1e-3
    assert 1 < first[0.0, 1.0] < 4
    assert 2000 < first[0.0, 1.2] < 5000
    assert 1e-13 < first[1.0, 0.8] < 1e-11
    assert 1e-9 < first[1.0, 1.0] < 1e-8
    assert 1e-6 < first[1.0, 1.2] < 1e-5


def test_one_step_without_clipping_leaves_the_valley(lesson: tuple[dict[str, Any], str]) -> None:
    names, _ = lesson
    free, held = names["ways"].values()
    assert np.linalg.norm(np.diff(free, axis=0), axis=1).max() > 1
    assert np.linalg.norm(np.diff(held, axis=0), axis=1).max() <= 0.05 + 1e-12
    assert free[-1][1] > 1.5
    assert names["final_loss"](*free[-1]) > 0.05
    assert names["final_loss"](*held[-1]) < 0.01


def test_chunks_join_as_the_pages_say(
    lesson: tuple[dict[str, Any], str], solved: tuple[dict[str, Any], str]
) -> None:
    joined = re.findall(r"largest difference to the whole (\S+)", lesson[1])
    assert len(joined) == 4
    assert all(float(error) < 1e-14 for error in joined)
    assert float(solved[1].split("between the last states: ")[1].split()[0]) < 1e-12
    errors = solved[0]["errors"]
    assert errors[0] > 0.5
    assert 0.05 < errors[-2] < 0.15


def test_the_writer_learns_more_than_counting(lesson: tuple[dict[str, Any], str]) -> None:
    names, _ = lesson
    perplexities = [np.exp(loss) for _, loss in names["tested"]]
    counting = names["counting"]
    assert 18 < counting[1] < 24
    assert perplexities[0] < counting[2]
    assert perplexities[1] < counting[3]
    assert perplexities[-1] < 5


def test_units_follow_what_is_near_and_no_bracket(lesson: tuple[dict[str, Any], str]) -> None:
    found = re.findall(r"^(.+?) +unit +\d+, correlation (\S+)$", lesson[1], re.MULTILINE)
    likeness = {name: float(value) for name, value in found}
    assert likeness["between words"] > 0.4
    assert likeness["place in the word"] > 0.4
    assert likeness["inside brackets"] < 0.3


def test_the_forecast_beats_the_simple_baselines(lesson: tuple[dict[str, Any], str]) -> None:
    names, _ = lesson
    simple = min(names["errors"]["last value"], names["errors"]["seasonal, eleven years"])
    assert np.mean(names["of_seeds"]) < 0.6 * simple
    assert 0.8 < np.mean(names["of_seeds"]) / names["errors"]["linear, nine years"] < 1


def test_the_memory_of_one_unit_is_what_the_assignment_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    echoes = solved[0]["echoes"]
    assert all(round(heard[0], 2) == 0.76 for heard in echoes.values())
    assert echoes[0.5][5] < 0.05
    assert echoes[0.9][-1] < 0.1
    assert round(echoes[1.5][-1], 2) == 0.86


def test_every_gradient_agrees_with_two_other_ways(solved: tuple[dict[str, Any], str]) -> None:
    found = re.findall(r"^d(\w+) +against torch (\S+), against differences (\S+)$", solved[1], re.M)
    assert [name for name, *_ in found] == ["x", "h0", "Wx", "Wh", "b"]
    for _, torch_error, difference_error in found:
        assert float(torch_error) < 1e-13
        assert float(difference_error) < 1e-7


def test_the_jacobians_of_the_assignment_are_what_it_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    last = {curve: sizes[0] for curve, sizes in solved[0]["reach"].items()}
    assert last[0.8, 0.0] < 1e-3
    assert 1 < last[1.0, 0.0] < 5
    assert last[1.2, 0.0] > 1000
    assert 0.1 < last[1.2, 0.1] < 0.4


def test_a_model_of_the_students_own_functions_learns(solved: tuple[dict[str, Any], str]) -> None:
    names, printed = solved
    assert np.exp(names["course"][0]) > 40
    assert 4 <= np.exp(np.mean(names["course"][-20:])) < 5
    assert np.exp(np.mean(names["course"][95:105])) < 12
    assert "temperature 1.5:\nreturn the " in printed
