"""What many tests share: notebooks of the assignment, courses in folders of their own, the book."""

import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock

from autograder.exercises import assignments
from autograder.grader.authoring.prove import VARIABLE
from autograder.grader.authoring.unwritten import unwritten
from autograder.grader.checkout import COURSE
from autograder.grader.grading.course import Course
from autograder.grader.grading.notebook import Released
from autograder.grader.release.course import make_course, release_all
from autograder.grader.release.solve import filled, solved
from autograder.grader.release.source import text
from tests.grader.book.books import Book, copy_real
from tests.proofs import PROOF, Proofs, part_of

OF_AN_ASSIGNMENT = {PROOF, "test_follow_through.py", "test_public.py"}
"""Files whose tests of one assignment share what its references and known mistakes answer."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prove", action="store_true", help="make the proofs that stand, too")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Proofs(config))
    if not hasattr(config, "workerinput") and (left := unwritten(COURSE, assignments())):
        raise pytest.UsageError(
            "\n".join(["An exercise was begun, and is not written yet.", *left])
        )


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what is slow to make run in one process, where there are several.

    What is done for every assignment shares nothing between them, and would else take longest.
    """
    if alone := os.environ.get(VARIABLE):
        items[:] = [item for item in items if _is_about(item, alone)]
    for item in items:
        group = item.path.name
        if group in OF_AN_ASSIGNMENT:
            group = part_of(item.nodeid) or group
        elif item.path.parent.name == "browser" or group == "test_real_book.py":
            group = "the book of this checkout"
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_turn)


def _is_about(item: pytest.Item, assignment: str) -> bool:
    """Whether a test is given the assignment, or something of it."""
    given = getattr(item, "callspec", None)
    values = given.params.values() if given is not None else ()
    return any(assignment in (value, getattr(value, "assignment", None)) for value in values)


def _turn(item: pytest.Item) -> int:
    """Groups that take minutes come first: the last ones should end at about the same time."""
    if item.get_closest_marker("slow"):
        return 0
    return 1 if item.path.parent.name == "tests" else 2


@pytest.fixture(autouse=True)
def spec_of_main() -> None:
    """Python starts processes of its own by it; those of pytest-xdist have none, nor IPython's."""
    vars(sys.modules["__main__"]).setdefault("__spec__", None)


@pytest.fixture(scope="session")
def released() -> Released:
    return Released.parse(text("lstm"))


@pytest.fixture
def solved_notebook():
    """The solved notebook, to be changed at will."""
    return nbformat.reads(solved("lstm"), as_version=4)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory, worker_id) -> Path:
    """A course that nobody changes, made by the first process that needs it."""
    top = tmp_path_factory.getbasetemp()
    made = (top if worker_id == "master" else top.parent) / "made"
    with FileLock(f"{made}.lock"):
        if not made.exists():
            release_all(make_course(top / "making"))
            shutil.move(top / "making", made)
    return made


@pytest.fixture
def course(made_once, tmp_path) -> Course:
    """A course of its own with every assignment released and no submission."""
    shutil.copytree(made_once, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture
def submit(course):
    """Puts bytes into `submitted/`: submit("ada", notebook)."""

    def put(student: str, data: bytes | str) -> Path:
        folder = course.path("submitted", student, "lstm")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "lstm.ipynb"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return put


@pytest.fixture
def with_cells():
    """The assignment with the given sources in its solution cells, as JSON."""
    return lambda **sources: filled("lstm", sources)


@pytest.fixture(scope="session")
def real_book(tmp_path_factory) -> Book:
    """The book of this checkout, built once for all tests that look at it."""
    book = copy_real(tmp_path_factory.mktemp("book"))
    built = book.build()
    assert built.returncode == 0, built.stdout + built.stderr
    return book
