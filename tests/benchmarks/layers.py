"""The layers of the references beside torch's and Keras' own: forward, and forward and backward.

Both sides run in one process, on one thread, by turns, with the same weights, and their outputs
are compared before anything is timed. Each pair is made anew several times: two layers of one
class were seen to differ by a fifth, by where their memory happened to lie. On CUDA the same is
measured where there is one.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
import torch
from rich.table import Table

from solutions.cudnn_layers.reference import CudnnConv2d, CudnnGRU, CudnnLSTM, KerasCudnnLSTM
from solutions.layers.reference import cudnn_pack, gru_from_keras
from solutions.lstm.reference import lstm_step_forward

CHAPTER = "layers"
N, D = 8, 64
STEPS, UNITS = (16, 64, 256, 1024), (64, 256, 1024)
MOST_WORK = 2**26
"""The largest T·H² that is measured: beyond it a pass takes seconds on a CPU, and the products
alone decide, which are the same on both sides."""

KERAS_STEPS, KERAS_UNITS = (16, 64, 256), (64, 256)
IMAGES = ((8, 16, 32, 32), (8, 64, 28, 28), (1, 3, 128, 128))
FILTERS, KERNEL = 32, (3, 3)
PASSES = ("forward", "forward and backward")
SECONDS = 0.5
"""Each pair is measured about so long, each time that it is made."""

MADE = 3
"""How often each pair is made."""

CURVE = {"N": 8, "D": 32, "H": 64}
"""The sizes of the curves of time against T."""

Run = Callable[[], Any]
Pair = tuple[Any, Any, Any]
"""Our layer and theirs, with the same weights, and an input."""


def by_turns(runs: Mapping[str, Run]) -> dict[str, float]:
    """The median seconds of each, one after the other in turn; the order changes every time."""
    start = time.perf_counter()
    for run in runs.values():
        run()
    once = time.perf_counter() - start
    taken: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs)
    gc.collect()
    for _ in range(min(max(int(SECONDS / once), 3), 101)):
        for name in order:
            start = time.perf_counter()
            runs[name]()
            taken[name].append(time.perf_counter() - start)
        order.reverse()
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def row(
    layer: str,
    sizes: dict[str, int],
    label: str,
    make: Callable[[], Pair],
    run: Callable[[Any, Any, bool], Run],
) -> dict[str, Any]:
    """What is kept of one pair: medians over all that were made of it."""
    found = []
    for _ in range(MADE):
        *layers, x = make()
        runs = [run(each, x, label != PASSES[0]) for each in layers]
        found.append(by_turns(dict(zip(("ours", "theirs"), runs, strict=True))))
    ratios = [one["ours"] / one["theirs"] for one in found]
    return {
        "layer": layer,
        **sizes,
        "pass": label,
        "median": {side: statistics.median(one[side] for one in found) for side in found[0]},
        "ratio": statistics.median(ratios),
        "ratios": sorted(ratios),
    }


def torch_runs(layer: torch.nn.Module, x: torch.Tensor, backward: bool) -> Run:
    """One pass of a layer of torch, or two."""

    def run() -> torch.Tensor:
        with torch.set_grad_enabled(backward):
            found = layer(x)
            y: torch.Tensor = found[0] if isinstance(found, tuple) else found
            if backward:
                torch.autograd.backward(y.sum())
        if y.is_cuda:
            torch.cuda.synchronize()
        return y

    return run


def alike(left: Any, right: Any, x: torch.Tensor) -> Pair:
    """A pair of torch, once ours has the weights of theirs and gives what they give."""
    with torch.no_grad():
        left.flat.copy_(torch.cat([p.reshape(-1) for p in right.parameters()]))
    ours, theirs = (torch_runs(layer, x, False)() for layer in (left, right))
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)
    return left, right, x


def recurrent(ours: Any, theirs: Any, T: int, H: int, device: str) -> Pair:
    """A recurrent layer of each side."""
    torch.manual_seed(0)
    left, right = ours(D, H).to(device), theirs(D, H, batch_first=True).to(device)
    return alike(left, right, torch.randn(N, T, D, device=device))


def convolution(size: tuple[int, ...], device: str) -> Pair:
    """The same for a convolution of 3 × 3 with a padding of 1."""
    torch.manual_seed(0)
    left = CudnnConv2d(size[1], FILTERS, KERNEL, padding=(1, 1)).to(device)
    right = torch.nn.Conv2d(size[1], FILTERS, KERNEL, padding=1).to(device)
    return alike(left, right, torch.randn(*size, device=device))


def torch_pairs(device: str) -> Iterator[tuple[str, dict[str, int], Callable[[], Pair]]]:
    """What is measured of torch: the name of its layer, the sizes, and what makes the pair."""
    kinds = (("nn.LSTM", CudnnLSTM, torch.nn.LSTM), ("nn.GRU", CudnnGRU, torch.nn.GRU))
    for name, ours, theirs in kinds:
        for T in STEPS:
            for H in UNITS:
                if T * H * H <= MOST_WORK:
                    yield name, {"T": T, "H": H}, partial(recurrent, ours, theirs, T, H, device)
    for size in IMAGES:
        sizes = dict(zip(("N", "C", "height", "width"), size, strict=True))
        yield "nn.Conv2d", sizes, partial(convolution, size, device)


def keras_runs(layer: Any, x: Any, backward: bool) -> Run:
    """One pass of a layer of Keras with TensorFlow, or two."""

    def run() -> Any:
        if not backward:
            return layer(x)
        with tf.GradientTape() as tape:
            y = layer(x)
            loss = tf.reduce_sum(y)
        return tape.gradient(loss, layer.trainable_variables)

    return run


def keras_pair(T: int, H: int) -> Pair:
    """Both layers of Keras."""
    keras.utils.set_random_seed(0)
    left, right = KerasCudnnLSTM(H), keras.layers.LSTM(H, return_sequences=True)
    x = keras.ops.convert_to_tensor(np.random.default_rng(0).standard_normal((N, T, D), "f4"))
    right(x)
    left(x)
    left.set_weights(right.get_weights())
    np.testing.assert_allclose(left(x), right(x), rtol=1e-3, atol=1e-4)
    return left, right, x


def keras_gru_pair(T: int, H: int) -> Pair:
    """The GRU of Keras, and in torch ours, which has no counterpart in Keras."""
    keras.utils.set_random_seed(0)
    left, right = CudnnGRU(D, H), keras.layers.GRU(H, return_sequences=True)
    x = np.random.default_rng(0).standard_normal((N, T, D), "f4")
    theirs = right(x)
    with torch.no_grad():
        left.flat.copy_(torch.from_numpy(cudnn_pack("gru", *gru_from_keras(right.get_weights()))))
        ours = left(torch.from_numpy(x))[0]
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)
    return left, right, x


def runs_of_either(layer: Any, x: Any, backward: bool) -> Run:
    """One pass of a layer of torch or of Keras, or two, on an array."""
    if isinstance(layer, torch.nn.Module):
        return torch_runs(layer, torch.from_numpy(x), backward)
    return keras_runs(layer, keras.ops.convert_to_tensor(x), backward)


def rows(device: str) -> Iterator[dict[str, Any]]:
    """Every pair that is measured on a device."""
    for name, sizes, make in torch_pairs(device):
        for label in PASSES:
            yield row(name, sizes, label, make, torch_runs)
    if device == "cuda":
        return
    for T in KERAS_STEPS:
        for H in KERAS_UNITS:
            for label in PASSES:
                sizes = {"T": T, "H": H}
                yield row("keras LSTM", sizes, label, partial(keras_pair, T, H), keras_runs)
                pair = partial(keras_gru_pair, T, H)
                yield row("keras GRU", sizes, label, pair, runs_of_either)


def curves() -> dict[str, list[float]]:
    """Seconds of a forward pass against T: the NumPy cell, the cell in torch, and both layers."""
    H, found = CURVE["H"], dict[str, list[float]]()
    for T in STEPS:
        torch.manual_seed(0)
        ours, theirs = CudnnLSTM(CURVE["D"], H), torch.nn.LSTM(CURVE["D"], H, batch_first=True)
        x = torch.randn(CURVE["N"], T, CURVE["D"])
        w = [p.detach().numpy() for p in theirs.parameters()]
        Wx, Wh, b = w[0].T.copy(), w[1].T.copy(), w[2] + w[3]
        steps = x.numpy().swapaxes(0, 1).copy()

        def by_numpy(steps: Any = steps, Wx: Any = Wx, Wh: Any = Wh, b: Any = b) -> None:
            h = c = np.zeros((CURVE["N"], H), "f4")
            for x_t in steps:
                h, c, _ = lstm_step_forward(x_t, h, c, Wx, Wh, b)

        def by_cell(ours: Any = ours, x: Any = x) -> None:
            h = x.new_zeros(CURVE["N"], H)
            state = (h, h)
            with torch.no_grad():
                for x_t in x.unbind(1):
                    state = ours.step(x_t, state)

        runs: dict[str, Run] = {
            "NumPy cell in a loop": by_numpy,
            "torch cell in a loop": by_cell,
            "your layer, fused": torch_runs(ours, x, False),
            "nn.LSTM": torch_runs(theirs, x, False),
        }
        for name, seconds in by_turns(runs).items():
            found.setdefault(name, []).append(seconds)
    return found


def measure() -> tuple[Table, dict[str, Any]]:
    """The medians, and how many times the time of the framework's layer ours takes."""
    torch.set_num_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    cuda = torch.cuda.is_available()
    found: dict[str, Any] = {
        "sizes": {"N": N, "D": D},
        "steps": list(STEPS),
        "curve": {"sizes": CURVE, "seconds": curves()},
        "cpu": {"device": "one thread", "rows": list(rows("cpu"))},
        "cuda": "not measured",
    }
    if cuda:
        found["cuda"] = {"device": torch.cuda.get_device_name(), "rows": list(rows("cuda"))}
    return table(found), found


def table(found: Mapping[str, Any]) -> Table:
    """Ratios by layer and size: ours to theirs, on a CPU and on CUDA."""
    shown = Table("layer", "sizes", "pass", "ours, ms", "theirs, ms", "CPU ratio", "CUDA ratio")
    on_cuda = found["cuda"]["rows"] if isinstance(found["cuda"], dict) else []
    for number, one in enumerate(found["cpu"]["rows"]):
        sizes = " ".join(f"{k}={v}" for k, v in one.items() if isinstance(v, int))
        cuda = f"{on_cuda[number]['ratio']:.2f}" if number < len(on_cuda) else "not measured"
        times = (f"{1000 * one['median'][side]:.2f}" for side in ("ours", "theirs"))
        shown.add_row(one["layer"], sizes, one["pass"], *times, f"{one['ratio']:.2f}", cuda)
    return shown
