"""What a cell consists of: however it is written, it is read in a moment."""

from __future__ import annotations

import pytest

from autograder.checking.cells import joined, statements, without_magics
from tests.moments import moment

BLANKS = " " * 300_000
WIDE = "é" * 2_000_000

HOSTILE = {
    "a line of blanks": f"{BLANKS}\n!true\n",
    "blanks before a sign": f"!true\n{BLANKS}x\n",
    "names that end in nothing": f"!true\n{'a.' * 50_000}b ?x\n",
    "a question behind blanks": f"!true\nx?{BLANKS}x\n",
    "blank lines": "\n" * 300_000 + "!true\n",
    "many statements of a long line": f"s = '{WIDE}'; " + "x = 1; " * 9_000,
    "many statements below a long one": f"s = '{WIDE}'\n" + "x = 1\n" * 9_000,
}


@pytest.mark.parametrize("form", HOSTILE)
def test_a_cell_is_read_in_a_moment(form: str) -> None:
    with moment():
        joined(statements(HOSTILE[form]) or ())


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("  %time x = 1", "  pass"),
        ("files = !ls", "pass"),
        ("a, b.c = %pwd", "pass"),
        ("np.where??", "pass"),
        ("?np", "pass"),
        ("x = y % z", "x = y % z"),
        ("x = 1  # why?", "x = 1  # why?"),
    ],
)
def test_a_line_of_ipython_s_gives_way(line: str, left: str) -> None:
    assert without_magics(line) == left


def test_a_statement_keeps_its_text() -> None:
    source = "é = 'ü'; b = (1,\n  'ö'); pass\n%pwd\n@np.vectorize\ndef f(x):\n    return x\n"
    found = statements(source)
    assert found is not None
    assert [one.text for one in found] == [
        "é = 'ü'", "b = (1,\n  'ö')", "pass", "%pwd", "@np.vectorize\ndef f(x):\n    return x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("Cache = namedtuple('Cache', 'x h c')", True),
        ("Cache = collections.namedtuple('Cache', ['x', 'h'])", True),
        ("half = functools.partial(np.multiply, 0.5)", True),
        ("half = partial(np.multiply, train())", False),
        ("half = made().partial(0.5)", False),
        ("model = train(1)", False),
        ("HALF = 0.5", True),
    ],
)
def test_a_call_that_defines_something_is_run_and_no_other(line: str, runs: bool) -> None:
    found = statements(line)
    assert found is not None
    assert found[0].runs is runs
