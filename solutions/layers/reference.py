"""The weights of layers that cuDNN backs in four layouts, masks, streams, and which kernel ran.

N sequences, T steps, D inputs, H hidden units. The course keeps gates in the order i, f, g, o
and r, z, n, in the columns of Wx (D, ·) and Wh (H, ·). Weights are float32.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

GATES = {"lstm": 4, "gru": 3}


def lstm_from_torch(layer: torch.nn.LSTM) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read the weights of torch's LSTM in the layout of the course.

    torch computes a = x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh, with W_ih (4H, D) and
    W_hh (4H, H) in `weight_ih_l0` and `weight_hh_l0` and two biases (4H,). Its
    gates are in our order. The course has one bias, which is what the two of
    torch add up to.

    D is the number of inputs, H the number of hidden units. The layer is not
    changed, and later changes of the layer do not show in the result.

    Args:
        layer: a `torch.nn.LSTM` with one layer and one direction, with biases
            or without (`bias=False`).

    Returns:
        Wx: the weights of the input, (D, 4H), gates i, f, g, o.
        Wh: the weights of the hidden state, (H, 4H), in the same order.
        b: the bias, (4H,), zeros where the layer has none.

    Source: the documentation of `torch.nn.LSTM`, section Variables.
    """
    weights = [p.detach().cpu().numpy() for p in layer.parameters()]
    Wx = weights[0].T.copy()
    Wh = weights[1].T.copy()
    b = weights[2] + weights[3] if layer.bias else np.zeros(Wx.shape[1], Wx.dtype)
    return Wx, Wh, b


def lstm_to_torch(Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray) -> torch.nn.LSTM:
    """Make torch's LSTM out of weights in the layout of the course.

    D is the number of inputs, H the number of hidden units. The layer is batch
    first. It holds copies: no argument is changed, then or later.

    Args:
        Wx: the weights of the input, (D, 4H), gates i, f, g, o.
        Wh: the weights of the hidden state, (H, 4H), in the same order.
        b: the bias, (4H,).

    Returns:
        A `torch.nn.LSTM` with `batch_first=True`. Its two biases add up to b.

    Source: the documentation of `torch.nn.LSTM`, section Variables.
    """
    D, H = len(Wx), len(Wh)
    layer = torch.nn.LSTM(D, H, batch_first=True, dtype=torch.from_numpy(Wx).dtype)
    values = (Wx.T, Wh.T, b, np.zeros_like(b))
    with torch.no_grad():
        for weight, value in zip(layer.parameters(), values, strict=True):
            weight.copy_(torch.from_numpy(value))
    return layer


def gru_from_keras(
    weights: Sequence[np.ndarray],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Read the weights of Keras' GRU in the layout of the course.

    Keras keeps the gates in the order z, r, h, where the h is our candidate n.
    A layer with `reset_after=True` has two rows of biases, the first for the
    input and the second for the hidden state; one with `reset_after=False` has
    a single bias, which stands with the input; and with `use_bias=False` there
    is none.

    D is the number of inputs, H the number of hidden units. No argument is
    changed.

    Args:
        weights: what `get_weights()` of a `keras.layers.GRU` gives: the kernel
            (D, 3H), the recurrent kernel (H, 3H), and the bias (2, 3H) or (3H,)
            if there is one.

    Returns:
        Wx: the weights of the input, (D, 3H), gates r, z, n.
        Wh: the weights of the hidden state, (H, 3H), in the same order.
        bx: the bias of the input, (3H,), zeros where there is none.
        bh: the bias of the hidden state, (3H,), zeros where there is none.

    Source: `keras.layers.GRUCell`, methods `build` and `call`.
    """
    kernel, recurrent_kernel, *bias = weights
    H = recurrent_kernel.shape[0]
    order = np.r_[H : 2 * H, 0:H, 2 * H : 3 * H]
    rows = np.zeros((2, 3 * H), kernel.dtype)
    if bias and bias[0].ndim == 2:
        rows[:] = bias[0]
    elif bias:
        rows[0] = bias[0]
    bx, bh = rows[:, order]
    return kernel[:, order], recurrent_kernel[:, order], bx, bh


def gru_to_keras(
    Wx: np.ndarray, Wh: np.ndarray, bx: np.ndarray, bh: np.ndarray, reset_after: bool = True
) -> list[np.ndarray]:
    """Lay the weights of a GRU out as Keras keeps them.

    The inverse of `gru_from_keras`. Where the reset comes before the product,
    Keras has one bias: both of ours are added in every gate there, so that it
    is their sum.

    D is the number of inputs, H the number of hidden units. No argument is
    changed.

    Args:
        Wx: the weights of the input, (D, 3H), gates r, z, n.
        Wh: the weights of the hidden state, (H, 3H), in the same order.
        bx: the bias of the input, (3H,).
        bh: the bias of the hidden state, (3H,).
        reset_after: whether the layer resets after the product.

    Returns:
        The list that `set_weights` of a `keras.layers.GRU` takes: the kernel
        (D, 3H), the recurrent kernel (H, 3H), gates z, r, h, and the bias,
        (2, 3H) with `reset_after` and (3H,) without.

    Source: `keras.layers.GRUCell`, methods `build` and `call`.
    """
    H = Wh.shape[0]
    order = np.r_[H : 2 * H, 0:H, 2 * H : 3 * H]
    bias = np.stack([bx, bh]) if reset_after else bx + bh
    return [Wx[:, order], Wh[:, order], bias[..., order]]


def keras_to_torch_lstm(weights: Sequence[np.ndarray]) -> torch.nn.LSTM:
    """Make torch's LSTM out of the weights of Keras' LSTM.

    Keras calls the candidate c, and has the gates in the order i, f, c, o. The
    forget bias of `unit_forget_bias` is in the bias already. No argument is
    changed.

    Args:
        weights: what `get_weights()` of a `keras.layers.LSTM` gives: the kernel
            (D, 4H), the recurrent kernel (H, 4H), and the bias (4H,) unless the
            layer has `use_bias=False`.

    Returns:
        A `torch.nn.LSTM` with `batch_first=True` that gives the same outputs.

    Source: `keras.layers.LSTMCell`, methods `build` and `call`.
    """
    kernel, recurrent_kernel, *bias = weights
    b = bias[0] if bias else np.zeros(kernel.shape[1], kernel.dtype)
    return lstm_to_torch(kernel, recurrent_kernel, b)


def keras_to_torch_gru(weights: Sequence[np.ndarray]) -> torch.nn.GRU:
    """Make torch's GRU out of the weights of Keras' GRU.

    torch has the gates in the order of the course, r, z, n, and resets after
    the product. So a Keras layer that resets before it has no equal in torch;
    its single bias (3H,) gives it away. No argument is changed.

    Args:
        weights: what `get_weights()` of a `keras.layers.GRU` with
            `reset_after=True` gives: the kernel (D, 3H), the recurrent kernel
            (H, 3H), and the bias (2, 3H) unless the layer has `use_bias=False`.

    Returns:
        A `torch.nn.GRU` with `batch_first=True` that gives the same outputs.

    Raises:
        ValueError: if the bias is that of a layer with `reset_after=False`.

    Source: `keras.layers.GRUCell`; the documentation of `torch.nn.GRU`.
    """
    if len(weights) > 2 and weights[2].ndim == 1:
        raise ValueError("a GRU of torch resets after the product; these weights reset before it")
    Wx, Wh, bx, bh = gru_from_keras(weights)
    dtype = torch.from_numpy(Wx).dtype
    layer = torch.nn.GRU(Wx.shape[0], Wh.shape[0], batch_first=True, dtype=dtype)
    with torch.no_grad():
        for p, value in zip(layer.parameters(), (Wx.T, Wh.T, bx, bh), strict=True):
            p.copy_(torch.from_numpy(value))
    return layer


def cudnn_pack(
    kind: str, Wx: np.ndarray, Wh: np.ndarray, bx: np.ndarray, bh: np.ndarray
) -> np.ndarray:
    """Write the weights of one recurrent layer into the flat buffer of cuDNN.

    The buffer holds one matrix after the other, each as a row a hidden unit:
    the input's for every gate, then the hidden state's for every gate, then the
    biases in the same order. The order of the gates is that of the course. With
    G = 4 or 3 gates:

        flat = [W_1ᵀ … W_Gᵀ, R_1ᵀ … R_Gᵀ, bx_1 … bx_G, bh_1 … bh_G]

    where W_g is the slice (D, H) of Wx, R_g the slice (H, H) of Wh.

    Args:
        kind: "lstm" or "gru".
        Wx: the weights of the input, (D, G·H).
        Wh: the weights of the hidden state, (H, G·H).
        bx: the bias of the input, (G·H,).
        bh: the bias of the hidden state, (G·H,).

    Returns:
        The buffer, (G·H·(D + H + 2),), in the dtype of Wx.

    Raises:
        ValueError: if there is no such kind, or Wx has not G·H columns.

    Source: NVIDIA's documentation of cuDNN, `cudnnGetRNNWeightParams`; Keras,
    `_standardize_cudnn_weights` in its TensorFlow backend.
    """
    if kind not in GATES or Wx.shape[1] != GATES[kind] * Wh.shape[0]:
        raise ValueError(f"these are not the weights of a layer of the kind {kind!r}")
    return np.concatenate([Wx.T.ravel(), Wh.T.ravel(), bx, bh])


def cudnn_unpack(
    kind: str, flat: np.ndarray, D: int, H: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Read the weights of one recurrent layer out of the flat buffer of cuDNN.

    The inverse of `cudnn_pack`, with G = 4 gates for "lstm" and 3 for "gru".

    Args:
        kind: "lstm" or "gru".
        flat: the buffer, (G·H·(D + H + 2),).
        D: the number of inputs.
        H: the number of hidden units.

    Returns:
        Wx: the weights of the input, (D, G·H).
        Wh: the weights of the hidden state, (H, G·H).
        bx: the bias of the input, (G·H,).
        bh: the bias of the hidden state, (G·H,).

    Raises:
        ValueError: if there is no such kind, or the buffer has another size.

    Source: as `cudnn_pack`.
    """
    if kind not in GATES or flat.size != GATES[kind] * H * (D + H + 2):
        raise ValueError(f"this is no buffer of a layer of the kind {kind!r} and these sizes")
    columns = GATES[kind] * H
    Wx, Wh, bx, bh = np.split(flat, np.cumsum([columns * D, columns * H, columns]))
    return Wx.reshape(columns, D).T, Wh.reshape(columns, H).T, bx, bh


def right_padded(mask: np.ndarray) -> bool:
    """Tell whether the valid steps of every sequence come first.

    In each row, no valid step follows one that is masked. A row without any
    valid step is right-padded in this sense, and so is one without padding.

    Args:
        mask: the valid steps, (N, T), bool or 0.0 and 1.0.

    Returns:
        One bool for the whole batch.

    Source: Keras, `_is_sequence_right_padded` in its backends.
    """
    valid = mask.astype(bool)
    return bool(np.all(valid[:, 1:] <= valid[:, :-1]))


def lengths(mask: np.ndarray) -> np.ndarray:
    """Count the valid steps of every sequence of a right-padded batch.

    cuDNN is told lengths, not masks; so the mask has to be one that lengths can
    say.

    Args:
        mask: the valid steps, (N, T), bool or 0.0 and 1.0.

    Returns:
        The number of valid steps of each row, ints, (N,).

    Raises:
        ValueError: if the mask is not right-padded.

    Source: Keras, `_compute_sequence_length_from_mask` in its backends.
    """
    if not right_padded(mask):
        raise ValueError("a valid step follows a masked one, which no length can say")
    counts: np.ndarray = np.count_nonzero(mask, axis=1)
    return counts


def last_valid(hs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Take the hidden state after the last valid step of every sequence.

        last[n] = hs[n, lengths[n] − 1]

    What stands in hs at padded steps does not matter. The argument `lengths`
    hides the function of this name, which is not needed here.

    Args:
        hs: the hidden states after every step, (N, T, H).
        lengths: the number of valid steps, ints from 1 to T, (N,).

    Returns:
        The hidden states, (N, H).

    Source: the definition of the final state of a padded sequence.
    """
    last: np.ndarray = hs[np.arange(len(hs)), lengths - 1]
    return last


def masked_equal_packed(
    x: np.ndarray, lengths: np.ndarray, weights: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Run one LSTM over padded sequences in Keras with a mask, and packed in torch.

    At valid steps the two are equal. At padded ones the loop of Keras repeats
    the output of the last valid step, and torch's `pad_packed_sequence` gives
    zeros. No argument is changed. The argument `lengths` hides the function of
    this name, which is not needed here.

    Args:
        x: the inputs, right-padded, float32, (N, T, D).
        lengths: the number of valid steps, ints from 1 to T in any order, (N,).
        weights: what `get_weights()` of a `keras.layers.LSTM` gives: the kernel
            (D, 4H), the recurrent kernel (H, 4H) and the bias (4H,).

    Returns:
        masked: the outputs of Keras' loop at all T steps, (N, T, H).
        packed: the outputs of torch at all T steps, (N, T, H).

    Source: `keras.layers.RNN`, argument `mask`;
    `torch.nn.utils.rnn.pack_padded_sequence`.
    """
    T, H = x.shape[1], weights[1].shape[0]
    layer = keras.layers.LSTM(H, return_sequences=True, use_cudnn=False)
    layer.build(x.shape)
    layer.set_weights(weights)
    mask = np.arange(T) < lengths[:, None]
    masked = keras.ops.convert_to_numpy(layer(x, mask=mask))
    steps = torch.from_numpy(np.array(lengths))
    batch = pack_padded_sequence(torch.from_numpy(x), steps, batch_first=True, enforce_sorted=False)
    hs, _ = keras_to_torch_lstm(weights)(batch)
    packed, _ = pad_packed_sequence(hs, batch_first=True, total_length=T)
    return masked, packed.detach().numpy()


def cudnn_eligible(config: Mapping[str, Any], backend: str) -> tuple[bool, list[str]]:
    """Tell whether Keras runs a recurrent layer by cuDNN, and if not, why not.

    What stands in the code of Keras 3.15 decides. cuDNN computes tanh and
    sigmoid, with biases, as a loop that is not unrolled, without dropout in the
    recurrent product, and a GRU only with the reset after the product. It runs
    on CUDA. With the TensorFlow backend a mask has to be right-padded, with a
    valid step in every row, and any other is an error where the call is
    compiled; with the torch backend there may be no mask at all, and the call
    may not be compiled or traced.

    Args:
        config: the arguments of the layer and of the call, by these keys:
            "kind": "lstm" or "gru";
            "activation", "recurrent_activation": names, such as "tanh";
            "recurrent_dropout": a share from 0 to 1;
            "unroll", "use_bias", "reset_after": bools, the last one without a
            meaning for an LSTM;
            "use_cudnn": "auto", True or False;
            "device": "cuda" or "cpu";
            "compiled": whether the call is compiled or traced;
            "mask": an array of NumPy, (N, T), bool, or None;
            and "dropout", "go_backwards", "stateful" and "return_sequences",
            which turn nothing off.
        backend: "tensorflow" or "torch".

    Returns:
        eligible: a bool.
        reasons: the keys of `config` that stand in the way, in any order; empty
            where the layer is eligible.

    Source: Keras 3.15, `layers/rnn/lstm.py`, `layers/rnn/gru.py` and
    `backend/*/rnn.py`.
    """
    mask = config["mask"]
    if backend == "torch" or mask is None:
        masked = mask is not None
    else:
        masked = not right_padded(mask) or not mask.any(axis=1).all()
    asked = {
        "activation": config["activation"] == "tanh",
        "recurrent_activation": config["recurrent_activation"] == "sigmoid",
        "recurrent_dropout": config["recurrent_dropout"] == 0,
        "unroll": not config["unroll"],
        "use_bias": config["use_bias"],
        "reset_after": config["kind"] == "lstm" or config["reset_after"],
        "use_cudnn": config["use_cudnn"] is not False,
        "device": config["device"] == "cuda",
        "compiled": backend == "tensorflow" or not config["compiled"],
        "mask": not masked,
    }
    reasons = [key for key, fine in asked.items() if not fine]
    return not reasons, reasons


def stream(layer: torch.nn.Module, chunks: Sequence[torch.Tensor]) -> tuple[torch.Tensor, Any]:
    """Run a recurrent layer over a long sequence that arrives in chunks.

    Each chunk starts from the state that the one before has left, so that the
    outputs are those of the whole sequence. The state is cut out of the graph
    between chunks: no gradient flows from a chunk into an earlier one, and
    memory does not grow with the length.

    Args:
        layer: a `torch.nn.LSTM` or `torch.nn.GRU` with `batch_first=True`.
        chunks: the parts of the sequence in order, one or more, (N, T_k, D)
            each.

    Returns:
        hs: the outputs of all chunks, (N, T_1 + T_2 + …, H).
        state: the state after the last chunk, as the layer gives it: (h, c) for
            an LSTM, h for a GRU, (1, N, H) each.

    Source: the cross-batch statefulness of Keras' recurrent layers; Williams
    and Peng (1990), "An efficient gradient-based algorithm for on-line training
    of recurrent network trajectories", Neural Computation 2(4).
    """
    state, outputs = None, []
    for chunk in chunks:
        hs, state = layer(chunk, state)
        outputs.append(hs)
        state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
    return torch.cat(outputs, dim=1), state


def path(trace: Sequence[str]) -> str:
    """Tell from the names of a trace which way one forward pass of a layer took.

    The names are those that torch's profiler gives to the operations it saw, in
    the order of time. These run a whole layer at once:

        cuDNN           aten::_cudnn_rnn, aten::cudnn_convolution
        one operation   aten::lstm, aten::gru, aten::conv2d

    and on CUDA an operation of the second row may call one of the first. Names
    that only resemble them do not count: a loop may call `aten::lstm_cell`, and
    a layer may prepare for cuDNN with `aten::_cudnn_rnn_flatten_weight`. Nor
    does a layer count that is called step by step, which the trace shows as the
    same operation more than once.

    Args:
        trace: the names of the operations, strings.

    Returns:
        "cudnn" where one operation of cuDNN ran the layer, "fused" where one
        operation did it without cuDNN, "loop" otherwise.

    Source: torch 2.13, `torch.profiler`.
    """
    cudnn = [name for name in trace if name in ("aten::_cudnn_rnn", "aten::cudnn_convolution")]
    whole = [name for name in trace if name in ("aten::lstm", "aten::gru", "aten::conv2d")]
    if len(cudnn) == 1:
        return "cudnn"
    if len(whole) == 1 and not cudnn:
        return "fused"
    return "loop"
