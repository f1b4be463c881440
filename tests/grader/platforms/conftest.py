"""A course with one assignment, and what a class gives for it, as the platforms write it."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autograder.grader.grading.course import Course
from autograder.grader.grading.rebuild import enter
from autograder.grader.platforms.collecting import Collector, Told
from autograder.grader.platforms.roster import roster
from autograder.grader.release.course import make_course
from autograder.grader.release.solve import filled
from autograder.grader.release.source import text

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,lstm (4321),Other (9),Final Score
    Points Possible,,,,,12,10,(read only)
"Lovelace, Ada",77,u77,ada,A,,1,1
"Turing, Alan",78,u78,alan,A,,2,2
"Hopper, Grace",79,u79,grace,B,,3,3
"""
"""Canvas' gradebook, as it is exported."""

MOODLE = """\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be \
changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 501,Ada Lovelace,ada@example.org,Submitted for grading,,12.00,Yes,\
"Tuesday, 1 December 2026, 10:30 PM",-,
Participant 502,Alan Turing,alan@example.org,Submitted for grading,,12.00,Yes,-,-,
Participant 503,Grace Hopper,grace@example.org,No submission,,12.00,Yes,-,-,
"""
"""Moodle's grading worksheet, as it is downloaded."""


@pytest.fixture(scope="session")
def one_released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which `lstm` stands as it is handed out; nbgrader was not asked."""
    root = tmp_path_factory.mktemp("platforms") / "course"
    made = make_course(root, ["lstm"])
    folder = made.path("release", ".", "lstm")
    folder.mkdir(parents=True)
    (folder / "lstm.ipynb").write_text(text("lstm"))
    return root


@pytest.fixture(scope="session")
def one_entered(one_released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, and its gradebook has the assignment."""
    root = tmp_path_factory.mktemp("entered") / "course"
    shutil.copytree(one_released, root)
    enter(Course(root), "lstm")
    return root


@pytest.fixture
def course(one_released: Path, tmp_path: Path) -> Course:
    """A course of its own, with nobody in it."""
    shutil.copytree(one_released, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture(scope="session")
def work() -> Callable[[str], bytes]:
    """The notebook of somebody, which is no other's."""
    plain = filled("lstm", {})

    def of(who: str) -> bytes:
        return plain.replace('"nbformat":', f'"who": "{who}",\n "nbformat":').encode()

    assert of("ada") != of("alan")
    return of


@pytest.fixture
def packed(tmp_path: Path) -> Callable[..., Path]:
    """Packs files into a zip: packed("class", {"ada.ipynb": b"…"})."""

    def pack(name: str, files: Mapping[str, bytes]) -> Path:
        path = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for inside, data in files.items():
                made.writestr(inside, data)
        return path

    return pack


@pytest.fixture
def collect(course: Course, tmp_path: Path) -> Callable[..., dict[str, Told]]:
    """Collects what was given, and says of each file what became of it."""

    def gather(*paths: Path, listed: str = "", **chosen: bool) -> dict[str, Told]:
        path = None
        if listed:
            path = tmp_path / "list.csv"
            path.write_text(listed, encoding="utf-8")
        told = Collector(course, "lstm", roster(course, path), **chosen).collect(paths)
        return {one.file or one.source: one for one in told}

    return gather
