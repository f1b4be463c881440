"""The answers to the questions of the lesson on layers: their numbers, computed again."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import Any
from unittest import mock

import keras
import numpy as np
import pytest
import tensorflow as tf
import torch

from autograder.exercises.layers import operations
from autograder.experiments.eligibility import arrives
from tests.chapters.pages import code, lessons_of

LSTM, GRU = keras.layers.LSTM, keras.layers.GRU
PAGES = {page.stem: page for page in lessons_of("layers")}
ASKED = r"^\*\*(\d+)\.\*\* (.*?)^:::\{dropdown\} Answer\n(.*?)^:::$"


def text_of(page: str) -> str:
    return PAGES[page].read_text(encoding="utf-8")


def questions(page: str) -> list[tuple[str, str, str]]:
    """The questions of a page: number, question, answer."""
    return re.findall(ASKED, text_of(page), re.M | re.S)


def defined(page: str, by: str, before: str) -> dict[str, Any]:
    """What the cell of a page with the line `by` defines, up to the line `before`."""
    (source,) = (c.source for c in code(PAGES[page]) if by in c.source)
    found: dict[str, Any] = {"np": np}
    exec(source[: source.index(before)], found)
    return found


def states_that(page: str, number: int, *statements: str) -> None:
    answer = questions(page)[number - 1][2]
    assert [said for said in statements if said not in answer] == []


@pytest.mark.parametrize("page", PAGES)
def test_each_question_has_its_answer(page: str) -> None:
    asked = re.findall(r"^\*\*(\d+)\.\*\*", text_of(page), re.M)
    assert asked == [number for number, _, _ in questions(page)] == ["1", "2", "3", "4", "5"]


def test_the_weights_are_counted() -> None:
    def count(layer: keras.Layer) -> int:
        layer.build((None, None, 10))
        return int(layer.count_params())

    torchs = [
        sum(p.numel() for p in kind(10, 20).parameters()) for kind in (torch.nn.LSTM, torch.nn.GRU)
    ]
    assert [count(LSTM(20)), *torchs] == [2480, 2560, 1920]
    assert (count(GRU(20)), count(GRU(20, reset_after=False))) == (1920, 1860)
    states_that("arguments", 1, "= 2480", "= 2560", "= 1920 in both", "gives 1860")


@pytest.mark.parametrize(
    ("call", "fast"),
    [
        ("LSTM(64, dropout=0.2)", True),
        ("LSTM(64, recurrent_dropout=0.2)", False),
        ("GRU(64, go_backwards=True)", True),
        ("GRU(64, reset_after=False)", False),
        ("LSTM(64, activation=None)", False),
    ],
)
def test_the_layers_that_reach_the_kernel_in_training(call: str, fast: bool) -> None:
    assert f"\n{call}\n" in text_of("index")
    layer = eval(call)
    there = "keras.src.backend.tensorflow.rnn._is_gpu_available"
    kernel = mock.Mock(side_effect=NotImplementedError)
    with mock.patch(there, return_value=True), mock.patch.object(tf.raw_ops, "CudnnRNNV3", kernel):
        layer(np.zeros((2, 3, 4), "float32"), training=True)
    assert kernel.called is fast
    states_that("index", 2, "The first and the third.", 'The default is `"tanh"`')


def test_means_and_maxima_over_padded_steps() -> None:
    real = [-0.2, -0.4, -0.6]
    found = {
        "the three real steps, which is right": real,
        "the loop repeats the last output": [*real, -0.6, -0.6],
        "cuDNN fills in zeros": [*real, 0, 0],
    }
    for label, hs in found.items():
        numbers = (", ".join(f"{h:g}" for h in hs), f"{np.mean(hs):.2f}", f"{max(hs):g}")
        states_that(
            "masks_and_state", 1, " | ".join(("| " + label, *numbers)).replace("-", "−") + " |"
        )


def test_the_operations_of_a_longer_trace() -> None:
    loop = operations.ON_A_CPU["a cell of one's own in a loop"]
    layer = operations.ON_A_CPU["nn.LSTM on a CPU"]
    counts = [len(operations.spelled(loop, T)) for T in (16, 64, 1000)]
    assert counts == [600, 2376, 37_008]
    assert len(operations.spelled(layer, 1000)) == 32
    assert 1155 < 37_008 / 32 < 1165
    states_that("speed", 1, "= 37 operations", "= 37,008", "gets 37,500", "about 1160")


@pytest.mark.parametrize("batch_first", [False, True])
def test_what_a_changed_sequence_moves(batch_first: bool) -> None:
    torch.manual_seed(0)
    layer, x = torch.nn.LSTM(3, 5, batch_first=batch_first), torch.randn(6, 6, 3)
    hs, (h, _) = layer(x)
    assert (hs.shape, h.shape) == ((6, 6, 5), (1, 6, 5))

    def moved(n: int) -> Any:
        changed = x.clone()
        changed[n] += 1
        return (layer(changed)[0] != hs).any(2).any(1).nonzero().flatten().tolist()

    assert moved(0) == ([0] if batch_first else [0, 1, 2, 3, 4, 5])
    assert moved(5) == [5]
    states_that("arguments", 5, "(6, 6, 5)", "(1, 6, 5)", "all six rows move")


def test_a_reshaped_kernel_and_a_transposed_one() -> None:
    kernel = np.array([[1, 2, 3], [4, 5, 6]])
    wrong, right = kernel.reshape(3, 2), kernel.T
    assert (wrong == right).sum() == 2
    assert wrong[0, 0] == right[0, 0]
    assert wrong[-1, -1] == right[-1, -1]
    states_that("layouts", 1, f"`{wrong.tolist()}` comes out", f"`{right.tolist()}` should")


def test_what_tf32_rounds_to() -> None:
    figure = defined("numbers", "def rounded(", before="fig, axes")
    one, other = figure["rounded"](np.array([1.0004, 1.001]))
    assert (one, other) == (1, 1.0009765625)
    off = abs(3 * one / (3 * 1.0004) - 1)
    assert f"{off:.0e}" == "4e-04"
    assert not np.isclose(3 * one, 3.0012, rtol=1e-4)
    assert (f"{2**-10:.5f}", f"{2**-11:.1e}", f"{2**-24:.1e}") == ("0.00098", "4.9e-04", "6.0e-08")
    assert 2**-11 / 2**-24 == 8192
    single, coarse = (np.linalg.norm(error) for error in figure["errors"].values())
    assert 1e3 < coarse / single < 8192 / 2
    states_that(
        "numbers", 5, "1.0009765625", "3.0012", r"4 \cdot 10^{-4}", "0.00098", "2^{13} = 8192"
    )
    states_that("numbers", 5, "a little over three digits")


@pytest.mark.parametrize("constant", [True, False])
def test_a_wrong_conversion_passes_with_constant_weights(constant: bool) -> None:
    D, H = 3, 4
    rng = np.random.default_rng(0)
    theirs = GRU(H, return_sequences=True)
    theirs.build((None, None, D))
    shapes = [w.shape for w in theirs.get_weights()]
    drawn = [np.full(s, 0.1) if constant else rng.standard_normal(s) for s in shapes]
    theirs.set_weights(drawn)
    kernel, recurrent, biases = (torch.tensor(w, dtype=torch.float32) for w in drawn)
    ours = torch.nn.GRU(D, H, batch_first=True)
    wrong = (kernel.reshape(3 * H, D), recurrent.reshape(3 * H, H), *biases)
    ours.load_state_dict(dict(zip(ours.state_dict(), wrong, strict=True)))
    assert torch.equal(wrong[0].reshape(D, 3 * H), kernel), "and its inverse undoes it"
    x = rng.standard_normal((2, 5, D)).astype("float32")
    with torch.no_grad():
        found = ours(torch.from_numpy(x))[0].numpy()
    wanted = np.asarray(theirs(x))
    off = np.linalg.norm(found - wanted) / np.linalg.norm(wanted)
    assert off < 1e-6 if constant else off > 0.1


def test_the_multiplications_of_a_gru() -> None:
    assert 3 * 128 * 128 == 49_152
    states_that("speed", 4, "100 and 200.", "= 49,152")


def test_where_the_gradient_of_a_chunk_stops() -> None:
    torch.manual_seed(0)
    x = torch.randn(1, 300, 2, requires_grad=True)
    layer = torch.nn.LSTM(2, 3, batch_first=True, dtype=torch.float32)
    state, hs = None, []
    for chunk in torch.split(x, 100, 1):
        state = state and tuple(s.detach() for s in state)
        found, state = layer(chunk, state)
        hs.append(found)
    (gradient,) = torch.autograd.grad(torch.cat(hs, 1)[0, 149].sum(), x)
    assert not gradient[0, :100].any()
    assert gradient[0, 100:150].any(1).all()
    assert [sum(range(1, n + 1)) / n for n in (100, 300)] == [50.5, 150.5]
    states_that("masks_and_state", 5, "steps 101 to 150", "= 50.5", "= 150.5")


def test_the_algorithm_of_a_larger_layer() -> None:
    algorithm = defined("index", "def algorithm(", before="asked_for")["algorithm"]
    assert f"{(200 / 192) ** 2:.3f}" == "1.085"
    for H, forward in ((192, "persistent, small H"), (200, "standard")):
        assert algorithm("LSTM", 64, H) == forward
        assert algorithm("LSTM", 64, H, backward=True) == "standard"
        assert algorithm("LSTM", 64, H, packed=True) == "standard"
    assert algorithm("LSTM", 64, 128, backward=True) == "persistent, small H"
    states_that("index", 4, "≈ 1.085, or 8.5 %", "192 is the largest H", "the limit is 128")


def test_the_default_falls_back() -> None:
    assert inspect.signature(LSTM).parameters["use_cudnn"].default == "auto"
    states_that("index", 5, '`"auto"` is the default')


def test_a_compiled_loop_is_neither_cudnn_nor_python() -> None:
    layer = torch.nn.LSTM(3, 5, batch_first=True, dtype=torch.float64)
    short, long = (
        operations.traced(lambda T=T: layer(torch.zeros(2, T, 3, dtype=torch.float64)))
        for T in (4, 5)
    )
    for name in ("aten::lstm", "aten::cudnn_is_acceptable"):
        assert short.count(name) == long.count(name) == 1
    assert "aten::mkldnn_rnn_layer" not in long
    assert 25 < len(long) - len(short) < 40
    states_that("index", 1, "numbers in float64, a `proj_size`, or a packed batch")


def test_a_mask_and_the_torch_backend() -> None:
    code = import_module("keras.src.backend.torch.rnn")
    layer = GRU(4)
    layer.build((None, None, 3))
    x, mask = np.ones((2, 5, 3), "float32"), torch.ones(2, 5, dtype=torch.bool)
    state, weights = np.zeros((2, 4), "float32"), layer.get_weights()
    with pytest.raises(NotImplementedError):
        code.gru(x, state, mask, *weights, torch.tanh, torch.sigmoid)
    last, *_ = code.gru(x, state, None, *weights, torch.relu, torch.sigmoid)
    assert last.shape == (2, 4)
    states_that("index", 3, "stops with a `ValueError`", "says nothing")


def test_two_layers_in_two_directions() -> None:
    layer = torch.nn.LSTM(3, 5, num_layers=2, bidirectional=True, batch_first=True)
    hs, (h, c) = layer(torch.zeros(4, 6, 3))
    assert [tuple(a.shape) for a in (hs, h, c)] == [(4, 6, 10), (4, 4, 5), (4, 4, 5)]
    sizes = {name: p.numel() for name, p in layer.named_parameters()}
    first = sum(n for name, n in sizes.items() if name.endswith("_l0"))
    second = sum(n for name, n in sizes.items() if name.endswith("_l1"))
    assert (first, second, sum(sizes.values())) == (200, 340, 1080)
    states_that("arguments", 2, "is (4, 6, 10)", "are (4, 4, 5)", "= 200", "= 340", "make 1080")


def test_a_cell_that_adds_up() -> None:
    assert f"{np.tanh(1):.3f}" == "0.762"
    assert f"{50 * np.tanh(1):.2f}" == "38.08"
    assert f"{np.tanh(38.08):.2f}" == "1.00"
    states_that("arguments", 4, "tanh(1) ≈ 0.762", "= 38.08", "tanh(38.08) = 1.00")
    states_that("arguments", 3, "0, 2, 2 at both steps.")


def test_the_weights_of_a_convolution_in_groups() -> None:
    def count(groups: int) -> int:
        layer = torch.nn.Conv2d(8, 16, (3, 5), groups=groups)
        return sum(p.numel() for p in layer.parameters())

    assert (count(4), count(1), 496 - 12) == (496, 1936, 484)
    states_that("convolution_arguments", 1, "= 496", "= 1936", "gets 484")


@pytest.mark.parametrize(("rows", "shifted"), [(8, True), (7, False)])
def test_the_odd_row_of_zeros_is_put_at_the_end(rows: int, shifted: bool) -> None:
    picture = np.random.default_rng(0).standard_normal((1, rows, 7, 1)).astype("float32")
    theirs = keras.layers.Conv2D(1, 3, strides=2, padding="same")
    wanted = np.asarray(theirs(picture))
    weight = torch.from_numpy(theirs.get_weights()[0].transpose(3, 2, 0, 1).copy())
    ours = torch.from_numpy(picture.transpose(0, 3, 1, 2).copy())
    found = torch.nn.functional.conv2d(ours, weight, stride=2, padding=1).numpy()[:, 0]
    assert found.shape == wanted.shape[:3] == (1, 4, 4)
    assert np.allclose(found, wanted[..., 0], atol=1e-5) is not shifted
    states_that("convolution_arguments", 2, "covers rows 1 to 3", "3 · 2 + 3 = 9 rows")
    states_that("convolution_arguments", 3, "puts one at each end, as torch does")


def test_a_transposition_of_all_axes_mirrors_the_kernel() -> None:
    weight = np.random.default_rng(0).standard_normal((3, 3, 4, 6))
    right = weight.transpose(3, 2, 0, 1)
    assert weight.T.shape == right.shape == (6, 4, 3, 3)
    np.testing.assert_array_equal(weight.T, right.swapaxes(2, 3))
    assert np.zeros((3, 1, 4, 6)).T.shape == (6, 4, 1, 3)
    states_that("convolution_arguments", 4, "`.T` has the shape (6, 4, 1, 3)")


def test_a_penalty_and_a_constraint() -> None:
    kernel = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")
    assert float(keras.regularizers.L2(0.01)(kernel)) == pytest.approx(0.3)
    found = np.asarray(keras.constraints.MaxNorm(2)(kernel))
    assert [[f"{v:.2f}" for v in row] for row in found] == [["0.63", "0.89"], ["1.90", "1.79"]]
    states_that("convolution_arguments", 5, "0.30 is added", "(0.63, 1.90) and (0.89, 1.79)")


def test_places_in_the_buffer() -> None:
    H, D = 5, 3
    weights, whole = 4 * H * D, 4 * H * (D + H + 2)
    biases = weights + 4 * H * H
    assert (whole, weights, weights + H * H) == (200, 60, 85)
    assert (biases, biases + 4 * H, biases + 7 * H) == (160, 180, 195)
    states_that("layouts", 3, "= 200 numbers", "= 60 places", "60 + 25 = 85", "180 + 15 = 195")
    (tiny,) = (c.source for c in code(PAGES["layouts"]) if "flat = [" in c.source)
    found: dict[str, Any] = {}
    exec(tiny, found)
    assert found["flat"].index(20) == 15
    states_that("layouts", 2, "`flat[15]`", "`recurrent[1, 3]`", "`W_hh[1, 1]`")


def test_a_bias_that_is_put_twice() -> None:
    twice, once = (1 / (1 + np.exp(-float(bias))) for bias in (2, 1))
    assert (f"{twice:.3f}", f"{once:.3f}") == ("0.881", "0.731")
    states_that("layouts", 4, "σ(2) ≈ 0.881", "σ(1) ≈ 0.731")


def test_masks_that_no_length_can_say() -> None:
    x = np.zeros((3, 3, 2), "float32")
    mask = np.array([[1, 1, 0], [1, 0, 1], [0, 0, 0]], bool)
    for rows, way in (([0], "cuDNN"), ([0, 1], "the loop"), ([0, 2], "the loop")):
        assert arrives(LSTM, x[rows], mask=mask[rows]) == way
    states_that("masks_and_state", 2, "runs the whole batch in its loop", 'told "2"')


def test_what_the_backward_half_reads_of_a_reversed_batch() -> None:
    text = ["a", "b", "c", "0", "0"]
    read = text[::-1]
    assert read[: read.index("c") + 1] == ["0", "0", "c"]
    states_that("masks_and_state", 3, "It has read 0, 0, c", "All three states are wrong")


def test_the_order_of_a_sum_and_the_bounds_of_a_comparison() -> None:
    large, one = np.float32(1e8), np.float32(1)
    assert ((large + one) - large, (large - large) + one) == (0, 1)
    assert np.spacing(large) == 8
    states_that("numbers", 1, "0 and 1.")
    bounds = {"rtol": 1e-4, "atol": 1e-5}
    assert np.isclose(0.50003, 0.5, **bounds)
    assert not np.isclose(0.00102, 0.001, **bounds)
    assert np.isclose(0.000008, 0, **bounds)
    assert not np.isclose(0.000008, 0, rtol=1e-4, atol=0)
    states_that("numbers", 2, "= 6 · 10⁻⁵", "1.01 · 10⁻⁵ are allowed")
    assert 2**-24 / 2**-53 == 2**29
    assert f"{2**29:.1e}" == "5.4e+08"
    assert 500_000 < 2**29 / 1000 < 550_000
    states_that("numbers", 4, r"2^{29} \approx 5.4 \cdot 10^8", "some 500,000 times")


def test_what_a_larger_layer_gains() -> None:
    assert (f"{1 + 115 / 16:.1f}", f"{1 + 115 / 64:.1f}") == ("8.2", "2.8")
    states_that("speed", 2, "1 + 115 / 16 ≈ 8.2", "1 + 115 / 64 ≈ 2.8")
    intensity = defined("speed", "def intensity(", before="for label")["intensity"]
    assert 2 * 8 * 256 * 1024 == 4_194_304
    assert 4 * (8 * 256 + 256 * 1024 + 8 * 1024) == 1_089_536
    assert f"{intensity(8, 256, 1024):.2f}" == "3.85"
    assert f"{intensity(1, 256, 1024):.3f}" == "0.498"
    assert f"{intensity(8, 256, 1024) / intensity(1, 256, 1024):.1f}" == "7.7"
    states_that("speed", 3, "4,194,304", "1,089,536", "I = 3.85", "7.7 times 0.498")
