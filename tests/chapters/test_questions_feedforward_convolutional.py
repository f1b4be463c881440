"""The questions at the end of the convolutional lesson: the numbers of their answers."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.chapters.pages import lesson_of

QUESTION = re.compile(
    r"^\*\*(\d+)\.\*\* (.+?)\n\n:::\{dropdown\} Answer\n(.+?)\n:::$", re.MULTILINE | re.DOTALL
)


def answer(lesson: str, number: int) -> str:
    """The answer to a question of a lesson, as one line."""
    text = lesson_of(lesson).read_text(encoding="utf-8")
    found = {int(n): " ".join(folded.split()) for n, _, folded in QUESTION.findall(text)}
    return found[number]


def says(text: str, *numbers: str) -> bool:
    """Whether a text has all these numbers, each of them whole."""
    return all(re.search(rf"(?<![\d.,]){re.escape(n)}(?![\d]|[.,]\d)", text) for n in numbers)


@pytest.mark.parametrize("lesson", ["convolutional"])
def test_every_question_has_a_folded_answer(lesson: str) -> None:
    text = lesson_of(lesson).read_text(encoding="utf-8")
    (section,) = re.findall(r"^## Questions\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    numbers = [int(n) for n, *_ in QUESTION.findall(section)]
    assert numbers == list(range(1, 13))
    assert section.count(":::{dropdown}") == 12


# The convolutional lesson.


def row(*numbers: float, needs: bool = False) -> torch.Tensor:
    """Numbers as one channel of one row, the form that torch convolves."""
    return torch.tensor([[numbers]], dtype=torch.float64, requires_grad=needs)


def shown(array: torch.Tensor) -> str:
    """Whole numbers as an answer writes them."""
    return f"({', '.join(f'{n:.0f}' for n in array.ravel().tolist())})".replace("-", "−")


def test_the_sizes_of_three_layers() -> None:
    text = answer("convolutional", 1)
    maps = functional.conv2d(torch.zeros(1, 1, 32, 48), torch.zeros(1, 1, 5, 5))
    assert f"{maps.shape[2]} × {maps.shape[3]}, then" in text
    maps = functional.max_pool2d(maps, 2)
    kernel = torch.zeros(1, 1, 3, 3)
    padded = functional.conv2d(maps, kernel, stride=2, padding=1)
    bare = functional.conv2d(maps, kernel, stride=2)
    for found in (maps, padded, bare):
        assert f"{found.shape[2]} × {found.shape[3]}" in text


def test_the_weights_and_the_work_of_a_layer() -> None:
    layer = torch.nn.Conv2d(3, 64, 3, padding=1)
    weights = layer.weight.numel()
    text = answer("convolutional", 2)
    assert says(text, f"{weights}", f"{sum(p.numel() for p in layer.parameters())}")
    places = 224 * 224
    dense = (3 * places) * (64 * places)
    assert says(text, *(f"{n:,}" for n in (weights * places, 4 * weights * places, dense)))


def test_a_correlation_and_a_convolution_by_hand() -> None:
    x = torch.tensor([[[[1.0, 2, 0, 1], [0, 1, 3, 2]]]])
    k = torch.tensor([[[[1.0, 2], [0, -1]]]])
    text = answer("convolutional", 3)
    found = functional.conv2d(x, k)
    for y in (found, functional.conv2d(x, k.flip(2, 3)), found.flip(3)):
        assert shown(y) in text
    both = functional.conv2d(x.flip(2, 3), k.flip(2, 3))
    assert torch.equal(both, found.flip(2, 3))


def test_a_tie_in_a_pool() -> None:
    x = torch.tensor([[[[2.0, 2], [1, 2]]]], requires_grad=True)
    dy = torch.full((1, 1, 1, 1), 6.0)
    (by_maximum,) = torch.autograd.grad(functional.max_pool2d(x, 2), x, dy)
    (by_mean,) = torch.autograd.grad(functional.avg_pool2d(x, 2), x, dy)
    assert by_maximum.ravel().tolist() == [6, 0, 0, 0]
    assert by_mean.ravel().tolist() == [1.5] * 4
    assert says(answer("convolutional", 4), "1.5", f"{6 * 3}", f"{6 // 3}")


def test_a_stride_is_equivariant_to_its_own_steps_alone() -> None:
    x, k = row(0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0), row(1, 0, -1)
    still, by_one, by_two = (
        functional.conv1d(torch.roll(x, step, 2), k, stride=2) for step in range(3)
    )
    assert shown(still) == "(0, −1, −2, 3, 0)"
    assert torch.equal(by_two[..., 1:], still[..., :-1])
    text = answer("convolutional", 5)
    assert shown(by_one) in text
    assert shown(by_two) in text


def test_both_gradients_of_a_row_by_hand() -> None:
    x, k, dy = row(3, 1, 4, 1, needs=True), row(1, 0, 2, needs=True), row(1, -1)
    dx, dk = torch.autograd.grad(functional.conv1d(x, k), (x, k), dy)
    wide = functional.pad(dy, (2, 2))
    unturned = functional.conv1d(wide, k)
    assert torch.equal(functional.conv1d(wide, k.flip(2)), dx)
    assert unturned.sum() == dx.sum()
    text = answer("convolutional", 6)
    assert shown(dx) in text
    assert shown(unturned) in text
    assert dk.ravel().tolist() == [2, -3, 3]
    assert "= (2, -3, 3)" in text


def test_assigned_where_it_should_be_added() -> None:
    x, k, dy = torch.zeros(1, 1, 6, dtype=torch.float64, requires_grad=True), row(1, 2, 3), (1, 10)
    (right,) = torch.autograd.grad(functional.conv1d(x, k, stride=2), x, row(*dy))
    assigned = torch.zeros(6)
    assigned[0:3] = dy[0] * k.ravel()
    assigned[2:5] = dy[1] * k.ravel()
    text = answer("convolutional", 7)
    assert shown(right) in text
    assert shown(assigned) in text


def test_the_size_of_the_matrix_of_windows() -> None:
    images = torch.zeros(8, 16, 32, 32)
    text = answer("convolutional", 8)
    sizes = [
        functional.unfold(images, side, padding=side // 2, stride=stride).numel()
        for side, stride in ((3, 1), (3, 2), (5, 1))
    ]
    assert [size / images.numel() for size in sizes] == [9, 2.25, 25]
    assert says(text, f"{sizes[0]:,}", f"{images.numel():,}", "9", "2.25", "25")
    assert says(text, f"{8 * sizes[2] / 1e6:.0f}")
    assert round(8 * images.numel() / 1e6) == 1


def test_which_sentences_a_maximum_over_time_tells_apart() -> None:
    rng = torch.Generator().manual_seed(0)
    words = ["dog", "bites", "man", "good", "and", "bad"]
    vectors = dict(zip(words, torch.randn(6, 5, generator=rng).double(), strict=True))

    def strongest(sentence: str, w: torch.Tensor) -> torch.Tensor:
        x = torch.stack([vectors[word] for word in sentence.split()], dim=1)
        return functional.conv1d(x[None], w).amax(dim=2)

    for one, other, needed in (
        ("dog bites man", "man bites dog", 2),
        ("good and bad and good", "bad and good and bad", 3),
    ):
        for K in (1, 2, 3):
            w = torch.randn(7, 5, K, generator=rng).double()
            same = torch.allclose(strongest(one, w), strongest(other, w))
            assert same == (needed > K)


def test_how_many_layers_see_a_thousand_steps() -> None:
    def needed(dilation: Callable[[int], int]) -> tuple[int, int, int]:
        """The layers it takes, what they see, and what one fewer sees."""
        fields = [1]
        while fields[-1] < 1000:
            fields.append(fields[-1] + 2 * dilation(len(fields) - 1))
        return len(fields) - 1, fields[-1], fields[-2]

    plain, doubled, wide = needed(lambda _: 1), needed(lambda n: 2**n), needed(lambda _: 2)
    assert plain == (500, 1001, 999)
    assert doubled == (9, 1023, 511)
    assert wide[0] == 250
    assert says(answer("convolutional", 10), "500", "999", "9", "1,023", "511", "250")
    x = torch.zeros(1, 1, 9, requires_grad=True)
    y = functional.conv1d(x, torch.ones(1, 1, 3), dilation=2)
    (dx,) = torch.autograd.grad(functional.conv1d(y, torch.ones(1, 1, 3), dilation=2).sum(), x)
    assert dx.ravel().gt(0).tolist() == [True, False] * 4 + [True]


def test_an_affine_layer_is_a_convolution_with_one_place() -> None:
    affine, layer = torch.nn.Linear(400, 120), torch.nn.Conv2d(16, 120, 5)
    filters = affine.weight.detach().reshape(120, 16, 5, 5)
    layer.load_state_dict({"weight": filters, "bias": affine.bias.detach()})
    maps = torch.randn(2, 16, 5, 5, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(layer(maps)[..., 0, 0], affine(maps.flatten(1)))
    text = answer("convolutional", 11)
    assert says(text, f"{sum(p.numel() for p in layer.parameters()):,}")
    pool, relu = torch.nn.MaxPool2d(2), torch.nn.ReLU()
    first, second = torch.nn.Conv2d(1, 6, 5), torch.nn.Conv2d(6, 16, 5)
    below = torch.nn.Sequential(first, relu, pool, second, relu, pool)
    image = torch.randn(1, 1, 44, 56, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        maps = below(image)
        y = layer(maps)
        for found in (maps, y):
            assert f"{found.shape[2]} × {found.shape[3]}" in text
        part = image[..., 4 * 2 : 4 * 2 + 32, 4 * 5 : 4 * 5 + 32]
        torch.testing.assert_close(y[..., 2, 5], affine(below(part).flatten(1)))


def test_how_many_inputs_keep_their_place_when_maps_are_flattened() -> None:
    def kept(channels: int, height: int, width: int) -> list[int]:
        places = np.arange(channels * height * width)
        other = places.reshape(channels, height, width).transpose(1, 2, 0).ravel()
        return [int(place) for place in places[places == other]]

    assert kept(16, 5, 5) == [0, 133, 266, 399]
    assert len(kept(1, 20, 20)) == len(kept(400, 1, 1)) == 400
    assert says(answer("convolutional", 12), "0", "133", "266", "399")
