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
