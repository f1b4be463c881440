"""Right work in the forms in which students leave it: it gets its points, and a note where odd."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.grader.grading.course import Course
from autograder.grader.release.solve import grade_id_of, solved
from autograder.grader.release.source import notebook as as_handed_out
from tests.attacks.attack import CELL, FORWARD, STEP, reference

pytestmark = pytest.mark.slow

Edit = Callable[[Any], None]
STUB = "def lstm_step_forward(x, h, c, Wx, Wh, b):\n    return h, c, None  # an older copy"
SIGMOID, PLAIN = reference()[STEP].split("\n\n\n")


def position(notebook: Any, grade_id: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if grade_id_of(cell) == grade_id)


def cell(notebook: Any, grade_id: str) -> Any:
    return notebook.cells[position(notebook, grade_id)]


def text(source: str, exercise: str = STEP) -> Edit:
    """The cell of an exercise holds this."""

    def edit(notebook: Any) -> None:
        cell(notebook, exercise).source = source

    return edit


def above(code: str, exercise: str = STEP) -> Edit:
    return text(f"{code}\n\n{reference()[exercise]}", exercise)


def below(code: str, exercise: str = STEP) -> Edit:
    return text(f"{reference()[exercise]}\n\n\n{code}", exercise)


def added(code: str, at: Callable[[Any], int], source: str = PLAIN) -> Edit:
    """A cell is added somewhere, and the cell of the first exercise holds `source`."""

    def edit(notebook: Any) -> None:
        cell(notebook, STEP).source = source
        notebook.cells.insert(at(notebook), new_code_cell(code))

    return edit


def before(notebook: Any) -> int:
    return position(notebook, STEP)


def after(notebook: Any) -> int:
    return position(notebook, STEP) + 1


def end(notebook: Any) -> int:
    return len(notebook.cells)


def with_id(source: str, at: Callable[[Any], int]) -> Edit:
    """A copy of the first exercise's cell stands somewhere else, with its metadata."""

    def edit(notebook: Any) -> None:
        copy = nbformat.from_dict(dict(cell(notebook, STEP)))
        copy.id, copy.source = "copy", source
        notebook.cells.insert(at(notebook), copy)

    return edit


def import_in_setup(notebook: Any) -> None:
    setup = cell(notebook, "setup")
    setup.source = f"import math\n{setup.source}"
    step = cell(notebook, STEP)
    step.source = step.source.replace("a = x @", "math.exp(0)\n    a = x @")


def answer_in_a_new_cell(notebook: Any) -> None:
    step = cell(notebook, STEP)
    right, step.source = step.source, cell(as_handed_out("lstm"), STEP).source
    notebook.cells.insert(position(notebook, STEP) + 1, new_code_cell(right))


def split_in_two(notebook: Any) -> None:
    at = position(notebook, STEP)
    notebook.cells[at].source = f"{SIGMOID}\n\n\nSCALE = np.ones(1)"
    notebook.cells.insert(at + 1, new_code_cell(PLAIN.replace("a = x @", "a = SCALE[0] * x @")))


def method_in_another_cell(notebook: Any) -> None:
    at = position(notebook, CELL)
    head, body = notebook.cells[at].source.split("    def forward(")
    lines = f"def forward({body}".splitlines()
    method = "\n".join([lines[0], *(line.removeprefix("    ") for line in lines[1:])])
    notebook.cells[at].source = head
    notebook.cells.insert(at + 1, new_code_cell(f"{method}\n\n\nLSTMCell.forward = forward"))


def helper_of_another_kind_below(notebook: Any) -> None:
    """The name of a helper is another's further down, for torch."""
    notebook.cells.insert(position(notebook, STEP), new_code_cell(SIGMOID))
    cell(notebook, STEP).source = PLAIN
    at = position(notebook, CELL)
    notebook.cells.insert(at, new_code_cell("def sigmoid(a):\n    return torch.sigmoid(a)"))
    notebook.cells[at + 1].source = notebook.cells[at + 1].source.replace(
        "torch.sigmoid(", "sigmoid("
    )


def as_text(notebook: Any) -> None:
    at = position(notebook, STEP)
    old = notebook.cells[at]
    notebook.cells[at] = new_markdown_cell(old.source, metadata=old.metadata)


OUTSIDE: dict[str, Edit] = {
    "helper-in-a-cell-before": added(SIGMOID, before),
    "helper-in-a-cell-after-the-check": added(SIGMOID, end),
    "helper-of-a-helper": added(
        f"HALF = 0.5\n\n\ndef half(a):\n    return HALF * a\n\n\n"
        f"{SIGMOID.replace('0.5 * a', 'half(a)')}",
        before,
    ),
    "helper-as-a-lambda": added("sigmoid = lambda a: 0.5 * (1 + np.tanh(0.5 * a))", before),
    "helper-beside-a-training": added(f"while True:\n    pass\n\n\n{SIGMOID}\ntrain()", before),
    "helper-below-a-magic": added(f"%matplotlib inline\n!ls\n{SIGMOID}", before),
    "helper-in-a-later-exercise": lambda n: (
        text(PLAIN)(n),
        text(f"{SIGMOID}\n\n\n{reference()[FORWARD]}", FORWARD)(n),
    ),
    "helper-chosen-by-what-is-there": added(
        f"try:\n    import tqdm_of_nobody\nexcept ImportError:\n    pass\n\n{SIGMOID}", before
    ),
    "import-in-setup": import_in_setup,
    "import-in-a-cell-before": added(
        "from math import *", before, reference()[STEP].replace("a = x @", "exp(0)\n    a = x @")
    ),
    "constants-in-a-cell-before": added(
        "HALF, ONE = 0.5, 1", before, reference()[STEP].replace("0.5 * a", "HALF * ONE * a")
    ),
    "split-in-two": split_in_two,
    "method-in-another-cell": method_in_another_cell,
    "helper-of-another-kind-below": helper_of_another_kind_below,
    "answer-in-a-new-cell": answer_in_a_new_cell,
    "older-copy-below": with_id(STUB, end),
    "older-copy-above": with_id(STUB, before),
    "older-copy-without-id-below": lambda n: n.cells.append(new_code_cell(STUB)),
    "first-try-above": lambda n: n.cells.insert(before(n), new_code_cell(STUB)),
    "checked-again-further-down": lambda n: (
        n.cells.extend([new_code_cell(cell(n, STEP).source), new_code_cell(f"check({STEP})")]),
        text(STUB)(n),
    ),
    "turned-to-text": as_text,
}
"""Work outside of the stub's cell."""

VALUES: dict[str, Edit] = {
    "call-below": below("print(lstm_step_forward(x_mine, h_mine))"),
    "call-above": above("print(lstm_step_forward(x_mine, h_mine))"),
    "call-between": text(f"{SIGMOID}\n\n\nprint(nobody)\n\n\n{PLAIN}"),
    "calls-everywhere": text(f"nobody()\n{SIGMOID}\nnobody()\n\n\n{PLAIN}\nnobody()"),
    "input": below("name = input('your name? ')"),
    "more-lines-that-fail-than-are-tried": above("\n".join(f"nobody_{k}()" for k in range(14))),
    "missing-file": above("data = open('data.csv').read()"),
    "magic-of-a-missing-package": above("%matplotlib widget"),
    "missing-package": above("import tqdm_of_nobody"),
    "missing-package-in-a-cell-before": added(f"import tqdm_of_nobody\n{SIGMOID}", before),
    "constant-of-nobody-in-a-cell-before": added(f"sigmoid = nobody\n\n\n{SIGMOID}", before),
    "timed": above("%%time"),
    "timed-and-stopped": text(f"%%time\n{reference()[STEP]}\n\n\nnobody()"),
    "help": below("lstm_step_forward?"),
    "shell": above("!pip install tqdm_of_nobody"),
    "training-below": below("while True:\n    pass"),
    "training-above": above("table = np.ones(3)\nwhile True:\n    table += 1"),
    "prints-without-end": below("while True:\n    print('x' * 10_000)"),
    "exit": below("exit()"),
    "crash": below("import os\n\nos._exit(1)"),
    "crash-between": text(f"{SIGMOID}\nimport os\nos._exit(1)\n{PLAIN}"),
}
"""Something fails beside a complete definition."""

FORMS = OUTSIDE | VALUES


@pytest.fixture(scope="module")
def graded(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The verdicts on all forms, by student."""
    root = tmp_path_factory.mktemp("honest") / "course"
    shutil.copytree(made_once, root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.cell_seconds = 3\n")
    course = Course(root)
    for name, edit in FORMS.items():
        notebook = nbformat.reads(solved("lstm"), as_version=4)
        edit(notebook)
        folder = course.path("submitted", name, "lstm")
        folder.mkdir(parents=True)
        (folder / "lstm.ipynb").write_text(nbformat.writes(notebook))
    command = [sys.executable, "-m", "autograder.grader.cli", "grade", "lstm"]
    found = root / "verdicts.json"
    done = subprocess.run(
        [*command, "--course", str(root), "--json", str(found)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    by_student: dict[str, dict[str, Any]] = {}
    for verdict in json.loads(found.read_text()):
        by_student.setdefault(verdict["student"], {})[verdict["exercise"]] = verdict
    return by_student


@pytest.mark.parametrize("name", FORMS)
def test_right_work_gets_its_points(graded: Mapping[str, Any], name: str) -> None:
    lost = {v["exercise"]: v["message"] for v in graded[name].values() if v["status"] != "correct"}
    assert not lost
    assert sum(v["points"] for v in graded[name].values()) == 12


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("call-below", "The cell stops with NameError: name 'x_mine' is not defined in line 58."),
        ("call-above", "The cell stops with NameError: name 'lstm_step_forward' is not defined in"),
        ("missing-package", "No module named 'tqdm_of_nobody' in line 1. That costs nothing"),
        ("training-below", "The cell itself does not come to an end: it took longer than 3 sec"),
        ("crash", "The cell ended the kernel: a crash, a call of exit,"),
        ("constant-of-nobody-in-a-cell-before", "A cell from which it needs something stops with"),
        ("older-copy-below", "has 2 cells for `lstm_step_forward`; the last one that was changed"),
        ("answer-in-a-new-cell", "is as it was handed out; another cell that defines it was taken"),
        ("split-in-two", "was not in its place; another cell that defines it was taken"),
    ],
)
def test_the_note_says_what_stopped_or_was_taken(
    graded: Mapping[str, Any], name: str, says: str
) -> None:
    assert says in graded[name][STEP]["message"]
