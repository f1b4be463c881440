"""Mistakes in `lstm_from_torch`, `lstm_to_torch`, `gru_from_keras` and `gru_to_keras`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.layers_sections import KERAS, TORCH

WX, WH = "Wx = weights[0].T.copy()", "Wh = weights[1].T.copy()"
SUM = "weights[2] + weights[3] if layer.bias"
READ = "return Wx, Wh, b"

FROM_TORCH = catalogue(
    "lstm_from_torch",
    (
        (
            "not-transposed",
            ((WX, "Wx = weights[0].copy()"), (WH, "Wh = weights[1].copy()")),
            "The matrices are taken as torch keeps them, a row a gate's unit. The course has a "
            "column for it: transpose them.",
            TORCH,
        ),
        (
            "reshaped",
            (
                (WX, "Wx = weights[0].reshape(weights[0].shape[::-1]).copy()"),
                (WH, "Wh = weights[1].reshape(weights[1].shape[::-1]).copy()"),
            ),
            "The matrices are reshaped, which moves no axis. Transpose them.",
            TORCH,
        ),
        (
            "bias-of-the-hidden-state-lost",
            ((SUM, "weights[2].copy() if layer.bias"),),
            "The second bias, bias_hh, is lost. torch adds both, so that ours is their sum.",
            TORCH,
        ),
        (
            "bias-of-the-input-lost",
            ((SUM, "weights[3].copy() if layer.bias"),),
            "The first bias, bias_ih, is lost. torch adds both, so that ours is their sum.",
            TORCH,
        ),
        (
            "biases-averaged",
            ((SUM, "(weights[2] + weights[3]) / 2 if layer.bias"),),
            "The bias is the mean of torch's two; they are added in every gate.",
            TORCH,
        ),
        (
            "no-bias-not-handled",
            ((f"b = {SUM} else np.zeros(Wx.shape[1], Wx.dtype)", "b = weights[2] + weights[3]"),),
            "A layer with bias=False has two matrices and no bias; zeros take its place.",
            TORCH,
        ),
        (
            "gates-reordered",
            (
                (
                    READ,
                    "i, f, g, o = np.split(np.arange(Wx.shape[1]), 4)\n"
                    "    order = np.r_[i, f, o, g]\n"
                    "    return Wx[:, order], Wh[:, order], b[order]",
                ),
            ),
            "The gates g and o are exchanged. torch has the order of the course already: "
            "i, f, g, o.",
            TORCH,
        ),
        (
            "memory-shared",
            ((WX, "Wx = weights[0].T"), (WH, "Wh = weights[1].T")),
            "The matrices are views of the layer's own memory, so that training the layer changes "
            "them later. Copy them.",
            TORCH,
        ),
    ),
)

VALUES = "values = (Wx.T, Wh.T, b, np.zeros_like(b))"
TO_TORCH = catalogue(
    "lstm_to_torch",
    (
        (
            "bias-twice",
            ((VALUES, "values = (Wx.T, Wh.T, b, b)"),),
            "The bias is copied into both biases of torch, which adds them: it counts twice.",
            TORCH,
        ),
        (
            "bias-lost",
            ((VALUES, "values = (Wx.T, Wh.T, np.zeros_like(b), np.zeros_like(b))"),),
            "The bias is not copied.",
            TORCH,
        ),
        (
            "not-batch-first",
            (("batch_first=True, dtype", "dtype"),),
            "The layer reads the first axis as time. Without batch_first=True the sequences of a "
            "batch are taken for steps.",
            TORCH,
        ),
        (
            "gates-reordered",
            (
                (
                    VALUES,
                    "i, f, g, o = np.split(np.arange(4 * H), 4)\n"
                    "    order = np.r_[i, f, o, g]\n"
                    "    values = (Wx.T[order], Wh.T[order], b[order], np.zeros_like(b))",
                ),
            ),
            "The gates g and o are exchanged. torch has the order of the course already: "
            "i, f, g, o.",
            TORCH,
        ),
        (
            "reshaped",
            ((VALUES, "values = (Wx.reshape(4 * H, D), Wh.reshape(4 * H, H), b, b * 0)"),),
            "The matrices are reshaped, which moves no axis. Transpose them.",
            TORCH,
        ),
        (
            "forget-bias-added",
            (
                (
                    VALUES,
                    "ones = np.repeat([0, 1, 0, 0], H).astype(b.dtype)\n"
                    "    values = (Wx.T, Wh.T, b + ones, np.zeros_like(b))",
                ),
            ),
            "The bias of the forget gate grows by 1. A forget bias is set once, where the weights "
            "are made; what is converted has it already.",
            TORCH,
        ),
    ),
)

ORDER = "order = np.r_[H : 2 * H, 0:H, 2 * H : 3 * H]"
RETURN = "return kernel[:, order], recurrent_kernel[:, order], bx, bh"
ROWS = "bx, bh = rows[:, order]"
FROM_KERAS = catalogue(
    "gru_from_keras",
    (
        (
            "gates-not-exchanged",
            ((ORDER, "order = np.arange(3 * H)"),),
            "The gates stay in Keras' order, z, r, h. The course has r first, then z.",
            KERAS,
        ),
        (
            "gates-rotated",
            ((ORDER, "order = np.r_[H : 2 * H, 2 * H : 3 * H, 0:H]"),),
            "The gates come out as r, n, z. Only z and r change places; the candidate stays last.",
            KERAS,
        ),
        (
            "biases-not-exchanged",
            ((ROWS, "bx, bh = rows"),),
            "The gates are exchanged in the matrices and not in the biases.",
            KERAS,
        ),
        (
            "only-the-kernel-exchanged",
            ((RETURN, "return kernel[:, order], recurrent_kernel, bx, bh"),),
            "The gates of the recurrent kernel are not exchanged.",
            KERAS,
        ),
        (
            "rows-of-the-bias-exchanged",
            ((ROWS, "bh, bx = rows[:, order]"),),
            "The two rows of the bias are exchanged: the first belongs to the input.",
            KERAS,
        ),
        (
            "rows-of-the-bias-added",
            ((ROWS, "bx, bh = rows.sum(axis=0)[order], rows[0] * 0"),),
            "The two rows of the bias are added. In the candidate the reset gate acts on the "
            "second alone, so that the two have to stay apart.",
            KERAS,
        ),
        (
            "one-row-for-the-hidden-state",
            (("rows[0] = bias[0]", "rows[1] = bias[0]"),),
            "The single bias of a layer with reset_after=False belongs to the input: Keras adds "
            "it to x·Wx.",
            KERAS,
        ),
        (
            "one-row-for-both",
            (("rows[0] = bias[0]", "rows[:] = bias[0]"),),
            "The single bias of a layer with reset_after=False is used for the input and for the "
            "hidden state, and counts twice.",
            KERAS,
        ),
        (
            "no-bias-not-handled",
            (("if bias and bias[0]", "if bias[0]"),),
            "A layer with use_bias=False has two arrays and no bias; zeros take its place.",
            KERAS,
        ),
        (
            "weights-changed-in-place",
            ((RETURN, f"kernel[:] = kernel[:, order]\n    {RETURN.replace('[:, order]', '', 1)}"),),
            "The kernel that was passed in is reordered in place, and the layer it came from "
            "may still need it. Make a new array.",
            KERAS,
        ),
    ),
)

BIAS = "bias = np.stack([bx, bh]) if reset_after else bx + bh"
LIST = "return [Wx[:, order], Wh[:, order], bias[..., order]]"
TO_KERAS = catalogue(
    "gru_to_keras",
    (
        (
            "gates-not-exchanged",
            ((ORDER, "order = np.arange(3 * H)"),),
            "The gates stay in the course's order, r, z, n. Keras has z first, then r.",
            KERAS,
        ),
        (
            "biases-not-exchanged",
            ((LIST, LIST.replace("bias[..., order]", "bias")),),
            "The gates are exchanged in the matrices and not in the biases.",
            KERAS,
        ),
        (
            "rows-of-the-bias-exchanged",
            ((BIAS, BIAS.replace("[bx, bh]", "[bh, bx]")),),
            "The two rows of the bias are exchanged: the first belongs to the input.",
            KERAS,
        ),
        (
            "two-rows-always",
            ((BIAS, "bias = np.stack([bx, bh])"),),
            "A layer with reset_after=False has a single bias (3H,), the sum of ours.",
            KERAS,
        ),
        (
            "one-row-always",
            ((BIAS, "bias = bx + bh"),),
            "A layer with reset_after=True has two rows of biases, (2, 3H). In the candidate the "
            "reset gate acts on the second alone.",
            KERAS,
        ),
        (
            "hidden-bias-lost",
            ((BIAS, BIAS.replace("bx + bh", "bx")),),
            "With reset_after=False the bias of the hidden state is lost; it is added like the "
            "other one.",
            KERAS,
        ),
        (
            "transposed",
            ((LIST, LIST.replace("Wx[:, order], Wh[:, order]", "Wx[:, order].T, Wh[:, order].T")),),
            "The matrices are transposed. Keras keeps them as the course does, (D, 3H) and "
            "(H, 3H); it is torch that transposes.",
            KERAS,
        ),
    ),
)

MISTAKES: tuple[Mistake, ...] = (*FROM_TORCH, *TO_TORCH, *FROM_KERAS, *TO_KERAS)
