"""Layers that are right and slow, graded as any submission is, in kernels of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from autograder.grader.grading.job import Kernels, grade
from autograder.grader.grading.verdict import Verdict
from autograder.grader.judge.speed import CLAIMS
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.warm import WarmProcess
from autograder.grader.release.solve import filled
from tests.attacks import speed_cheats
from tests.grader.grading.jobs import job_of

pytestmark = pytest.mark.slow

POINTS = {"CudnnLSTM": 4.0, "CudnnGRU": 3.0}


@dataclass(frozen=True)
class Slow:
    """A submission, and what each of its two layers should get.

    Attributes:
        cells: makes its cells.
        status: the status of each; "deferred" too where the machine is too busy to tell.
        says: a word that stands in the sentence for the student.
        mistake: the mistake that is named.
    """

    cells: Callable[[], dict[str, str]]
    status: str
    says: str
    mistake: str | None = None


ATTACKS = {
    "loops-and-claims": Slow(speed_cheats.claiming, "partial", "faster than a loop", CLAIMS),
    "loops-in-numpy": Slow(speed_cheats.in_numpy, "partial", "faster than a loop", CLAIMS),
    "slow-step": Slow(speed_cheats.with_a_slow_step, "partial", "faster than a loop", CLAIMS),
    "makes-up-long-answers": Slow(speed_cheats.making_up, "partial", "step by step"),
    "dies-on-long-inputs": Slow(speed_cheats.dying, "partial", "the kernel ended"),
    "says-that-it-loops": Slow(speed_cheats.honest, "partial", "slow", "never-fused"),
    "reference": Slow(speed_cheats.right, "correct", "cases are right"),
}


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    if probe().refusal:
        pytest.skip(probe().refusal)
    with WarmProcess() as warm:
        yield Kernels(warm=warm.address)


def graded(cells: dict[str, str], kernels: Kernels) -> dict[str, Verdict]:
    job = job_of("cudnn_layers", filled("cudnn_layers", cells), seed=11, student="eve")
    return {v.exercise: v for v in grade(job, kernels).verdicts}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_layer_gets_its_points_and_no_more(name: str, kernels: Kernels) -> None:
    attack = ATTACKS[name]
    verdicts = graded(attack.cells(), kernels)
    for exercise, points in POINTS.items():
        verdict = verdicts[exercise]
        print(name, exercise, verdict.status, verdict.duration, verdict.message)
        if verdict.status == "deferred":
            assert attack.status == "correct" or attack.mistake == CLAIMS, verdict.message
            assert verdict.points == points - 1
            continue
        assert verdict.status == attack.status, verdict.message
        assert verdict.points == points - (attack.status == "partial")
        assert verdict.mistake == attack.mistake
        assert attack.says in verdict.message
