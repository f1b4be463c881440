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


def reason(activation: str, mask: torch.Tensor | None) -> str:
    """What stands in the way, by the running product of the mask."""
    if activation != "tanh":
        return f"{activation} is not what the kernel computes"
    if mask is None or (mask.long().cumprod(1).bool().equal(mask) and mask[:, 0].all()):
        return ""
    return "no lengths from 1 to T say this mask"


class Flat(torch.nn.Module):
    """A layer of torch without weights, called with views of one buffer."""

    made: type[torch.nn.Module]
    gates: int

    def __init__(self, input_size: int, hidden_size: int, activation: str = "tanh") -> None:
        super().__init__()
        self.D, self.H, self.activation = input_size, hidden_size, activation
        rows = self.gates * hidden_size
        self.shapes = ((rows, input_size), (rows, hidden_size), (rows,), (rows,))
        total = sum(int(np.prod(shape)) for shape in self.shapes)
        self.flat = torch.nn.Parameter(torch.rand(total) - 0.5)
        self.bare = [self.made(input_size, hidden_size, batch_first=True, device="meta")]
        self.path = self.why = ""

    def named(self) -> dict[str, torch.Tensor]:
        """The weights as the layer of torch calls them."""
        ends = np.cumsum([np.prod(shape) for shape in self.shapes])[:-1].tolist()
        parts = torch.tensor_split(self.flat, ends)
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        return {n: p.view(s) for n, p, s in zip(names, parts, self.shapes, strict=True)}

    def run(self, x: torch.Tensor, states: Any, mask: torch.Tensor | None) -> Any:
        """The layer of torch; a mask becomes a packed sequence."""
        given: Any = x
        if mask is not None:
            lengths = mask.sum(1)
            given = rnn.pack_padded_sequence(x, lengths, True, enforce_sorted=False)
        hs, after = torch.func.functional_call(self.bare[0], self.named(), (given, states))
        if mask is not None:
            hs = rnn.pad_packed_sequence(hs, True, total_length=x.shape[1])[0]
        return hs, after

    def moved(self, t: int, mask: torch.Tensor | None, new: Any, old: Any) -> Any:
        """The new state where step t is valid."""
        return new if mask is None else new.where(mask[:, t : t + 1], old)


class CudnnLSTM(Flat):
    """An LSTM that calls torch's with views."""

    made = torch.nn.LSTM
    gates = 4

    def step(self, x: torch.Tensor, state: Any) -> Any:
        """One product."""
        act = getattr(torch, self.activation)
        W = self.named()
        both = torch.cat([W["weight_ih_l0"], W["weight_hh_l0"]], 1)
        a = torch.cat([x, state[0]], 1) @ both.T + W["bias_ih_l0"] + W["bias_hh_l0"]
        i, f, g, o = a.reshape(len(x), 4, self.H).unbind(1)
        c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * act(g)
        return torch.sigmoid(o) * act(c), c

    def forward(self, x: torch.Tensor, state: Any = None, mask: Any = None) -> Any:
        """Torch's layer, or the step."""
        h, c = state or torch.zeros(2, len(x), self.H)
        self.why = reason(self.activation, mask)
        self.path = "loop" if self.why else "fused"
        if not self.why:
            hs, after = self.run(x, (h[None], c[None]), mask)
            return hs, tuple(s[0] for s in after)
        outputs = []
        for t in range(x.shape[1]):
            new = self.step(x[:, t], (h, c))
            h, c = (self.moved(t, mask, *pair) for pair in zip(new, (h, c), strict=True))
            outputs.append(self.moved(t, mask, h, torch.zeros_like(h)))
        return torch.stack(outputs, 1), (h, c)


class CudnnGRU(Flat):
    """A GRU that calls torch's with views."""

    made = torch.nn.GRU
    gates = 3

    def step(self, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        """Two products."""
        W = self.named()
        a = torch.nn.functional.linear(x, W["weight_ih_l0"], W["bias_ih_l0"])
        b = torch.nn.functional.linear(h, W["weight_hh_l0"], W["bias_hh_l0"])
        H = self.H
        r, z = torch.split(torch.sigmoid(a + b)[:, : 2 * H], H, 1)
        n = getattr(torch, self.activation)(a[:, 2 * H :] + r * b[:, 2 * H :])
        return torch.lerp(n, h, z)

    def forward(self, x: torch.Tensor, h: Any = None, mask: Any = None) -> Any:
        """Torch's layer, or the step."""
        h = torch.zeros(len(x), self.H) if h is None else h
        self.why = reason(self.activation, mask)
        self.path = "loop" if self.why else "fused"
        if not self.why:
            hs, after = self.run(x, h[None], mask)
            return hs, after[0]
        outputs = []
        for t in range(x.shape[1]):
            h = self.moved(t, mask, self.step(x[:, t], h), h)
            outputs.append(self.moved(t, mask, h, torch.zeros_like(h)))
        return torch.stack(outputs, 1), h


class CudnnConv2d(torch.nn.Module):
    """Unfolds into columns."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, *rest: Any) -> None:
        super().__init__()
        self.F, self.C, self.k = out_channels, in_channels, kernel_size
        usual: tuple[Any, ...] = ((1, 1), (0, 0), "zeros")
        self.s, self.p, self.mode = (*rest, *usual[len(rest) :])
        self.flat = torch.nn.Parameter(
            torch.rand(out_channels * (in_channels * kernel_size[0] * kernel_size[1] + 1)) - 0.5
        )
        self.path = self.why = ""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """By torch, or by columns."""
        w, b = self.flat[: -self.F].view(self.F, -1), self.flat[-self.F :]
        own = self.mode == "reflect"
        self.path, self.why = ("loop", "reflection") if own else ("fused", "")
        if not own:
            y: torch.Tensor = torch.conv2d(x, w.view(self.F, self.C, *self.k), b, self.s, self.p)
            return y
        (ph, pw), (sh, sw) = self.p, self.s
        x = torch.nn.functional.pad(x, [pw, pw, ph, ph], "reflect")
        Ho, Wo = (x.shape[2] - self.k[0]) // sh + 1, (x.shape[3] - self.k[1]) // sw + 1
        columns = torch.nn.functional.unfold(x, self.k, stride=self.s)
        out: torch.Tensor = (w @ columns + b[:, None]).reshape(len(x), self.F, Ho, Wo)
        return out


class KerasCudnnLSTM(keras.layers.Layer):  # type: ignore[misc]
    """With a cell of Keras under RNN as its own, whose weights are shared."""

    def __init__(self, units: int, activation: str = "tanh", device: str = "cpu") -> None:
        super().__init__()
        self.config: dict[str, Any] = {"activation": activation, "recurrent_activation": "sigmoid"}
        self.config |= {"kind": "lstm", "recurrent_dropout": 0, "unroll": False, "use_bias": True}
        self.config |= {"use_cudnn": True, "compiled": False, "reset_after": True}
        self.device_name = device
        self.fast = keras.layers.LSTM(units, activation, return_sequences=True, use_cudnn=True)
        self.slow = keras.layers.RNN(self.fast.cell, return_sequences=True)
        self.ran: str = "loop"
        self.reasons: tuple[str, ...] = ()

    def build(self, input_shape: Any) -> None:
        """One cell, built once."""
        self.fast.build(input_shape)
        self.slow.build(input_shape)

    def pick(self, mask: Any, device: str) -> tuple[bool, frozenset[str]]:
        """What the exercise before says."""
        given = None if mask is None else np.asarray(mask)
        config = {**self.config, "mask": given, "device": device}
        fine, reasons = cudnn_eligible(config, keras.backend.backend())
        return fine, frozenset(reasons)

    def step(self, x: Any, states: Sequence[Any]) -> list[Any]:
        """The step of the shared cell."""
        h, after = self.fast.cell(x, list(states))
        return [h, after[1]]

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """The one or the other."""
        fine, reasons = self.pick(mask, self.device_name)
        self.ran, self.reasons = ("cudnn" if fine else "loop"), tuple(reasons)
        try:
            if fine:
                hs = self.fast(inputs, mask=mask)
                if mask is None:
                    return hs
                seen = keras.ops.cumsum(keras.ops.cast(mask, "int32"), axis=1)
                return keras.ops.take_along_axis(hs, seen[:, :, None] - 1, axis=1)
        except ValueError:
            self.ran, self.reasons = "loop", ("device",)
        given = None if mask is None else keras.ops.convert_to_tensor(mask)
        return self.slow(inputs, mask=given)
