"""Stand-ins for an earlier assignment's functions are no answer to that assignment."""

from __future__ import annotations

import pytest

from autograder.exercises import exercises, find
from autograder.grader import references
from autograder.grader.grading.framework_use import Look, Text

SETUP = "import numpy as np\nimport torch\nfrom autograder import check\n"
LATER = SETUP + "from autograder.given import lstm_forward, lstm_step_backward\n"
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


@pytest.mark.parametrize("name", ["lstm_backward", "bilstm", "KerasLSTMCell"])
def test_the_later_assignment_may_use_them(name: str) -> None:
    exercise = find(name)
    assert exercise is not None
    cells = references.cells(references.text("lstm_sequences"), [name])
    names = [other.name for other in exercises(exercise.assignment)]
    text = read(LATER, cells[name])
    assert text.look(name, exercise.framework, cells[name], names) == Look()


def test_an_answer_of_one_s_own_is_none_of_theirs() -> None:
    exercise = find("lstm_step_forward")
    assert exercise is not None
    cells = references.cells(references.text("lstm"), [exercise.name])
    own = cells[exercise.name]
    assert read(SETUP, own).look(exercise.name, exercise.framework, own, ["lstm_forward"]) == Look()
