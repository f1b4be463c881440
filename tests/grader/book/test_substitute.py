"""Which cells leave something to the student."""

from __future__ import annotations

import pytest

from autograder.grader.book.substitute import stubs


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("def f(x):\n    raise NotImplementedError", ["f"]),
        ("class A:\n    def g(self):\n        '''Go.'''\n        raise NotImplementedError", ["A"]),
        ("def f(x):\n    return x", []),
        ("def f(x):\n    raise ValueError('no')", []),
        ("y = f(1)\nprint(y)", []),
    ],
)
def test_a_stub_is_a_definition_that_is_not_implemented(cell: str, names: list[str]) -> None:
    assert stubs(cell) == names
