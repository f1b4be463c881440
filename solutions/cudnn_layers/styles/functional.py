"""Index tricks, einops-like reshapes and torch's functional forms."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch
from torch.nn.utils import rnn

from autograder.given import cudnn_eligible


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
