"""Mistakes in `keras_to_torch_lstm` and `keras_to_torch_gru`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.layers_sections import ACROSS

B = "b = bias[0] if bias else np.zeros(kernel.shape[1], kernel.dtype)"
MADE = "return lstm_to_torch(kernel, recurrent_kernel, b)"
READ = "Wx, Wh, bx, bh = gru_from_keras(weights)"
VALUES = "(Wx.T, Wh.T, bx, bh)"
REFUSAL = (
    "    if len(weights) > 2 and weights[2].ndim == 1:\n"
    '        raise ValueError("a GRU of torch resets after the product; these weights reset '
    'before it")\n'
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue(
        "keras_to_torch_lstm",
        (
            (
                "bias-lost",
                ((B, "b = np.zeros(kernel.shape[1], kernel.dtype)"),),
                "The bias is not copied.",
                ACROSS,
            ),
            (
                "bias-twice",
                ((MADE, "return lstm_to_torch(kernel, recurrent_kernel, 2 * b)"),),
                "The bias counts twice: torch has two and adds them, Keras has one.",
                ACROSS,
            ),
            (
                "no-bias-not-handled",
                ((B, "b = bias[0]"),),
                "A layer with use_bias=False has two arrays and no bias; zeros take its place.",
                ACROSS,
            ),
            (
                "gates-reordered",
                (
                    (
                        MADE,
                        "i, f, g, o = np.split(np.arange(kernel.shape[1]), 4)\n"
                        "    order = np.r_[i, f, o, g]\n"
                        "    return lstm_to_torch(\n"
                        "        kernel[:, order], recurrent_kernel[:, order], b[order]\n"
                        "    )",
                    ),
                ),
                "The candidate and the output gate are exchanged. Keras' order i, f, c, o is "
                "that of torch; c is only another name for g.",
                ACROSS,
            ),
            (
                "forget-bias-added",
                (
                    (
                        MADE,
                        "H = recurrent_kernel.shape[0]\n"
                        "    b = b + np.repeat([0, 1, 0, 0], H).astype(b.dtype)\n"
                        f"    {MADE}",
                    ),
                ),
                "The bias of the forget gate grows by 1. What unit_forget_bias adds is in the "
                "bias that get_weights() gives.",
                ACROSS,
            ),
            (
                "time-first",
                (
                    (
                        MADE,
                        "layer = lstm_to_torch(kernel, recurrent_kernel, b)\n"
                        "    layer.batch_first = False\n"
                        "    return layer",
                    ),
                ),
                "The layer reads the first axis as time; Keras, like the course, has the batch "
                "first.",
                ACROSS,
            ),
        ),
    ),
    *catalogue(
        "keras_to_torch_gru",
        (
            (
                "gates-not-exchanged",
                (
                    (
                        READ,
                        "Wx, Wh, *b = weights\n"
                        "    bx, bh = b[0] if b else np.zeros((2, Wx.shape[1]), Wx.dtype)",
                    ),
                ),
                "The gates stay in Keras' order, z, r, h. torch has r first, then z.",
                ACROSS,
            ),
            (
                "gates-exchanged-twice",
                (
                    (
                        READ,
                        f"{READ}\n"
                        "    H = Wh.shape[0]\n"
                        "    order = np.r_[H : 2 * H, 0:H, 2 * H : 3 * H]\n"
                        "    Wx, Wh = Wx[:, order], Wh[:, order]",
                    ),
                ),
                "The gates of the matrices are exchanged twice, which undoes it; those of the "
                "biases once.",
                ACROSS,
            ),
            (
                "rows-of-the-bias-exchanged",
                ((VALUES, "(Wx.T, Wh.T, bh, bx)"),),
                "The two rows of the bias are exchanged: the first belongs to the input, in Keras "
                "and in torch.",
                ACROSS,
            ),
            (
                "rows-of-the-bias-added",
                ((VALUES, "(Wx.T, Wh.T, bx + bh, 0 * bh)"),),
                "The two rows of the bias are added. In the candidate the reset gate acts on the "
                "second alone, so that the two have to stay apart.",
                ACROSS,
            ),
            (
                "bias-of-the-hidden-state-lost",
                ((VALUES, "(Wx.T, Wh.T, bx, 0 * bh)"),),
                "The second row of the bias, that of the hidden state, is lost.",
                ACROSS,
            ),
            (
                "reset-before-accepted",
                ((REFUSAL, ""),),
                "A layer that resets before the product is converted without a word, and computes "
                "something else in torch. Raise a ValueError.",
                ACROSS,
            ),
            (
                "time-first",
                ((", batch_first=True", ""),),
                "The layer reads the first axis as time; Keras, like the course, has the batch "
                "first.",
                ACROSS,
            ),
        ),
    ),
)
