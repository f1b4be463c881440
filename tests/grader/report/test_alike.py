"""Which texts are named as alike, and which are not."""

from __future__ import annotations

from autograder.exercises import exercises
from autograder.grader import catalogue, references
from autograder.grader.report import alike
from autograder.grader.report.alike import ENOUGH, pairs, passages

NAMES = [exercise.name for exercise in exercises("lstm")]
KNOWN = [
    references.text("lstm"),
    *(references.style("lstm", style) for style in references.styles("lstm")),
]

OWN = """
def lstm_step_forward(x, h, c, Wx, Wh, b):
    together = numpy.hstack([x, h])
    weights = numpy.vstack([Wx, Wh])
    parts = []
    for number in range(4):
        first, last = number * c.shape[1], (number + 1) * c.shape[1]
        parts.append(together.dot(weights[:, first:last]) + b[first:last])
    for number, squash in enumerate([logistic, logistic, numpy.tanh, logistic]):
        parts[number] = squash(parts[number])
    state = parts[1] * c + parts[0] * parts[2]
    return parts[3] * numpy.tanh(state), state, (parts, state, together)
"""


def disguised(text: str) -> str:
    """The same with other names, remarks and layout."""
    for name, other in (("together", "both"), ("parts", "pieces"), ("number", "k")):
        text = text.replace(name, other)
    return text.replace("    for k", "    # my own idea\n\n    for  k").replace(
        "x, h])", "x, h ] )"
    )


def a_class() -> dict[str, dict[str, str]]:
    """Ten of whom everybody makes another of the known mistakes, as in the sample class."""
    wrong = [entry for entry in catalogue.entries("lstm")][:200:20]
    texts = [references.cells(catalogue.text("lstm", entry), NAMES) for entry in wrong]
    return {f"student-{at}": cells for at, cells in enumerate(texts)}


def test_of_a_class_that_writes_as_the_course_does_nobody_is_named() -> None:
    assert pairs(a_class(), KNOWN) == []


def test_two_with_the_same_text_in_disguise_are_named_and_nobody_else() -> None:
    found = a_class()
    step = NAMES[0]
    found["ada"], found["bob"] = {step: OWN}, {step: disguised(OWN)}
    (pair,) = pairs(found, KNOWN)
    assert pair.students == ("ada", "bob")
    assert pair.exercises == [step]
    assert pair.share == 1.0
    assert pair.passages >= ENOUGH


def test_what_was_handed_out_or_many_have_is_no_likeness() -> None:
    step = NAMES[0]
    found = a_class() | {"ada": {step: OWN}, "bob": {step: OWN}}
    assert pairs(found, [*KNOWN, disguised(OWN)]) == []
    many = a_class() | {f"one-{at}": {step: OWN} for at in range(alike.often(14) + 1)}
    assert pairs(many, KNOWN) == []


def test_of_few_nothing_is_said() -> None:
    assert pairs({"ada": {"f": OWN}, "bob": {"f": OWN}}, []) == []


def test_names_comments_docstrings_and_brackets_do_not_count() -> None:
    one = 'def f(a):\n    "It adds."\n    return (a + 1) * a.sum(axis=0) - a.max()'
    other = "def g( b ):\n    # added\n    return ((b+1)*b.sum(axis=0))-b.max()"
    assert list(passages(one)) == list(passages(other)) != []
    assert list(passages("def f(:")) == list(passages("(" * 500)) == []
