"""Mistakes in `rnn_step_backward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import THROUGH_TIME

DERIVATIVE = "da = dh_next * (1 - h_next**2)"
RETURN = "return dx, dh, dWx, dWh, db"


def derivative(new: str) -> Edits:
    """The gradient of the pre-activation replaced."""
    return ((DERIVATIVE, f"da = {new}"),)


CHAIN_RULE = (
    (
        "derivative-missing",
        derivative("dh_next"),
        "The derivative of the tanh is missing: the gradient of the state stands where that of "
        "the pre-activation belongs.",
    ),
    (
        "derivative-not-squared",
        derivative("dh_next * (1 - h_next)"),
        "The derivative of the tanh is wrong: something in it should be squared.",
    ),
    (
        "derivative-of-the-old-state",
        derivative("dh_next * (1 - h**2)"),
        "The derivative of the tanh is taken from the state before the step; it is written in "
        "terms of the result of the step.",
    ),
    (
        "derivative-of-the-tanh-again",
        derivative("dh_next * (1 - np.tanh(h_next) ** 2)"),
        "A tanh is taken of the state, which has been through it already: its derivative is "
        "written in terms of the result.",
    ),
    (
        "derivative-of-a-sigmoid",
        derivative("dh_next * h_next * (1 - h_next)"),
        "The state is differentiated as if it came from a sigmoid.",
    ),
    (
        "derivative-with-a-plus",
        derivative("dh_next * (1 + h_next**2)"),
        "The derivative of the tanh is wrong: it is never more than 1.",
    ),
    (
        "derivative-divided",
        derivative("dh_next / (1 - h_next**2)"),
        "The gradient is divided by the derivative of the tanh; it is multiplied by it.",
    ),
    (
        "dx-with-reshaped-weights",
        (("dx = da @ Wx.T", "dx = da @ Wx.reshape(Wx.shape[::-1])"),),
        "dx has the right shape from a Wx whose entries are out of place: a reshape is not a "
        "transpose.",
    ),
    (
        "dx-through-wh",
        (("dx = da @ Wx.T", "dx = da @ Wh.T"),),
        "dx is made with the weights of the hidden state. Where D = H the shapes do not show it.",
    ),
    (
        "dh-through-wx",
        (("dh = da @ Wh.T", "dh = da @ Wx.T"),),
        "dh is made with the weights of the input. Where D = H the shapes do not show it.",
    ),
    (
        "dh-without-transposing",
        (("dh = da @ Wh.T", "dh = da @ Wh"),),
        "dh is made with Wh as it is. Wh is square, so that the shapes do not show it: the way "
        "back goes through the transpose.",
    ),
    (
        "nothing-transposed",
        (("dx = da @ Wx.T", "dx = da @ Wx"), ("dh = da @ Wh.T", "dh = da @ Wh")),
        "dx and dh are made with the weights as they are; the way back goes through their "
        "transposes.",
    ),
    (
        "dh-contains-dh-next",
        (("dh = da @ Wh.T", "dh = da @ Wh.T + dh_next"),),
        "dh contains dh_next itself. The old state reaches the new one only through Wh and the "
        "tanh.",
    ),
    (
        "dh-past-the-tanh",
        (("dh = da @ Wh.T", "dh = dh_next @ Wh.T"),),
        "dh lacks the derivative of the tanh; dx has it.",
    ),
    (
        "dh-cut-off",
        (("dh = da @ Wh.T", "dh = np.zeros_like(h)"),),
        "dh is zero: no gradient passes to the state before the step.",
    ),
    (
        "dwx-transposed",
        (("dWx = x.T @ da", "dWx = da.T @ x"),),
        "dWx is transposed; it has the shape of Wx.",
    ),
    (
        "dwh-transposed",
        (("dWh = h.T @ da", "dWh = da.T @ h"),),
        "dWh is transposed. It is square, so that the shapes do not show it.",
    ),
    (
        "dwh-from-the-new-state",
        (("dWh = h.T @ da", "dWh = h_next.T @ da"),),
        "dWh is made with the state after the step; Wh multiplied the one before it. The cache "
        "may hold the wrong one, or have been overwritten.",
    ),
    (
        "dwh-from-the-input",
        (("dWh = h.T @ da", "dWh = x.T @ da"),),
        "dWh is made with the input x; Wh multiplied the state.",
    ),
    (
        "dwx-from-the-state",
        (("dWx = x.T @ da", "dWx = h.T @ da"),),
        "dWx is made with the state; Wx multiplied the input.",
    ),
    (
        "db-averaged",
        (("db = da.sum(axis=0)", "db = da.mean(axis=0)"),),
        "db is a mean over the batch, too small by the factor N; the loss says whether to "
        "average, the step sums.",
    ),
    (
        "weight-gradients-averaged",
        (("x.T @ da", "x.T @ da / len(x)"), ("h.T @ da", "h.T @ da / len(x)")),
        "dWx and dWh are means over the batch, too small by the factor N; the loss says whether "
        "to average, the step sums.",
    ),
    (
        "parameter-gradients-averaged",
        (
            ("x.T @ da", "x.T @ da / len(x)"),
            ("h.T @ da", "h.T @ da / len(x)"),
            ("db = da.sum(axis=0)", "db = da.mean(axis=0)"),
        ),
        "dWx, dWh and db are means over the batch, too small by the factor N; the loss says "
        "whether to average, the step sums.",
    ),
    (
        "all-gradients-averaged",
        derivative("dh_next * (1 - h_next**2) / len(x)"),
        "All gradients are too small by the factor N: that of the pre-activation is divided by "
        "the size of the batch. The step sums.",
    ),
    (
        "db-not-summed",
        (("db = da.sum(axis=0)", "db = da"),),
        "db has one row a sample; the bias is shared by the batch.",
    ),
    (
        "db-keeps-the-batch-axis",
        (("db = da.sum(axis=0)", "db = da.sum(axis=0, keepdims=True)"),),
        "db has an axis of length 1 too many; it has the shape of b.",
    ),
    (
        "db-summed-over-the-units",
        (("db = da.sum(axis=0)", "db = da.sum(axis=1)"),),
        "db is summed over the units; the bias is shared by the batch.",
    ),
    (
        "db-of-the-first-sample",
        (("db = da.sum(axis=0)", "db = da[0]"),),
        "db is the gradient of the first sample alone.",
    ),
    (
        "db-of-the-last-sample",
        (("db = da.sum(axis=0)", "db = da[-1]"),),
        "db is the gradient of the last sample alone, as when a loop overwrites it instead of "
        "adding.",
    ),
    (
        "dx-and-dh-exchanged",
        ((RETURN, "return dh, dx, dWx, dWh, db"),),
        "dx and dh are returned in exchanged order.",
    ),
    (
        "weight-gradients-exchanged",
        ((RETURN, "return dx, dh, dWh, dWx, db"),),
        "dWx and dWh are returned in exchanged order.",
    ),
    (
        "dh-next-changed-in-place",
        ((DERIVATIVE, "dh_next *= 1 - h_next**2\n    da = dh_next"),),
        "The values are right, but the array dh_next that was passed in is overwritten, and a "
        "caller still needs it. Make a new array.",
    ),
    (
        "cache-changed",
        ((DERIVATIVE, "h_next *= h_next\n    da = dh_next * (1 - h_next)"),),
        "The first call is right, and a second call with the same cache is not: an array in the "
        "cache is overwritten. Make a new one.",
    ),
)

MISTAKES: tuple[Mistake, ...] = catalogue(
    "rnn_step_backward", ((*row, THROUGH_TIME) for row in CHAIN_RULE)
)
