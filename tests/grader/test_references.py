"""References as text: found, executed without a trace of their place, and cut into cells."""

from __future__ import annotations

import builtins
import inspect
import symtable
import traceback
import warnings
from pathlib import Path

import numpy as np
import pytest

import solutions.lstm.reference as lstm
from autograder.exercises import assignments
from autograder.grader import references
from autograder.grader.grading.notebook import Released
from autograder.grader.release import source as chapter
from tests.students import names as exercise_names

EXERCISES = ["lstm_step_forward", "lstm_step_backward", "lstm_forward", "LSTMCell"]
SETUP = "import numpy as np\nimport torch\n"


def test_namespace_holds_what_the_module_holds() -> None:
    names = references.namespace("lstm")
    assert set(EXERCISES) <= names.keys()
    assert inspect.getdoc(names["lstm_forward"]) == inspect.getdoc(lstm.lstm_forward)


def test_a_namespace_is_made_anew() -> None:
    references.namespace("lstm").clear()
    assert "LSTMCell" in references.namespace("lstm")


def test_a_traceback_shows_no_path_and_no_line_of_a_reference() -> None:
    step = references.namespace("lstm")["lstm_step_forward"]
    with pytest.raises(ValueError, match="matmul") as caught:
        step(*(np.ones((2, k)) for k in range(1, 7)))
    shown = "".join(traceback.format_exception(caught.value))
    assert "<reference>" in shown
    assert str(references.SOLUTIONS) not in shown
    assert "x @ Wx" not in shown


def test_a_warning_shows_no_path_and_no_line_of_a_reference() -> None:
    names = references.execute("import numpy as np\ndef f(a):\n    return np.exp(a)\n")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        names["f"](np.array([1e4]))
    shown = warnings.formatwarning(
        seen[0].message, seen[0].category, seen[0].filename, seen[0].lineno
    )
    assert shown.startswith("<reference>:3:")
    assert "np.exp" not in shown


@pytest.mark.parametrize("name", EXERCISES)
def test_each_cell_runs_alone_after_the_setup(name: str) -> None:
    names = references.execute(SETUP + references.cells(references.text("lstm"), [name])[name])
    assert names[name].__name__ == name


def test_a_helper_stands_in_its_first_cell_alone() -> None:
    cells = references.cells(references.text("lstm"), EXERCISES)
    assert list(cells) == EXERCISES
    assert ["def sigmoid" in cell for cell in cells.values()] == [True, False, False, False]
    assert cells["lstm_forward"] == references.definition("lstm", "lstm_forward")
    names = references.execute(SETUP + "".join(cells.values()))
    arrays = [np.ones(s) for s in [(2, 3, 4), (2, 5), (2, 5), (4, 20), (5, 20), (20,)]]
    np.testing.assert_array_equal(names["lstm_forward"](*arrays)[0], lstm.lstm_forward(*arrays)[0])


def test_helpers_of_helpers_constants_imports_and_decorators_come_along() -> None:
    source = (
        "import math\nimport numpy as np\nfrom functools import cache\nTWO: int = 2\nTHREE = 3\n"
        "def inner(a):\n    return TWO * a\n"
        "@cache\ndef helper(a):\n    return inner(a) + math.pi\n"
        "def unused(a):\n    return THREE\n"
        "def first(a):\n    return helper(a)\n"
        "def second(a):\n    return helper(a) + first(a) + np.ones(1)\n"
    )
    cells = references.cells(source, ["first", "second"])
    assert cells["second"] == references.pick(source, "second")
    first = cells["first"]
    assert [line for line in first.splitlines() if line and line[0] != " "] == [
        "import math",
        "from functools import cache",
        "TWO: int = 2",
        "def inner(a):",
        "@cache",
        "def helper(a):",
        "def first(a):",
    ]
    names = references.execute(first)
    assert names["first"](1) == pytest.approx(2 + np.pi)


@pytest.mark.parametrize("name", EXERCISES[:3])
def test_a_stub_of_a_function_has_its_signature_and_docstring(name: str) -> None:
    names = references.execute(SETUP + references.stub("lstm", name))
    wanted = getattr(lstm, name)
    assert inspect.signature(names[name]) == inspect.signature(wanted)
    assert names[name].__doc__ == wanted.__doc__
    with pytest.raises(NotImplementedError):
        names[name](*[None] * len(inspect.signature(wanted).parameters))


def test_a_stub_of_a_class_has_the_signatures_and_docstrings_of_its_methods() -> None:
    names = references.execute(SETUP + references.stub("lstm", "LSTMCell"))
    stub = names["LSTMCell"]
    assert stub.__doc__ == lstm.LSTMCell.__doc__
    assert stub.forward.__doc__ == lstm.LSTMCell.forward.__doc__
    for method in ("__init__", "forward"):
        assert inspect.signature(getattr(stub, method)) == inspect.signature(
            getattr(lstm.LSTMCell, method)
        )
    with pytest.raises(NotImplementedError):
        stub(2, 3)


def test_no_line_of_a_body_is_in_a_stub() -> None:
    for name in EXERCISES:
        definition, stub = references.definition("lstm", name), references.stub("lstm", name)
        body = set(definition.splitlines()) - set(stub.splitlines())
        assert any("return" in line for line in body)
        assert set(stub.splitlines()) - set(definition.splitlines()) <= {
            "    raise NotImplementedError",
            "        raise NotImplementedError",
        }


def test_a_constant_has_no_stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "reference.py").write_text("ONE = 1\n")
    monkeypatch.setattr(references, "SOLUTIONS", tmp_path)
    with pytest.raises(TypeError, match="ONE is no function"):
        references.stub("one", "ONE")


def test_missing_solutions_are_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(references.SolutionsMissingError, match=r"no solutions/lsmt/.*lstm"):
        references.text("lsmt")
    monkeypatch.setattr(references, "SOLUTIONS", tmp_path / "solutions")
    with pytest.raises(references.SolutionsMissingError, match="checkout of those who teach"):
        references.text("lstm")


def bound_and_wanted(code: str) -> tuple[set[str], set[str]]:
    """The names that cells bind at the level of the notebook, and those that they look up there."""
    top = symtable.symtable(code, "cells", "exec")
    tables = [top]
    for table in tables:
        tables += table.get_children()
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    inner = {s.get_name() for t in tables[1:] for s in t.get_symbols() if s.is_global()}
    return bound, inner | {s.get_name() for s in top.get_symbols() if s.is_referenced()}


@pytest.mark.parametrize(
    ("assignment", "style"),
    [
        (assignment, style)
        for assignment in assignments()
        for style in ("reference", "plain", *references.styles(assignment))
    ],
)
def test_cells_use_nothing_but_what_the_setup_and_they_themselves_define(
    assignment: str, style: str
) -> None:
    """Their modules import what they like; a notebook has the cells alone."""
    ours = {"reference": references.text, "plain": references.plain}
    text = ours[style](assignment) if style in ours else references.style(assignment, style)
    cells = references.cells(text, exercise_names(assignment)).values()
    setup = [c.source for c in Released.parse(chapter.text(assignment)).cells if c.role == "setup"]
    bound, wanted = bound_and_wanted("\n".join([*setup, *cells]))
    assert wanted - bound - set(dir(builtins)) == set()
