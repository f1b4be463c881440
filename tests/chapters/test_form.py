"""The form of every page: what a save, a check, a reader and a grader rely on."""

from __future__ import annotations

import ast
import inspect
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest

from autograder.exercises import assignments, exercises
from autograder.grader import references
from autograder.grader.release.source import CHAPTERS
from autograder.grader.release.source import page as page_of
from tests.chapters.pages import answers, code, graded, lessons_of, read

EXERCISES = [(e.assignment, e.name) for name in assignments() for e in exercises(name)]
PAGES = sorted(p for p in CHAPTERS.glob("*/*.md") if "kernelspec:" in p.read_text("utf-8"))
FORM = {"locked": True, "schema_version": 3, "task": False}

ANYBODY = r".{0,3}$|return \w+$|for .* in zip\(.*:$|rng = "
INNOCENT = {
    "feedforward": ANYBODY,
    "convolutional": ANYBODY,
    "recurrent": r".{0,19}$",
    "training": ANYBODY,
    "layers": ANYBODY + r"|with torch.no_grad|try:$",
    "temporal": r".{0,3}$",
    "cudnn_layers": ANYBODY + r"|with torch.no_grad|try:$",
}
"""Lines that anybody would write, which tell nothing of a solution."""


every_assignment = pytest.mark.parametrize("assignment", assignments())
every_exercise = pytest.mark.parametrize(("assignment", "name"), EXERCISES)


def by_name(page: Path) -> str:
    return f"{page.parent.name}/{page.stem}"


every_page = pytest.mark.parametrize("page", PAGES, ids=by_name)
LESSONS = sorted({page for assignment in assignments() for page in lessons_of(assignment)})
every_lesson = pytest.mark.parametrize("page", LESSONS, ids=by_name)

ASKED_NOWHERE = {"PAD", "BOS", "EOS", "UNK", "run", "RELATIONS", "PARTICLES"}
"""What `autograder.given` has beside stand-ins for exercises."""

WIDE = {"cudnn_layers", "gru", "layers", "lstm_sequences"}
"""Assignments whose stubs are as wide as their references, which is 100 characters at most."""


SETUP = ("setup", "setup-frameworks")
"""The cells that import: NumPy and the checks, and, where exercises require them, frameworks."""


def names(assignment: str) -> list[str]:
    return [exercise.name for exercise in exercises(assignment)]


def setup(assignment: str) -> str:
    """The setup cells as one text."""
    return "\n".join(
        cell.source for name, cell in graded(page_of(assignment)).items() if name in SETUP
    )


def points(assignment: str) -> dict[str, int]:
    """The points of every exercise, as its check says."""
    cells = graded(page_of(assignment))
    return {
        name: cells[f"check-{name}"].metadata["nbgrader"]["points"] for name in names(assignment)
    }


def words(page: Path) -> int:
    """How many words a reader reads: without code, captions, tables, formulas on lines of their
    own, questions with their answers, and references.
    """
    text = "\n".join(cell.source for cell in read(page).cells if cell.cell_type == "markdown")
    text = text.split("\n## Questions\n")[0]
    text = re.sub(r"^\$\$$.*?^\$\$$", "", text, flags=re.MULTILINE | re.DOTALL)
    return len(re.sub(r"^\|.*$", "", text, flags=re.MULTILINE).split())


@every_lesson
def test_a_lesson_page_can_be_read_in_one_sitting(page: Path) -> None:
    assert words(page) <= 2000


@every_lesson
def test_every_lesson_ends_with_questions_and_folded_answers(page: Path) -> None:
    assert 5 <= len(answers(page)) <= 8


@every_page
def test_no_line_of_code_is_wider_than_80_characters(page: Path) -> None:
    lines = [
        line
        for cell in code(page)
        if not (page.stem in WIDE and cell.metadata.get("nbgrader", {}).get("solution"))
        for line in cell.source.splitlines()
    ]
    assert [line for line in lines if len(line) > 80] == []


@every_page
@pytest.mark.parametrize("saved", ["by jupytext", "by JupyterLab"])
def test_a_save_leaves_the_page_as_it_is(page: Path, saved: str) -> None:
    text = page.read_text(encoding="utf-8")
    config = jupytext.config.load_jupytext_configuration_file(
        str(CHAPTERS.parent / "jupytext.toml")
    )
    notebook = read(page)
    if saved == "by JupyterLab":
        # It puts the kernel as it knows it, in its own order, in the place of what is there.
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
        }
        notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    notebook = nbformat.from_dict(json.loads(json.dumps(notebook)))
    assert jupytext.writes(notebook, fmt="md:myst", config=config) == text


@every_assignment
def test_graded_cells_are_the_setup_the_stubs_and_their_checks_in_order(assignment: str) -> None:
    pairs = [grade_id for name in names(assignment) for grade_id in (name, f"check-{name}")]
    cells = graded(page_of(assignment))
    required = any(exercise.requires for exercise in exercises(assignment))
    first = SETUP if required else SETUP[:1]
    assert list(cells) == [*first, *pairs]
    ids = [c.metadata["nbgrader"]["grade_id"] for c in code(page_of(assignment)) if graded_by(c)]
    assert ids == list(cells), "each of them once"
    for name in first:
        form = {"grade": False, "grade_id": name, "solution": False, **FORM}
        assert cells[name].metadata["nbgrader"] == form


def graded_by(cell: Any) -> bool:
    return "nbgrader" in cell.metadata


@every_assignment
def test_the_setup_imports_what_the_page_uses_and_nothing_else(assignment: str) -> None:
    imported: set[str] = set()
    for node in ast.parse(setup(assignment)).body:
        assert isinstance(node, ast.Import | ast.ImportFrom)
        imported |= {alias.asname or alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.module == "autograder" or f"{node.module}.".startswith("autograder.given.")
    given = imported - references.GIVEN - ASKED_NOWHERE - {"check"}
    assert given <= {name for _, name in EXERCISES} - set(names(assignment))
    sources = [cell.source for cell in code(page_of(assignment))[1:]]
    trees = [ast.parse(source) for source in (*sources, references.text(assignment))]
    used = {n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert {"check"} <= imported <= used


@every_exercise
def test_a_stub_is_the_reference_without_its_body(assignment: str, name: str) -> None:
    cell = graded(page_of(assignment))[name]
    form = {"grade": False, "grade_id": name, "solution": True, **FORM, "locked": False}
    assert cell.metadata["nbgrader"] == form
    again = f"Run `python -m autograder.grader.release.stubs {assignment}`."
    assert f"{cell.source}\n" == references.stub(assignment, name), again
    stub = references.execute(f"{setup(assignment)}\n{cell.source}")[name]
    with pytest.raises(NotImplementedError):
        stub(*[None] * len(inspect.signature(stub).parameters))


@every_exercise
def test_a_check_is_one_locked_line_with_points(assignment: str, name: str) -> None:
    cell = graded(page_of(assignment))[f"check-{name}"]
    assert cell.source == f"check({name})"
    form = dict(cell.metadata["nbgrader"])
    worth = form.pop("points")
    assert type(worth) is int
    assert worth > 0
    assert form == {"grade": True, "grade_id": f"check-{name}", "solution": False, **FORM}


def test_the_first_page_says_how_many_points_each_assignment_has() -> None:
    text = (CHAPTERS / "index.md").read_text(encoding="utf-8")
    said = re.findall(r"\]\(\w+/(\w+)\.md\) \| (\d+) \|$", text, re.MULTILINE)
    assert {name: int(number) for name, number in said} == {
        name: sum(points(name).values()) for name in assignments()
    }


@every_assignment
def test_demonstrations_do_not_stop_run_all(assignment: str) -> None:
    cells = code(page_of(assignment))
    demonstrations = [cell for cell in cells if not graded_by(cell)]
    assert demonstrations
    for cell in demonstrations:
        assert cell.metadata["tags"] == ["raises-exception"]
    for cell, following in pairwise(cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert following.source.startswith("check(")


def pictures(page: Path) -> list[Any]:
    """The cells of a page that draw: by `plt`, or by a module of `autograder.figures`."""
    cells = code(page)
    source = "\n".join(cell.source for cell in cells)
    imports = re.findall(r"^from autograder\.figures import (.*)$", source, re.MULTILINE)
    modules = {name for line in imports for name in line.split(", ")} - {"style"}
    draws = "|".join([r"plt\.show\(", *(rf"{module}\.\w+\(" for module in sorted(modules))])
    return [cell for cell in cells if re.search(rf"^({draws})", cell.source, re.MULTILINE)]


@every_page
def test_every_picture_has_a_caption_a_name_and_a_text_that_stands_in_for_it(page: Path) -> None:
    found = pictures(page)
    assert len(found) == len([c for c in code(page) if "figure" in c.metadata.get("mystnb", {})])
    assert found or page.stem != "index", "a lesson without a picture"
    for cell in found:
        assert len(cell.metadata["mystnb"]["figure"]["caption"].split()) >= 10
        assert len(cell.metadata["mystnb"]["image"]["alt"].split()) >= 20


def test_no_two_pictures_of_the_book_have_one_name() -> None:
    found = [cell for page in PAGES for cell in pictures(page)]
    names = [cell.metadata["mystnb"]["figure"]["name"] for cell in found]
    assert len(set(names)) == len(names)


@every_assignment
def test_no_line_of_a_reference_is_on_a_page(assignment: str) -> None:
    def lines(text: str) -> set[str]:
        return {line.strip() for line in text.splitlines()}

    stubs = lines("\n".join(references.stub(assignment, name) for name in names(assignment)))
    secret = lines(references.text(assignment)) - stubs - lines(setup(assignment))
    innocent = re.compile(INNOCENT.get(assignment, r'(""")?$'))
    for page in (*lessons_of(assignment), page_of(assignment)):
        shown = lines(page.read_text(encoding="utf-8"))
        assert not {line for line in secret & shown if not innocent.match(line)}, page
