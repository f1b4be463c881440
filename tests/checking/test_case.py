"""The case of a failed check: the very call, what came back, what is right, and the call again."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from autograder.check import Check, CheckFailed
from autograder.checking.case import Case, NoCase
from autograder.checking.contents import points
from autograder.checking.examine import found_of
from autograder.checking.public import Public
from autograder.checking.session import Session
from autograder.exercises import TOLERANCES, Exercise, find
from autograder.grader import catalogue, references
from tests.students import EXERCISES, edited, solved, untouched


def wrong(assignment: str, exercise: str, edit: str) -> dict[str, Any]:
    """A notebook in which one exercise is wrong."""
    return solved(assignment, **{exercise: edited(assignment, exercise, edit)})


def case_of(student: dict[str, Any], name: str) -> Case:
    found = found_of(student[name])
    assert isinstance(found.case, Case), found.shown
    return found.case


MEAN = "~ dy.sum(axis=0) => dy.mean(axis=0)"


@pytest.fixture
def student() -> dict[str, Any]:
    """A notebook whose `affine_backward` takes a mean for the bias."""
    return wrong("feedforward", "affine_backward", MEAN)


def test_the_case_has_what_went_in_what_came_out_and_what_is_right(student: dict[str, Any]) -> None:
    case = case_of(student, "affine_backward")
    exercise = find("affine_backward")
    assert exercise is not None
    (asked,) = [call for call in Public(exercise).program.calls if call.name == case.call]
    assert list(case.inputs) == ["dy", "cache"]
    np.testing.assert_array_equal(case.inputs["dy"], asked.args[0])
    right = Public(exercise).expected[case.call]
    assert list(case.right) == list(case.returned) == ["dx", "dW", "db"]
    for name in case.right:
        np.testing.assert_array_equal(case.right[name], right[name])
    dy = case.inputs["dy"]
    np.testing.assert_allclose(case.right["db"], dy.sum(axis=0))
    np.testing.assert_allclose(case.returned["db"], dy.mean(axis=0))
    for name, value in zip(case.returned, case.again(), strict=True):
        np.testing.assert_array_equal(value, case.returned[name])


def test_the_first_entry_that_differs_is_told(student: dict[str, Any]) -> None:
    case = case_of(student, "affine_backward")
    assert list(case.differences) == ["db"]
    found = case.differences["db"]
    assert (found.index, found.count, found.size) == ((0,), 2, 2)
    assert found.yours == case.returned["db"][0]
    assert found.right == case.right["db"][0]
    assert repr(case).startswith(
        f"affine_backward, x of shape (3, 4), M=2: `db` differs first at [0]: it is "
        f"{found.yours:.6g} there, and {found.right:.6g} is right. Its 2 entries all differ.\n\n"
    )


def test_the_table_says_of_each_array_what_it_is(student: dict[str, Any]) -> None:
    lines = repr(case_of(student, "affine_backward")).splitlines()
    assert lines[2:8] == [
        "          name   what it is                         beside what is right",
        "input     dy     (3, 2) float64",
        "input     cache  what your affine_forward returned",
        "returned  dx     (3, 4) float64                     right",
        "returned  dW     (4, 2) float64                     right",
        "returned  db     (2,) float64                       2 of 2 differ",
    ]
    assert "`check.case.again()`" in lines[-1]


def test_the_same_is_shown_as_html(student: dict[str, Any]) -> None:
    html = case_of(student, "affine_backward")._repr_html_()
    assert html.startswith('<div class="autograder-check autograder-note" role="status"')
    assert re.search(r'<th scope="col"[^>]*>name</th>', html)
    assert "<code>db</code> differs first at [0]" in html
    assert html.count("<tr>") == 6
    assert re.search(r"<td[^>]*>2 of 2 differ</td>", html)


def test_what_a_student_writes_is_escaped_in_the_case() -> None:
    raising = "@ y = np.maximum(x, 0)\n+ raise ValueError('<b>no</b>')"
    html = case_of(wrong("feedforward", "relu_forward", raising), "relu_forward")._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;no&lt;/b&gt;" in html


def test_all_of_it_are_copies(student: dict[str, Any]) -> None:
    case = case_of(student, "affine_backward")
    before = case.inputs["dy"].copy()
    for array in (*case.right.values(), *case.returned.values(), case.inputs["dy"]):
        array[...] = np.nan
    np.testing.assert_array_equal(case.inputs["dy"], before)
    again = case_of(student, "affine_backward")
    assert np.isfinite(again.right["db"]).all(), "later checks know what is right as before"


def test_inputs_lie_in_memory_as_those_of_the_check() -> None:
    edit = "@ y = x.reshape(len(x), -1) @ W + b\n+ y = y if x.flags.c_contiguous else 2 * y"
    case = case_of(wrong("feedforward", "affine_forward", edit), "affine_forward")
    assert case.call.endswith("inputs as views that are not contiguous")
    assert not any(case.inputs[name].flags.c_contiguous for name in ("x", "W"))
    np.testing.assert_allclose(case.again()[0], 2 * case.right["y"])


def test_the_call_is_made_of_the_function_as_it_then_stands(student: dict[str, Any]) -> None:
    case = case_of(student, "affine_backward")
    exec(edited("feedforward", "affine_backward", "~ dy.sum(axis=0) => dy.sum(0) + 0"), student)
    np.testing.assert_allclose(case.again()[2], case.right["db"])
    assert not np.allclose(case.returned["db"], case.right["db"]), "that stays as it was"


def test_another_object_than_the_notebook_s_is_called_as_it_was(student: dict[str, Any]) -> None:
    checked = student["affine_backward"]
    student["affine_backward"] = solved("feedforward")["affine_backward"]
    case = found_of(checked).case
    assert isinstance(case, Case)
    np.testing.assert_array_equal(case.again()[2], case.returned["db"])


def test_an_exception_is_raised_once_more_and_prints_are_seen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    raising = "@ y = np.maximum(x, 0)\n+ print('here')\n+ x[0, 0, 0, 0]"
    case = case_of(wrong("feedforward", "relu_forward", raising), "relu_forward")
    assert capsys.readouterr().out == ""
    assert (case.returned, case.differences) == ({}, {})
    assert "raises IndexError" in case.message
    assert "IndexError was raised" in repr(case)
    with pytest.raises(IndexError):
        case.again()
    assert capsys.readouterr().out == "here\n"


def test_another_shape_is_told_in_the_table() -> None:
    case = case_of(wrong("feedforward", "affine_backward", "~ dy.sum(axis=0) => dy.sum(0)[None]"),
                   "affine_backward")  # fmt: skip
    assert not case.differences
    assert "`db` has the shape (1, 2)" in case.message
    assert (
        repr(case)
        .splitlines()[7]
        .endswith("(1, 2) float64                     (2,) float64 is right")
    )


@pytest.mark.parametrize(("value", "kind"), [("None", "NoneType"), ("{1: 2}", "dict")])
def test_what_is_no_array_stands_beside_what_is_right(value: str, kind: str) -> None:
    source = f"def relu_forward(x):\n    return {value}, x\n"
    case = case_of(solved("feedforward", relu_forward=source), "relu_forward")
    assert case.returned["y"] == kind
    (line,) = (line for line in repr(case).splitlines() if line.startswith("returned"))
    assert kind in line
    assert line.endswith("float64 is right")


def test_what_depends_on_calls_before_has_them_made() -> None:
    kept = "@ x, W = cache\n+ dy = dy if W.flags.writeable else 2 * dy\n+ W.flags.writeable = False"
    case = case_of(wrong("feedforward", "affine_backward", kept), "affine_backward")
    assert "with the same cache once more" in case.message
    assert "the calls before it are made as well" in case.message
    assert not np.allclose(case.again()[2], case.right["db"])


def test_a_mistake_below_is_named_with_what_is_right_here() -> None:
    student = wrong("feedforward", "affine_backward", "~ dy.sum(axis=0) => dy.mean(axis=0) + 1")
    exec(edited("feedforward", "affine_forward", "~ @ W + b => @ W - b"), student)
    case = case_of(student, "affine_backward")
    assert case.message.endswith(
        "But `affine_forward` is not right either: what is right here stands on a right one."
    )


def test_random_results_have_nothing_beside_them() -> None:
    case = case_of(wrong("training", "initialise", "~ 2 / fan_in} => 1 / fan_in}"), "initialise")
    assert case.right == {}
    assert "there is none to compare with" in case.message
    assert list(case.inputs) == ["fan_in", "fan_out", "kind", "seed"]
    assert case.again().shape == (case.inputs["fan_in"], case.inputs["fan_out"])


FIRST = {
    entry.exercise: entry for e in EXERCISES for entry in reversed(catalogue.entries(e.assignment))
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_every_exercise_has_a_case_that_can_be_called(exercise: Exercise) -> None:
    source = catalogue.text(exercise.assignment, FIRST[exercise.name])
    found = found_of(references.execute(source)[exercise.name])
    case = found.case
    assert isinstance(case, Case), found.shown
    assert len(repr(case).splitlines()) > 4
    for name, difference in case.differences.items():
        tolerance = TOLERANCES[exercise.tolerances[name]]
        assert not tolerance.accepts(case.returned[name].astype(float), case.right[name])
        assert case.right[name][difference.index] == pytest.approx(difference.right)
    assert case.inputs is not None
    may_raise = contextlib.nullcontext() if case.returned else contextlib.suppress(Exception)
    with np.errstate(all="ignore"), may_raise:
        case.again()


def test_tolerances_agree_on_which_entries_differ() -> None:
    rng = np.random.default_rng(0)
    for tolerance in TOLERANCES.values():
        for size in (1, 7, 400):
            r = rng.standard_normal(size)
            assert not tolerance.differing(r, r).any()
            a = r.copy()
            a[size // 2] += 1
            assert list(np.flatnonzero(tolerance.differing(a, r))) == [size // 2]
            a[size // 2] = np.nan
            assert list(np.flatnonzero(tolerance.differing(a, r))) == [size // 2]
            spread = r + 1.01 * tolerance.allowed * np.linalg.norm(r) / np.sqrt(size)
            if not tolerance.accepts(spread, r):
                assert tolerance.differing(spread, r).any()


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    """A check outside of a notebook, of a session of its own."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    return Check()


def test_where_there_is_no_case_a_sentence_says_why(check: Check, student: dict[str, Any]) -> None:
    assert isinstance(check.case, NoCase)
    assert "Nothing was checked yet." in repr(check.case)
    check(student["affine_forward"])
    assert repr(check.case) == (
        "affine_forward: no case to look at. The last check found it right."
    )
    check(untouched("feedforward")["affine_backward"])
    assert "It is not written yet." in repr(check.case)
    check(student["affine_backward"])
    assert isinstance(check.case, Case)
    check(len)
    assert "What was checked last is no exercise." in check.case._repr_html_()
    with pytest.raises(AttributeError, match=r"There is no case\. What was checked last"):
        _ = check.case.inputs


def test_while_nbgrader_runs_there_is_none(
    check: Check, student: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(student["affine_backward"])
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(CheckFailed) as failure:
        check(student["affine_backward"])
    assert "check.case" not in str(failure.value)
    assert repr(check.case) == (
        "check.case: no case to look at. None is kept while nbgrader runs a notebook."
    )


def test_a_check_says_how_far_the_assignment_is(
    check: Check, student: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    worth = points("feedforward")
    first, whole = worth["affine_forward"], sum(worth.values())
    so_far = f"1 of its 9 exercises has been found right, which is {first} of {whole} points in "
    check(student["affine_forward"])
    assert so_far in capsys.readouterr().out
    check(student["affine_backward"])
    said = capsys.readouterr().out
    assert "`check.case` shows a call that goes wrong" in said
    assert "`check.hint(affine_backward)` gives a hint." in said
    assert so_far in said
    assert "What an exercise is worth in your course stands above it." in said
    check(student["relu_forward"])
    both = first + worth["relu_forward"]
    assert f"9 exercises have been found right, which is {both} of {whole} points in " in (
        capsys.readouterr().out
    )
    exec("def affine_forward(*_): return 1, 2", student)
    check(student["affine_forward"])
    assert "1 of its 9 exercises has been" in capsys.readouterr().out


def test_other_assignments_do_not_count() -> None:
    session = Session()
    session.note("sigmoid", "correct", "")
    said = session.says("lstm_forward", points("lstm"), looked_into=False)
    assert "0 of its 4 exercises have been found right, which is 0 of " in said


def test_what_is_right_is_told_in_points_as_well() -> None:
    session = Session()
    for name, status in (("one", "correct"), ("two", "correct"), ("three", "partial")):
        session.note(name, status, "")
    assert session.says("one", {"one": 3, "two": 0.5, "three": 2}, looked_into=False) == (
        "Since this notebook was started, 2 of its 3 exercises have been found right, which is "
        "3.5 of 5.5 points in the book. What an exercise is worth in your course stands above it."
    )


def test_hints_follow_one_another(
    check: Check, student: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    check.hint(student["affine_backward"])
    check(student["affine_backward"])
    check.hint(student["affine_backward"])
    check.hint(len)
    first, _, second, no_exercise = capsys.readouterr().out.splitlines()
    assert first.startswith("affine_backward: hint 1 of 4. Compare the shapes of `dx`,")
    assert second.startswith("affine_backward: hint 2 of 4. Your last check has named what is")
    assert no_exercise.startswith("len: stopped by an error. `len` is not an exercise.")


def test_nothing_that_grades_loads_cases_or_hints() -> None:
    code = (
        "import sys\n"
        "import autograder.grader.grading.submission, autograder.grader.judge\n"
        "import autograder.exercises.respond\n"
        "from autograder import check\n"
        "assert check.hint and 'autograder.checking.assess' in sys.modules\n"
        "print(*(name for name in sys.modules if name.startswith('autograder.checking.')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.rpartition(".")[2] for name in done.stdout.split()}
    assert not loaded & {"case", "examine", "hints"}
