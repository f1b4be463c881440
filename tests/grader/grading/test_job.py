"""A job's key is a digest of all that decides, and of nothing else."""

from __future__ import annotations

import msgspec
import nbformat
import pytest

from autograder.grader import manifest
from autograder.grader.grading.handed_in import HandedIn
from autograder.grader.grading.job import Job, lookup
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.verdict import Graded
from autograder.grader.release.source import text


@pytest.fixture
def job(solved_notebook) -> Job:
    handed_in = HandedIn(nbformat.writes(solved_notebook).encode(), {"data.csv": b"1"})
    return Job(student="ada", assignment="lstm", handed_in=handed_in, released=text("lstm"), seed=1)


@pytest.mark.parametrize(
    "change",
    [
        {"student": "bob"},
        {"seed": 2},
        {"cell_seconds": 1.0},
        {"runner": "gpu"},
        {"handed_in": HandedIn(b"no notebook")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_decides_changes_the_key(job, change):
    assert msgspec.structs.replace(job, **change).key != job.key


def test_data_files_decide(job):
    other = HandedIn(job.handed_in.notebook, {"data.csv": b"2"})
    assert msgspec.structs.replace(job, handed_in=other).key != job.key


def test_of_the_notebook_the_solution_cells_alone_decide(job, solved_notebook):
    solved_notebook.cells.append(nbformat.v4.new_code_cell("train()"))
    more = HandedIn(nbformat.writes(solved_notebook).encode(), job.handed_in.files)
    assert msgspec.structs.replace(job, handed_in=more).key == job.key
    solved_notebook.cells = [c for c in solved_notebook.cells if "LSTMCell" not in c.source]
    less = HandedIn(nbformat.writes(solved_notebook).encode(), job.handed_in.files)
    assert msgspec.structs.replace(job, handed_in=less).key != job.key


def test_the_code_decides_with_what_the_setup_cells_import(job, monkeypatch):
    """The manifest has tests of its own."""
    journal = Journal(None)
    journal.append(Graded(key=job.key, student="ada", verdicts=[], notebook=""))
    assert lookup(job, journal) is not None
    asked = []
    monkeypatch.setattr(manifest, "digest", lambda *of: asked.append(of) or "other code")
    assert lookup(job, journal) is None
    assert asked[0][0] == ("lstm",)
    assert "from autograder import check" in asked[0][1]
