"""Prints, warns, and takes detours that are right."""

import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch

from autograder.given import cudnn_eligible


class Talking(torch.nn.Module):
    """What the two recurrent layers share: a buffer, and words."""

    G = 0

    def __init__(self, input_size: int, hidden_size: int, activation: str = "tanh") -> None:
        super().__init__()
        print("a layer of", hidden_size)
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.act = {"tanh": torch.tanh, "relu": torch.relu}[activation]
        n = self.G * hidden_size
        self.flat = torch.nn.Parameter(torch.zeros(n * (input_size + hidden_size + 2)))
        torch.nn.init.normal_(self.flat, std=0.1)
        self.path, self.why = "loop", "not called yet"

    def parts(self) -> list[torch.Tensor]:
        """The four arrays by as_strided."""
        n, D, H = self.G * self.hidden_size, self.input_size, self.hidden_size
        return [
            self.flat.as_strided((n, D), (D, 1), 0),
            self.flat.as_strided((n, H), (H, 1), n * D),
            self.flat.as_strided((n,), (1,), n * (D + H)),
            self.flat.as_strided((n,), (1,), n * (D + H + 1)),
        ]

    def decide(self, mask: torch.Tensor | None) -> bool:
        """Whether one operation may run; warns where not."""
        found = []
        if self.act is torch.relu:
            found.append("relu")
        if mask is not None:
            counts = mask.sum(1, keepdim=True)
            if not torch.equal(torch.arange(mask.shape[1])[None] < counts, mask):
                found.append("holes")
            if counts.min() == 0:
                found.append("nothing in a row")
        self.why = " and ".join(found)
        self.path = "loop" if found else "fused"
        if found:
            warnings.warn(f"slow, because of {self.why}", stacklevel=2)
        return not found

    def sorted_run(self, op: Any, x: torch.Tensor, states: list[Any], mask: Any) -> Any:
        """Sorts by length, packs by hand, and puts everything back."""
        lengths = mask.sum(1)
        order = torch.argsort(lengths, descending=True)
        x, lengths = x[order], lengths[order]
        sizes = torch.tensor([int((lengths > t).sum()) for t in range(int(lengths[0]))])
        data = torch.cat([x[: int(n), t] for t, n in enumerate(sizes)])
        before = [s[order][None] for s in states]
        given = before if len(before) > 1 else before[0]
        hs, *after = op(data, sizes, given, self.parts(), True, 1, 0.0, True, False)
        columns = []
        for t, rows in enumerate(hs.split(sizes.tolist())):
            columns.append(torch.nn.functional.pad(rows, (0, 0, 0, len(x) - int(sizes[t]))))
        columns += [torch.zeros_like(columns[0])] * (mask.shape[1] - len(columns))
        back = torch.argsort(order)
        return torch.stack(columns, 1)[back], [s[0][back] for s in after]


class CudnnLSTM(Talking):
    """An LSTM that prints and warns."""

    G = 4

    def step(self, x: torch.Tensor, state: Any) -> Any:
        """One step that tells what it does."""
        W, R, b, d = self.parts()
        a = torch.addmm(b, x, W.T) + torch.addmm(d, state[0], R.T)
        H = self.hidden_size
        gates = torch.sigmoid(a)
        c = gates[:, H : 2 * H] * state[1] + gates[:, :H] * self.act(a[:, 2 * H : 3 * H])
        print("step", c.shape)
        return [gates[:, 3 * H :] * self.act(c), c]

    def forward(self, x: torch.Tensor, state: Any = None, mask: Any = None) -> Any:
        """A whole sequence that tells what it does."""
        if state is None:
            state = [torch.zeros(len(x), self.hidden_size) for _ in range(2)]
        if self.decide(mask):
            if mask is None:
                before = [s[None] for s in state]
                whole, *after = torch.lstm(x, before, self.parts(), True, 1, 0.0, True, False, True)
                return whole, [s[0] for s in after]
            return self.sorted_run(torch.lstm, x, list(state), mask)
        m = torch.ones(x.shape[:2]) if mask is None else mask.float()
        hs, (h, c) = [], state
        for t in range(x.shape[1]):
            at = m[:, t].unsqueeze(1)
            h_new, c_new = self.step(x[:, t], (h, c))
            h, c = at * h_new + (1 - at) * h, at * c_new + (1 - at) * c
            hs.append(at * h)
        return torch.stack(hs).transpose(0, 1), (h, c)


class CudnnGRU(Talking):
    """A GRU that prints and warns."""

    G = 3

    def step(self, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        """One step that tells what it does."""
        W, R, b, d = self.parts()
        a, e = torch.addmm(b, x, W.T), torch.addmm(d, h, R.T)
        H = self.hidden_size
        r, z = (torch.sigmoid(a[:, s] + e[:, s]) for s in (slice(H), slice(H, 2 * H)))
        n = self.act(a[:, 2 * H :] + r * e[:, 2 * H :])
        print("step", n.shape)
        return n - z * n + z * h

    def forward(self, x: torch.Tensor, h: Any = None, mask: Any = None) -> Any:
        """A whole sequence that tells what it does."""
        h = torch.zeros(len(x), self.hidden_size) if h is None else h
        if self.decide(mask):
            if mask is None:
                whole, after = torch.gru(x, h[None], self.parts(), True, 1, 0.0, True, False, True)
                return whole, after[0]
            by_kernel, (h,) = self.sorted_run(torch.gru, x, [h], mask)
            return by_kernel, h
        m = torch.ones(x.shape[:2]) if mask is None else mask.float()
        hs = []
        for t in range(x.shape[1]):
            at = m[:, t].unsqueeze(1)
            h = at * self.step(x[:, t], h) + (1 - at) * h
            hs.append(at * h)
        return torch.stack(hs).transpose(0, 1), h


class CudnnConv2d(torch.nn.Module):
    """A convolution that prints; its own way loops over places."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, int],
        stride: tuple[int, int] = (1, 1),
        padding: tuple[int, int] = (0, 0),
        padding_mode: str = "zeros",
    ) -> None:
        super().__init__()
        self.given = (in_channels, out_channels, kernel_size, stride, padding)
        self.mode = padding_mode
        taps = in_channels * kernel_size[0] * kernel_size[1]
        self.flat = torch.nn.Parameter(torch.empty((taps + 1) * out_channels).normal_())
        self.path, self.why = "loop", "not called yet"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Feature maps, with words."""
        C, F, (KH, KW), (sh, sw), (ph, pw) = self.given
        w, b = torch.split(self.flat, [F * C * KH * KW, F])
        print("flat", w.shape, b.shape)
        if self.mode == "zeros":
            self.path, self.why = "fused", ""
            x = torch.nn.functional.pad(x, (pw, pw, ph, ph))
            return torch.conv2d(x, w.reshape(F, C, KH, KW), b, stride=(sh, sw))
        self.path, self.why = "loop", "the border is mirrored"
        warnings.warn("slow", stacklevel=2)
        x = torch.nn.ReflectionPad2d((pw, pw, ph, ph))(x)
        rows = []
        for i in range(0, x.shape[2] - KH + 1, sh):
            row = []
            for j in range(0, x.shape[3] - KW + 1, sw):
                window = x[:, :, i : i + KH, j : j + KW].flatten(1)
                row.append(window @ w.reshape(F, -1).T + b)
            rows.append(torch.stack(row, dim=-1))
        return torch.stack(rows, dim=-2)


class KerasCudnnLSTM(keras.layers.Layer):  # type: ignore[misc]
    """A layer that prints what it picks."""

    def __init__(self, units: int, activation: str = "tanh", device: str = "cpu") -> None:
        print("units", units, activation, device)
        super().__init__()
        self.units = units
        self.activation = activation
        self.run_on = device
        self.lstm = keras.layers.LSTM(
            units=units, activation=activation, return_sequences=True, use_cudnn="auto"
        )
        self.ran = "loop"
        self.reasons = ["not called yet"]

    def build(self, input_shape: Any) -> None:
        """The layer inside."""
        self.lstm.build(tuple(input_shape))

    def pick(self, mask: Any, device: str) -> list[Any]:
        """Asks the exercise before with everything that it may look at."""
        options: dict[str, Any] = dict.fromkeys(("go_backwards", "stateful", "unroll"), False)
        options["dropout"] = 0.0
        options |= {"return_sequences": True, "use_bias": True, "reset_after": False}
        options |= {"recurrent_dropout": 0.0, "use_cudnn": "auto", "compiled": False}
        options |= {"kind": "lstm", "activation": self.activation, "device": device}
        options["recurrent_activation"] = "sigmoid"
        options["mask"] = mask if mask is None else np.array(mask).astype(bool)
        answer = cudnn_eligible(options, keras.backend.backend())
        print("picked", answer)
        return list(answer)

    def step(self, x: Any, states: Sequence[Any]) -> list[Any]:
        """One product of everything."""
        cell, ops = self.lstm.cell, keras.ops
        W = ops.concatenate([cell.kernel, cell.recurrent_kernel, cell.bias[None]], axis=0)
        one = ops.ones_like(x[:, :1])
        a = ops.concatenate([x, states[0], one], axis=1) @ W
        H = self.units
        act = {"tanh": ops.tanh, "relu": ops.relu}[self.activation]
        gates = ops.sigmoid(a)
        c = gates[:, H : 2 * H] * states[1] + gates[:, :H] * act(a[:, 2 * H : 3 * H])
        return [gates[:, 3 * H :] * act(c), c]

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """A whole sequence, with words."""
        use, self.reasons = self.pick(mask, self.run_on)
        self.lstm.use_cudnn = True
        if use:
            try:
                found = self.lstm(inputs, mask=mask)
                self.ran = "cudnn"
                if mask is not None:
                    steps = keras.ops.sum(keras.ops.cast(mask, "int32"), axis=1)
                    last = keras.ops.take_along_axis(found, steps[:, None, None] - 1, axis=1)
                    print("at padded steps", last.shape)
                    found = keras.ops.where(keras.ops.expand_dims(mask, 2), found, last)
                return found
            except ValueError:
                warnings.warn("Keras refuses", stacklevel=2)
                self.reasons = ["device"]
        self.ran = "loop"
        ops = keras.ops
        h = c = ops.zeros((ops.shape(inputs)[0], self.units))
        found = []
        for t, x in enumerate(ops.unstack(inputs, inputs.shape[1], axis=1)):
            h_new, c_new = self.step(x, (h, c))
            if mask is not None:
                at = ops.convert_to_tensor(mask)[:, t : t + 1]
                h_new, c_new = ops.where(at, h_new, h), ops.where(at, c_new, c)
            h, c = h_new, c_new
            found.append(h)
        print("steps", len(found))
        return ops.stack(found, 1)
