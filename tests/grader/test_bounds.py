"""What one student hands in, or is called, takes no more room than others have."""

from __future__ import annotations

import io
import os
import time

import nbformat
import pytest

from autograder.grader.commands.terminal import Terminal
from autograder.grader.grading.handed_in import MOST_NOTES, read_folder
from autograder.grader.grading.notebook import UnreadableNotebookError
from autograder.grader.grading.progress import Waiting
from autograder.grader.grading.standing import Standing
from autograder.grader.grading.verdict import Graded
from autograder.grader.report import tables
from autograder.grader.syntax import MOST_TOKENS, parse
from tests.grader.grading.verdicts import verdict

ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b2J\u202e"


def printed(renderable, width: int = 80) -> str:
    file = io.StringIO()
    Terminal(file=file, width=width, force_terminal=True).print(
        renderable, markup=False, highlight=False
    )
    return file.getvalue()


def standing(name: str) -> Standing:
    verdicts = [verdict("lstm_step_forward", 3.0, 3.0)]
    return Standing(name, Graded(key="", student=name, verdicts=verdicts, notebook=""))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_long_name_leaves_everybody_the_points(width: int) -> None:
    table = tables.students([standing("x" * 255), standing("ada")])
    lines = printed(table, width).splitlines()
    (ada,) = (line for line in lines if "ada" in line)
    (long,) = (line for line in lines if "xxx" in line)
    assert ada.index("3 / 3") == long.index("3 / 3") <= tables.NAME_WIDTH + 5
    assert "…" in long


def test_nothing_that_is_printed_is_a_command_for_the_terminal() -> None:
    said = printed(f"no {ESCAPES} file")
    assert said.startswith("no ")
    assert said.endswith("file\n")
    for control in ("\x1b[2J", "\x1b]", "\x07", "\x9b", "\u202e"):
        assert control not in said
        assert control not in printed(tables.students([standing(ESCAPES)]))


def test_why_a_submission_failed_is_no_command_either() -> None:
    file = io.StringIO()
    with Waiting(Terminal(file=file, force_terminal=True), "Grading", 1) as waiting:
        waiting.failed(f"{ESCAPES}: it is so")
    assert "it is so" in file.getvalue()
    for control in ("\x1b[2J", "\x1b]", "\x07", "\x9b", "\u202e"):
        assert control not in file.getvalue()


def test_of_many_links_a_few_are_told_and_the_rest_counted(tmp_path) -> None:
    folder = tmp_path / "ada" / "lstm"
    folder.mkdir(parents=True)
    for number in range(3000):
        os.symlink("/etc/passwd", folder / f"{number}-{'x' * 200}")
    notes = read_folder(folder, "lstm").notes
    assert len(notes) == MOST_NOTES + 1
    assert notes[-1] == "And 2,990 more were left out or not taken."
    assert sum(map(len, notes)) < 5000


@pytest.mark.parametrize("source", ["a\n" * 500_000, "a," * 500_000, "-" * 1_000_000])
def test_a_cell_without_an_end_is_not_parsed(released, solved_notebook, source) -> None:
    solved_notebook.cells.append(nbformat.v4.new_code_cell(source))
    data = nbformat.writes(solved_notebook).encode()
    started = time.process_time()
    with pytest.raises(UnreadableNotebookError, match="hold more than"):
        released.read(data)
    with pytest.raises(ValueError, match="more than 60,000"):
        parse(source)
    assert time.process_time() - started < 3


def test_what_is_parsed_is_far_above_what_anybody_writes() -> None:
    assert len(parse("a + b\n" * (MOST_TOKENS // 3)).body) == MOST_TOKENS // 3
