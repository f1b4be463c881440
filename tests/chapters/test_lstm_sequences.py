"""The second assignment on the LSTM: every number it states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.grader.release.source import page as page_of
from solutions.lstm_sequences.reference import retention
from tests.chapters.pages import (
    Ran,
    run_solved,
)

ASSIGNMENT = page_of("lstm_sequences")


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("lstm_sequences")


# What the page states.


def test_every_comparison_holds(solved: tuple[dict[str, Any], str]) -> None:
    for line in (
        "six gradients, largest relative error below 1e-12: True",
        "means: 0.50 0.72 0.95",
        "Keras' GRU, reordered and transposed, equals torch's within 1e-5",
        "equals torch's packed layer within 1e-12: True",
        "moved by what stands in the padding: False",
        "your cell under keras.layers.RNN equals keras.layers.LSTM within 1e-6",
    ):
        assert line in solved[1]


def test_the_half_lives_are_those_of_the_caption(solved: tuple[dict[str, Any], str]) -> None:
    half_life = solved[0]["half_life"]
    np.testing.assert_allclose(half_life[[0, 10, 30, 50, 60]], [1, 2.2, 14.3, 103, 280], rtol=0.01)
    assert retention(3.0, 14) > 0.5 > retention(3.0, 15)
    assert retention(5.0, 103) > 0.5 > retention(5.0, 104)
    assert retention(5.0, 100) > 0.5
    assert retention(1.0, 100) < 1e-13
