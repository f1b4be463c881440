"""The references of `layers` against torch, Keras, the course's cells and the sources."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.exercises.layers.masks import FINE, configurations, masks
from solutions.layers import reference as layers
from solutions.lstm.reference import lstm_forward

SIZES = [(3, 5, 4, 2), (2, 3, 8, 2), (1, 1, 1, 1)]
SMALL = st.integers(1, 4)


def close(answer: Any, wanted: Any) -> None:
    np.testing.assert_allclose(answer, wanted, rtol=1e-4, atol=1e-5)


def inputs(N: int, T: int, D: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((N, T, D)).astype(np.float32)


@pytest.mark.parametrize(("N", "T", "D", "H"), SIZES)
@pytest.mark.parametrize("bias", [True, False])
def test_the_lstm_of_torch_is_that_of_the_course(
    N: int, T: int, D: int, H: int, bias: bool
) -> None:
    layer = torch.nn.LSTM(D, H, bias=bias, batch_first=True)
    Wx, Wh, b = layers.lstm_from_torch(layer)
    x, zero = inputs(N, T, D), np.zeros((N, H))
    hs, hT, cT, _ = lstm_forward(x, zero, zero, Wx, Wh, b)
    wanted, (h, c) = layer(torch.from_numpy(x))
    close(hs, wanted.detach())
    close(hT, h[0].detach())
    close(cT, c[0].detach())
    close(layers.lstm_to_torch(Wx, Wh, b)(torch.from_numpy(x))[0].detach(), wanted.detach())


@pytest.mark.parametrize(("N", "T", "D", "H"), SIZES)
@pytest.mark.parametrize("use_bias", [True, False])
def test_layers_of_keras_run_in_torch(N: int, T: int, D: int, H: int, use_bias: bool) -> None:
    x = inputs(N, T, D)
    rng = np.random.default_rng(1)
    for made, convert in (
        (keras.layers.LSTM, layers.keras_to_torch_lstm),
        (keras.layers.GRU, layers.keras_to_torch_gru),
    ):
        theirs = made(H, return_sequences=True, use_bias=use_bias)
        wanted = theirs(x)
        weights = [rng.standard_normal(w.shape).astype(np.float32) for w in theirs.get_weights()]
        theirs.set_weights(weights)
        wanted = keras.ops.convert_to_numpy(theirs(x))
        close(convert(weights)(torch.from_numpy(x))[0].detach(), wanted)


@pytest.mark.parametrize("reset_after", [True, False])
def test_a_gru_of_keras_is_read_and_written(reset_after: bool) -> None:
    N, D, H = 3, 4, 5
    layer = keras.layers.GRU(H, reset_after=reset_after, bias_initializer="random_normal")
    x = inputs(N, 1, D)
    h = np.zeros((N, H), np.float32)
    wanted = keras.ops.convert_to_numpy(layer(x))
    Wx, Wh, bx, bh = layers.gru_from_keras(layer.get_weights())
    r, z, n_x = np.split(x[:, 0] @ Wx + bx, 3, axis=1)
    r_h, z_h, n_h = np.split(h @ Wh + bh, 3, axis=1)
    r, z = 1 / (1 + np.exp(-r - r_h)), 1 / (1 + np.exp(-z - z_h))
    close((1 - z) * np.tanh(n_x + r * n_h), wanted)
    again = layers.gru_to_keras(Wx, Wh, bx, bh, reset_after)
    for a, b in zip(again, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_gru_that_resets_before_the_product_is_refused() -> None:
    layer = keras.layers.GRU(3, reset_after=False)
    layer.build((None, None, 2))
    with pytest.raises(ValueError, match="before"):
        layers.keras_to_torch_gru(layer.get_weights())


@given(kind=st.sampled_from(["lstm", "gru"]), D=SMALL, H=SMALL)
@settings(max_examples=30, deadline=None)
def test_the_buffer_is_that_of_torch_and_comes_back(kind: str, D: int, H: int) -> None:
    layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](D, H)
    flat = torch.cat([p.detach().flatten() for p in layer.parameters()]).numpy()
    weights = layers.cudnn_unpack(kind, flat, D, H)
    np.testing.assert_array_equal(weights[0].T, layer.weight_ih_l0.detach())
    np.testing.assert_array_equal(layers.cudnn_pack(kind, *weights), flat)
    with pytest.raises(ValueError, match="no buffer"):
        layers.cudnn_unpack(kind, flat[1:], D, H)


@given(mask=st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_masks_are_judged_as_keras_judges_them(mask: list[list[bool]]) -> None:
    rnn = import_module("keras.src.backend.tensorflow.rnn")
    array = np.array(mask)
    theirs = bool(rnn._is_sequence_right_padded(array))
    assert layers.right_padded(array) is theirs
    if theirs:
        np.testing.assert_array_equal(layers.lengths(array), array.sum(axis=1))
    else:
        with pytest.raises(ValueError, match="valid step"):
            layers.lengths(array)


def test_the_last_valid_state_is_that_of_the_layer() -> None:
    x, steps = inputs(3, 6, 2), np.array([4, 6, 1])
    layer = keras.layers.LSTM(3, return_sequences=True, return_state=True)
    hs, h, _ = layer(x, mask=np.arange(6) < steps[:, None])
    close(layers.last_valid(keras.ops.convert_to_numpy(hs), steps), keras.ops.convert_to_numpy(h))
    masked, packed = layers.masked_equal_packed(x, steps, layer.get_weights())
    valid = np.arange(6) < steps[:, None]
    close(masked[valid], packed[valid])
    assert not packed[~valid].any()
    close(masked[0, 4:], np.repeat(masked[0, 3:4], 2, axis=0))


def bad_masks() -> dict[str, np.ndarray]:
    """Masks that no kernel of cuDNN takes."""
    known = masks()
    labels = ("padded on the left", "a hole in the middle of the second row")
    return {label: known[label] for label in (*labels, "a row that is masked throughout")}


def layer_of(case: dict[str, Any]) -> Any:
    """A layer of Keras with the arguments of a configuration."""
    names = ("activation", "recurrent_activation", "recurrent_dropout", "unroll", "use_bias")
    names += ("use_cudnn", "dropout", "go_backwards", "stateful", "return_sequences")
    options = {name: case[name] for name in names}
    if case["kind"] == "gru":
        options["reset_after"] = case["reset_after"]
    return {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[case["kind"]](2, **options)


def called(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether Keras calls cuDNN, with a GPU to believe in and a note in the kernel's place."""
    rnn = import_module("keras.src.backend.tensorflow.rnn")
    reached = []

    def kernel(**given: Any) -> Any:
        reached.append(given)
        raise NotImplementedError

    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: case["device"] == "cuda")
    monkeypatch.setattr(rnn.tf.raw_ops, "CudnnRNNV3", kernel)
    layer, mask = layer_of(case), case["mask"]
    x = keras.ops.convert_to_tensor(inputs(*(mask.shape if mask is not None else (2, 3)), 2))
    layer.build(x.shape)
    run = rnn.tf.function(layer, autograph=False) if case["compiled"] else layer
    try:
        run(x, mask=mask)
    except ValueError:
        assert case["use_cudnn"] is True
    return bool(reached)


asks_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="asks that backend's code"
)


@asks_tensorflow
@pytest.mark.parametrize(("label", "case"), configurations("tensorflow").items())
def test_eligibility_is_what_the_code_of_keras_decides(
    label: str, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    eligible, reasons = layers.cudnn_eligible(case, "tensorflow")
    if case["compiled"] and "mask" in reasons:
        with pytest.raises(Exception, match="right-padded sequences"):
            called(case, monkeypatch)
    else:
        assert eligible == called(case, monkeypatch)


@asks_tensorflow
@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize(("label", "mask"), bad_masks().items())
def test_a_bad_mask_is_a_loop_in_a_plain_call_and_an_error_in_a_compiled_one(
    kind: str, label: str, mask: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = {**FINE, "kind": kind, "mask": mask}
    assert not called(case, monkeypatch)
    with pytest.raises(Exception, match="right-padded sequences") as error:
        called({**case, "compiled": True}, monkeypatch)
    assert type(error.value).__name__ == "InvalidArgumentError"


TORCH = """
import itertools, keras, numpy as np, torch
from importlib import import_module
from unittest import mock
from autograder.exercises.layers.masks import FINE, configurations, mask_of
from solutions.layers.reference import cudnn_eligible
from tests.solutions.test_layers import layer_of

class OnCuda(torch.Tensor):
    device = property(lambda self: torch.device("cuda"))

backend, rnn = keras.src.backend, import_module("keras.src.backend.torch.rnn")
assert backend.backend() == "torch"

def called(case):
    kind, mask, reached = case["kind"], case["mask"], []
    inner = getattr(rnn, kind)

    def kernel(*given, **options):
        reached.append(given)
        raise RuntimeError

    def moved(sequences, *rest, **options):
        on_cuda = sequences.as_subclass(OnCuda) if case["device"] == "cuda" else sequences
        return inner(on_cuda, *rest, **options)

    layer = layer_of(case)
    with (
        mock.patch.object(rnn, "_is_cuda_cudnn_available", lambda: True),
        mock.patch.object(torch.compiler, "is_compiling", lambda: case["compiled"]),
        mock.patch.object(rnn, f"_cudnn_{kind}", kernel),
        mock.patch.object(backend, kind, moved),
    ):
        try:
            layer(np.zeros((2, 3, 2) if mask is None else (*mask.shape, 2), "float32"), mask=mask)
        except ValueError:
            assert case["use_cudnn"] is True
    return bool(reached)

cases = configurations("torch")
grid = {"kind": ("lstm", "gru"), "activation": ("tanh", "relu"), "device": ("cuda", "cpu"),
        "compiled": (False, True), "mask": (None, mask_of((2, 3), 3)),
        "use_cudnn": ("auto", True, False)}
for values in itertools.product(*grid.values()):
    cases[str(values)] = FINE | dict(zip(grid, values))
found = {label: called(case) for label, case in cases.items()}
wanted = {label: cudnn_eligible(case, "torch")[0] for label, case in cases.items()}
assert found == wanted, [label for label in cases if found[label] != wanted[label]]
assert 10 < sum(found.values()) < len(found) - 100
"""


def with_torch(program: str) -> None:
    """Run a program with the torch backend of Keras, and see it end well."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "KERAS_BACKEND": "torch"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_eligibility_is_what_the_torch_backend_of_keras_decides() -> None:
    with_torch(TORCH)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_stream_equals_the_whole(kind: str) -> None:
    layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](2, 3, batch_first=True)
    x = torch.from_numpy(inputs(2, 12, 2))
    wanted, state = layer(x)
    for length in (1, 5, 12):
        hs, last = layers.stream(layer, x.split(length, dim=1))
        torch.testing.assert_close(hs, wanted)
        torch.testing.assert_close(
            last, tuple(s.detach() for s in state) if kind == "lstm" else state.detach()
        )


def trace(run: Any) -> list[str]:
    run()
    with torch.profiler.profile() as profile, torch.no_grad():
        run()
    return [event.name for event in profile.events()]


def test_paths_are_read_from_real_traces() -> None:
    x, image = torch.randn(2, 6, 3), torch.randn(2, 3, 8, 8)
    for layer in (torch.nn.LSTM(3, 4, batch_first=True), torch.nn.GRU(3, 4, batch_first=True)):
        assert layers.path(trace(lambda layer=layer: layer(x))) == "fused"
        alone = lambda layer=layer: [layer(x[:, t : t + 1]) for t in range(6)]  # noqa: E731
        assert layers.path(trace(alone)) == "loop"
    convolution = torch.nn.Conv2d(3, 4, 3)
    assert layers.path(trace(lambda: convolution(image))) == "fused"
    for cell in (torch.nn.LSTMCell(3, 4), torch.nn.GRUCell(3, 4)):
        assert layers.path(trace(lambda cell=cell: cell(x[:, 0]))) == "loop"


BOTH = """
import keras, numpy as np, torch
from solutions.layers import reference as layers
assert keras.backend.backend() == "torch"
x = np.random.default_rng(0).standard_normal((3, 6, 2)).astype("float32")
for made, convert in ((keras.layers.LSTM, layers.keras_to_torch_lstm),
                      (keras.layers.GRU, layers.keras_to_torch_gru)):
    layer = made(4, return_sequences=True)
    wanted = keras.ops.convert_to_numpy(layer(x))
    found = convert(layer.get_weights())(torch.from_numpy(x))[0].detach().numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
lstm = keras.layers.LSTM(4)
lstm.build((None, None, 2))
steps = np.array([2, 6, 1])
masked, packed = layers.masked_equal_packed(x, steps, lstm.get_weights())
valid = np.arange(6) < steps[:, None]
np.testing.assert_allclose(masked[valid], packed[valid], rtol=1e-4, atol=1e-5)
assert not packed[~valid].any()
keras.layers.LSTM(4, use_cudnn=True)(x)
"""


def test_the_keras_parts_run_with_the_torch_backend_too() -> None:
    with_torch(BOTH)


JUDGED = """
from autograder.checking.examine import examine
from autograder.exercises import exercises
from tests.students import judged, solved

student = solved("layers")
for exercise in exercises("layers"):
    for found in (examine(exercise, student[exercise.name]), judged(exercise, 0, student)):
        assert found.status == "correct", (exercise.name, found.message)
"""


def test_checks_and_judge_run_with_the_torch_backend_too() -> None:
    with_torch(JUDGED)
