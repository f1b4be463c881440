"""The book of this checkout: what it shows, and what it must not show."""

from __future__ import annotations

import os
import re
import site
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from autograder.checking.contents import FILE
from autograder.exercises import assignments
from autograder.grader.release.contents import FOLDER
from tests.chapters.pages import answers, lessons_of
from tests.grader.book.books import ROOT, Book, outside_addresses, text_files
from tests.grader.book.learner import anki, take
from tests.students import EXERCISES

pytestmark = pytest.mark.slow

TRIVIAL = 20
"""A line of fewer characters, such as `return loss`, is anyone's."""

COMMON = re.compile(
    r"from |import |@dataclass|for t in range\(x\.shape\[1\]\):$|return h_next, c_next$"
    r"|def __init__\(self(, input_size: int, hidden_size: int)?\) -> None:$"
    r"|rng: np\.random\.Generator,$|self, x: torch\.Tensor, (h|state): "
    r"|def forward\(self, x: torch\.Tensor|\) -> tuple\[torch\.Tensor"
)
"""So are these, which the checks have as well."""


def test_only_the_pages_of_the_contents_are_built(real_book: Book) -> None:
    pages = {p.relative_to(real_book.html).parts[0] for p in real_book.html.rglob("*.html")}
    assert pages <= {"genindex.html", "index.html", "search.html", "chapters", "_static"}


def test_no_line_of_a_solution_is_served(real_book: Book) -> None:
    secret = _lines_of_solutions()
    assert "c_next = f * c + i * g" in secret
    within = {line: set(line.split()[1:-1]) for line in secret}
    found = []
    for name, text in text_files(real_book.html).items():
        # Nearly every line is ruled out by its inner words, without a search of the whole text.
        words = set(text.split())
        found += [(name, x) for x, inner in within.items() if inner <= words and x in text]
    assert not found


def _lines_of_solutions() -> set[str]:
    """The lines of the references and of the known mistakes, without what the chapters say."""
    told = "\n".join(page.read_text(encoding="utf-8") for page in (ROOT / "chapters").rglob("*.md"))
    told += "".join(f'\n"{exercise.name}",' for exercise in EXERCISES)
    lines = {line.strip() for line in _all_lines("*.py")}
    lines |= {line[1:].strip() for line in _all_lines("*.diff") if line.startswith("+ ")}
    return {
        line
        for line in lines
        if len(line) >= TRIVIAL and not COMMON.match(line) and line not in told
    }


def _all_lines(pattern: str) -> Iterator[str]:
    for file in (ROOT / "solutions").rglob(pattern):
        yield from file.read_text(encoding="utf-8").splitlines()


def test_a_table_that_a_cell_makes_is_shown_as_one(real_book: Book) -> None:
    page = (real_book.html / "chapters" / "about" / "grader.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr[^>]*>.*?</tr>", page, re.DOTALL)
    assert [row for row in rows if "nbgrader autograde" in row]


def test_no_path_of_this_machine_is_served(real_book: Book) -> None:
    paths = {str(ROOT), str(real_book.root), sys.prefix, *site.getsitepackages(), str(Path.home())}
    served = text_files(real_book.html)
    assert not [(file, path) for file, text in served.items() for path in paths if path in text]


def test_every_check_is_passed_by_the_reference(real_book: Book) -> None:
    assignments = [p.stem for p in (real_book.html / "notebooks").glob("*.ipynb")]
    assert "lstm" in assignments
    page = real_book.page("chapters/gated/lstm")
    assert page.count("autograder-check autograder-correct") == len(
        re.findall(r"^check\(", (ROOT / "chapters/gated/lstm.md").read_text(), re.MULTILINE)
    )


def test_no_script_style_font_or_picture_comes_from_elsewhere(real_book: Book) -> None:
    assert not outside_addresses(real_book.html)


def test_every_picture_says_what_it_shows(real_book: Book) -> None:
    for page in (real_book.html / "chapters").rglob("*.html"):
        for picture in re.findall(r"<img\b[^>]*>", page.read_text(encoding="utf-8")):
            text = re.search(r'\balt="([^"]*)"', picture)
            assert text is not None, (page, picture)
            assert not text[1].endswith((".png", ".svg")), (page, picture)


def test_figures_are_numbered_by_chapter(real_book: Book) -> None:
    chapters = ("feedforward", "convolutional", "recurrent", "gated", "layers")
    for number, chapter in enumerate(chapters, 1):
        pages = (real_book.html / "chapters" / chapter).glob("*.html")
        text = "".join(page.read_text(encoding="utf-8") for page in pages)
        figures = re.findall(r'"caption-number">Fig\. ([0-9.]+) ', text)
        assert figures
        assert not [figure for figure in figures if not figure.startswith(f"{number}.")]


def test_the_sections_that_checks_name_are_where_they_say(real_book: Book) -> None:
    known = tomllib.loads((FOLDER / FILE).read_text(encoding="utf-8"))
    for assignment in assignments():
        for place in (known[assignment]["mistakes"] | known[assignment]["hints"]).values():
            path, _, anchor = place.partition("#")
            assert f'id="{anchor}"' in (real_book.html / path).read_text(encoding="utf-8"), place


def test_the_notebook_of_an_assignment_is_what_a_student_opens(real_book: Book) -> None:
    notebook = nbformat.read(real_book.html / "notebooks" / "lstm.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert "jupytext" not in notebook.metadata
    assert not [cell for cell in notebook.cells if cell.get("outputs")]
    assert [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("points")]


def test_the_wheel_that_the_pages_name_is_served_without_solutions(real_book: Book) -> None:
    page = real_book.html / "chapters" / "about" / "start.html"
    address = re.search(r'data-address="([^"]+\.whl)"', page.read_text(encoding="utf-8"))
    assert address is not None
    names = zipfile.ZipFile(page.parent / address[1]).namelist()
    assert "autograder/check.py" in names
    assert not [name for name in names if "solutions" in name]


def test_the_wheel_that_is_served_can_be_imported(real_book: Book, tmp_path: Path) -> None:
    wheel = next((real_book.html / "wheels").glob("*.whl"))
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    code = "import autograder; print(autograder.__file__)"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.stdout.startswith(str(wheel)), ran.stderr


def test_anki_reads_as_many_cards_as_the_book_offers(real_book: Book, tmp_path: Path) -> None:
    text = real_book.text("chapters/cards/index")
    said = {name: int(n) for name, n in re.findall(r"(The lecture|Questions), (\d+) cards", text)}
    lessons = {page for assignment in assignments() for page in lessons_of(assignment)}
    assert said["Questions"] == sum(len(answers(page)) for page in lessons)
    with anki(tmp_path) as learner:
        for deck in (real_book.html / "cards").glob("*.apkg"):
            take(learner, deck)
        for name, number in said.items():
            assert len(learner.find_cards(f'deck:"From Cells to cuDNN::{name}"')) == number
        fields = [
            field for note in learner.find_notes("") for field in learner.get_note(note).fields
        ]
    assert all(fields)
    assert not [field for field in fields if "<img" in field or 'href="../' in field]
