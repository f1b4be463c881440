"""The hints: three or four for every exercise, about what there is, and never a line of code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from autograder.checking.contents import elsewhere
from autograder.checking.hints import HintsError, hints, next_hint, read
from autograder.checking.session import Session
from autograder.exercises import Exercise, exercises, find
from autograder.grader import references
from autograder.grader.checkout import home
from autograder.grader.release.source import page
from tests.chapters.pages import headings
from tests.students import ASSIGNMENTS, EXERCISES

every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
SHORTEST = 4
"""Tokens from which on a piece of code is one's own: `h + 1` is everybody's."""

SIGNS = {"·": "*", "⊙": "*", "×": "*", "@": "*", "−": "-", "²": "** 2", "ᵀ": ". T"}
TOKEN = re.compile(r"\*\*|//|[^\W\d]\w*|\d+(?:\.\d+)?|[^\s\w]")


def tokens(text: str) -> list[str]:
    """The tokens of a text, with the signs of mathematics as those of Python."""
    for sign, python in SIGNS.items():
        text = text.replace(sign, f" {python} ")
    return TOKEN.findall(text.replace("`", " "))


def holds(text: list[str], part: list[str]) -> bool:
    return any(text[i : i + len(part)] == part for i in range(len(text) - len(part) + 1))


def pieces(source: str) -> Iterator[str]:
    """The statements of functions, and what stands on the right of those that assign."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            said = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return | ast.Expr):
                if said:
                    continue
                yield ast.unparse(node)
                if node.value is not None:
                    yield ast.unparse(node.value)


@cache
def code(assignment: str) -> tuple[tuple[str, ...], ...]:
    """The token sequences of all right versions of an assignment."""
    folder = home(assignment).solutions / assignment
    files = [*folder.glob("*.py"), *folder.glob("styles/*.py")]
    found = (tokens(piece) for file in files for piece in pieces(file.read_text(encoding="utf-8")))
    return tuple({tuple(piece) for piece in found if is_own(piece)})


def is_own(piece: list[str]) -> bool:
    """Whether it is long enough to be somebody's, and more than numbers."""
    return len(piece) >= SHORTEST and sum(token.isidentifier() for token in piece) > 1


@cache
def words(assignment: str) -> frozenset[str]:
    """The words of the assignment's page, of its stubs and of the lessons of its chapter."""
    pages = page(assignment).parent.glob("*.md")
    texts = [file.read_text(encoding="utf-8") for file in pages]
    texts += [references.stub(assignment, exercise.name) for exercise in exercises(assignment)]
    return frozenset(token for text in texts for token in tokens(text))


def sections(hint: str) -> list[str]:
    return re.findall(r"‘([^’]+)’", hint)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_exercise_has_three_hints_or_four(assignment: str) -> None:
    found = hints(assignment)
    assert list(found) == [exercise.name for exercise in exercises(assignment)]
    text = (home(assignment).exercises / assignment / "hints.toml").read_text(encoding="utf-8")
    order = re.findall(r"^(\w+) = \[$", text, re.MULTILINE)
    assert order == list(found), "they stand in the order of the notebook"


@every_exercise
def test_no_hint_holds_a_line_of_code(exercise: Exercise) -> None:
    for hint in hints(exercise.assignment)[exercise.name]:
        told = tokens(hint)
        held = [" ".join(line) for line in code(exercise.assignment) if holds(told, list(line))]
        assert not held, hint


def test_a_line_of_code_in_a_hint_would_be_seen() -> None:
    lines = code("lstm")
    for hint in ("Write `c_next = f ⊙ c + i ⊙ g`.", "It is x·Wx + h·Wh + b, of course."):
        assert any(holds(tokens(hint), list(line)) for line in lines), hint
    assert any(
        holds(tokens("the sum is dy.sum(axis=0)"), list(line)) for line in code("feedforward")
    )


def quantities(exercise: Exercise) -> set[str]:
    """What the stub of an exercise names: its parameters and results, sizes, and symbols."""
    stub = references.stub(exercise.assignment, exercise.name)
    named = re.findall(r"^ +(\w+): ", stub, re.MULTILINE)
    taken = re.findall(r"def \w+\((.*)\):", stub)
    symbols = re.findall(r"^ {8,}[^,.]*=.*$|\([^() ]*[A-Z]\w?[,·)][^()]*\)", stub, re.MULTILINE)
    found = set(tokens(" ".join([*named, *taken, *symbols]))) - {"self", "Source", "a", "with"}
    return {token for token in found if token.isidentifier()}


@every_exercise
def test_every_hint_names_what_there_is(exercise: Exercise) -> None:
    ladder = hints(exercise.assignment)[exercise.name]
    known, own = words(exercise.assignment), quantities(exercise)
    for hint in ladder:
        assert set(sections(hint)) <= headings(), hint
        named = re.findall(r"`([^`]+)`", hint)
        assert not [name for name in named if not set(tokens(name)) <= known], hint
        assert sections(hint) or named or own & set(tokens(hint)), hint
    assert any(map(sections, ladder)), "one of them says where to read"


@every_exercise
def test_hints_are_short_and_plain(exercise: Exercise) -> None:
    ladder = hints(exercise.assignment)[exercise.name]
    assert len(set(ladder)) == len(ladder)
    for hint in ladder:
        assert 60 < len(hint) < 420, hint
        assert hint[-1] in ".?", hint
        assert hint.count("`") % 2 == 0, hint


NAMES = ("first", "second")
THREE = '["One text.", "Two texts.", "Three texts."]'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"first = {THREE}", "second has no hints."),
        (f"first = {THREE}\nsecond = {THREE}\nthird = {THREE}", "There is no exercise third."),
        (f'first = {THREE}\nsecond = ["One.", "Two."]', "second needs a list of 3 or 4 texts"),
        (f'first = {THREE}\nsecond = "One."', "second needs a list"),
        (f'first = {THREE}\nsecond = ["One.", "Two.", " "]', "second needs a list"),
        (f"first = {THREE}\nsecond = ", "The hints are not TOML: "),
    ],
)
def test_what_is_not_of_the_form_is_told(text: str, says: str) -> None:
    with pytest.raises(HintsError, match=re.escape(says)):
        read(text, NAMES)


def test_hints_come_in_the_order_of_the_notebook() -> None:
    assert list(read(f"second = {THREE}\nfirst = {THREE}", NAMES)) == ["first", "second"]


@pytest.fixture
def exercise() -> Exercise:
    found = find("lstm_step_forward")
    assert found is not None
    return found


def test_hints_are_shown_one_at_a_time(exercise: Exercise) -> None:
    session = Session()
    ladder = hints("lstm")[exercise.name]
    shown = [repr(next_hint(exercise, session)) for _ in range(len(ladder) + 1)]
    for number, (hint, line) in enumerate(zip(ladder, shown, strict=False), start=1):
        found = "".join(f" You find {one}." for one in elsewhere("lstm", hint))
        assert line == f"lstm_step_forward: hint {number} of {len(ladder)}. {hint}{found}"
    assert shown[-1].startswith("lstm_step_forward: no further hint. All 4 have been shown.")
    assert ladder[-1] in shown[-1]


def test_a_named_mistake_comes_before_a_hint(exercise: Exercise) -> None:
    session = Session()
    session.note(exercise.name, "wrong", "gate-order-ifog")
    assert "has named what is wrong. Mend that first" in repr(next_hint(exercise, session))
    session.note(exercise.name, "wrong", "")
    assert "has named" not in repr(next_hint(exercise, session))


def test_what_is_right_needs_no_hint(exercise: Exercise) -> None:
    session = Session()
    session.note(exercise.name, "correct", "")
    assert repr(next_hint(exercise, session)) == (
        "lstm_step_forward: no hint needed. Your last check found it right. If you have changed "
        "it, run `check(lstm_step_forward)` again."
    )
    session.note(exercise.name, "wrong", "")
    assert "hint 1 of 4" in repr(next_hint(exercise, session)), "none was used up"
