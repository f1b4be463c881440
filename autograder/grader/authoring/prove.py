"""Prove an assignment: what is left to write is told; then the course's own tests are run on it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.grader import folder
from autograder.grader.authoring.derived import derive
from autograder.grader.authoring.leaks import leaks
from autograder.grader.authoring.unwritten import unwritten
from autograder.grader.checkout import COURSE, ROOT, of_folder
from autograder.grader.errors import CommandError

VARIABLE = "AUTOGRADER_PROVE"
"""The variable of the environment that names the one assignment of which tests are collected."""

TESTS = ("tests/test_proof.py", "tests/checking/test_public.py", "tests/checking/test_hints.py")


class ProveError(CommandError):
    """An assignment cannot be proved; the text says why."""


def prove(assignment: str, beside: Path | None, tell: Callable[[str], None]) -> bool:
    """Prove an assignment, as the tests of the course prove its own.

    Args:
        assignment: its name.
        beside: the folder of one's own in which it is, if it is in one.
        tell: told of each thing that is missing or wrong, in a sentence.

    Returns:
        Whether it is proved.

    Raises:
        ProveError: where there is no such assignment, or no pytest.
        CommandError: where a part of it is not as it has to be.
    """
    place = COURSE if beside is None else of_folder(beside.resolve())
    named = folder.NAME.fullmatch(assignment)
    if not named or not (place.exercises / assignment / "__init__.py").is_file():
        where = f" --folder {beside}" if beside is not None else ""
        raise ProveError(
            f"There is no assignment {assignment} in {place.exercises}. To begin one: "
            f"autograder new-exercise{where} ASSIGNMENT NAME"
        )
    if left := unwritten(place, [assignment]):
        for sentence in left:
            tell(sentence)
        return False
    if beside is not None:
        folder.use(beside)
    derive(assignment)
    shown = list(leaks(place, assignment))
    for sentence in shown:
        tell(sentence)
    return _tested(assignment, tell) and not shown


def _tested(assignment: str, tell: Callable[[str], None]) -> bool:
    """Run the tests in this process; whether all have passed, and some there were."""
    try:
        import pytest
    except ImportError as error:
        raise ProveError(
            f"The proof is made by the tests of the course, which need pytest ({error}): in the "
            "checkout, make course installs it."
        ) from None
    told = _Told(tell)
    options = ["-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:xdist"]
    options += ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "-o", "addopts="]
    with _named(assignment):
        code = pytest.main([*options, *(str(ROOT / test) for test in TESTS)], plugins=[told])
    if told.passed + told.failed == 0:
        raise ProveError(f"No test of {assignment} was run (pytest ended with {int(code)}).")
    return int(code) == 0


@contextmanager
def _named(assignment: str) -> Iterator[None]:
    os.environ[VARIABLE] = assignment
    try:
        yield
    finally:
        del os.environ[VARIABLE]


class _Told:
    """A plugin of pytest that tells in a sentence what has failed."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.passed = self.failed = 0

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Tell of a test that has failed."""
        if report.passed:
            self.passed += report.when == "call"
        elif report.failed:
            self.failed += 1
            self._tell(sentence(report.nodeid, _reason(report.longrepr)))

    def pytest_collectreport(self, report: Any) -> None:
        """Tell of a file whose tests cannot be collected."""
        if report.failed:
            self.failed += 1
            self._tell(f"{report.nodeid}: {_reason(report.longrepr)}")


def sentence(nodeid: str, reason: str) -> str:
    """What a failed test says: its name is what should be so.

    Args:
        nodeid: the name of the test, with what it was given.
        reason: why it failed.
    """
    name, _, given = nodeid.rpartition("::")[2].partition("[")
    wanted = name.removeprefix("test_").replace("_", " ")
    return f"It is not so that {wanted} ({given.rstrip(']')}): {reason}"


def _reason(found: Any) -> str:
    crash = getattr(found, "reprcrash", None)
    text = str(crash.message if crash is not None else found)
    first = text.partition("\n")[0] if crash is not None else text.strip().rpartition("\n")[2]
    return re.sub(r"^(AssertionError|E +|assert )+:? ?", "", first).strip() or "it does not hold"
