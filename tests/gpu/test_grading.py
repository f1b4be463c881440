"""A submission whose exercise needs CUDA: deferred on a CPU, completed where a GPU is."""

from __future__ import annotations

import dataclasses

import pytest
import torch

import autograder.exercises
from autograder.grader import references
from autograder.grader.grading.job import Kernels, grade
from autograder.grader.release.solve import filled
from tests.grader.grading.jobs import job_of

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.slow,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA on this machine"),
]

NAMES = [e.name for e in autograder.exercises.exercises("lstm")]


def test_what_a_cpu_defers_a_gpu_completes(monkeypatch):
    ordinary = autograder.exercises.exercises("lstm")
    changed = tuple(
        dataclasses.replace(e, runner="gpu") if e.name == "LSTMCell" else e for e in ordinary
    )
    monkeypatch.setattr(autograder.exercises, "_of", lambda module: changed)
    right = references.cells(references.text("lstm"), NAMES)
    on_cuda = "assert torch.cuda.is_available()\ntorch.ones(1, device='cuda').sum().item()"
    notebook = filled("lstm", {**right, "LSTMCell": f"{on_cuda}\n\n\n{right['LSTMCell']}"})
    job = job_of("lstm", notebook, seed=11)
    first = grade(job, Kernels())
    assert [v.status for v in first.verdicts] == ["correct"] * 3 + ["deferred"]
    last = grade(job.on_gpu(first.verdicts), Kernels())
    assert [v.status for v in last.verdicts] == ["correct"] * 4
    assert [v.device for v in last.verdicts] == ["cpu"] * 3 + ["gpu"]
