"""A mistake costs once: what is built on a wrong object is judged on its own, and no cheat pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from autograder.checking.assess import Assessment
from autograder.checking.examine import examine
from autograder.exercises import find
from autograder.grader import catalogue, references
from tests.students import (
    EXERCISES,
    edited,
    judged,
    judged_with,
    names,
    notebook,
    solved,
    with_mistake,
)

SEED = 0
"""One of those of the proof, whose answers to it are still there."""
STEP_AND_DEPENDENTS = ("lstm_step_forward", "lstm_step_backward", "lstm_forward")
NEEDED = {name for e in EXERCISES for name in e.needs}
EARLIER = [
    (assignment, mistake)
    for assignment in sorted({e.assignment for e in EXERCISES})
    for mistake in catalogue.entries(assignment)
    if mistake.exercise in NEEDED
]
every_earlier_mistake = pytest.mark.parametrize(
    ("assignment", "mistake"), EARLIER, ids=[f"{s}-{m.exercise}-{m.name}" for s, m in EARLIER]
)

STEP = "def lstm_step_forward(x, h, c, Wx, Wh, b):\n"
BACK = "def lstm_step_backward(dh_next, dc_next, cache):\n"
FORWARD = "def lstm_forward(x, h0, c0, Wx, Wh, b):\n"
LOOP = (
    FORWARD + "    hs, h, c = [], h0, c0\n"
    "    for t in range(x.shape[1]):\n"
    "        h, c, _ = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)\n"
    "        hs.append(h)\n"
    "    return np.stack(hs, axis=1), h, c, None\n"
)
ZEROS = (
    BACK + "    x, h, c, Wx, Wh, b = cache\n"
    "    return tuple(np.zeros_like(a) for a in (x, h, c, Wx, Wh, b))\n"
)
GARBAGE = {
    "zeros": ZEROS,
    "None": BACK + "    return None\n",
    "ones": BACK + "    return (np.ones((1, 1)),) * 6\n",
    "an exception": BACK + "    raise ValueError('no')\n",
    "six times None": BACK + "    return (None,) * 6\n",
}


def dependents(name: str) -> list[str]:
    return [e.name for e in EXERCISES if name in e.needs]


def statuses(found: Mapping[str, Assessment]) -> dict[str, str]:
    return {name: assessment.status for name, assessment in found.items()}


@every_earlier_mistake
def test_a_mistake_costs_its_own_points_alone(assignment: str, mistake: catalogue.Entry) -> None:
    student = with_mistake(assignment, mistake)
    found = judged_with(mistake.exercise, SEED, student)
    assert found.keys() == {mistake.exercise, *dependents(mistake.exercise)}
    own = found.pop(mistake.exercise)
    assert (own.status, own.mistake) == ("wrong", mistake.name)
    assert set(statuses(found).values()) == {"correct"}, found


@every_earlier_mistake
def test_the_notebook_says_so_too(assignment: str, mistake: catalogue.Entry) -> None:
    student = with_mistake(assignment, mistake)
    for name in dependents(mistake.exercise):
        exercise = find(name)
        assert exercise is not None
        found = examine(exercise, student[name])
        assert found.status == "correct", f"{name}: {found.message}"


DEEPER = [
    (exercise.name, below)
    for exercise in EXERCISES
    for name in exercise.needs
    if (needed := find(name)) is not None
    for below in needed.needs
    if below not in exercise.needs
]
"""What is built on what is built on another exercise, and not on that one itself."""


@pytest.mark.parametrize(("name", "below"), DEEPER)
def test_what_is_built_on_what_is_built_on_it_is_no_worse(name: str, below: str) -> None:
    exercise, needed = find(name), find(below)
    assert exercise is not None
    assert needed is not None
    for mistake in catalogue.entries(needed.assignment):
        if mistake.exercise == below:
            student = with_mistake(needed.assignment, mistake)
            assert judged(exercise, SEED, student).status == "correct", mistake.name


DRAWN = ("single-precision", "bias-included", "shape-transposed")
"""Mistakes of `initialise` with which no network can be filled that has right sizes and dtype."""


@pytest.mark.parametrize(
    "mistake",
    [
        m
        for m in catalogue.entries("training")
        if m.exercise == "initialise" and m.name not in DRAWN
    ],
    ids=lambda mistake: mistake.name,
)
def test_first_weights_that_are_drawn_wrongly_cost_once(mistake: catalogue.Entry) -> None:
    student = notebook(catalogue.text("training", mistake))
    exercise = find("MLP")
    assert exercise is not None
    found = judged_alone(("initialise", "MLP"), SEED, student)
    assert statuses(found) == {"initialise": "wrong", "MLP": "correct"}, found
    assert examine(exercise, student["MLP"]).status == "correct"


@pytest.mark.parametrize("name", ["all-zero", "rows-alike", "std-of-one"])
def test_a_training_that_fails_by_its_first_weights_costs_nothing(name: str) -> None:
    mistakes = {m.name: m for m in catalogue.entries("training") if m.exercise == "initialise"}
    student = notebook(catalogue.text("training", mistakes[name]))
    found = judged_alone(("initialise", "MLP", "train"), SEED, student)
    assert statuses(found) == {"initialise": "wrong", "MLP": "correct", "train": "correct"}, found


OTHER_WEIGHTS = (
    "def initialise(fan_in, fan_out, kind, rng):\n"
    "    return rng.standard_normal((fan_in, fan_out)) / 3\n"
)


def test_other_first_weights_than_its_own_cost_points_all_the_same() -> None:
    mistakes = {(m.exercise, m.name): m for m in catalogue.entries("training")}
    # The network has weights of its own that are wrong, and `initialise` another mistake.
    half = catalogue.text("training", mistakes["initialise", "half-the-variance"])
    student = notebook(half)
    other = notebook(half, initialise=OTHER_WEIGHTS)
    found = judged_alone(("initialise", "MLP"), SEED, {**student, "MLP": other["MLP"]})
    assert statuses(found) == {"initialise": "wrong", "MLP": "wrong"}
    assert found["MLP"].mistake == "weights-not-he"
    # A mistake of the layers opens no way past the weights either.
    (missing,) = (
        m
        for m in catalogue.entries("feedforward")
        if (m.exercise, m.name) == ("affine_forward", "bias-missing")
    )
    student = with_mistake("feedforward", missing)
    other = notebook(references.text("training"), initialise=OTHER_WEIGHTS)
    other |= {name: student[name] for name in names("feedforward")}
    asked = ("affine_forward", "initialise", "MLP")
    found = judged_alone(asked, SEED, {**student, "MLP": other["MLP"]})
    assert statuses(found) == {"affine_forward": "wrong", "initialise": "correct", "MLP": "wrong"}
    assert judged_alone(asked, SEED, student)["MLP"].status == "correct"


def judged_alone(names: Sequence[str], seed: int, student: dict[str, Any]) -> dict[str, Assessment]:
    """What the judge finds about these, in their order."""
    found: dict[str, Assessment] = {}
    for name in names:
        exercise = find(name)
        assert exercise is not None
        found[name] = judged(exercise, seed, student, found)
    return found


@pytest.mark.parametrize(
    ("number", "mistake"),
    list(enumerate(m for _, m in EARLIER if m.exercise == "lstm_step_forward")),
    ids=lambda m: getattr(m, "name", ""),
)
def test_on_no_mistake_does_garbage_count(number: int, mistake: catalogue.Entry) -> None:
    garbage = list(GARBAGE.values())[number % len(GARBAGE)]
    loop = FORWARD + "    return np.zeros((*x.shape[:2], h0.shape[1])), h0, c0, None\n"
    for cells in ({"lstm_step_backward": garbage}, {"lstm_forward": loop}):
        student = notebook(catalogue.text("lstm", mistake), **cells)
        found = judged_with("lstm_step_forward", SEED, student)
        (changed,) = cells
        assert found[changed].status != "correct", found[changed].message


TRIVIAL_STEPS = {
    "constant": "    return np.ones_like(h), np.ones_like(c), (x, h, c, Wx, Wh, b)\n",
    "zero": "    return 0 * h, 0 * c, (x, h, c, Wx, Wh, b)\n",
    "its own state": "    return h, c, (x, h, c, Wx, Wh, b)\n",
    "the other state": "    return c, h, (x, h, c, Wx, Wh, b)\n",
    "linear in all": (
        "    s = x.sum() + Wx.sum() + Wh.sum() + b.sum()\n"
        "    return h + s, c + s, (x, h, c, Wx, Wh, b)\n"
    ),
    "noise too small to see": (
        "    s = 1e-9 * (x.sum() + h.sum() + c.sum() + Wx.sum() + Wh.sum() + b.sum()) ** 2\n"
        "    return 0 * h + s, 0 * c + s, (x, h, c, Wx, Wh, b)\n"
    ),
    "larger than a float can be": (
        "    s = 1e308 * np.sign(x.sum() + h.sum() + c.sum() + Wx.sum() + Wh.sum() + b.sum())\n"
        "    return 0 * h + s, 0 * c + s, (x, h, c, Wx, Wh, b)\n"
    ),
    "one number for all": (
        "    s = np.tanh(x.sum() + h.sum() + c.sum() + Wx.sum() + Wh.sum() + b.sum())\n"
        "    return 0 * h + s, 0 * c + s, (x, h, c, Wx, Wh, b)\n"
    ),
    "blind to one weight": (
        "    s = np.tanh(x.sum() + h.sum() + c.sum() + Wx.sum() + b.sum())\n"
        "    return 0 * h + s, 0 * c + s, (x, h, c, Wx, Wh, b)\n"
    ),
}
TRIVIAL_BACKS = {
    "zeros": ZEROS,
    "through": (
        BACK + "    x, h, c, Wx, Wh, b = cache\n"
        "    return 0 * x, dh_next, dc_next, 0 * Wx, 0 * Wh, 0 * b\n"
    ),
    "crossed": (
        BACK + "    x, h, c, Wx, Wh, b = cache\n"
        "    return 0 * x, dc_next, dh_next, 0 * Wx, 0 * Wh, 0 * b\n"
    ),
    "of one number for all": (
        BACK + "    x, h, c, Wx, Wh, b = cache\n"
        "    t = np.tanh(x.sum() + h.sum() + c.sum() + Wx.sum() + Wh.sum() + b.sum())\n"
        "    s = (dh_next.sum() + dc_next.sum()) * (1 - t**2)\n"
        "    return 0 * x + s, 0 * h + s, 0 * c + s, 0 * Wx + s, 0 * Wh + s, 0 * b + s\n"
    ),
    "sums": (
        BACK + "    x, h, c, Wx, Wh, b = cache\n"
        "    s = dh_next.sum() + dc_next.sum()\n"
        "    return 0 * x + s, dh_next, dc_next, 0 * Wx + s, 0 * Wh + s, 0 * b + s\n"
    ),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("back", TRIVIAL_BACKS)
@pytest.mark.parametrize("step", TRIVIAL_STEPS)
def test_a_trivial_cell_earns_nothing(step: str, back: str) -> None:
    student = solved(
        "lstm",
        lstm_step_forward=STEP + TRIVIAL_STEPS[step],
        lstm_step_backward=TRIVIAL_BACKS[back],
        lstm_forward=LOOP,
    )
    found = statuses(judged_with("lstm_step_forward", SEED, student))
    assert found == dict.fromkeys(STEP_AND_DEPENDENTS, "wrong")


WRONG_BACKWARDS = [m for m in catalogue.entries("lstm") if m.exercise == "lstm_step_backward"]
WRONG_FORWARDS = [m for m in catalogue.entries("lstm") if m.exercise == "lstm_forward"]


def own_step() -> str:
    """A step that is wrong, in no catalogue, and different in every argument."""
    edit = "- c_next = f * c + i * g\n+ c_next = f * c + 0.9 * i * g"
    return edited("lstm", "lstm_step_forward", edit)


def own_backward() -> str:
    edits = "- di = dc_total * g\n+ di = 0.9 * dc_total * g\n"
    edits += "- dg = dc_total * i\n+ dg = 0.9 * dc_total * i"
    return edited("lstm", "lstm_step_backward", edits)


def test_an_honest_cell_of_its_own_kind_loses_the_step_alone() -> None:
    cells = {"lstm_step_forward": own_step(), "lstm_step_backward": own_backward()}
    found = judged_with("lstm_step_forward", SEED, solved("lstm", **cells))
    assert statuses(found) == {
        "lstm_step_forward": "wrong",
        "lstm_step_backward": "correct",
        "lstm_forward": "correct",
    }
    assert not found["lstm_step_forward"].mistake
    assert "counted there and not again" in found["lstm_step_backward"].message


@pytest.mark.parametrize("when", ["x.shape[0] == 1", "x.shape[1] == 1", "abs(b).max() > 40"])
def test_a_step_that_fails_at_times_costs_once(when: str) -> None:
    line = "a = x @ Wx + h @ Wh + b"
    edit = f"- {line}\n+ if {when}:\n+     raise ValueError('no')\n+ {line}"
    student = solved("lstm", lstm_step_forward=edited("lstm", "lstm_step_forward", edit))
    found = judged_with("lstm_step_forward", SEED, student)
    assert statuses(found) == {
        "lstm_step_forward": "wrong",
        "lstm_step_backward": "correct",
        "lstm_forward": "correct",
    }


def test_the_reference_backward_is_wrong_on_a_cell_of_another_kind() -> None:
    student = solved("lstm", lstm_step_forward=own_step())
    found = judged_with("lstm_step_forward", SEED, student)
    assert found["lstm_step_backward"].status == "wrong"


ON_TOP = ["gate-order-ifog", "no-forget-gate", "cell-state-not-squashed"]
CONSISTENT = ("gate-order-ifog", "gate-order-ifog")
"""The same wrong order in both directions: such a backward pass is right for its forward pass."""

PAIRS = [
    (below, wrong)
    for below in ON_TOP
    for wrong in WRONG_BACKWARDS + WRONG_FORWARDS
    if (below, wrong.name) != CONSISTENT
]


@pytest.mark.parametrize(("below", "wrong"), PAIRS, ids=lambda m: getattr(m, "name", m))
def test_a_wrong_object_on_a_wrong_step_is_wrong(below: str, wrong: catalogue.Entry) -> None:
    step = {m.name: m for _, m in EARLIER if m.exercise == "lstm_step_forward"}[below]
    cells = {wrong.exercise: catalogue.wrong("lstm", wrong)}
    student = notebook(catalogue.text("lstm", step), **cells)
    found = judged_with("lstm_step_forward", SEED, student)
    assert found["lstm_step_forward"].mistake == below
    assert found[wrong.exercise].status != "correct", found[wrong.exercise].message


def test_the_same_wrong_order_in_both_directions_costs_once() -> None:
    step, back = (
        next(m for m in catalogue.entries("lstm") if (m.exercise, m.name) == (exercise, name))
        for exercise, name in zip(STEP_AND_DEPENDENTS, CONSISTENT, strict=False)
    )
    cells = {back.exercise: catalogue.wrong("lstm", back)}
    student = notebook(catalogue.text("lstm", step), **cells)
    found = judged_with("lstm_step_forward", SEED, student)
    assert found["lstm_step_backward"].status == "correct"
