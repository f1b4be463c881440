"""Prints, warns, and takes detours that are right."""

import copy
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import torch


def lstm_from_torch(layer: torch.nn.LSTM) -> tuple[np.ndarray, ...]:
    """Asks the layer for what it does with unit vectors, and prints."""
    print("reading", layer)
    mine = copy.deepcopy(layer).double()
    weights = dict(mine.named_parameters())
    b = torch.zeros(4 * layer.hidden_size).double()
    for name, w in weights.items():
        if name.startswith("bias"):
            b = b + w
    found = (weights["weight_ih_l0"].T, weights["weight_hh_l0"].T, b)
    return tuple(w.detach().numpy().astype(np.float32) for w in found)


def lstm_to_torch(Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray) -> torch.nn.LSTM:
    """Through attributes."""
    warnings.warn("the second bias is zero", stacklevel=2)
    layer = torch.nn.LSTM(input_size=Wx.shape[0], hidden_size=Wh.shape[0], batch_first=True)
    for name, value in (("weight_ih_l0", Wx.T), ("weight_hh_l0", Wh.T), ("bias_ih_l0", b)):
        setattr(layer, name, torch.nn.Parameter(torch.tensor(value.copy())))
    layer.bias_hh_l0 = torch.nn.Parameter(torch.zeros(4 * Wh.shape[0]))
    print(layer.all_weights)
    return layer


def gru_from_keras(weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """By names."""
    gates: dict[str, list[np.ndarray]] = {}
    for part, array in zip(("x", "h", "b"), weights, strict=False):
        gates[part] = np.split(array, 3, axis=array.ndim - 1)
    H = weights[1].shape[0]
    bx = bh = [np.zeros(H, np.float32)] * 3
    if "b" in gates and gates["b"][0].ndim == 1:
        bx = gates["b"]
    elif "b" in gates:
        bx, bh = [g[0] for g in gates["b"]], [g[1] for g in gates["b"]]
    found = []
    for z, r, n in (gates["x"], gates["h"], bx, bh):
        print("gates", z.shape)
        found.append(np.concatenate((r, z, n), axis=-1))
    return found


def gru_to_keras(
    Wx: np.ndarray, Wh: np.ndarray, bx: np.ndarray, bh: np.ndarray, reset_after: bool = True
) -> list[np.ndarray]:
    """By moving blocks in copies."""
    found = []
    for array in (Wx, Wh, bx, bh):
        H = array.shape[-1] // 3
        new = array.copy()
        new[..., :H], new[..., H : 2 * H] = array[..., H : 2 * H], array[..., :H]
        found.append(new)
    if reset_after:
        return [*found[:2], np.concatenate([found[2][None], found[3][None]])]
    found[2] += found[3]
    return found[:3]


def keras_to_torch_lstm(weights: Sequence[np.ndarray]) -> torch.nn.LSTM:
    """Through the course's layout."""
    print(len(weights), "arrays")
    Wx, Wh = weights[0], weights[1]
    b = np.zeros(4 * Wh.shape[0], Wh.dtype)
    if len(weights) > 2:
        b += weights[2]
    return lstm_to_torch(Wx, Wh, b)


def keras_to_torch_gru(weights: Sequence[np.ndarray]) -> torch.nn.GRU:
    """Through the state dict."""
    if len(weights) == 3:
        rows, _ = weights[2].shape
        print(rows, "rows")
    layer = torch.nn.GRU(len(weights[0]), len(weights[1]), batch_first=True)
    values = [torch.tensor(np.array(w.T)) for w in gru_from_keras(weights)]
    layer.load_state_dict(dict(zip(layer.state_dict(), values, strict=True)))
    return layer


def cudnn_pack(
    kind: str, Wx: np.ndarray, Wh: np.ndarray, bx: np.ndarray, bh: np.ndarray
) -> np.ndarray:
    """Lets torch flatten its own parameters."""
    known = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    if kind not in known:
        raise ValueError(f"unknown: {kind}")
    layer = known[kind](Wx.shape[0], Wh.shape[0])
    if layer.weight_ih_l0.shape[0] != Wx.shape[1]:
        raise ValueError("other gates")
    parts = [np.array(W.T).reshape(-1) for W in (Wx, Wh, bx, bh)]
    flat = np.empty(sum(map(len, parts)), np.float32)
    np.concatenate(parts, out=flat)
    return flat


def cudnn_unpack(kind: str, flat: np.ndarray, D: int, H: int) -> tuple[np.ndarray, ...]:
    """Gate by gate, put together at the end."""
    if kind not in ("lstm", "gru"):
        raise ValueError(f"unknown: {kind}")
    G = 4 if kind == "lstm" else 3
    if flat.shape != (G * H * D + G * H * H + 2 * G * H,):
        raise ValueError("unfit")
    left = list(np.array(flat))

    def take(rows: int, columns: int) -> np.ndarray:
        block = np.array(left[: rows * columns]).reshape(rows, columns)
        del left[: rows * columns]
        return block

    Wx = np.concatenate([take(H, D).T for _ in range(G)], axis=1)
    Wh = np.concatenate([take(H, H).T for _ in range(G)], axis=1)
    bx, bh = (np.concatenate([take(1, H)[0] for _ in range(G)]) for _ in range(2))
    return Wx, Wh, bx, bh


def right_padded(mask: np.ndarray) -> bool:
    """Rebuilds the mask from its counts."""
    counts = mask.sum(axis=1).astype(int)
    print("counts", counts)
    again = [[t < n for t in range(mask.shape[1])] for n in counts]
    return bool((np.array(again) == mask).all())


def lengths(mask: np.ndarray) -> np.ndarray:
    """By torch."""
    valid = torch.tensor(np.array(mask)).bool()
    if bool((valid[:, 1:] & ~valid[:, :-1]).any()):
        raise ValueError("holes")
    warnings.warn("counting", stacklevel=2)
    counts: np.ndarray = valid.sum(1).numpy()
    return counts


def last_valid(hs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """By take_along_axis."""
    at = np.asarray(lengths).reshape(-1, 1, 1) - 1
    return np.take_along_axis(hs, at, axis=1).squeeze(1)


def masked_equal_packed(
    x: np.ndarray, lengths: np.ndarray, weights: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Keras as a functional model; the packed one out of sequences of their own lengths."""
    N, T, D = x.shape
    H = weights[1].shape[0]
    inputs, mask = keras.Input((T, D)), keras.Input((T,), dtype="bool")
    layer = keras.layers.LSTM(H, return_sequences=True)
    model = keras.Model([inputs, mask], layer(inputs, mask=mask))
    model.set_weights(weights)
    valid = np.array([[t < n for t in range(T)] for n in lengths])
    masked = np.asarray(model([x, valid]))
    rows = [torch.tensor(x[n, : lengths[n]]) for n in range(N)]
    batch = torch.nn.utils.rnn.pack_sequence(rows, enforce_sorted=False)
    hs = keras_to_torch_lstm(weights)(batch)[0]
    packed = torch.zeros(N, T, H)
    for n, h in enumerate(torch.nn.utils.rnn.unpack_sequence(hs)):
        packed[n, : len(h)] = h
    return masked, packed.detach().numpy()


def cudnn_eligible(config: Mapping[str, Any], backend: str) -> list[Any]:
    """Takes off a list what is fine."""
    left = ["activation", "recurrent_activation", "recurrent_dropout", "unroll", "use_bias"]
    left += ["reset_after", "use_cudnn", "device", "compiled", "mask"]
    c = dict(config)
    mask = c["mask"]
    good = mask is None
    if mask is not None and backend == "tensorflow":
        counts = mask.sum(axis=1)
        good = right_padded(mask) and counts.min() > 0
    fine = [c["activation"] == "tanh", c["recurrent_activation"] == "sigmoid"]
    fine += [c["recurrent_dropout"] == 0.0, c["unroll"] is False, c["use_bias"] is True]
    fine += [c["reset_after"] or c["kind"] != "gru", c["use_cudnn"] in ("auto", True)]
    fine += [c["device"] == "cuda", not (backend == "torch" and c["compiled"]), good]
    for key, value in zip(tuple(left), fine, strict=True):
        if value:
            left.remove(key)
    print("in the way:", left)
    return [left == [], left]


def stream(layer: torch.nn.Module, chunks: Sequence[torch.Tensor]) -> tuple[torch.Tensor, Any]:
    """Writes into one tensor; a new state each time."""
    outputs: list[torch.Tensor] = []
    state: Any = None
    for number, chunk in enumerate(chunks):
        print("chunk", number)
        if state is None:
            out, state = layer(chunk)
        else:
            state = (
                [s.detach().clone() for s in state]
                if len(state) == 2 and isinstance(state, tuple)
                else state.detach().clone()
            )
            out, state = layer(chunk, tuple(state) if isinstance(state, list) else state)
        outputs.extend(out.unbind(dim=1))
    return torch.stack(outputs, dim=1), state


def path(trace: Sequence[str]) -> str:
    """Removes what does not matter."""
    text = " ".join(f"<{name}>" for name in trace)
    print(text)
    cudnn = text.count("<aten::_cudnn_rnn>") + text.count("<aten::cudnn_convolution>")
    whole = sum(text.count(f"<aten::{name}>") for name in ("lstm", "gru", "conv2d"))
    if cudnn > 1 or (cudnn == 0 and whole != 1):
        return "loop"
    return "cudnn" if cudnn else "fused"
