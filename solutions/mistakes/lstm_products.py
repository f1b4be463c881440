"""Mistakes of `lstm_step_backward` on the way from the pre-activations to inputs and weights."""

from __future__ import annotations

from solutions.mistakes.lstm_sections import BACKWARD

PRODUCTS = (
    (
        "dx-without-transposing",
        (("dx = da @ Wx.T", "dx = da @ Wx"),),
        "dx is made with Wx as it is. Look at the shapes of da, Wx and dx.",
        BACKWARD,
    ),
    (
        "dx-with-reshaped-weights",
        (("dx = da @ Wx.T", "dx = da @ Wx.reshape(Wx.shape[::-1])"),),
        "dx has the right shape from a Wx whose entries are out of place: a reshape is not a "
        "transpose.",
        BACKWARD,
    ),
    (
        "dh-with-reshaped-weights",
        (("dh = da @ Wh.T", "dh = da @ Wh.reshape(Wh.shape[::-1])"),),
        "dh has the right shape from a Wh whose entries are out of place: a reshape is not a "
        "transpose.",
        BACKWARD,
    ),
    (
        "dx-through-wh",
        (("dx = da @ Wx.T", "dx = da @ Wh.T"),),
        "dx is made with the weights of the hidden state. Where D = H the shapes do not show it.",
        BACKWARD,
    ),
    (
        "dh-through-wx",
        (("dh = da @ Wh.T", "dh = da @ Wx.T"),),
        "dh is made with the weights of the input. Where D = H the shapes do not show it.",
        BACKWARD,
    ),
    (
        "dh-contains-dh-next",
        (("dh = da @ Wh.T", "dh = da @ Wh.T + dh_next"),),
        "dh contains dh_next itself. The old hidden state reaches the new one only through the "
        "gates.",
        BACKWARD,
    ),
    (
        "dh-cut-off",
        (("dh = da @ Wh.T", "dh = np.zeros_like(h)"),),
        "dh is zero: no gradient passes to the hidden state before the step. The training of "
        "1997 cut it off there; here the gradient is whole.",
        BACKWARD,
    ),
    (
        "dwx-transposed",
        (("dWx = x.T @ da", "dWx = da.T @ x"),),
        "dWx is transposed; it has the shape of Wx.",
        BACKWARD,
    ),
    (
        "dwh-transposed",
        (("dWh = h.T @ da", "dWh = da.T @ h"),),
        "dWh is transposed; it has the shape of Wh.",
        BACKWARD,
    ),
    (
        "dwh-from-the-new-hidden-state",
        (("dWh = h.T @ da", "dWh = (o * tanh_c).T @ da"),),
        "dWh is made with the hidden state after the step; Wh multiplied the one before it. The "
        "cache may hold the wrong one, or have been overwritten.",
        BACKWARD,
    ),
    (
        "dwh-from-the-cell-state",
        (("dWh = h.T @ da", "dWh = c.T @ da"),),
        "dWh is made with the cell state; Wh multiplied the hidden state.",
        BACKWARD,
    ),
    (
        "dwh-from-the-input",
        (("dWh = h.T @ da", "dWh = x.T @ da"),),
        "dWh is made with the input x; Wh multiplied the hidden state.",
        BACKWARD,
    ),
    (
        "dwx-from-the-hidden-state",
        (("dWx = x.T @ da", "dWx = h.T @ da"),),
        "dWx is made with the hidden state; Wx multiplied the input.",
        BACKWARD,
    ),
    (
        "db-averaged",
        (("db = da.sum(axis=0)", "db = da.mean(axis=0)"),),
        "db is a mean over the batch, too small by the factor N; the loss says whether to "
        "average, the step sums.",
        BACKWARD,
    ),
    (
        "weight-gradients-averaged",
        (("dWx = x.T @ da", "dWx = x.T @ da / len(x)"), ("h.T @ da", "h.T @ da / len(x)")),
        "dWx and dWh are means over the batch, too small by the factor N; the loss says whether "
        "to average, the step sums.",
        BACKWARD,
    ),
    (
        "parameter-gradients-averaged",
        (
            ("dWx = x.T @ da", "dWx = x.T @ da / len(x)"),
            ("h.T @ da", "h.T @ da / len(x)"),
            ("db = da.sum(axis=0)", "db = da.mean(axis=0)"),
        ),
        "dWx, dWh and db are means over the batch, too small by the factor N; the loss says "
        "whether to average, the step sums.",
        BACKWARD,
    ),
    (
        "pre-activation-gradients-averaged",
        (("da_o], axis=1)", "da_o], axis=1) / len(x)"),),
        "All gradients but dc are too small by the factor N: the gradient of the "
        "pre-activations is divided by the size of the batch. The step sums.",
        BACKWARD,
    ),
    (
        "db-not-summed",
        (("db = da.sum(axis=0)", "db = da"),),
        "db has one row a sample; the bias is shared by the batch.",
        BACKWARD,
    ),
    (
        "db-keeps-the-batch-axis",
        (("db = da.sum(axis=0)", "db = da.sum(axis=0, keepdims=True)"),),
        "db has an axis of length 1 too many; it has the shape of b.",
        BACKWARD,
    ),
    (
        "db-summed-over-the-gates",
        (("db = da.sum(axis=0)", "db = da.sum(axis=1)"),),
        "db is summed over the gates; the bias is shared by the batch.",
        BACKWARD,
    ),
    (
        "db-of-the-first-sample",
        (("db = da.sum(axis=0)", "db = da[0]"),),
        "db is the gradient of the first sample alone.",
        BACKWARD,
    ),
    (
        "db-of-the-last-sample",
        (("db = da.sum(axis=0)", "db = da[-1]"),),
        "db is the gradient of the last sample alone, as when a loop overwrites it instead of "
        "adding.",
        BACKWARD,
    ),
    (
        "db-doubled",
        (("db = da.sum(axis=0)", "db = 2 * da.sum(axis=0)"),),
        "db is twice too large; the bias enters the pre-activations once.",
        BACKWARD,
    ),
)
