"""What is taken out of a cell before it is shown to others."""

from __future__ import annotations

import pytest

from autograder.grader.references import text as reference
from autograder.grader.report.example import Vocabulary, anonymous, nameless

KNOWN = Vocabulary.of([reference("lstm"), "x.astype('float64')"], ["The gate keeps old values."])
ADA = ["ada17", "Ada", "Byron-King", "ada.king@example.org"]

CELL = '''# Ada Byron-King, group 3
def lstm_step_forward(x, h, c, Wx, Wh, b):
    """Written by Ada, ada.king@example.org."""
    old_gate = x.astype('float64')  # 20231234
    byron_gate = np.tanh(old_gate) * 20231234 + 1e-5
    zodiac = "ada17" + f"by {old_gate} of Ada"
    return byron_gate, zodiac, zodiac
'''


def test_what_says_whose_it_is_goes_and_the_code_stays() -> None:
    shown = anonymous(CELL, KNOWN, ADA)
    low = shown.lower()
    for word in ("ada", "byron", "king", "example.org", "20231234", "zodiac", "#", "written"):
        assert word not in low, word
    for stays in ("def lstm_step_forward(x, h, c, Wx, Wh, b):", "x.astype('float64')", "1e-5"):
        assert stays in shown
    assert "old_gate = " in shown, "a name of the course's words"
    assert "return name_1, name_2, name_2" in shown


def test_a_word_of_the_course_that_is_somebody_s_name_goes_too() -> None:
    assert anonymous("old_gate = 1", KNOWN, ["Gate"]) == "name_1 = 1"
    assert anonymous("np.max(x)", KNOWN, ["max"]) == "np.max(x)", "it is NumPy's"


@pytest.mark.parametrize("cell", ["def f(:\n  'x", "x = $ada", "(", "\t x\n y", "!cat ada"])
def test_what_cannot_be_read_is_not_shown_or_shown_without_names(cell) -> None:
    shown = anonymous(cell, KNOWN, ADA)
    assert shown is None or "ada" not in shown


def test_it_is_no_page_and_no_command() -> None:
    shown = anonymous("x = '<script>\x1b[2J\u202e'\nh = 'a' 'b'", KNOWN, ADA)
    assert shown == 'x = "…"\nh = "…" "…"'
    assert len(anonymous("x = 1\n" * 500, KNOWN, ADA).splitlines()) == 41


def test_names_in_sentences_go_as_those_in_cells() -> None:
    says = "The cell defines `sigmoid` and `ada_step`, and not `lstm_step_forward`."
    wanted = "The cell defines `sigmoid` and `…`, and not `lstm_step_forward`."
    assert nameless(says, KNOWN, ADA) == wanted


def test_single_letters_and_parted_numbers_spell_nobody() -> None:
    assert anonymous("a_d_a = 4_4_2_1_3_3", KNOWN, ADA) == "name_1 = …"
    assert anonymous("x = 1_000", KNOWN, ADA) == "x = 1_000"
