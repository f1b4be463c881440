"""Index tricks, einops-like reshapes and torch's functional forms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import keras
import numpy as np
import torch
from torch.nn.utils import rnn


def as_array(tensor: torch.Tensor) -> np.ndarray:
    """A NumPy array of its own."""
    array: np.ndarray = tensor.detach().clone().numpy()
    return array


def lstm_from_torch(layer: torch.nn.LSTM) -> tuple[np.ndarray, ...]:
    """The two biases as a sum over all there are."""
    Wx, Wh, *biases = (as_array(w) for w in layer.all_weights[0])
    return Wx.T, Wh.T, sum(biases, np.zeros(len(Wx), Wx.dtype))


def lstm_to_torch(Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray) -> torch.nn.LSTM:
    """Half of the bias for each of the two."""
    layer = torch.nn.LSTM(Wx.shape[0], Wh.shape[0], 1, True, True)
    half = torch.tensor(b / 2)
    layer.load_state_dict(
        {
            "weight_ih_l0": torch.tensor(Wx.T.copy()),
            "weight_hh_l0": torch.tensor(Wh.T.copy()),
            "bias_ih_l0": half,
            "bias_hh_l0": half,
        }
    )
    return layer


def swap(a: np.ndarray) -> np.ndarray:
    """Gates 0 and 1 exchanged along an axis of their own."""
    by_gate = a.reshape(*a.shape[:-1], 3, -1)
    return np.take(by_gate, [1, 0, 2], axis=-2).reshape(a.shape)


def gru_from_keras(weights: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """The bias is padded with rows of zeros to two."""
    kernel, recurrent_kernel = weights[0], weights[1]
    columns = kernel.shape[1]
    given = weights[2].reshape(-1, columns) if len(weights) > 2 else np.zeros((0, columns))
    rows = np.pad(given, ((0, 2 - len(given)), (0, 0))).astype(kernel.dtype)
    return swap(kernel), swap(recurrent_kernel), *swap(rows)


def gru_to_keras(
    Wx: np.ndarray, Wh: np.ndarray, bx: np.ndarray, bh: np.ndarray, reset_after: bool = True
) -> list[np.ndarray]:
    """Both rows, or their sum."""
    rows = swap(np.vstack([bx, bh]))
    return [swap(Wx), swap(Wh), rows if reset_after else rows.sum(axis=0)]


def keras_to_torch_lstm(weights: Sequence[np.ndarray]) -> torch.nn.LSTM:
    """With a zero where there is no bias."""
    kernel, recurrent_kernel, b = (*weights, np.zeros(weights[0].shape[1], np.float32))[:3]
    return lstm_to_torch(kernel, recurrent_kernel, b)


def keras_to_torch_gru(weights: Sequence[np.ndarray]) -> torch.nn.GRU:
    """By the flat list of torch's weights."""
    if any(w.ndim == 1 for w in weights):
        raise ValueError("reset before the product")
    Wx, Wh, bx, bh = gru_from_keras(weights)
    layer = torch.nn.GRU(len(Wx), len(Wh), batch_first=True)
    for p, value in zip(layer.all_weights[0], (Wx.T, Wh.T, bx, bh), strict=True):
        torch.nn.init.zeros_(p)
        p.data += torch.tensor(np.ascontiguousarray(value))
    return layer


def cudnn_pack(
    kind: str, Wx: np.ndarray, Wh: np.ndarray, bx: np.ndarray, bh: np.ndarray
) -> np.ndarray:
    """Fortran order is the transposed one."""
    G = ("rnn", "lstm", "gru").index(kind)
    if G == 0 or Wx.shape[1] != (5 - G) * len(Wh):
        raise ValueError("no such layer")
    return np.hstack([Wx.ravel("F"), Wh.ravel("F"), bx, bh])


def cudnn_unpack(kind: str, flat: np.ndarray, D: int, H: int) -> tuple[np.ndarray, ...]:
    """Through torch's split."""
    columns = {"lstm": 4 * H, "gru": 3 * H}.get(kind)
    if columns is None:
        raise ValueError("no such kind")
    sizes = [columns * D, columns * H, columns, columns]
    if sum(sizes) != flat.size:
        raise ValueError("another size")
    ends = list(accumulate(sizes))
    Wx, Wh, bx, bh = (flat[e - s : e] for e, s in zip(ends, sizes, strict=True))
    return Wx.reshape(D, -1, order="F"), Wh.reshape(H, -1, order="F"), bx, bh


def right_padded(mask: np.ndarray) -> bool:
    """A right-padded mask is its own running product."""
    return np.array_equal(np.cumprod(mask, axis=1), np.asarray(mask, int))


def lengths(mask: np.ndarray) -> np.ndarray:
    """The running product counts up to the first hole."""
    found = np.cumprod(mask, axis=1).sum(axis=1)
    if not np.array_equal(found, np.sum(mask, axis=1)):
        raise ValueError("not right-padded")
    counts: np.ndarray = found.astype(np.int32)
    return counts


def last_valid(hs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """By a mask that is one at the last valid step."""
    last = np.arange(hs.shape[1]) == lengths[:, None] - 1
    states: np.ndarray = np.einsum("nt,nth->nh", last, hs)
    return states


def masked_equal_packed(x: np.ndarray, lengths: np.ndarray, weights: Sequence[np.ndarray]) -> Any:
    """Keras as a model with weights from constants; torch sorted, packed, and put back."""
    T = x.shape[1]
    mask = np.tri(T, dtype=bool)[lengths - 1]
    names = ("kernel_initializer", "recurrent_initializer", "bias_initializer")
    given = {
        name: (lambda shape, dtype=None, w=w: keras.ops.convert_to_tensor(w))
        for name, w in zip(names, weights, strict=True)
    }
    reader = keras.layers.RNN(
        keras.layers.LSTMCell(len(weights[1]), unit_forget_bias=False, **given),
        return_sequences=True,
    )
    masked = reader(keras.ops.convert_to_tensor(x), mask=keras.ops.convert_to_tensor(mask))
    order = np.argsort(-lengths, kind="stable")
    batch = rnn.pack_padded_sequence(torch.tensor(x[order]), lengths[order].tolist(), True)
    packed = rnn.pad_packed_sequence(keras_to_torch_lstm(weights)(batch)[0], True, 0.0, T)[0]
    return keras.ops.convert_to_numpy(masked), packed[np.argsort(order)].detach()


def cudnn_eligible(config: Mapping[str, Any], backend: str) -> tuple[bool, set[str]]:
    """What is wanted against what is given."""
    wanted = {"activation": "tanh", "recurrent_activation": "sigmoid", "recurrent_dropout": 0}
    wanted |= {"unroll": False, "use_bias": True, "device": "cuda"}
    if config["kind"] == "gru":
        wanted["reset_after"] = True
    if backend == "torch":
        wanted["compiled"] = False
    reasons = {key for key, value in wanted.items() if config[key] != value}
    if config["use_cudnn"] is False:
        reasons.add("use_cudnn")
    mask = config["mask"]
    if mask is not None:
        fits = np.array_equal(np.sort(mask, axis=1)[:, ::-1], mask) and mask[:, 0].all()
        if backend == "torch" or not fits:
            reasons.add("mask")
    return not reasons, reasons


def stream(
    layer: torch.nn.Module, chunks: Sequence[torch.Tensor]
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...] | torch.Tensor]:
    """By recursion on the last chunk."""
    *earlier, last = chunks
    if not earlier:
        found: tuple[torch.Tensor, torch.Tensor] = layer(last)
        return found
    hs, state = stream(layer, earlier)
    before = torch.utils._pytree.tree_map(torch.Tensor.detach, state)
    more, after = layer(last, before)
    return torch.hstack([hs, more]), after


def path(trace: Sequence[str]) -> str:
    """By a table of counts."""
    seen = Counter(trace)
    cudnn = seen["aten::_cudnn_rnn"] + seen["aten::cudnn_convolution"]
    whole = sum(seen[f"aten::{layer}"] for layer in ("lstm", "gru", "conv2d"))
    table = {(1, 0): "cudnn", (1, 1): "cudnn", (0, 1): "fused"}
    return table.get((cudnn, whole), "loop")
