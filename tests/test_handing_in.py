"""`autograder check`, and the command where a student has it: without the code of the grader."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from autograder import command, handing_in
from autograder.grader import references
from autograder.handing_in import Told, tried

FORWARD, BACKWARD = "rnn_step_forward", "rnn_step_backward"


def cell(source: str, points: int = 0) -> Any:
    metadata = {"nbgrader": {"points": points}} if points else {}
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def written(path: Path, *cells: Any) -> Path:
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


@pytest.fixture
def student(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Where a student has the command; what it puts into the environment is taken back."""
    here = {"autograder.grader": None}
    monkeypatch.setattr(command, "find_spec", lambda name: here.get(name, find_spec("sys")))
    monkeypatch.setenv("NBGRADER_EXECUTION", "")
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.setattr(handing_in, "WIDEST", 1000)
    return monkeypatch


def called(student: pytest.MonkeyPatch, *arguments: str) -> object:
    """With what the command ends."""
    student.setattr(sys, "argv", ["autograder", *arguments])
    with pytest.raises(SystemExit) as ended:
        command.main()
    return ended.value.code


@pytest.mark.parametrize("arguments", [("--help",), ()])
def test_the_command_tells_a_student_what_it_is_for(
    student: Any, arguments: tuple[str, ...], capsys: Any
) -> None:
    assert called(student, *arguments) == 0
    assert "autograder check lstm.ipynb" in capsys.readouterr().out


def test_a_command_of_those_who_teach_is_told_to_be_elsewhere(student: Any) -> None:
    assert "no `autograder grade` in what a student installs" in str(
        called(student, "grade", "lstm")
    )


def test_an_installation_without_numpy_is_a_sentence(student: Any) -> None:
    student.setitem(sys.modules, "autograder.handing_in", None)
    assert "Install the course's package again" in str(called(student, "check", "lstm.ipynb"))


@pytest.mark.slow
def test_a_notebook_is_run_and_what_its_checks_find_is_told(
    student: Any, tmp_path: Path, capsys: Any
) -> None:
    sources = references.cells(references.text("recurrent"), [FORWARD])
    path = written(
        tmp_path / "mine.ipynb",
        cell("import numpy as np\nfrom autograder import check"),
        cell(sources[FORWARD]),
        cell(f"check({FORWARD})", points=2),
        cell(f"def {BACKWARD}(dh_next, cache):\n    raise NotImplementedError"),
        cell(f"check({BACKWARD})", points=3),
        cell("print('\\x1b[2J')\nnothing_of_this_name"),
        cell(f"check({FORWARD})"),
        cell(f"{BACKWARD}(1, 2)"),
    )
    before = path.read_bytes()
    assert called(student, "check", str(path)) == 1
    said = capsys.readouterr().out
    assert f"\n{FORWARD}: correct. All " in said
    assert f"\n{BACKWARD}: not attempted yet. It raises NotImplementedError" in said
    assert "1 of 2 exercises is right: 2 of 5 points." in said
    assert "Cell [6], `print('\\x1b[2J')`, stops. NameError: name 'nothing_of_this_name'" in said
    assert "Cell [8]" not in said
    assert "Courses look for recurrent.ipynb" in said
    assert f"`check({FORWARD})` stands there 2 times" in said
    assert "No cell checks " in said
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no file "),
        ("{}", "is not a notebook that can be read"),
        ("\xff", "is not a notebook that can be read"),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "is it the notebook"),
    ],
)
def test_what_cannot_be_run_is_a_sentence(tmp_path: Path, content: str | None, says: str) -> None:
    path = tmp_path / "lstm.ipynb"
    if content is not None:
        path.write_text(content, encoding="latin-1")
    assert says in str(tried(path))


@pytest.mark.parametrize("raised", [KeyboardInterrupt, AssertionError, DeadKernelError])
def test_a_run_that_is_stopped_is_a_sentence(
    student: Any, tmp_path: Path, raised: type[BaseException]
) -> None:
    def stopped(_: Any) -> None:
        raise raised

    student.setattr(NotebookClient, "execute", stopped)
    path = written(tmp_path / "recurrent.ipynb", cell(f"check({FORWARD})"))
    assert "kernel ended before its last cell" in str(tried(path))


def test_without_jupyterlab_there_is_a_sentence(student: Any, tmp_path: Path) -> None:
    student.setitem(sys.modules, "nbclient", None)
    assert "Install JupyterLab" in str(tried(tmp_path / "lstm.ipynb"))


def test_all_right_and_in_place_ends_with_zero(capsys: Any) -> None:
    assert handing_in._sum_up(Told({FORWARD: 2}, {FORWARD: 2}), []) == 0
    assert handing_in._sum_up(Told({FORWARD: 2}, {FORWARD: 2}, ["Cell [1] stops."]), []) == 1
    assert "1 of 1 exercises is right: 2 of 2 points." in capsys.readouterr().out
