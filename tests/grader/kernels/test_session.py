"""A session goes on where a kernel ends: by definitions alone, where calls let it die."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from autograder.grader.kernels import kernel_manager
from autograder.grader.kernels.exchange import DiedError
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.session import Session
from autograder.grader.kernels.warm import WarmProcess

LATER = "import os\nclass Later:\n    def __del__(self):\n        os._exit(1)"
MADE = "later = Later()"


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


def test_a_call_stays_where_definitions_alone_do_not_help(session: Session) -> None:
    session.run_cell(f"{LATER}\n{MADE}", LATER)
    with pytest.raises(DiedError):
        session.run_cell("kept = later\nkept = later = None")
    with pytest.raises(DiedError):
        session.run_cell("import os\nos._exit(1)", "import os")
    assert session.run_cell("later").error == ""
