"""The drawings of layouts and of eligibility: in the order of each party."""

from __future__ import annotations

import pytest

from autograder.figures import layouts
from tests.drawings import texts


@pytest.mark.parametrize(
    ("kind", "first", "keras"), [("lstm", "ifgo", "ifgo"), ("gru", "rzn", "zrn")]
)
def test_gates_are_drawn_in_the_order_of_each_party(kind: str, first: str, keras: str) -> None:
    letters = "".join(t.get_text() for t in texts(layouts.maps(kind)) if len(t.get_text()) == 1)
    arrays = 3 if kind == "lstm" else 4
    assert letters.startswith(first * arrays + keras * arrays + first * 4)
