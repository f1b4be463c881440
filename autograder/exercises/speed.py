"""Speed: what an exercise says about the time that its object may take on long inputs.

A value does not tell which kernel computed it, and what an object says of itself is a claim. How
long it takes is neither: the judge measures it, by its own clock. Here stands what is asked and
where the bounds lie; measuring and deciding is `autograder.grader.judge.speed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.exercises.program import Program


@dataclass(frozen=True)
class Bounds:
    """How many times as fast as a loop in NumPy the object has to be.

    Attributes:
        fast: at this and above it runs one operation.
        slow: at this and below it runs a loop. Between the two nothing is decided.
        burdened: whether both carry a burden on Python's interpreter; see
            `autograder.exercises.shared.burden`. Where the operation is faster than any loop
            without it, there is none that somebody could take off.
        why: the measurements from which the bounds were chosen.
    """

    fast: float
    slow: float
    burdened: bool
    why: str


@dataclass(frozen=True)
class Speed:
    """What is asked of an object on long inputs, each time with inputs that are new.

    Attributes:
        label: the long input in a few letters.
        draw: draws one call of the object; given the name of a device.
        steps: the name of what makes the same call by the object's own step, looped by code of
            ours; see `Call.adapter`.
        burdened: for each adapter, the one that makes the same call under a burden.
        bounds: by device, "cpu" and "cuda".
        explained: says what a profiler's trace of the object shows, given the student's names and
            a device. For the notebook alone: a trace is what its process says of itself.
        points: what the exercise gives for the path; the rest is for the values.
    """

    label: str
    draw: Callable[[np.random.Generator, str], Program]
    steps: str
    burdened: Mapping[str, str]
    bounds: Mapping[str, Bounds]
    explained: Callable[[Mapping[str, Any], str], str]
    points: float = 1.0


def looped(speed: Speed, whole: Program) -> Program:
    """The same calls, by the object's own step."""
    return Program(
        whole.assignment, tuple(replace(call, adapter=speed.steps) for call in whole.calls)
    )


def as_timed(speed: Speed, program: Program, device: str) -> Program:
    """The same calls, under the burden that they carry while the judge times them, if any."""
    if not speed.bounds[device].burdened:
        return program
    calls = (replace(call, adapter=speed.burdened[call.adapter]) for call in program.calls)
    return Program(program.assignment, tuple(calls))
