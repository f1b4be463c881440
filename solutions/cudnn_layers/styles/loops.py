"""Gate by gate and row by row, with plain loops."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch

from autograder.given import right_padded


class CudnnLSTM(torch.nn.Module):
    """The fused layer row by row, each in its own length."""

    def __init__(self, input_size: int, hidden_size: int, activation: str = "tanh") -> None:
        super().__init__()
        self.sizes = (input_size, hidden_size)
        self.relu = activation == "relu"
        count = 4 * hidden_size * (input_size + hidden_size + 2)
        self.flat = torch.nn.Parameter(torch.randn(count) / 10)
        self.path = "loop"
        self.why = ""

    def weights(self) -> list[torch.Tensor]:
        """Slices of the buffer."""
        D, H = self.sizes
        a, b = 4 * H * D, 4 * H * (D + H)
        flat = self.flat
        return [
            flat[:a].reshape(4 * H, D),
            flat[a:b].reshape(4 * H, H),
            flat[b : b + 4 * H],
            flat[b + 4 * H :],
        ]

    def step(self, x: torch.Tensor, state: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """Gate by gate."""
        h, c = state
        w, r, bx, bh = (torch.split(part, self.sizes[1]) for part in self.weights())
        a = [x @ w[k].T + h @ r[k].T + bx[k] + bh[k] for k in range(4)]
        g = a[2].relu() if self.relu else a[2].tanh()
        c = a[1].sigmoid() * c + a[0].sigmoid() * g
        return a[3].sigmoid() * (c.relu() if self.relu else c.tanh()), c

    def forward(self, x: torch.Tensor, state: Any = None, mask: Any = None) -> Any:
        """One road for each case."""
        N, T, _ = x.shape
        H = self.sizes[1]
        h, c = state if state is not None else (torch.zeros(N, H), torch.zeros(N, H))
        if self.relu:
            self.why = "relu"
        elif mask is not None and not right_padded(mask.numpy()):
            self.why = "not right-padded"
        elif mask is not None and not mask[:, 0].all():
            self.why = "an empty row"
        else:
            self.why = ""
        self.path = "loop" if self.why else "fused"
        rows = []
        for n in range(N):
            valid = torch.ones(T).bool() if mask is None else mask[n]
            out = torch.zeros(T, H)
            h_n, c_n = h[n : n + 1], c[n : n + 1]
            if not self.why:
                length = int(valid.sum())
                hs, h_n, c_n = torch.lstm(
                    x[n : n + 1, :length], (h_n[None], c_n[None]), self.weights(),
                    True, 1, 0.0, True, False, True,
                )  # fmt: skip
                out = torch.cat([hs[0], out[length:]])
                rows.append((out, h_n[0], c_n[0]))
                continue
            outs = []
            for t in range(T):
                if valid[t]:
                    h_n, c_n = self.step(x[n : n + 1, t], (h_n, c_n))
                    outs.append(h_n[0])
                else:
                    outs.append(0 * h_n[0])
            rows.append((torch.stack(outs), h_n, c_n))
        outputs, hT, cT = zip(*rows, strict=True)
        return torch.stack(outputs), (torch.cat(hT), torch.cat(cT))


class CudnnGRU(torch.nn.Module):
    """The fused layer row by row, each in its own length."""

    def __init__(self, input_size: int, hidden_size: int, activation: str = "tanh") -> None:
        super().__init__()
        self.sizes = (input_size, hidden_size)
        self.relu = activation == "relu"
        count = 3 * hidden_size * (input_size + hidden_size + 2)
        self.flat = torch.nn.Parameter(torch.randn(count) / 10)
        self.path = "loop"
        self.why = ""

    def weights(self) -> list[torch.Tensor]:
        """Slices of the buffer."""
        D, H = self.sizes
        a, b = 3 * H * D, 3 * H * (D + H)
        flat = self.flat
        return [
            flat[:a].reshape(3 * H, D),
            flat[a:b].reshape(3 * H, H),
            flat[b : b + 3 * H],
            flat[b + 3 * H :],
        ]

    def step(self, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        """Gate by gate."""
        w, s, bx, bh = (torch.split(part, self.sizes[1]) for part in self.weights())
        a = [x @ w[k].T + bx[k] for k in range(3)]
        b = [h @ s[k].T + bh[k] for k in range(3)]
        r, z = (a[0] + b[0]).sigmoid(), (a[1] + b[1]).sigmoid()
        n = a[2] + r * b[2]
        n = n.relu() if self.relu else n.tanh()
        h_next: torch.Tensor = n + z * (h - n)
        return h_next

    def forward(self, x: torch.Tensor, h: Any = None, mask: Any = None) -> Any:
        """One road for each case."""
        N, T, _ = x.shape
        H = self.sizes[1]
        h = torch.zeros(N, H) if h is None else h
        empty = mask is not None and not mask[:, 0].all()
        holes = mask is not None and not right_padded(mask.numpy())
        self.why = "relu " * self.relu + "an empty row " * empty + "not right-padded" * holes
        self.path = "loop" if self.why else "fused"
        outputs, finals = [], []
        for n in range(N):
            valid = [True] * T if mask is None else mask[n].tolist()
            h_n = h[n : n + 1]
            outs = [torch.zeros(1, H)] * T
            if not self.why:
                length = sum(valid)
                hs, h_n = torch.gru(
                    x[n : n + 1, :length], h_n[None], self.weights(),
                    True, 1, 0.0, True, False, True,
                )  # fmt: skip
                outs[:length] = list(torch.split(hs[0], 1))
                h_n = h_n[0]
            else:
                for t in range(T):
                    if valid[t]:
                        h_n = self.step(x[n : n + 1, t], h_n)
                        outs[t] = h_n
            outputs.append(torch.cat(outs))
            finals.append(h_n)
        return torch.stack(outputs), torch.cat(finals)


class CudnnConv2d(torch.nn.Module):
    """Pads by hand, then tap by tap."""

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
        self.form = (out_channels, in_channels, *kernel_size)
        self.s, self.p, self.mode = stride, padding, padding_mode
        count = out_channels * (in_channels * kernel_size[0] * kernel_size[1] + 1)
        self.flat = torch.nn.Parameter(torch.randn(count) / 10)
        self.path = "loop"
        self.why = ""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Sums of products of shifted images."""
        F, C, KH, KW = self.form
        w, b = self.flat[: F * C * KH * KW].reshape(self.form), self.flat[F * C * KH * KW :]
        if self.mode != "reflect":
            self.path, self.why = "fused", ""
            y: torch.Tensor = torch.nn.functional.conv2d(x, w, b, self.s, self.p)
            return y
        self.path, self.why = "loop", "reflect"
        (ph, pw), (sh, sw) = self.p, self.s
        H, W = x.shape[2:]
        up = [abs(i) if i < H else 2 * (H - 1) - i for i in range(-ph, H + ph)]
        along = [abs(j) if j < W else 2 * (W - 1) - j for j in range(-pw, W + pw)]
        x = x[:, :, up][..., along]
        rows, columns = range(0, len(up) - KH + 1, sh), range(0, len(along) - KW + 1, sw)
        total = torch.zeros(len(x), F, len(rows), len(columns))
        for u in range(KH):
            for v in range(KW):
                at = x[:, :, [i + u for i in rows]][..., [j + v for j in columns]]
                total = total + torch.einsum("nchw,fc->nfhw", at, w[:, :, u, v])
        return total + b.reshape(1, F, 1, 1)


class KerasCudnnLSTM(keras.layers.Layer):  # type: ignore[misc]
    """Asks one question after the other, and loops over steps with states by name."""

    def __init__(self, units: int, activation: str = "tanh", device: str = "cpu") -> None:
        super().__init__()
        self.H = units
        self.act = keras.activations.get(activation)
        self.tanh = activation == "tanh"
        self.where = device
        self.inner = keras.layers.LSTM(units, activation, return_sequences=True, use_cudnn=True)
        self.ran = "loop"
        self.reasons: list[str] = []

    def build(self, input_shape: Any) -> None:
        """The weights of the layer inside."""
        self.inner.build(input_shape)

    def pick(self, mask: Any, device: str) -> tuple[bool, list[str]]:
        """By hand."""
        reasons = []
        if device != "cuda":
            reasons.append("device")
        if not self.tanh:
            reasons.append("activation")
        if mask is not None:
            m = np.array(mask)
            torch_backend = keras.backend.backend() == "torch"
            if torch_backend or not right_padded(m) or not m[:, 0].all():
                reasons.append("mask")
        return len(reasons) == 0, reasons

    def step(self, x: Any, states: Sequence[Any]) -> list[Any]:
        """Gate by gate."""
        H, cell = self.H, self.inner.cell
        gates = []
        for k in range(4):
            part = slice(k * H, (k + 1) * H)
            a = keras.ops.matmul(x, cell.kernel[:, part])
            a = a + keras.ops.matmul(states[0], cell.recurrent_kernel[:, part])
            gates.append(a + cell.bias[part])
        i, f, o = (keras.ops.sigmoid(gates[k]) for k in (0, 1, 3))
        c = f * states[1] + i * self.act(gates[2])
        return [o * self.act(c), c]

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Step by step."""
        use, reasons = self.pick(mask, self.where)
        self.reasons = reasons
        if use:
            try:
                hs = self.inner(inputs, mask=mask)
                self.ran = "cudnn"
                if mask is None:
                    return hs
                steps = [hs[:, 0]]
                for t in range(1, inputs.shape[1]):
                    valid = keras.ops.convert_to_tensor(mask)[:, t, None]
                    steps.append(keras.ops.where(valid, hs[:, t], steps[-1]))
                return keras.ops.stack(steps, axis=1)
            except ValueError:
                self.reasons = ["device"]
        self.ran = "loop"
        N, T = inputs.shape[0], inputs.shape[1]
        h, c = keras.ops.zeros((N, self.H)), keras.ops.zeros((N, self.H))
        hs = []
        for t in range(T):
            h_new, c_new = self.step(inputs[:, t], [h, c])
            if mask is None:
                h, c = h_new, c_new
            else:
                m = keras.ops.cast(keras.ops.convert_to_tensor(mask), "float32")[:, t : t + 1]
                h, c = m * h_new + (1 - m) * h, m * c_new + (1 - m) * c
            hs.append(keras.ops.expand_dims(h, 1))
        return keras.ops.concatenate(hs, axis=1)
