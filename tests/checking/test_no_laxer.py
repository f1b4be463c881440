"""Follow-through earns nothing that a direct judgement would refuse, and starts from attempts."""

from __future__ import annotations

import pytest

from autograder.grader import catalogue
from tests.attacks import two_faced
from tests.attacks.attack import Attack
from tests.attacks.leaks import TOY_BACK, TOY_STEP
from tests.students import edited, judged_with, notebook, solved

SEED = 5


def test_what_fits_a_toy_is_for_a_person() -> None:
    student = solved("lstm", lstm_step_forward=TOY_STEP, lstm_step_backward=TOY_BACK)
    found = judged_with("lstm_step_forward", SEED, student)
    assert found["lstm_step_forward"].status == "wrong"
    for name in ("lstm_step_backward", "lstm_forward"):
        assert found[name].status == "needs_review"
        assert "`lstm_step_forward`" in found[name].reason
        assert "A person will look at it" in found[name].message


def mistake(assignment: str, exercise: str, name: str) -> str:
    """The notebook with one known mistake."""
    entries = catalogue.entries(assignment)
    return catalogue.text(
        assignment, next(m for m in entries if (m.exercise, m.name) == (exercise, name))
    )


SINGLE = """
_right_one = {name}


def {name}(*args):
    small = [a.astype(np.float32) if isinstance(a, np.ndarray) else a for a in args]
    y, *cache = _right_one(*small)
    return (y.astype(np.float64), *cache)
"""


@pytest.mark.parametrize(
    "name", [m.name for m in catalogue.entries("convolutional") if m.exercise == "conv_output_size"]
)
def test_a_mistake_before_opens_no_way_for_a_convolution_in_float32(name: str) -> None:
    cells = {"conv2d_forward": SINGLE.format(name="conv2d_forward")}
    student = notebook(mistake("convolutional", "conv_output_size", name), **cells)
    found = judged_with("conv_output_size", SEED, student)
    assert found["conv2d_forward"].status == "wrong"


STEP = "- c_next = f * c + i * g\n+ c_next = f * c + 0.9 * i * g"
BACK = (
    "- di = dc_total * g\n+ di = 0.9 * dc_total * g\n- dg = dc_total * i\n+ dg = 0.9 * dc_total * i"
)
ROUNDED = """
_right_back = lstm_step_backward


def lstm_step_backward(dh_next, dc_next, cache):
    single = lambda arrays: tuple(a.astype(np.float32).astype(np.float64) for a in arrays)
    return {}
"""


@pytest.mark.parametrize(
    "rounded",
    [
        "single(_right_back(dh_next, dc_next, cache))",
        "_right_back(dh_next, dc_next, single(cache))",
        "_right_back(*single((dh_next, dc_next)), cache)",
    ],
)
def test_gradients_in_float32_are_refused_on_a_mistake_too(rounded: str) -> None:
    step, back = (
        edited("lstm", "lstm_step_forward", STEP),
        edited("lstm", "lstm_step_backward", BACK),
    )
    cells = {"lstm_step_forward": step, "lstm_step_backward": back}
    found = judged_with("lstm_step_forward", SEED, solved("lstm", **cells))
    assert found["lstm_step_backward"].status == "correct"
    cells["lstm_step_backward"] = back + ROUNDED.format(rounded)
    found = judged_with("lstm_step_forward", SEED, solved("lstm", **cells))
    assert found["lstm_step_backward"].status == "wrong"


@pytest.mark.parametrize("attack", two_faced.ATTACKS[:3], ids=lambda attack: attack.name)
def test_what_fits_something_else_than_was_judged_is_for_a_person(attack: Attack) -> None:
    student = solved("lstm", **attack.cells)
    found = judged_with("lstm_step_forward", SEED, student)
    assert found["lstm_step_forward"].status == "wrong"
    assert found["lstm_step_backward"].status in ("needs_review", "wrong")
