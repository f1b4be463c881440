"""What is told has bounds, whatever a student's names are."""

from __future__ import annotations

import pytest

from autograder.grader.grading.job import Kernels, grade
from autograder.grader.grading.submission import MOST_TOLD
from autograder.grader.release.solve import filled
from tests.attacks.attack import STEP, beside, reference
from tests.grader.grading.jobs import job_of

LONG = "a" * 300_000
READ = "a" * 40_000  # of which a cell is still read


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (f"def {LONG}(): pass", f"The cell defines `{'a' * 59}…`, and not `{STEP}`."),
        (
            "".join(f"def other_{k}(): pass\n" for k in range(5000)),
            f"and `other_4` and 4,995 more, and not `{STEP}`.",
        ),
        (beside(STEP, f"import {READ}"), "All 14 cases are right."),
        (beside(STEP, f"nn = torch.nn\nnn.{READ} = nn.LSTMCell"), "All 14 cases are right."),
        (
            f"nn = torch.{READ} = torch.nn\n"
            + reference()[STEP].replace("    a = x", f"    torch.{READ}.LSTMCell\n    a = x"),
            "is the framework's own",
        ),
    ],
    ids=["a name", "names", "an import", "an attribute", "a path"],
)
def test_what_is_told_has_an_end(cell: str, says: str) -> None:
    job = job_of("lstm", filled("lstm", {STEP: cell}), seed=5)
    found = grade(job, Kernels(sandboxed=False))
    (step,) = (v for v in found.verdicts if v.exercise == STEP)
    assert says in step.message
    assert len(step.message) <= MOST_TOLD
    assert len(step.suspicion) <= MOST_TOLD
