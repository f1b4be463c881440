"""The questions at the end of the pages on convolution: the numbers of their answers."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
import torch
from torch.nn import functional

from solutions.convolutional.reference import receptive_field
from tests.chapters.pages import answers, lesson_of, says


def answer(page: str, number: int) -> str:
    """The answer to a question of a page, as one line."""
    return " ".join(answers(lesson_of("convolutional").with_stem(page))[number - 1].split())


def row(*numbers: float, needs: bool = False) -> torch.Tensor:
    """Numbers as one channel of one row, the form that torch convolves."""
    return torch.tensor([[numbers]], dtype=torch.float64, requires_grad=needs)


def shown(array: torch.Tensor) -> str:
    """Whole numbers as an answer writes them."""
    return f"({', '.join(f'{n:.0f}' for n in array.ravel().tolist())})".replace("-", "−")


def test_the_sizes_of_three_layers() -> None:
    text = answer("pooling", 1)
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
    text = answer("index", 2)
    assert says(text, f"{weights}", f"{sum(p.numel() for p in layer.parameters())}")
    places = 224 * 224
    dense = (3 * places) * (64 * places)
    assert says(text, *(f"{n:,}" for n in (weights * places, 4 * weights * places, dense)))


def test_a_correlation_and_a_convolution_by_hand() -> None:
    x = torch.tensor([[[[1.0, 2, 0, 1], [0, 1, 3, 2]]]])
    k = torch.tensor([[[[1.0, 2], [0, -1]]]])
    text = answer("index", 3)
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
    assert says(answer("pooling", 2), "1.5", f"{6 * 3}", f"{6 // 3}")


def test_a_stride_is_equivariant_to_its_own_steps_alone() -> None:
    x, k = row(0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0), row(1, 0, -1)
    still, by_one, by_two = (
        functional.conv1d(torch.roll(x, step, 2), k, stride=2) for step in range(3)
    )
    assert shown(still) == "(0, −1, −2, 3, 0)"
    assert torch.equal(by_two[..., 1:], still[..., :-1])
    text = answer("index", 5)
    assert shown(by_one) in text
    assert shown(by_two) in text


def test_both_gradients_of_a_row_by_hand() -> None:
    x, k, dy = row(3, 1, 4, 1, needs=True), row(1, 0, 2, needs=True), row(1, -1)
    dx, dk = torch.autograd.grad(functional.conv1d(x, k), (x, k), dy)
    wide = functional.pad(dy, (2, 2))
    unturned = functional.conv1d(wide, k)
    assert torch.equal(functional.conv1d(wide, k.flip(2)), dx)
    assert unturned.sum() == dx.sum()
    text = answer("backward", 2)
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
    text = answer("backward", 3)
    assert shown(right) in text
    assert shown(assigned) in text


def test_the_size_of_the_matrix_of_windows() -> None:
    images = torch.zeros(8, 16, 32, 32)
    text = answer("im2col", 1)
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
    assert says(answer("pooling", 6), "500", "999", "9", "1,023", "511", "250")
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
    text = answer("lenet", 4)
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
    assert says(answer("lenet", 5), "0", "133", "266", "399")


def test_which_padding_keeps_the_size() -> None:
    x = torch.zeros(1, 1, 20)
    five, four = torch.zeros(1, 1, 5), torch.zeros(1, 1, 4)
    assert functional.conv1d(x, five, padding=6, dilation=3).shape[2] == 20
    assert functional.conv1d(x, five, padding=2, dilation=1).shape[2] == 20
    assert [functional.conv1d(x, four, padding=p, dilation=3).shape[2] for p in (4, 5)] == [19, 21]
    assert says(answer("index", 1), "13", "12", "6", "10", "9", "4", "5")


def test_how_many_weights_meet_the_padding() -> None:
    seen = functional.conv2d(torch.ones(1, 1, 6, 6), torch.ones(1, 1, 3, 3), padding=1)[0, 0]
    lost = (9 - seen).int()
    assert [int(lost[0, 0]), int(lost[0, 3]), int(lost[3, 3])] == [5, 3, 0]
    assert [int((lost == n).sum()) for n in (5, 3)] == [4, 16]
    assert (int(lost.sum()), int(seen.sum())) == (68, 256)
    assert says(answer("index", 4), "68", "5", "4", "16", "3")


@pytest.mark.parametrize(("n", "same"), [(9, True), (10, False), (27, True), (28, False)])
def test_where_keras_and_torch_pad_alike(n: int, same: bool) -> None:
    rng = np.random.default_rng(0)
    x, k = rng.standard_normal(n), rng.standard_normal(3)
    by_keras = keras.ops.conv(x[None, :, None], k[:, None, None], strides=2, padding="same")
    by_torch = functional.conv1d(row(*x), row(*k), stride=2, padding=1)
    assert by_keras.shape[1] == by_torch.shape[2] == -(-n // 2)
    assert np.allclose(np.asarray(by_keras).ravel(), by_torch.ravel()) == same
    text = answer("index", 6)
    assert says(text, "11", "5")
    assert "27 × 27 does not" in text


def test_the_gradient_of_a_bias() -> None:
    b = torch.zeros(3, requires_grad=True)
    y = b[:, None, None].expand(4, 3, 5, 7)
    (db,) = torch.autograd.grad(y, b, torch.full((4, 3, 5, 7), 0.5))
    assert db.tolist() == [70, 70, 70]
    assert says(answer("backward", 1), "70", "140", "0.5", f"{4 * 0.5:.0f}")


def test_a_gradient_with_a_stride_by_hand() -> None:
    x, k, dy = row(*[0.0] * 6, needs=True), row(1, 4), row(2, -1)
    (dx,) = torch.autograd.grad(functional.conv1d(x, k, stride=3), x, dy)
    apart = row(2, 0, 0, -1, 0)
    assert torch.equal(functional.conv1d(functional.pad(apart, (1, 1)), k.flip(2)), dx)
    text = answer("backward", 4)
    assert shown(dx) in text
    assert shown(apart) in text


def test_the_gradient_of_a_kernel_needs_the_stride() -> None:
    x, k, dy = row(3, 1, 4, 1, 5, 9), row(0, 0, needs=True), row(1, -1, 2)
    (dk,) = torch.autograd.grad(functional.conv1d(x, k, stride=2), k, dy)
    text = answer("backward", 5)
    assert shown(dk) == "(9, 18)"
    assert shown(dk) in text
    forgotten = functional.conv1d(x, dy)[..., :2].ravel().tolist()
    assert forgotten == [10, -1]
    assert "= 10$ and $1 - 4 + 2 \\cdot 1 = -1$" in text
    constant = torch.full_like(x, 7)
    (dk,) = torch.autograd.grad(functional.conv1d(constant, k, stride=2), k, dy)
    assert torch.equal(dk, functional.conv1d(constant, dy)[..., :2])


def test_windows_cut_out_and_added_back() -> None:
    image = torch.ones(1, 1, 3, 4)
    added = functional.fold(functional.unfold(image, 2), (3, 4), 2)[0, 0]
    text = answer("im2col", 2)
    for factors in added:
        assert shown(factors) in text


def test_the_size_of_the_matrix_by_columns() -> None:
    images = torch.zeros(8, 16, 32, 32)
    columns = functional.unfold(images, (3, 1), padding=(1, 1)).numel()
    assert says(answer("im2col", 3), f"{columns / images.numel()}", f"{columns:,}")


def test_the_multiplications_of_winograd() -> None:
    by_definition, by_tiles = [9 * m**2 for m in (2, 4)], [(m + 2) ** 2 for m in (2, 4)]
    saved = [a / b for a, b in zip(by_definition, by_tiles, strict=True)]
    assert saved == [2.25, 4]
    assert says(answer("im2col", 4), *map(str, by_definition), *map(str, by_tiles), "2.25", "4")


def test_the_places_that_the_fft_gets_right() -> None:
    y = functional.conv2d(torch.zeros(1, 1, 30, 40), torch.zeros(1, 1, 7, 5))
    rows, columns = y.shape[2:]
    text = answer("im2col", 5)
    assert f"{rows} \\times {columns} = {rows * columns}" in text
    assert says(text, "1,200", f"{1200 - rows * columns}", "35", f"{35 * rows * columns:,}")


def test_one_entry_that_wins_twice() -> None:
    x, dy = row(1, 3, 2, 0, needs=True), row(1, 2, 4)
    text = answer("pooling", 3)
    y = functional.max_pool1d(x, 2, stride=1)
    (by_maximum,) = torch.autograd.grad(y, x, dy)
    assert shown(y) == "(3, 3, 2)"
    (by_mean,) = torch.autograd.grad(functional.avg_pool1d(x, 2, stride=1), x, dy)
    assert by_mean.ravel().tolist() == [0.5, 1.5, 3, 2]
    assert "(0.5, 1.5, 3, 2)" in text
    assert shown(by_maximum) in text
    assigned = torch.zeros(4)
    for place, gradient in zip((1, 1, 2), (1, 2, 4), strict=True):
        assigned[place] = gradient
    assert shown(assigned) in text


def test_how_many_words_learn_from_a_maximum_over_time() -> None:
    rng = torch.Generator().manual_seed(0)
    x = torch.randn(1, 5, 100, generator=rng, requires_grad=True)
    w = torch.randn(10, 5, 3, generator=rng)
    (dx,) = torch.autograd.grad(functional.conv1d(x, w).amax(2).sum(), x)
    touched = int(dx.abs().sum(1).count_nonzero())
    assert 3 <= touched <= 30
    assert says(answer("pooling", 5), "30", "3", "70")


def test_lenet_without_its_second_pool() -> None:
    text = answer("lenet", 1)
    more = 16 * 10 * 10 * 120 + 120
    whole = 61_706 - 48_120 + more
    for n in (more, whole):
        assert f"{n:,}".replace(",", "{,}") in text or f"{n:,}" in text
    assert whole > 3 * 61_706
    assert says(text, "1,600", "48,120", "61,706")


def test_how_much_of_the_image_one_number_of_lenet_sees() -> None:
    layers = [(5, 1, 1), (2, 2, 1), (5, 1, 1), (2, 2, 1)]
    assert receptive_field(layers) == 16
    assert 1 + sum(k - 1 for k, _, _ in layers) == 11
    assert says(answer("lenet", 2), "16", "32", "11")


def test_the_steps_in_memory() -> None:
    x = torch.zeros(2, 16, 10, 12)
    text = answer("lenet", 3)
    assert f"{x.stride()} in the usual order" in text
    assert f"it is {x.to(memory_format=torch.channels_last).stride()}" in text


def test_a_convolution_of_one_pixel_knows_no_neighbours() -> None:
    layer = torch.nn.Conv2d(128, 32, 1)
    weights = layer.weight.numel()
    text = answer("deeper", 1)
    assert f"= {weights}$" in text
    assert says(text, f"{sum(p.numel() for p in layer.parameters())}")
    assert f"{600 * weights:,}".replace(",", "{,}") in text
    x = torch.randn(2, 128, 20, 30, generator=torch.Generator().manual_seed(0)).flatten(2)
    order = torch.randperm(600, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        shuffled, y = layer(x[..., order, None]), layer(x[..., None])
    torch.testing.assert_close(shuffled, y[:, :, order])


def test_a_batch_normalisation_by_hand() -> None:
    x = torch.tensor([[1.0, 5.0], [3.0, 3.0]])
    text = answer("deeper", 2)

    def normalised(variance: float) -> str:
        y = 1 + 2 * (x[0] - 3) / variance**0.5
        return f"({', '.join(f'{n:.2f}' for n in y.tolist())})".replace("-", "−")

    y = functional.batch_norm(
        x[:, None], None, None, torch.tensor([2.0]), torch.tensor([1.0]), True, eps=1e-12
    )
    np.testing.assert_allclose(y[0].ravel(), 1 + np.array([-4, 4]) / 2**0.5, rtol=1e-5)
    np.testing.assert_allclose(y[1].ravel(), [1, 1], rtol=1e-6)
    assert normalised(x.var(correction=0).item()) in text
    assert normalised(x.var(correction=1).item()) in text
    assert f"{x.var(correction=1).item():.2f}" in text
    alone = 1 + 2 * (x[0] - x[0].mean()) / x[0].std(correction=0)
    assert shown(alone) in text


def test_a_bias_before_a_normalisation_gets_no_gradient() -> None:
    torch.manual_seed(0)
    conv, norm = torch.nn.Conv2d(3, 4, 3).double(), torch.nn.BatchNorm2d(4).double()
    y = norm(conv(torch.randn(5, 3, 6, 7).double()))
    parameters = (conv.bias, conv.weight)
    db, dw = torch.autograd.grad(y, parameters, torch.randn(y.shape).double())
    assert db.abs().max() < 1e-12 < dw.abs().min()


def test_residual_layers_may_take_away() -> None:
    found = []
    for residual in (1, 0):
        x = torch.tensor(8.0, requires_grad=True)
        y = x
        for _ in range(3):
            y = residual * y - 0.5 * torch.relu(y)
        found += [y.item(), torch.autograd.grad(y, x)[0].item()]
    assert found == [1, 0.125, 0, 0]
    assert says(answer("deeper", 4), "1", "0.125", "−4", "0")


def test_a_normalisation_of_a_single_image() -> None:
    norm = torch.nn.BatchNorm2d(3)
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        norm(torch.randn(1, 3, 1, 1))
    y = norm(torch.randn(1, 3, 5, 7))
    np.testing.assert_allclose(y.detach().mean((0, 2, 3)), 0, atol=1e-6)
    assert says(answer("deeper", 5), f"{5 * 7}")


def test_a_normalisation_put_into_the_filter_before_it() -> None:
    x = torch.linspace(-3, 3, 7)[:, None, None, None]
    mean, variance, weight, bias = (torch.tensor([n]) for n in (3.0, 4.0, 6.0, 5.0))
    y = functional.batch_norm(2 * x + 1, mean, variance, weight, bias, eps=0)
    torch.testing.assert_close(y, 6 * x - 1)
    assert "= 6x - 1$" in answer("deeper", 6)
