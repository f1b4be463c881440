"""Gate by gate and row by row, with plain loops."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import torch


def lstm_from_torch(layer: torch.nn.LSTM) -> list[np.ndarray]:
    """Through the state dict, number by number."""
    found = {name: tensor.clone() for name, tensor in layer.state_dict().items()}
    Wx = np.array(found["weight_ih_l0"].t().tolist(), dtype=np.float32)
    Wh = np.array(found["weight_hh_l0"].t().tolist(), dtype=np.float32)
    b = np.zeros(Wh.shape[1], np.float32)
    for name in ("bias_ih_l0", "bias_hh_l0"):
        if name in found:
            b += found[name].numpy()
    return [Wx, Wh, b]


def lstm_to_torch(Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray) -> torch.nn.LSTM:
    """The bias goes to the second place, which is as good as the first."""
    layer = torch.nn.LSTM(len(Wx), len(Wh), batch_first=True)
    layer.weight_ih_l0.data = torch.tensor(Wx.tolist()).t().contiguous()
    layer.weight_hh_l0.data = torch.tensor(Wh.tolist()).t().contiguous()
    layer.bias_ih_l0.data = torch.zeros(len(b))
    layer.bias_hh_l0.data = torch.tensor(b.tolist())
    return layer


def exchanged(a: np.ndarray) -> np.ndarray:
    """The first two of three gates in exchanged order; it is its own inverse."""
    first, second, third = np.split(a, 3, axis=-1)
    return np.concatenate([second, first, third], axis=-1)


def gru_from_keras(weights: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Each array by itself."""
    H = len(weights[1])
    zeros = np.zeros(3 * H, weights[0].dtype)
    if len(weights) == 2:
        bx, bh = zeros, zeros.copy()
    elif weights[2].shape == (3 * H,):
        bx, bh = exchanged(weights[2]), zeros
    else:
        bx, bh = exchanged(weights[2][0]), exchanged(weights[2][1])
    return exchanged(weights[0]), exchanged(weights[1]), bx, bh


def gru_to_keras(
    Wx: np.ndarray, Wh: np.ndarray, bx: np.ndarray, bh: np.ndarray, reset_after: bool = True
) -> tuple[np.ndarray, ...]:
    """The same exchange the other way."""
    if reset_after:
        bias = np.array([exchanged(bx), exchanged(bh)])
    else:
        bias = exchanged(bx) + exchanged(bh)
    return exchanged(Wx), exchanged(Wh), bias


def keras_to_torch_lstm(weights: Sequence[np.ndarray]) -> torch.nn.LSTM:
    """A layer without bias stays one."""
    kernel, recurrent_kernel = weights[:2]
    layer = torch.nn.LSTM(
        kernel.shape[0], recurrent_kernel.shape[0], bias=len(weights) > 2, batch_first=True
    )
    state = layer.state_dict()
    for name, values in zip(state, (*weights[:2], *weights[2:]), strict=False):
        state[name] = torch.tensor(values.T.copy())
    if len(weights) > 2:
        state["bias_hh_l0"] = torch.zeros_like(state["bias_ih_l0"])
    layer.load_state_dict(state)
    return layer


def keras_to_torch_gru(weights: Sequence[np.ndarray]) -> torch.nn.GRU:
    """Each array by itself."""
    H = len(weights[1])
    if len(weights) == 3 and weights[2].shape != (2, 3 * H):
        raise ValueError("not possible in torch")
    layer = torch.nn.GRU(len(weights[0]), H, batch_first=True)
    Wx, Wh, bx, bh = gru_from_keras(weights)
    with torch.no_grad():
        for p, w in zip(layer.parameters(), (Wx, Wh, bx, bh), strict=True):
            p[:] = torch.tensor(w.T.copy())
    return layer


def cudnn_pack(
    kind: str, Wx: np.ndarray, Wh: np.ndarray, bx: np.ndarray, bh: np.ndarray
) -> np.ndarray:
    """One gate after the other, one unit after the other."""
    if kind == "lstm":
        gates = 4
    elif kind == "gru":
        gates = 3
    else:
        raise ValueError(kind)
    D, H = len(Wx), len(Wh)
    if Wx.shape != (D, gates * H):
        raise ValueError(f"{Wx.shape} for {gates} gates")
    flat = []
    for W in (Wx, Wh):
        for gate in range(gates):
            for unit in range(H):
                flat += list(W[:, gate * H + unit])
    for b in (bx, bh):
        flat += list(b)
    return np.array(flat, Wx.dtype)


def cudnn_unpack(kind: str, flat: np.ndarray, D: int, H: int) -> tuple[np.ndarray, ...]:
    """Read with a place that moves on."""
    gates = {"lstm": 4, "gru": 3}.get(kind, 0)
    if not gates or len(flat) != gates * H * (D + H + 2):
        raise ValueError("not such a buffer")
    Wx, Wh = np.empty((D, gates * H), flat.dtype), np.empty((H, gates * H), flat.dtype)
    at = 0
    for W in (Wx, Wh):
        for column in range(gates * H):
            W[:, column] = flat[at : at + len(W)]
            at += len(W)
    return Wx, Wh, flat[at : at + gates * H].copy(), flat[at + gates * H :].copy()


def right_padded(mask: np.ndarray) -> bool:
    """Step by step."""
    for row in mask:
        ended = False
        for step in row:
            if step and ended:
                return False
            ended = ended or not step
    return True


def lengths(mask: np.ndarray) -> np.ndarray:
    """Row by row."""
    found = []
    for row in mask:
        n = 0
        while n < len(row) and row[n]:
            n += 1
        if any(row[n:]):
            raise ValueError("a hole")
        found.append(n)
    return np.array(found)


def last_valid(hs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Row by row."""
    return np.array([h[n - 1] for h, n in zip(hs, lengths, strict=True)])


def masked_equal_packed(
    x: np.ndarray, lengths: np.ndarray, weights: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """The torch layer on every row by itself; Keras behind a Masking layer's work by hand."""
    N, T, _ = x.shape
    H = len(weights[1])
    layer = keras.layers.LSTM(H, return_sequences=True, use_cudnn=False)
    layer(x)
    layer.set_weights(weights)
    mask = np.zeros((N, T), bool)
    packed = np.zeros((N, T, H), np.float32)
    theirs = keras_to_torch_lstm(weights)
    for n in range(N):
        mask[n, : lengths[n]] = True
        with torch.no_grad():
            packed[n, : lengths[n]] = theirs(torch.tensor(x[n : n + 1, : lengths[n]]))[0][0]
    return [np.array(layer(x, mask=keras.ops.convert_to_tensor(mask))), packed]


def cudnn_eligible(config: Mapping[str, Any], backend: str) -> tuple[bool, tuple[str, ...]]:
    """One question after the other."""
    reasons: tuple[str, ...] = ()
    if config["device"] != "cuda":
        reasons += ("device",)
    if config["use_cudnn"] not in ("auto", True):
        reasons += ("use_cudnn",)
    if config["activation"] != "tanh":
        reasons += ("activation",)
    if config["recurrent_activation"] != "sigmoid":
        reasons += ("recurrent_activation",)
    if config["recurrent_dropout"]:
        reasons += ("recurrent_dropout",)
    if config["unroll"]:
        reasons += ("unroll",)
    if not config["use_bias"]:
        reasons += ("use_bias",)
    if config["kind"] == "gru" and not config["reset_after"]:
        reasons += ("reset_after",)
    if backend == "torch":
        if config["compiled"]:
            reasons += ("compiled",)
        if config["mask"] is not None:
            reasons += ("mask",)
    elif config["mask"] is not None:
        for row in config["mask"]:
            if not row[0] or not right_padded(row[None]):
                reasons += ("mask",)
                break
    return len(reasons) == 0, reasons


def stream(layer: torch.nn.Module, chunks: Sequence[torch.Tensor]) -> list[Any]:
    """The first chunk apart; the state is cut before a chunk rather than after it."""
    hs, state = layer(chunks[0])
    for chunk in chunks[1:]:
        if isinstance(layer, torch.nn.LSTM):
            h, c = state
            more, state = layer(chunk, (h.detach(), c.detach()))
        else:
            more, state = layer(chunk, state.detach())
        hs = torch.cat((hs, more), dim=1)
    return [hs, state]


def path(trace: Sequence[str]) -> str:
    """Counts while it reads."""
    by_cudnn = by_torch = 0
    for name in trace:
        word = name.removeprefix("aten::")
        by_cudnn += word in {"_cudnn_rnn", "cudnn_convolution"}
        by_torch += word in {"lstm", "gru", "conv2d"}
    if by_cudnn:
        return "cudnn" if by_cudnn == 1 else "loop"
    return "fused" if by_torch == 1 else "loop"


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
