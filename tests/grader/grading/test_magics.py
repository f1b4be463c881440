"""IPython's own words in a cell: what is left when they are taken out, and how soon."""

from __future__ import annotations

import pytest

from autograder.grader.grading.magics import plain
from tests.moments import moment

BLANKS = " " * 60_000


@pytest.mark.parametrize(
    ("source", "left", "words"),
    [
        ("%time x = 1", "x = 1", ()),
        ("%timeit -n 10 -r3 f(x)", "f(x)", ()),
        ("%timeit -n f(x)", "f(x)", ()),
        ("files = !ls", "files = None", ("!",)),
        ("a, b[0] = %run it.py", "a, b[0] = None", ("%run",)),
        ("  !pip install x", "  pass", ()),
        ("f??", "pass", ()),
        ("%%time\n%%capture out\nx = 1", "\n\nx = 1", ()),
        ("%%timeit -n 3 y = 2\nx = 1", "y = 2\nx = 1", ()),
        ("%%bash\nls", "", ("%%bash",)),
    ],
)
def test_what_is_left(source: str, left: str, words: tuple[str, ...]) -> None:
    assert plain(source) == (left, words)


@pytest.mark.parametrize(
    "source",
    [
        f"{BLANKS}x",
        f"{BLANKS}= {BLANKS}",
        f"x ={BLANKS}x",
        f"f?{BLANKS}x",
        f"%time -{'1' * 60_000}",
        f"%time {'-n 1 ' * 10_000}-",
        "%%time\n" * 14_000,
        "%%timeit " * 10_000,
    ],
    ids=range(8),
)
def test_a_cell_is_read_in_a_moment(source: str) -> None:
    with moment():
        plain(source)
