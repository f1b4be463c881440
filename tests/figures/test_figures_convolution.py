"""The drawings of convolution: true to what the references compute."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from autograder.figures import blocks, convolution, moving, pools
from solutions.convolutional.reference import (
    avgpool2d_backward,
    avgpool2d_forward,
    conv1d_text,
    conv2d_backward,
    conv2d_forward,
    cross_correlate2d,
    max_over_time,
    maxpool2d_backward,
    maxpool2d_forward,
)
from tests.chapters.pages import code, lesson_of
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


@pytest.mark.parametrize(
    "draw",
    [
        convolution.sliding,
        convolution.places,
        convolution.backward,
        convolution.strided,
        convolution.windows,
        convolution.receptive,
        pools.pools,
        pools.phrases,
        blocks.residual,
    ],
    ids=lambda draw: draw.__name__,
)
def test_letters_can_be_read_on_a_phone(draw: Callable[[], Figure]) -> None:
    """A window of 360 pixels leaves about 328 to a figure."""
    fig = draw()
    shrunk = min(1.0, 328 / (fig.get_figwidth() * 72))
    assert min(text.get_fontsize() for text in texts(fig)) * shrunk >= 10


def test_the_gradient_with_a_stride_that_is_drawn_is_that_of_the_reference() -> None:
    image, k = (a.astype(float) for a in (convolution.IMAGE, convolution.KERNEL_2X3))
    _, cache = conv2d_forward(image[None, None], k[None, None], np.zeros(1), (2, 2), (0, 0))
    dx, _, _ = conv2d_backward(convolution.STEPS[None, None].astype(float), cache)
    assert [float(n) for n in numbers(convolution.strided())[-21:-1]] == dx.ravel().tolist()


def test_the_pools_that_are_drawn_are_those_of_the_reference() -> None:
    x, dy = (a[None, None].astype(float) for a in (pools.MAP, pools.ARRIVES))
    maxima, cache = maxpool2d_forward(x, (2, 2), (2, 2))
    means, other = avgpool2d_forward(x, (2, 2), (2, 2))
    shown = [float(n) for n in numbers(pools.pools()) if n.lstrip("-").replace(".", "").isdigit()]
    wanted = [x, maxima, means, dy, maxpool2d_backward(dy, cache), avgpool2d_backward(dy, other)]
    assert shown == [float(n) for array in wanted for n in array.ravel()]


def test_the_answers_to_a_sentence_that_are_drawn_are_those_of_the_reference() -> None:
    x, w = pools.VECTORS[None].astype(float), pools.FILTERS.astype(float)
    y = conv1d_text(x, w, np.zeros(2))
    shown = [float(n) for n in numbers(pools.phrases()) if n.lstrip("-").isdigit()]
    assert shown == [float(n) for a in (x, w, y, max_over_time(y)) for n in a.ravel()]
    said = " ".join(numbers(pools.phrases()))
    for f, place in enumerate(y[0].argmax(axis=0)):
        assert f"“{' '.join(pools.WORDS[place : place + 3])}”" in said
        assert f" = {y[0, place, f]:.0f}" in said


def test_the_moving_window_has_all_places_and_stands_still_at_the_first() -> None:
    page = moving.sliding()._repr_html_()
    y = cross_correlate2d(convolution.IMAGE, convolution.KERNEL_2X3)
    made = re.findall(r'<g class="moves made-(\d)"( opacity="0")?><text[^>]*>(\S+)</text>', page)
    assert [int(n) for n, _, _ in made] == list(range(9))
    assert [float(n) for _, _, n in made] == y.ravel().tolist()
    assert [bool(unseen) for _, unseen, _ in made] == [False] + [True] * 8
    sums = re.findall(r'<g class="moves sum-\d"[^>]*><text[^>]*>(.*?) = (\S+)</text>', page)
    assert [float(n) for _, n in sums] == y.ravel().tolist()
    for terms, total in sums:
        told = terms.replace("−", "-").replace("·", "*")
        assert eval(told) == float(total)
    assert "<script" not in page


def test_the_moving_window_says_on_its_page_what_it_says_to_a_screen_reader() -> None:
    (cell,) = (c for c in code(lesson_of("convolutional")) if c.source == "moving.sliding()")
    assert cell.metadata["mystnb"]["image"]["alt"] == moving.ALT
    assert f'aria-label="{moving.ALT}"' in moving.sliding()._repr_html_()


@pytest.mark.parametrize(("before", "after"), [(8, 8), (8, 16)], ids=["stays", "changes"])
def test_the_shapes_of_the_residual_block_are_those_of_torch(before: int, after: int) -> None:
    stride = after // before
    f = torch.nn.Sequential(
        torch.nn.Conv2d(before, after, 3, stride, padding=1),
        torch.nn.BatchNorm2d(after),
        torch.nn.ReLU(),
        torch.nn.Conv2d(after, after, 3, padding=1),
        torch.nn.BatchNorm2d(after),
    )
    past = torch.nn.Conv2d(before, after, 1, stride) if stride > 1 else torch.nn.Identity()
    x = torch.ones(2, *blocks.BEFORE)
    values = [x, f[0](x), past(x), torch.relu(past(x) + f(x))]
    shapes = [f"(N, {', '.join(map(str, value.shape[1:]))})" for value in values]
    assert len({value.shape for value in values[1:]}) == 1
    shown = numbers(blocks.residual())
    second = shown.index("3 × 3, s = 2") - 1
    half = shown[:second] if stride == 1 else shown[second:]
    drawn = [text for text in half if text.startswith("(N")]
    # The copy is labelled where its shape changes, and there last.
    wanted = [shapes[0], shapes[1], shapes[3]]
    assert drawn == (wanted if stride == 1 else [*wanted, shapes[2]])
    names = {"Conv2d": "3 × 3", "BatchNorm2d": "normalisation", "ReLU": "ReLU"}
    layers = [text.split(",")[0] for text in half if text.split(",")[0] in {*names.values(), "+"}]
    assert layers[:7] == [*(names[type(layer).__name__] for layer in f), "+", "ReLU"]
