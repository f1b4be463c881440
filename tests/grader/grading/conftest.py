"""What the tests of grading share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grader.grading.course import Course
from autograder.grader.release.sample import sample
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
