"""What the book says that the checks were tried on is what the tests run."""

from __future__ import annotations

from autograder.exercises.tolerances import TOLERANCES
from autograder.grader.book.evidence import MEASURES, counted
from autograder.grader.checkout import CHAPTERS
from tests.attacks.test_attacks import ATTACKS
from tests.browser.test_live_mistakes import ONE_IN
from tests.students import EXERCISES
from tests.test_proof import HIDDEN, LEAST_MISTAKES, LEAST_STYLES, MISTAKES


def test_every_exercise_is_counted_with_the_mistakes_that_the_proof_makes() -> None:
    rows = {name: (int(mistakes), int(ways)) for name, mistakes, ways, _ in counted()}
    assert rows.keys() == {exercise.name for exercise in EXERCISES}
    assert sum(mistakes for mistakes, _ in rows.values()) == len(MISTAKES)
    assert min(mistakes for mistakes, _ in rows.values()) >= LEAST_MISTAKES
    assert min(ways for _, ways in rows.values()) >= LEAST_STYLES + 1


def test_the_page_says_what_the_tests_do() -> None:
    text = (CHAPTERS / "about" / "checks.md").read_text(encoding="utf-8")
    assert len(HIDDEN) == 2
    assert "two sets of hidden ones" in text
    assert ONE_IN == 10
    assert "every tenth known mistake" in text
    assert len(ATTACKS) > 300
    assert "More than 300 are graded" in text


def test_every_bound_has_its_measure_in_words() -> None:
    assert {tolerance.error for tolerance in TOLERANCES.values()} <= MEASURES.keys()
