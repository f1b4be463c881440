"""A session goes on where a kernel ends: by definitions alone, where calls let it die or hang."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from autograder.exercises import find
from autograder.grader.kernels import kernel_manager
from autograder.grader.kernels.exchange import DiedError
from autograder.grader.kernels.patience import TimedOutError
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.session import Session
from autograder.grader.kernels.warm import WarmProcess
from tests.attacks.attack import STEP, reference

LATER = "import os\nclass Later:\n    def __del__(self):\n        os._exit(1)"
MADE = "later = Later()"
HANGING = "class Later:\n    def __del__(self):\n        while True:\n            pass"


@pytest.fixture
def session(warm_process: WarmProcess) -> Iterator[Session]:
    if probe().refusal:
        pytest.skip(probe().refusal)
    with Session([partial(kernel_manager, warm=warm_process)], 10.0, 10.0, 60.0) as made:
        yield made


def test_a_call_that_ends_the_kernel_later_is_left_out_of_what_is_run_again(
    session: Session,
) -> None:
    session.run_cell(f"{LATER}\n{MADE}", LATER)
    ran = session.run_cell("later = 3\nprint(later)")
    assert [one.text for one in ran.outputs] == ["3\n"]
    assert session.run_cell("print(later)").error == ""


def test_a_syntax_error_does_not_tell_the_number_of_its_cell(session: Session) -> None:
    ran = session.run_cell("a = 1\nb = (")
    assert ran.error.startswith("SyntaxError: ")
    assert ".py" not in ran.error
    assert ran.line == 2


def test_a_call_stays_where_definitions_alone_do_not_help(session: Session) -> None:
    session.run_cell(f"{LATER}\n{MADE}", LATER)
    with pytest.raises(DiedError):
        session.run_cell("kept = later\nkept = later = None")
    with pytest.raises(DiedError):
        session.run_cell("import os\nos._exit(1)", "import os")
    assert session.run_cell("later").error == ""


@pytest.fixture
def hasty(warm_process: WarmProcess) -> Iterator[Session]:
    if probe().refusal:
        pytest.skip(probe().refusal)
    with Session([partial(kernel_manager, warm=warm_process)], 2.0, 2.0, 60.0) as made:
        yield made


def test_a_call_that_hangs_the_kernel_later_is_left_out_of_what_is_run_again(
    hasty: Session,
) -> None:
    hasty.run_cell(f"{HANGING}\n{MADE}", HANGING)
    ran = hasty.run_cell("later = 3\nprint(later)")
    assert [one.text for one in ran.outputs] == ["3\n"]
    assert hasty.run_cell("print(later)").error == ""


def test_what_is_asked_comes_back_without_a_call_that_would_hang_it(hasty: Session) -> None:
    """A call has put something that never ends under the name of a helper."""
    exercise = find(STEP)
    assert exercise is not None
    hasty.run_cell(f"import numpy as np\n\n\n{reference()[STEP]}")
    hang = "def hang(a):\n    while True:\n        pass"
    hasty.run_cell(f"{hang}\nglobals().update(sigmoid=hang)", hang)
    answers = hasty.ask(exercise.draw(3))
    assert all(answer.results for answer in answers)


def test_what_hangs_by_itself_is_stopped_and_tried_without_calls_once(hasty: Session) -> None:
    hang = "def hang():\n    while True:\n        pass"
    hasty.run_cell(f"{hang}\nfirst = print(3)", hang)
    for _ in range(2):
        with pytest.raises(TimedOutError):
            hasty.run_cell("hang()")
    assert hasty._seconds_left > 60.0 - 4 * 2.0
    assert hasty.run_cell("first").error == "", "the calls count again"
