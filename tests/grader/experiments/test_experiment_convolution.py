"""The ways of writing a convolution that are timed: they give the same numbers."""

from __future__ import annotations

import json

import numpy as np
import pytest

from autograder.exercises.program import Array
from autograder.grader.experiments import convolution
from autograder.grader.experiments.convolution import both, compare, forward
from solutions.convolutional.reference import conv2d_backward
from tests.chapters.pages import lesson_of

SIZES = {"N": 2, "C": 5, "F": 4, "H": 7, "W": 6, "KH": 3, "KW": 3}
"""Small and unequal; the padding of 1 keeps H and W for kernels of 3 × 3 alone."""


def test_six_ways_forward_and_three_of_both_passes_give_the_same_numbers() -> None:
    assert (len(forward(SIZES)), len(both(SIZES))) == (6, 3)
    compare(forward(SIZES))
    compare(both(SIZES))


def test_the_ways_that_are_compared_are_those_of_the_record() -> None:
    record = lesson_of("convolutional").parent / "results" / "convolution.json"
    seconds = json.loads(record.read_text(encoding="utf-8"))["seconds"]
    assert list(forward(SIZES)) == list(seconds["forward"])
    assert list(both(SIZES)) == list(seconds["forward and backward"])


def without_bias(x: Array, w: Array, b: Array) -> Array:
    return convolution.tap_by_tap(x, w, 0 * b)


def turned(x: Array, w: Array, b: Array) -> Array:
    return convolution.tap_by_tap(x, w[:, :, ::-1, ::-1], b)


def one_row_less(x: Array, w: Array, b: Array) -> Array:
    return convolution.tap_by_tap(x, w, b)[:, :, 1:]


def rounded(x: Array, w: Array, b: Array) -> Array:
    return convolution.tap_by_tap(x, w, b).astype(np.float32)


@pytest.mark.parametrize("wrong", [without_bias, turned, one_row_less, rounded])
def test_a_way_that_differs_is_not_timed(wrong: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convolution, "by_im2col", wrong)
    monkeypatch.setattr(convolution, "one_turn", lambda _: pytest.fail("it was timed"))
    with pytest.raises(AssertionError, match=r"^im2col, float64 does not give"):
        convolution.medians(forward(SIZES))


def test_a_gradient_that_differs_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubled(dy: Array, cache: tuple[object, ...]) -> tuple[Array, Array, Array]:
        dx, dw, db = conv2d_backward(dy, cache)
        return dx, dw, 2 * db

    monkeypatch.setattr(convolution, "conv2d_backward", doubled)
    with pytest.raises(AssertionError, match=r"^torch, float64 does not give"):
        compare(both(SIZES))
