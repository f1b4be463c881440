"""The wheel: no solution in it, and enough for a student with NumPy and IPython alone."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from autograder import given
from autograder.checking import contents, graded_with
from autograder.exercises import Exercise, assignments
from autograder.given import text as given_text
from autograder.grader import catalogue, references
from autograder.grader.authoring.leaks import private_lines
from tests.students import EXERCISES, names

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def without_framework(exercise: Exercise) -> bool:
    """Whether NumPy is enough.

    Training asks for the digits of scikit-learn, and what stands in for an earlier assignment is
    torch's.
    """
    tree = ast.parse(references.definition(exercise.assignment, exercise.name))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {call.function for call in exercise.draw(0).calls}
    modules = (given, given_text)
    stand_ins = {
        n for one in modules for n, value in vars(one).items() if inspect.isfunction(value)
    }
    if exercise.name == "train" or used & stand_ins - set(names(exercise.assignment)):
        return False
    for node in ast.walk(tree):
        # A docstring may name a framework that does the same.
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            del node.body[0]
    return not re.search(r"torch|keras", ast.unparse(tree))


NUMPY_EXERCISES = [exercise for exercise in EXERCISES if without_framework(exercise)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def closure(requirements: list[str]) -> dict[str, Distribution]:
    """The distributions that the requirements ask for, and what these ask for, without extras."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        needed = waiting.pop()
        if needed.name in found or (needed.marker and not needed.marker.evaluate({"extra": ""})):
            continue
        found[needed.name] = distribution(needed.name)
        waiting += [Requirement(text) for text in found[needed.name].requires or []]
    return found


@pytest.fixture(scope="module")
def library(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel, what it requires, and no other package."""
    folder = tmp_path_factory.mktemp("library")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    (metadata,) = folder.glob("*.dist-info")
    required = closure(Distribution.at(metadata).requires or [])
    assert {"numpy", "ipython"} <= required.keys()
    assert not required.keys() & {"torch", "tensorflow", "nbgrader", "ipykernel", "scipy"}
    for needed in required.values():
        for top in {file.parts[0] for file in needed.files or []} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(needed.locate_file(top))
    return folder


RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
for name in ("torch", "tensorflow", "nbgrader", "solutions", "ipykernel"):
    try:
        __import__(name)
    except ImportError:
        continue
    raise SystemExit(f"{name} can be imported here")
from traitlets.config import Config
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
shown = []
for cell in json.load(sys.stdin):
    with capture_output() as seen:
        shell.run_cell(cell).raise_error()
    if cell.startswith("check("):
        assert not seen.stderr, seen.stderr
        shown += [output.data["text/plain"] for output in seen.outputs]
assert sys.modules["autograder"].__file__.startswith(sys.argv[1])
print(json.dumps(shown))
"""


def told(library: Path, folder: Path, cells: list[str]) -> list[str]:
    """What the checks among the cells show in an interpreter that sees `library` alone."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error::UserWarning", "-c", RUN, str(library)],
        input=json.dumps(["import numpy as np\nfrom autograder import check", *cells]),
        capture_output=True,
        text=True,
        cwd=folder,
        env={"IPYTHONDIR": str(folder), "HOME": str(folder)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shown: list[str] = json.loads(done.stdout.splitlines()[-1])
    return shown


def test_the_wheel_holds_the_package_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
    tops = {file.split("/")[0] for file in files}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"autograder"}
    assert not [
        file for file in files if re.search(r"solution|chapters|tests|^autograder/grad|\.git", file)
    ]
    for assignment in assignments():
        assert f"autograder/exercises/{assignment}/expected.npz" in files
        assert f"autograder/exercises/{assignment}/hints.toml" in files
    assert f"autograder/exercises/{contents.FILE}" in files
    assert any(file.endswith(".dist-info/licenses/LICENSE") for file in files)
    assert wheel.stat().st_size < 2_000_000


def test_no_line_of_a_solution_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = b"\n".join(archive.read(name) for name in archive.namelist())
    for exercise in EXERCISES:
        definition = references.definition(exercise.assignment, exercise.name)
        lines = private_lines(definition)
        assert lines
        assert not [line for line in lines if len(line) > 24 and line.encode() in held], (
            exercise.name
        )


def test_a_right_notebook_is_right_with_the_wheel_alone(library: Path, tmp_path: Path) -> None:
    for assignment in assignments():
        wanted = [e.name for e in NUMPY_EXERCISES if e.assignment == assignment]
        sources = references.cells(references.text(assignment), wanted)
        cells = [cell for name in wanted for cell in (sources[name], f"check({name})")]
        shown = told(library, tmp_path, cells)
        assert [line.split(".")[0] for line in shown] == [f"{name}: correct" for name in wanted]


def test_mistakes_are_named_with_the_wheel_alone(library: Path, tmp_path: Path) -> None:
    for assignment in assignments():
        wanted = [e.name for e in NUMPY_EXERCISES if e.assignment == assignment]
        every = [m for m in catalogue.entries(assignment) if m.exercise in wanted]
        some = every[:: max(1, len(every) // 12)]
        cells = []
        for mistake in some:
            sources = references.cells(catalogue.text(assignment, mistake), wanted)
            cells += [sources[name] for name in wanted] + [f"check({mistake.exercise})"]
        shown = told(library, tmp_path, cells)
        assert len(shown) == len(some)
        for mistake, line in zip(some, shown, strict=True):
            assert line.startswith(f"{mistake.exercise}: not right yet. {mistake.mistake.says} ")
            assert line.endswith(f" Read {contents.section(assignment, mistake.mistake.read)}.")


def test_the_wheel_says_with_which_versions_the_class_is_graded() -> None:
    pinned = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text().split() if "==" in line
    )
    assert {name: pinned[name] for name in graded_with.VERSIONS} == graded_with.VERSIONS
    assert "numpy" in graded_with.VERSIONS


def test_the_grader_has_the_usual_packages_pinned() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    grade = settings["project"]["optional-dependencies"]["grade"]
    usual = {"ipympl", "matplotlib", "pandas", "scikit-learn", "scipy", "seaborn", "tqdm"}
    assert usual <= set(grade)
    pinned = (ROOT / "constraints.txt").read_text()
    assert all(f"\n{name}==" in pinned for name in usual)
