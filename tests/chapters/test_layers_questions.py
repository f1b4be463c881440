"""The answers to the questions of the lesson on layers: their numbers, computed again."""

from __future__ import annotations

import inspect
import re
from typing import Any
from unittest import mock

import keras
import numpy as np
import pytest
import tensorflow as tf
import torch

from autograder.exercises.layers import operations
from tests.chapters.pages import code, lesson_of

LSTM, GRU = keras.layers.LSTM, keras.layers.GRU
TEXT = lesson_of("layers").read_text(encoding="utf-8")
ANSWERS = re.findall(r"^\*\*\d+\.\*\* .*?^:::\{dropdown\} Answer\n(.*?)^:::$", TEXT, re.M | re.S)


def defined(by: str, before: str) -> dict[str, Any]:
    """What the cell of the lesson with the line `by` defines, up to the line `before`."""
    (source,) = (c.source for c in code(lesson_of("layers")) if by in c.source)
    found: dict[str, Any] = {"np": np}
    exec(source[: source.index(before)], found)
    return found


def states_that(answer: int, *statements: str) -> None:
    missing = [said for said in statements if said not in ANSWERS[answer - 1]]
    assert not missing


def test_each_question_has_its_answer() -> None:
    assert re.findall(r"^\*\*(\d+)\.\*\*", TEXT, re.M) == [str(n) for n in range(1, 13)]
    assert len(ANSWERS) == 12


def test_the_weights_are_counted() -> None:
    def count(layer: keras.Layer) -> int:
        layer.build((None, None, 10))
        return int(layer.count_params())

    torchs = [
        sum(p.numel() for p in kind(10, 20).parameters()) for kind in (torch.nn.LSTM, torch.nn.GRU)
    ]
    assert [count(LSTM(20)), *torchs] == [2480, 2560, 1920]
    assert (count(GRU(20)), count(GRU(20, reset_after=False))) == (1920, 1860)
    states_that(1, "= 2480", "= 2560", "= 1920 in both", "gives 1860")


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
    assert f"\n{call}\n" in TEXT
    layer = eval(call)
    there = "keras.src.backend.tensorflow.rnn._is_gpu_available"
    kernel = mock.Mock(side_effect=NotImplementedError)
    with mock.patch(there, return_value=True), mock.patch.object(tf.raw_ops, "CudnnRNNV3", kernel):
        layer(np.zeros((2, 3, 4), "float32"), training=True)
    assert kernel.called is fast
    states_that(2, "The first and the third.", 'The default is `"tanh"`')


def test_means_and_maxima_over_padded_steps() -> None:
    real = [-0.2, -0.4, -0.6]
    found = {
        "the three real steps, which is right": real,
        "the loop repeats the last output": [*real, -0.6, -0.6],
        "cuDNN fills in zeros": [*real, 0, 0],
    }
    for label, hs in found.items():
        numbers = (", ".join(f"{h:g}" for h in hs), f"{np.mean(hs):.2f}", f"{max(hs):g}")
        states_that(3, " | ".join(("| " + label, *numbers)).replace("-", "−") + " |")


def test_the_operations_of_a_longer_trace() -> None:
    loop = operations.ON_A_CPU["a cell of one's own in a loop"]
    layer = operations.ON_A_CPU["nn.LSTM on a CPU"]
    counts = [len(operations.spelled(loop, T)) for T in (16, 64, 1000)]
    assert counts == [600, 2376, 37_008]
    assert len(operations.spelled(layer, 1000)) == 32
    assert 1155 < 37_008 / 32 < 1165
    states_that(4, "= 37 operations", "= 37,008", "gets 37,500", "about 1160")


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
    states_that(5, "(6, 6, 5)", "(1, 6, 5)", "all six rows move")


def test_a_reshaped_kernel_and_a_transposed_one() -> None:
    kernel = np.array([[1, 2, 3], [4, 5, 6]])
    wrong, right = kernel.reshape(3, 2), kernel.T
    assert (wrong == right).sum() == 2
    assert wrong[0, 0] == right[0, 0]
    assert wrong[-1, -1] == right[-1, -1]
    states_that(6, f"`{wrong.tolist()}` comes out", f"`{right.tolist()}` should")


def test_what_tf32_rounds_to() -> None:
    figure = defined("def rounded(", before="fig, axes")
    one, other = figure["rounded"](np.array([1.0004, 1.001]))
    assert (one, other) == (1, 1.0009765625)
    off = abs(3 * one / (3 * 1.0004) - 1)
    assert f"{off:.0e}" == "4e-04"
    assert not np.isclose(3 * one, 3.0012, rtol=1e-4)
    assert (f"{2**-10:.5f}", f"{2**-11:.1e}", f"{2**-24:.1e}") == ("0.00098", "4.9e-04", "6.0e-08")
    assert 2**-11 / 2**-24 == 8192
    single, coarse = (np.linalg.norm(error) for error in figure["errors"].values())
    assert 1e3 < coarse / single < 8192 / 2
    states_that(7, "1.0009765625", "3.0012", r"4 \cdot 10^{-4}", "0.00098", "2^{13} = 8192")
    states_that(7, "a little over three digits")


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
    states_that(9, "100 and 200.", "= 49,152")


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
    states_that(10, "steps 101 to 150", "= 50.5", "= 150.5")


def test_the_algorithm_of_a_larger_layer() -> None:
    algorithm = defined("def algorithm(", before="asked_for")["algorithm"]
    assert f"{(200 / 192) ** 2:.3f}" == "1.085"
    for H, forward in ((192, "persistent, small H"), (200, "standard")):
        assert algorithm("LSTM", 64, H) == forward
        assert algorithm("LSTM", 64, H, backward=True) == "standard"
        assert algorithm("LSTM", 64, H, packed=True) == "standard"
    assert algorithm("LSTM", 64, 128, backward=True) == "persistent, small H"
    states_that(11, "≈ 1.085, or 8.5 %", "192 is the largest H", "the limit is 128")


def test_the_default_falls_back() -> None:
    assert inspect.signature(LSTM).parameters["use_cudnn"].default == "auto"
    states_that(12, '`"auto"` is the default')
