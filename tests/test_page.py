"""Checks as a page of the book makes them: texts in, texts out, and each time from nothing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from autograder.grader import references
from autograder.page import LONGEST, Page

SETUP = "import numpy as np\nfrom autograder import check"
STEP, BACK = "rnn_step_forward", "rnn_step_backward"
RIGHT = references.cells(references.text("recurrent"), [STEP, BACK, "rnn_forward"])
STUB = references.stub("recurrent", STEP)


def found(*cells: tuple[str, str], page: Page | None = None) -> dict[str, Any]:
    asked = json.dumps({"setup": SETUP, "cells": cells})
    return json.loads((page or Page()).check(asked))


def test_a_right_cell_is_found_right() -> None:
    told = found((STEP, RIGHT[STEP]))
    assert (told["status"], told["label"], told["title"]) == ("correct", "correct", STEP)
    assert (told["case"], told["notes"], told["printed"], told["read"]) == (None, [], "", None)


def test_a_mistake_is_named_with_its_section_and_a_call_in_numbers() -> None:
    told = found((STEP, RIGHT[STEP].replace("np.tanh(", "(")))
    assert told["status"] == "wrong"
    assert "tanh" in told["message"]
    assert told["read"]["place"] == "chapters/recurrent/index.html#one-step"
    assert told["case"]["call"] == "N=3, D=5, H=4"
    assert ["returned", "h_next", "(3, 4) float64", "12 of 12 differ"] in told["case"]["rows"]
    names = [name for name, _ in told["case"]["numbers"]]
    assert names == ["x", "h", "Wx", "Wh", "b", "returned h_next", "right h_next"]


def test_what_is_not_written_is_not_attempted() -> None:
    assert found((STEP, STUB))["status"] == "not attempted"


def test_an_exercise_is_built_on_the_cells_above_it() -> None:
    assert found((STEP, RIGHT[STEP]), (BACK, RIGHT[BACK]))["status"] == "correct"
    on_nothing = found((STEP, STUB), (BACK, RIGHT[BACK]))
    assert f"before `{STEP}` is written" in on_nothing["message"]


def test_each_check_begins_from_nothing() -> None:
    page = Page()
    assert found((STEP, RIGHT[STEP]), page=page)["status"] == "correct"
    assert "defines no" in found((STEP, "kept = 1"), page=page)["message"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\ndef rnn_step_forward(x:\n", "Python cannot read line 2 of the cell: "),
        ("x = 1\n\n1 / 0\n", "The cell stops in line 3 with ZeroDivisionError: division by zero."),
        ("raise SystemExit(7)", "The cell stops in line 1 with SystemExit: 7."),
        ("raise KeyboardInterrupt", "The cell stops in line 1 with KeyboardInterrupt."),
        ("eval('1 +')", "The cell stops in line 1 with SyntaxError: "),
        ("raise SyntaxError('hm')", "The cell stops in line 1 with SyntaxError: hm."),
        ("x = 1\n%matplotlib inline", "Lines that begin with % or ! belong to a notebook."),
        ("x = '\0'", "Python cannot read the cell: "),
        ("input()", "The cell stops in line 1 with RuntimeError: nothing can be typed in"),
        ("rnn_step_forward = 5", "`rnn_step_forward` is of the type int here. Define it by"),
        ("rnn_step_forward = np.tanh", "`rnn_step_forward` is of the type ufunc here."),
        (
            "class E(Exception):\n    def __str__(self): 1 / 0\nraise E",
            "The cell stops in line 3 with E.",
        ),
        ("", "The cell defines no `rnn_step_forward`. Keep the name of the function or class."),
    ],
)
def test_a_cell_that_cannot_be_run_is_a_sentence(source: str, says: str) -> None:
    told = found((STEP, source))
    assert told["status"] == "error"
    assert told["message"].startswith(says)


def test_a_cell_above_that_cannot_be_run_is_left_out_and_named() -> None:
    told = found(("rnn_step_forward", "nonsense"), ("sgd_step", "def sgd_step(): pass"))
    assert told["notes"] == [
        "Your cell of `rnn_step_forward` was left out. The cell stops in line 1 with NameError: "
        "name 'nonsense' is not defined."
    ]


def test_what_is_printed_is_shown_to_a_limit() -> None:
    told = found((STEP, f"{RIGHT[STEP]}\nprint('seen')\ncheck({STEP})"))
    assert told["printed"].startswith(f"seen\n{STEP}: correct.")
    much = found((STEP, "print('x' * 10_000)"))["printed"]
    assert much == f"{'x' * LONGEST}\n… and {10_001 - LONGEST:,} characters more"


def test_what_the_function_prints_in_the_call_that_goes_wrong_is_shown() -> None:
    wrong = (
        RIGHT[STEP].replace("np.tanh(", "(").replace("    h_next", "    print(x.shape)\n    h_next")
    )
    assert found((STEP, wrong))["case"]["printed"] == "(3, 5)\n"


def test_a_package_that_a_page_has_not_is_a_sentence() -> None:
    says = found((STEP, "import no_such_package"))["message"]
    assert says.endswith("A page has NumPy alone; the notebook has the frameworks too.")


def test_how_numpy_warns_is_as_it_was_after_each_check() -> None:
    before = np.geterr()
    found((STEP, "np.seterr(all='raise')"))
    assert np.geterr() == before


def test_hints_are_given_one_by_one_and_not_to_those_who_are_right() -> None:
    page = Page()
    first, second = (json.loads(page.hint(STEP))["label"] for _ in range(2))
    assert (first[:6], second[:6]) == ("hint 1", "hint 2")
    found((STEP, RIGHT[STEP]), page=page)
    assert json.loads(page.hint(STEP))["label"] == "no hint needed"


def test_a_hint_links_what_stands_on_another_page() -> None:
    page = Page()
    named = [json.loads(page.hint(STEP))["named"] for _ in range(3)]
    places = [section["place"] for sections in named for section in sections]
    assert all(place.startswith("chapters/") for place in places)


def test_an_exception_without_a_text_is_named() -> None:
    broken = "class E(Exception):\n    def __str__(self):\n        1 / 0\n\n\n"
    wrong = RIGHT[STEP].replace("    h_next =", "    raise E\n    h_next =")
    told = found((STEP, broken + wrong))
    assert told["status"] == "error"
    assert told["message"].startswith("It raises E in line")
