"""What is built on an `inverse` that is wrong in no known way is judged by that very one."""

from __future__ import annotations

import pytest

from tests.students import edited, judged_with, solved

SEED = 7

UNKNOWN = '- ("BEFORE", "AFTER"),\n+ ("BEFORE", "IDENTITY"),\n+ ("AFTER", "SIMULTANEOUS"),'
"""Nobody would write it: so the catalogue has no name for it."""

WRONG = {
    "augment": "~ inverse(relation)) => relation)",
    "inverse_consistency": "~ other == inverse(one) => other == one",
}


def test_what_is_built_on_an_unknown_mistake_is_right() -> None:
    student = solved("temporal", inverse=edited("temporal", "inverse", UNKNOWN))
    found = judged_with("inverse", SEED, student)
    assert (found["inverse"].status, found["inverse"].mistake) == ("wrong", "")
    for name in WRONG:
        assert found[name].status == "correct", found[name].message


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_of_its_own_costs_nevertheless(name: str) -> None:
    cells = {
        "inverse": edited("temporal", "inverse", UNKNOWN),
        name: edited("temporal", name, WRONG[name]),
    }
    found = judged_with("inverse", SEED, solved("temporal", **cells))
    assert found[name].status == "wrong"


@pytest.mark.parametrize("name", WRONG)
def test_what_fits_nothing_like_an_inverse_is_for_a_person(name: str) -> None:
    far = "- return table[relation]\n+ return RELATIONS[len(relation)]"
    setup = "from autograder.given.temporal import RELATIONS\n\n"
    student = solved("temporal", inverse=setup + edited("temporal", "inverse", far))
    found = judged_with("inverse", SEED, student)
    assert found["inverse"].status == "wrong"
    assert found[name].status == "needs_review"
