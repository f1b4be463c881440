"""The decision by the clock, with clocks that are set; and a layer that is timed for real."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from autograder.checking.assess import Assessment
from autograder.exercises import Answer, Bounds, Exercise, Program, Result, find, run
from autograder.grader.judge import Judge
from autograder.grader.judge.speed import CLAIMS, Clock, Times, decide, looked_at, unburdens
from tests.attacks import speed_cheats
from tests.students import judge, judged, solved

BOUNDS = Bounds(8.0, 4.0, False, "a test")
RIGHT = Assessment("correct", "All 14 cases are right.")
KINDS = ("CudnnLSTM", "CudnnGRU")
LAYER = {"CudnnLSTM": "layer_on_long", "CudnnGRU": "layer_burdened"}
STEPS = {"CudnnLSTM": "steps_on_long", "CudnnGRU": "steps_burdened"}


def exercise_of(name: str) -> Exercise:
    found = find(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("times", "way"),
    [
        (Times(layer=0.01, loop=0.20, fused=0.002), "fast"),
        (Times(layer=0.02, loop=0.16, fused=0.02), "fast"),
        (Times(layer=0.20, loop=0.20, fused=0.002, steps=0.21), "slow"),
        (Times(layer=0.20, loop=0.20, fused=0.002, steps=0.01), "slow"),
        # The step sleeps: beside it the loop looks forty times as fast.
        (Times(layer=0.20, loop=0.20, fused=0.002, steps=8.00), "slow"),
        # A busy machine keeps both loops waiting, and the layer as well.
        (Times(layer=0.15, loop=0.20, fused=0.002, steps=1.00, waited=0.60), ""),
        # Counted by work alone, a busy machine changes nothing, and no step has to speak.
        (Times(layer=0.15, loop=0.20, fused=0.002, waited=9.00, exact=True), "slow"),
        (Times(layer=0.02, loop=0.20, fused=0.002, waited=9.00, exact=True), "fast"),
        (Times(layer=0.04, loop=0.20, fused=0.002, waited=9.00, exact=True), ""),
        (Times(layer=0.90, loop=0.20, fused=0.002, steps=0.90, waited=0.60), "slow"),
        # Waiting counts for half as much again, and no more.
        (Times(layer=0.03, loop=0.20, fused=0.002, waited=0.25), "fast"),
        (Times(layer=0.06, loop=0.20, fused=0.002, waited=9.00), ""),
        # Between the two bounds.
        (Times(layer=0.04, loop=0.20, fused=0.002, steps=0.20), ""),
        # The kernel runs slower than the judge, and the student's own cell shows it.
        (Times(layer=0.08, loop=0.20, fused=0.002, steps=0.50), ""),
        # On this machine the reference itself is hardly faster than a loop.
        (Times(layer=0.20, loop=0.20, fused=0.10, steps=0.21), ""),
        # The steps have not been asked for.
        (Times(layer=0.20, loop=0.20, fused=0.002), ""),
    ],
)
def test_the_ratio_decides_where_it_can(times: Times, way: str) -> None:
    assert decide(BOUNDS, times) == way


class Stage:
    """A judge's clock and a kernel whose times are set."""

    def __init__(self, student: dict[str, Any], layer: float, steps: float, loop: float) -> None:
        self.student, self.asked = student, list[Program]()
        self._seconds = {
            "layer_on_long": layer,
            "layer_burdened": layer,
            "steps_on_long": steps,
            "steps_burdened": steps,
        }
        self._now, self._own = 0.0, 0.0
        # The judge's own loop and its own layer take turns, a reading before and one after.
        self._turns = cycle([0.0, loop, 0.0, loop / 100])
        self.clock = Clock(lambda: self._now, self._worked)

    def _worked(self) -> float:
        seconds = next(self._turns)
        self._own, self._now = self._own + seconds, self._now + seconds
        return self._own

    def ask(self, program: Program) -> list[Answer]:
        self.asked.append(program)
        self._now += self._seconds[program.calls[0].adapter]
        return run(program, self.student)


def timed(stage: Stage, name: str, found: Assessment = RIGHT) -> Assessment:
    return Judge("cudnn_layers", 3).timed(exercise_of(name), found, stage.ask, "cpu", stage.clock)


def never(program: Program) -> list[Answer]:
    raise AssertionError("it was asked")


@pytest.fixture(scope="module")
def student() -> dict[str, Any]:
    return solved("cudnn_layers")


@pytest.mark.parametrize("name", KINDS)
def test_a_fast_layer_keeps_all_and_its_step_is_not_asked(name: str, student: Any) -> None:
    stage = Stage(student, layer=0.01, steps=0.3, loop=0.3)
    assert timed(stage, name) == RIGHT
    assert {p.calls[0].adapter for p in stage.asked} == {LAYER[name]}
    inputs = [p.calls[0].args[4] for p in stage.asked]
    assert not any(np.array_equal(inputs[0], other) for other in inputs[1:])


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("steps", [0.3, 30.0])
def test_a_slow_layer_keeps_its_values_and_loses_the_path(
    name: str, steps: float, student: Any
) -> None:
    found = timed(Stage(student, layer=0.3, steps=steps, loop=0.3), name)
    assert (found.status, found.mistake, found.short) == ("partial", CLAIMS, 1.0)
    assert found.message.startswith(RIGHT.message)
    assert "is hardly faster than a loop or slower" in found.message
    assert "trace" not in found.message


@pytest.mark.parametrize("name", KINDS)
def test_the_judge_asks_for_no_trace(name: str, student: Any) -> None:
    stage = Stage(student, layer=0.3, steps=0.3, loop=0.3)
    timed(stage, name)
    assert {p.calls[0].adapter for p in stage.asked} == {LAYER[name], STEPS[name]}


@pytest.mark.parametrize("name", KINDS)
def test_what_is_not_decided_is_deferred(name: str, student: Any) -> None:
    speed = exercise_of(name).speed
    assert speed is not None
    between = (speed.bounds["cpu"].fast + speed.bounds["cpu"].slow) / 2
    found = timed(Stage(student, layer=1 / between, steps=1.0, loop=1.0), name)
    assert (found.status, found.short, found.mistake) == ("deferred", 1.0, "")


def test_made_up_answers_are_fast_and_earn_nothing(student: Any) -> None:
    stage = Stage(student, layer=0.001, steps=0.3, loop=0.3)

    def lie(program: Program) -> list[Answer]:
        (answer,) = stage.ask(program)
        made = tuple(Result(r.type, np.zeros_like(r.value)) for r in answer.results)
        return [Answer(answer.call, made)]

    exercise = exercise_of("CudnnLSTM")
    found = Judge("cudnn_layers", 3).timed(exercise, RIGHT, lie, "cpu", stage.clock)
    assert (found.status, found.short) == ("partial", 1.0)
    assert "does not give what its cell gives" in found.message


@pytest.mark.parametrize("name", KINDS)
def test_a_layer_that_says_that_it_loops_is_told_so(name: str) -> None:
    student = solved("cudnn_layers", **{name: speed_cheats.honest()[name]})
    hidden, exercise = judge("cudnn_layers", 3), exercise_of(name)
    found = judged(exercise, 3, student)
    assert (found.status, found.mistake) == ("wrong", "never-fused")
    found = hidden.timed(exercise, found, never)
    assert (found.status, found.mistake, found.short) == ("partial", "never-fused", 1.0)
    assert "slow" in found.message
    assert "values keep their points" in found.message


@pytest.mark.parametrize("name", KINDS)
def test_a_wrong_layer_is_not_timed(name: str) -> None:
    hidden, exercise = judge("cudnn_layers", 3), exercise_of(name)
    student = solved(
        "cudnn_layers", **{name: speed_cheats.right()[name].replace("torch.relu", "torch.exp")}
    )
    wrong = judged(exercise, 3, student)
    assert wrong.status == "wrong"
    assert hidden.timed(exercise, wrong, never) == wrong


Cells = Callable[[], dict[str, str]]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    "cells",
    [
        speed_cheats.right,
        speed_cheats.claiming,
        speed_cheats.with_a_slow_step,
        speed_cheats.in_numpy,
    ],
)
def test_by_the_real_clock(name: str, cells: Cells) -> None:
    """On a busy machine the times may decide nothing; they never decide wrongly."""
    student = solved("cudnn_layers", **{name: cells()[name]})
    hidden, exercise = judge("cudnn_layers", 3), exercise_of(name)
    found = judged(exercise, 3, student)
    assert found.status == "correct", found.message
    found = hidden.timed(exercise, found, lambda program: run(program, student))
    wanted = "correct" if cells is speed_cheats.right else "partial"
    assert found.status in (wanted, "deferred"), found.message


@pytest.mark.parametrize(("name", "ratio"), [("CudnnLSTM", 1.0), ("CudnnGRU", 2.0)])
def test_a_layer_that_looks_slow_at_first_is_given_more_rounds(
    name: str, ratio: float, student: Any
) -> None:
    """Caches are cold on a busy machine, so that work itself takes longer there."""
    stage = Stage(student, layer=0.0, steps=0.0, loop=1.0)
    took = iter([1 / ratio] * 4 + [0.01] * 5)
    worked = [0.0]

    def ask(program: Program) -> list[Answer]:
        worked[0] += next(took)
        return stage.ask(program)

    clock = Clock(stage.clock.wall, stage.clock.own, lambda: worked[0])
    found = Judge("cudnn_layers", 3).timed(exercise_of(name), RIGHT, ask, "cpu", clock)
    assert found == RIGHT
    assert len(stage.asked) == 5
    assert {p.calls[0].adapter for p in stage.asked} == {LAYER[name]}


def test_a_cell_that_takes_the_burden_off_is_seen() -> None:
    assert unburdens(["x = 1", "import sys\nsys.settrace(None)"]) == "settrace"
    assert unburdens(["from concurrent.futures import ThreadPoolExecutor"]) == "concurrent.futures"
    assert unburdens(["getattr(sys, 'set' 'trace')(None)"]) == "getattr(sys"
    assert unburdens([*speed_cheats.in_numpy().values()]) == ""
    speed = exercise_of("CudnnGRU").speed
    assert speed is not None
    waits = looked_at(speed, RIGHT, "settrace")
    assert (waits.status, waits.short) == ("needs_review", 1.0)
