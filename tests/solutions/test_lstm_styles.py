"""The other right styles: they agree with the reference, and run as a student's cells."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import torch

from autograder.checking.compare import compare
from autograder.exercises import exercises, run
from autograder.grader import references
from autograder.grader.judge import expected

EXERCISES = exercises("lstm")
NAMES = [exercise.name for exercise in EXERCISES]
STYLES = references.styles("lstm")


def notebook(style: str) -> dict[str, Any]:
    cells = references.cells(references.style("lstm", style), NAMES)
    return references.execute("import numpy as np\nimport torch\n" + "\n\n".join(cells.values()))


def test_there_are_styles_enough() -> None:
    assert len(STYLES) >= 4


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("exercise", EXERCISES, ids=NAMES)
@pytest.mark.parametrize("style", STYLES)
def test_a_style_is_right(style: str, exercise: Any, seed: int) -> None:
    program = exercise.draw(seed)
    answers = run(program, notebook(style))
    assert compare(exercise, program, answers, expected.answers(exercise, program)) == []


@pytest.mark.parametrize("style", STYLES)
def test_a_style_takes_what_the_reference_takes(style: str) -> None:
    theirs, ours = references.execute(references.style("lstm", style)), references.namespace("lstm")
    for name in NAMES:
        assert list(inspect.signature(theirs[name]).parameters) == list(
            inspect.signature(ours[name]).parameters
        )


@pytest.mark.filterwarnings("ignore:the cell is called")
@pytest.mark.parametrize("style", STYLES)
def test_a_cell_in_a_style_has_trainable_parameters(style: str) -> None:
    cell = references.execute(references.style("lstm", style))["LSTMCell"](5, 4)
    assert {name: tuple(p.shape) for name, p in cell.named_parameters()} == {
        "Wx": (5, 16),
        "Wh": (4, 16),
        "b": (16,),
    }
    h, c = cell(torch.ones(2, 5))
    (h.sum() + c.sum()).backward()
    assert all(p.grad is not None for p in cell.parameters())


def test_one_style_prints_and_warns(capsys: pytest.CaptureFixture[str]) -> None:
    arrays = [np.ones(s) for s in [(2, 3), (2, 1), (2, 1), (3, 4), (1, 4), (4,)]]
    with pytest.warns(UserWarning, match="first version"):
        references.execute(references.style("lstm", "chatty"))["lstm_step_forward"](*arrays)
    assert "step with" in capsys.readouterr().out


def test_one_style_overflows_and_is_right() -> None:
    logistic = references.execute(references.style("lstm", "recomputing"))["logistic"]
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert logistic(np.array([-1e3])) == 0


def test_one_style_gives_views_that_are_not_contiguous() -> None:
    arrays = [np.ones(s) for s in [(2, 3, 3), (2, 2), (2, 2), (3, 8), (2, 8), (8,)]]
    hs = references.execute(references.style("lstm", "einsum"))["lstm_forward"](*arrays)[0]
    assert not hs.flags.c_contiguous
