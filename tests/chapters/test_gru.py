"""The assignment on the GRU: every number it states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.grader.release.source import page as page_of
from solutions.gru.reference import count_params
from tests.chapters.pages import (
    Ran,
    run_solved,
)

ASSIGNMENT = page_of("gru")


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("gru")


# What the page states.


def test_every_comparison_holds(solved: tuple[dict[str, Any], str]) -> None:
    printed = solved[1]
    for line in (
        "reset after, against torch in float64:  within 1e-12: True",
        "reset before, against Keras in float32: within 1e-5:  True",
        "moved by a change of the input at step 3: 0 0 0 1 1 1",
        "six gradients, largest relative error below 1e-12: True",
        "weights as they are: the same step: False",
        "weights converted:   the same step: True",
        "the cell in a loop equals torch.nn.GRU within 1e-6",
        "your cell in Keras equals torch.nn.GRU within 1e-6",
    ):
        assert line in printed
    assert printed.count("as Keras counts: True") == 4


def test_the_gradient_travels_as_far_as_the_caption_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    none, one, three = (solved[0]["gradient_sizes"](bias)[-1] for bias in (0.0, 1.0, 3.0))
    assert 0.5e-11 < none < 2e-11
    assert 3e-6 < one < 5e-6
    assert 0.2 < three < 0.25
    assert 3 < solved[0]["gradient_sizes"](3.0)[0] < 5


def test_the_variants_part_as_the_caption_says(solved: tuple[dict[str, Any], str]) -> None:
    apart = solved[0]["apart"]
    assert apart[0] == 0
    assert (apart[4:] > 0.05).all()
    assert (apart < 0.08).all()


def test_the_counts_of_the_caption_are_right() -> None:
    counts = [
        count_params(kind, 128, 256, True, after)
        for kind, after in (("rnn", False), ("gru", False), ("gru", True), ("lstm", False))
    ]
    assert counts == [98_560, 295_680, 296_448, 394_240]
    assert np.isclose(counts[2] / counts[3], 3 / 4, atol=0.01)
