"""The grader's versions, as the site serves them to pip."""

from __future__ import annotations

import re

from packaging.requirements import Requirement

from autograder.checking.graded_with import VERSIONS
from autograder.grader.book.versions import address, pins
from autograder.grader.checkout import CHAPTERS, ROOT

PINS = pins(ROOT)


def test_a_student_gets_the_versions_with_which_the_class_is_graded() -> None:
    assert VERSIONS.items() <= PINS.items()
    graded = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    for name, version in PINS.items():
        own = name.replace("-", "[-_]")
        assert name == "tensorflow" or re.search(
            f"^{own}=={re.escape(version)}$", graded, re.M | re.I
        )
    assert PINS["tensorflow"] == PINS["tensorflow-cpu"]


def test_they_stand_beside_the_wheel_in_the_form_that_pip_reads() -> None:
    assert address(ROOT) == "wheels/constraints.txt"
    for name, version in PINS.items():
        assert Requirement(f"{name}=={version}").name == name


def test_the_page_asks_for_each_of_them_once_and_tells_a_version_of_python_that_there_is() -> None:
    page = (CHAPTERS / "about" / "start.md").read_text(encoding="utf-8")
    assert re.findall(r"^```\{install-checks\} (\w+)$", page, re.M) == ["notebook", "keras"]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.11"' in project
    assert "not in '>=3.11'" in page
