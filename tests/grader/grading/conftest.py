"""What the tests of grading share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path

import pytest

from autograder.grader.grading import pool, warmup
from autograder.grader.grading.course import Course
from autograder.grader.kernels.warm import WarmProcess
from autograder.grader.release.sample import sample
from tests.grader.grading.jobs import job_of
from tests.grader.grading.known import Known


@pytest.fixture
def class_of_eight(course: Course, submit: Callable[[str, bytes], Path]) -> Course:
    """Four right submissions, and four that make one mistake; see `eight`."""
    known = sample("lstm")
    wrong = next(n for name, n in known.items() if name.startswith("lstm-step-forward-"))
    for number in range(4):
        submit(f"right-{number}", known["reference"])
        submit(f"wrong-{number}", wrong)
    return course


@pytest.fixture
def known(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Known:
    """A course with nobody in it yet, whose verdicts are known."""
    return Known(course, capsys, monkeypatch)


@pytest.fixture(scope="session")
def warm_for_lstm() -> Iterator[WarmProcess]:
    """A warm process for all tests that grade `lstm` and ask nothing about warm processes."""
    with WarmProcess(pool.preload(job_of("lstm", b""))) as warm:
        yield warm


@pytest.fixture
def grading_here(monkeypatch: pytest.MonkeyPatch, warm_for_lstm: WarmProcess) -> None:
    """What grades `lstm` does so in this process and in real kernels, which one warm process forks.

    So no test waits for processes of its own that import torch.
    """
    lent = copy(warm_for_lstm)
    monkeypatch.setattr(lent, "close", lambda: None)
    monkeypatch.setattr(warmup, "warm", lambda modules: lent)
    monkeypatch.setattr(pool.Workers, "executor", lambda self: ThreadPoolExecutor(1))
