"""A proof that stands is not made again: nothing that decides it has changed since it passed.

It holds for a run of all tests alone, so that whoever names tests gets them; `--prove`, or CI in
the environment, makes every proof again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from autograder.exercises import assignments, exercises, homes
from autograder.grader import manifest
from autograder.grader.release.source import page

PROOF = "test_proof.py"

CHOOSING = ("keyword", "markexpr", "lf", "deselect", "stepwise")
"""Options of pytest by which a run is not one of all tests."""


def assignment_of(nodeid: str) -> str:
    """The assignment that a test of the proof is about; "" of other tests."""
    return part_of(nodeid) if f"{PROOF}::" in nodeid else ""


def part_of(nodeid: str) -> str:
    """The assignment that a test is given; "" of other tests."""
    return next((name for name in assignments() if f"[{name}-" in nodeid), "")


def digest(assignment: str) -> str:
    """A digest of the files that decide whether the proof of an assignment passes."""
    modules = [f"autograder.exercises.{assignment}", "tests.test_proof"]
    solutions = manifest.ROOT / "solutions"
    read = {page(assignment)}
    data = {manifest.ROOT / "constraints.txt", *solutions.glob("*.diff")}
    for home in homes(exercise.name for exercise in exercises(assignment)):
        read.update((solutions / home).rglob("*.py"))
        data.update((solutions / home).glob("*.diff"))
        data.update((manifest.ROOT / "autograder" / "exercises" / home).glob("*.npz"))
    return manifest.digest_of(manifest.follow(modules, read) | data)


class Proofs:
    """A plugin of pytest that takes out the proofs that stand, and notes those that are made."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._left: dict[str, set[str]] = {}
        self._worker = getattr(config, "workerinput", None)
        chosen = any(getattr(config.option, name, None) for name in CHOOSING)
        self._all = config.args_source == config.ArgsSource.TESTPATHS and not chosen
        self.stand: list[str] = self._worker["proved"] if self._worker else self._standing()

    def _standing(self) -> list[str]:
        if not self._all or self._config.option.prove or os.environ.get("CI"):
            return []
        return [name for name in assignments() if self._noted(name) == digest(name)]

    def _noted(self, assignment: str) -> str:
        return str(self._config.cache.get(f"proofs/{assignment}", ""))  # type: ignore[union-attr]

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a process of pytest-xdist what stands."""
        node.workerinput["proved"] = self.stand

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Take out what stands."""
        standing = [item for item in items if assignment_of(item.nodeid) in self.stand]
        if standing:
            config.hook.pytest_deselected(items=standing)
            gone = set(standing)
            items[:] = [item for item in items if item not in gone]
        self._expect(item.nodeid for item in items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note what the processes of pytest-xdist are to run."""
        self._expect(ids)

    def _expect(self, ids: Iterable[str]) -> None:
        self._left = {}
        for nodeid in ids:
            if assignment := assignment_of(nodeid):
                self._left.setdefault(assignment, set()).add(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what has passed; what fails in any phase is never taken for passed."""
        left = self._left.get(assignment_of(report.nodeid), set())
        if report.when == "teardown" and report.passed:
            left.discard(report.nodeid)
        elif not report.passed:
            left.add(f"{report.nodeid} did not pass")

    def pytest_sessionfinish(self) -> None:
        """Keep which proofs were made."""
        if self._worker is not None or not self._all:
            return
        for assignment, left in self._left.items():
            noted = "" if left else digest(assignment)
            self._config.cache.set(f"proofs/{assignment}", noted)  # type: ignore[union-attr]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was not proved again."""
        if self.stand:
            names = ", ".join(self.stand)
            terminalreporter.write_line(
                f"Proved before, and nothing that decides it has changed: {names}. "
                "To prove all again: pytest --prove."
            )
