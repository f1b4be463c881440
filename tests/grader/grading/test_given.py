"""Stand-ins for an earlier assignment's functions are no answer to that assignment."""

from __future__ import annotations

import inspect

import pytest

from autograder import given
from autograder.exercises import Exercise, exercises, find
from autograder.grader import references
from autograder.grader.grading.framework_use import Look, Text
from autograder.grader.grading.notebook import Released
from autograder.grader.release.source import notebook

SETUP = "import numpy as np\nimport torch\nfrom autograder import check\n"
SIGNATURE = "def lstm_step_forward(x, h, c, Wx, Wh, b):\n"


def read(*cells: str) -> Text:
    text = Text()
    for cell in cells:
        text.add(cell)
    return text


@pytest.mark.parametrize(
    "cell",
    [
        "from autograder.given import lstm_step_forward\n",
        "from autograder.given import lstm_step_forward as step\n"
        f"{SIGNATURE}    return step(x, h, c, Wx, Wh, b)\n",
        "import autograder.given as g\n"
        f"{SIGNATURE}    return g.lstm_step_forward(x, h, c, Wx, Wh, b)\n",
        f"{SIGNATURE}    from autograder.given import lstm_step_forward as step\n"
        "    return step(x, h, c, Wx, Wh, b)\n",
    ],
)
def test_a_stand_in_is_refused_as_an_answer(cell: str) -> None:
    exercise = find("lstm_step_forward")
    assert exercise is not None
    use = read(SETUP, cell).look(exercise.name, exercise.framework, cell, ["lstm_forward"]).use
    assert use is not None
    assert use.name == "autograder.given.lstm_step_forward"


LATER = [
    exercise
    for assignment in ("lstm_sequences", "training", "cudnn_layers", "translation")
    for exercise in exercises(assignment)
]


@pytest.mark.parametrize("exercise", LATER, ids=lambda exercise: exercise.name)
def test_the_later_assignment_may_use_them(exercise: Exercise) -> None:
    setup = Released(notebook(exercise.assignment)).setup
    assert "from autograder.given" in setup
    name, others = exercise.name, [other.name for other in exercises(exercise.assignment)]
    cells = references.cells(references.text(exercise.assignment), others)
    text = read(setup, *cells.values())
    assert text.look(name, exercise.framework, cells[name], others).use is None


TEXT = inspect.getsource(given)


@pytest.mark.parametrize("name", ["affine_backward", "softmax_cross_entropy", "cudnn_eligible"])
def test_a_copy_of_its_text_is_refused_as_the_framework_s_own(name: str) -> None:
    exercise = find(name)
    assert exercise is not None
    found = read(SETUP, TEXT).look(name, exercise.framework, TEXT)
    assert found.use is not None


def test_an_answer_of_one_s_own_is_none_of_theirs() -> None:
    exercise = find("lstm_step_forward")
    assert exercise is not None
    cells = references.cells(references.text("lstm"), [exercise.name])
    own = cells[exercise.name]
    assert read(SETUP, own).look(exercise.name, exercise.framework, own, ["lstm_forward"]) == Look()
