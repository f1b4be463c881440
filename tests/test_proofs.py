"""Proofs that stand: which are not made again, and what makes them again."""

import os

import pytest

from autograder.exercises import assignments
from autograder.grader import manifest
from tests.proofs import PROOF, digest

CONFTEST = """
import pytest
from pathlib import Path
from tests import proofs

proofs.assignments = lambda: ["lstm", "gru"]
proofs.digest = lambda assignment: assignment + Path("decides").read_text()

def pytest_addoption(parser):
    parser.addoption("--prove", action="store_true")

def pytest_configure(config):
    config.pluginmanager.register(proofs.Proofs(config))
"""

TESTS = """
import pytest
from pathlib import Path

@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("assignment", ["lstm", "gru"])
def test_holds(assignment, n):
    assert Path("holds").read_text() != assignment

def test_other():
    pass
"""


class Suite:
    """A small suite with four proofs and another test."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        folder = pytester.mkdir("tests_here")
        (folder / PROOF).write_text(TESTS)
        (folder / "conftest.py").write_text(CONFTEST)
        pytester.makeini("[pytest]\ntestpaths = tests_here\n")
        self.write(decides="1", holds="")

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self._pytester.path / name).write_text(text)

    def run(self, *options: str) -> dict[str, int]:
        """How many tests passed, failed and were taken out."""
        found = self._pytester.runpytest(*options).parseoutcomes()
        return {k: n for k, n in found.items() if k in {"passed", "failed", "deselected"}}


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    monkeypatch.delenv("CI", raising=False)
    for name in [name for name in os.environ if name.startswith("PYTEST_XDIST")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(manifest.ROOT))
    return Suite(pytester)


def test_what_passed_is_not_proved_again_until_something_decides_otherwise(suite: Suite) -> None:
    assert suite.run() == {"passed": 5}
    assert suite.run() == {"passed": 1, "deselected": 4}
    suite.write(decides="2")
    assert suite.run() == {"passed": 5}


def test_it_is_so_where_pytest_xdist_runs_them(suite: Suite) -> None:
    assert suite.run("-n", "1") == {"passed": 5}
    assert suite.run("-n", "1")["passed"] == 1, "pytest-xdist does not count what it takes out"


def test_what_failed_is_proved_again(suite: Suite) -> None:
    suite.write(holds="gru")
    assert suite.run() == {"failed": 2, "passed": 3}
    suite.write(holds="")
    assert suite.run() == {"passed": 3, "deselected": 2}


def test_all_is_proved_where_that_is_asked_for(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.run()
    assert suite.run("--prove") == {"passed": 5}
    monkeypatch.setenv("CI", "true")
    assert suite.run() == {"passed": 5}


def test_what_is_asked_for_by_name_is_run_and_proves_nothing(suite: Suite) -> None:
    assert suite.run("-k", "lstm") == {"passed": 2, "deselected": 3}
    assert suite.run() == {"passed": 5}
    assert suite.run("tests_here/test_proof.py") == {"passed": 5}


def test_a_run_of_what_failed_last_proves_nothing(suite: Suite) -> None:
    suite.write(holds="gru")
    suite.run()
    suite.write(holds="", decides="2")
    assert suite.run("--lf")["passed"] == 2
    assert suite.run() == {"passed": 5}


def test_styles_and_expected_values_decide_the_proof_of_their_assignment_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: dict[str, set[str]] = {}
    monkeypatch.setattr(manifest, "digest_of", lambda files: {f.as_posix() for f in files})
    for assignment in assignments():
        read[assignment] = {f.removeprefix(f"{manifest.ROOT}/") for f in digest(assignment)}
    for assignment, files in read.items():
        assert f"autograder/exercises/{assignment}/expected.npz" in files
        assert f"solutions/{assignment}/mistakes.diff" in files
        assert any(file.startswith(f"solutions/{assignment}/styles/") for file in files)
        assert {"autograder/grader/judge/judge.py", "tests/test_proof.py"} <= files
    assert not [file for file in read["lstm"] if "convolutional" in file]
