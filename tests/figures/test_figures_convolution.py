"""The drawings of convolution: true to what the references compute."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from autograder.figures import convolution
from solutions.convolutional.reference import conv2d_backward, conv2d_forward, cross_correlate2d
from tests.drawings import texts


def numbers(fig: Figure) -> list[str]:
    return [text.get_text().replace("−", "-") for text in texts(fig)]


def test_the_sliding_window_shows_what_the_reference_computes() -> None:
    y = cross_correlate2d(convolution.IMAGE, convolution.KERNEL_2X3)
    shown = numbers(convolution.sliding())
    for place in ((0, 0), (0, 1), (2, 2)):
        assert any(text.endswith(f" = {y[place]}") for text in shown)


def test_the_gradient_that_is_drawn_is_that_of_the_reference() -> None:
    k = np.array([[1.0, 2], [3, 4]])
    y, cache = conv2d_forward(np.zeros((1, 1, 3, 4)), k[None, None], np.zeros(1), (1, 1), (0, 0))
    dy = np.array([[1.0, 2, 0], [0, 1, 3]]).reshape(y.shape)
    dx, _, _ = conv2d_backward(dy, cache)
    shown = numbers(convolution.backward())
    start = shown.index("1", shown.index("="))
    assert [float(n) for n in shown[start : start + 12]] == dx.ravel().tolist()
