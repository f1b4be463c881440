"""The references of `cudnn_layers` against torch, Keras, and a stand-in for the kernel of cuDNN."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import keras
import numpy as np
import pytest
import torch

from autograder.exercises.layers.masks import mask_of
from solutions.cudnn_layers import reference as layers
from solutions.cudnn_layers.styles import chatty, functional, loops
from solutions.layers.reference import path
from tests.solutions.test_layers import asks_tensorflow, close, inputs, trace, with_torch


@pytest.mark.parametrize(("kind", "made"), [("lstm", torch.nn.LSTM), ("gru", torch.nn.GRU)])
def test_a_layer_with_one_buffer_equals_that_of_torch_and_its_own_cell(
    kind: str, made: Any
) -> None:
    N, T, D, H = 3, 6, 2, 4
    theirs = made(D, H, batch_first=True)
    layer = {"lstm": layers.CudnnLSTM, "gru": layers.CudnnGRU}[kind](D, H)
    with torch.no_grad():
        layer.flat.copy_(torch.cat([p.flatten() for p in theirs.parameters()]))
    x = torch.from_numpy(inputs(N, T, D))
    wanted = theirs(x)[0]
    hs, _ = layer(x)
    assert (layer.path, layer.why) == ("fused", "")
    torch.testing.assert_close(hs, wanted)
    mask = torch.arange(T) < torch.tensor([[2], [6], [3]])
    hole = mask.clone()
    hole[1, 0] = False
    by_kernel, _ = layer(x, None, mask)
    assert layer.path == "fused"
    layer(x, None, hole)
    assert layer.path == "loop"
    assert "right-padded" in layer.why
    torch.testing.assert_close(by_kernel[mask], wanted[mask])
    assert not by_kernel[~mask].any()
    run = trace(lambda: layer(x))
    assert path(run) == "fused"
    state = x.new_zeros(N, H)
    found: Any = (state, state) if kind == "lstm" else state
    for t in range(T):
        found = layer.step(x[:, t], found)
    torch.testing.assert_close(found[0] if kind == "lstm" else found, wanted[:, -1])


@pytest.mark.parametrize("mode", ["zeros", "reflect"])
def test_a_convolution_with_one_buffer_equals_that_of_torch(mode: str) -> None:
    theirs = torch.nn.Conv2d(3, 4, (3, 2), (2, 1), (1, 1), padding_mode=mode)
    layer = layers.CudnnConv2d(3, 4, (3, 2), (2, 1), (1, 1), mode)
    with torch.no_grad():
        layer.flat.copy_(torch.cat([p.flatten() for p in theirs.parameters()]))
    image = torch.randn(2, 3, 7, 6)
    torch.testing.assert_close(layer(image), theirs(image))
    assert layer.path == ("fused" if mode == "zeros" else "loop")


ALONE = """
import keras, numpy as np
from solutions.cudnn_layers.reference import KerasCudnnLSTM
assert keras.backend.backend() == "torch"
x = np.random.default_rng(0).standard_normal((3, 6, 2)).astype("float32")
layer = KerasCudnnLSTM(4)
hs = keras.ops.convert_to_numpy(layer(x))
wanted = keras.ops.convert_to_numpy(layer.layer(x)[0])
np.testing.assert_allclose(hs, wanted, rtol=1e-4, atol=1e-5)
"""


def test_the_layer_of_keras_runs_with_the_torch_backend_too() -> None:
    with_torch(ALONE)


STAND_INS = """
from autograder import given
from autograder.exercises import find
from tests.students import judged

for name in ("right_padded", "cudnn_eligible"):
    found = judged(find(name), 0, vars(given))
    assert found.status == "correct", (name, found.message)
"""


def test_the_stand_ins_ask_the_torch_backend_too() -> None:
    with_torch(STAND_INS)


JUDGED = """
from autograder.grader import references
from autograder.checking.examine import examine
from autograder.exercises import exercises, find
from tests.students import judged, solved

student = solved("cudnn_layers")
for exercise in exercises("cudnn_layers"):
    for found in (examine(exercise, student[exercise.name]), judged(exercise, 0, student)):
        assert found.status == "correct", (exercise.name, found.message)

name = "KerasCudnnLSTM"
cell = references.cells(references.text("cudnn_layers"), [name])[name]
other = cell.replace("keras.backend.backend())", "'tensorflow')")
assert other != cell
found = judged(find(name), 0, solved("cudnn_layers", **{name: other}))
assert found.status == "wrong", found.message
assert "With the torch backend of Keras any mask is a reason" in found.message
"""


def test_checks_and_judge_run_with_the_torch_backend_too() -> None:
    with_torch(JUDGED)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_layer_of_keras_falls_back_to_the_same_values(activation: str) -> None:
    x = inputs(3, 5, 2)
    hole = np.ones((3, 5), bool)
    hole[1, 2] = hole[2, 0] = False
    for mask in (None, hole):
        for device in ("cpu", "cuda"):
            layer = layers.KerasCudnnLSTM(4, activation, device)
            hs = keras.ops.convert_to_numpy(layer(x, mask=mask))
            theirs = keras.layers.LSTM(4, activation=activation, return_sequences=True)
            theirs.build(x.shape)
            theirs.set_weights(layer.get_weights())
            close(hs, keras.ops.convert_to_numpy(theirs(x, mask=mask)))
            assert layer.ran == "loop"
            assert "device" in layer.reasons or activation == "relu" or mask is not None


def packed_lstm(
    input: Any, input_h: Any, input_c: Any, params: Any, sequence_lengths: Any, **rest: Any
) -> tuple[Any, ...]:
    """What the kernel of cuDNN gives: zeros at padded steps, and the last valid states."""
    x, h, c, flat = (torch.from_numpy(np.array(a)) for a in (input, input_h, input_c, params))
    layer = torch.nn.LSTM(x.shape[2], h.shape[2], batch_first=True)
    torch.nn.utils.vector_to_parameters(flat, layer.parameters())
    steps = torch.from_numpy(np.array(sequence_lengths))
    batch = torch.nn.utils.rnn.pack_padded_sequence(x, steps, True, enforce_sorted=False)
    with torch.no_grad():
        hs, states = layer(batch, (h.swapaxes(0, 1), c.swapaxes(0, 1)))
    hs, _ = torch.nn.utils.rnn.pad_packed_sequence(hs, True, total_length=x.shape[1])
    h, c = (state.swapaxes(0, 1) for state in states)
    return *(keras.ops.convert_to_tensor(a.numpy()) for a in (hs, h, c)), None, None


@asks_tensorflow
@pytest.mark.parametrize("written", [layers, functional, loops, chatty])
def test_the_layer_of_keras_gives_the_same_at_padded_steps_on_every_path(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, mask = inputs(3, 5, 2), mask_of((3, 5, 1), 5)
    by_loop = written.KerasCudnnLSTM(4, "tanh", "cpu")
    by_kernel = written.KerasCudnnLSTM(4, "tanh", "cuda")
    wanted = by_loop(x, mask=mask)
    by_kernel.build(x.shape)
    by_kernel.set_weights(by_loop.get_weights())
    rnn = import_module("keras.src.backend.tensorflow.rnn")
    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    monkeypatch.setattr(rnn.tf.raw_ops, "CudnnRNNV3", packed_lstm)
    plain = keras.layers.LSTM(4, return_sequences=True)
    plain.build(x.shape)
    plain.set_weights(by_loop.get_weights())
    assert not np.asarray(plain(x, mask=mask))[~mask].any()
    close(by_kernel(x, mask=mask), wanted)
    assert (by_loop.ran, by_kernel.ran) == ("loop", "cudnn")
    close(by_kernel(x), by_loop(x))


def test_the_layer_of_keras_is_trained() -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((6, 1)), layers.KerasCudnnLSTM(8), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.02), "mse", run_eagerly=True)
    x = inputs(64, 6, 1)
    losses = model.fit(x, x.cumsum(1) / 4, epochs=8, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 3
