"""Mistakes in `rnn_step_forward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import SHARED, STEP

SUM = "x @ Wx + h @ Wh + b"
NEXT = f"h_next = np.tanh({SUM})"
CACHE = "cache = (x, h, Wx, Wh, h_next)"


def state(new: str) -> Edits:
    """The next state replaced."""
    return ((NEXT, f"h_next = {new}"),)


def summed(new: str) -> Edits:
    """The pre-activation replaced."""
    return state(f"np.tanh({new})")


FORWARD = (
    ("bias-missing", summed("x @ Wx + h @ Wh"), "The bias is not added."),
    ("bias-subtracted", summed("x @ Wx + h @ Wh - b"), "The bias is subtracted; it is added."),
    (
        "bias-twice",
        summed("x @ Wx + b + h @ Wh + b"),
        "The bias is added twice, once with each product. One bias serves both.",
    ),
    (
        "bias-outside-the-tanh",
        state("np.tanh(x @ Wx + h @ Wh) + b"),
        "The bias is added after the tanh, so that the state can leave −1 to 1.",
    ),
    (
        "no-activation",
        state(SUM),
        "The state is the bare sum: the tanh is missing, and the state can grow without bound.",
    ),
    (
        "relu",
        state(f"np.maximum({SUM}, 0)"),
        "The activation is a rectifier; negative states are lost, and large ones grow. It is a "
        "tanh here.",
    ),
    (
        "sigmoid",
        state(f"0.5 + 0.5 * np.tanh(0.5 * ({SUM}))"),
        "The activation is a sigmoid, between 0 and 1; a tanh, between −1 and 1, is meant.",
    ),
    (
        "activation-twice",
        state(f"np.tanh(np.tanh({SUM}))"),
        "The tanh is taken twice.",
    ),
    (
        "activation-for-each-product",
        state("np.tanh(x @ Wx + b) + np.tanh(h @ Wh)"),
        "Each product goes through a tanh of its own, so that the state can leave −1 to 1. They "
        "are added first.",
    ),
    (
        "tanh-of-exponentials",
        (
            (
                NEXT,
                f"a = {SUM}\n    h_next = (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))",
            ),
        ),
        "It is nan for large pre-activations: the exponentials overflow. NumPy has a tanh that "
        "does not.",
    ),
    (
        "pre-activations-clipped",
        summed(f"({SUM}).clip(-8, 8)"),
        "Large pre-activations are clipped, so that no unit quite saturates. The argument of the "
        "tanh may be as large as it likes.",
    ),
    (
        "hidden-state-ignored",
        summed("x @ Wx + b"),
        "The state before the step is not used: the network knows nothing of the past.",
    ),
    (
        "input-ignored",
        summed("h @ Wh + b"),
        "The input is not used: the network is deaf.",
    ),
    (
        "wh-transposed",
        summed("x @ Wx + h @ Wh.T + b"),
        "Wh is transposed. It is square, so that the shapes do not show it: states are rows and "
        "stand on the left.",
    ),
    (
        "both-transposed",
        summed("x @ Wx.T + h @ Wh.T + b"),
        "Both weight matrices are transposed, as torch stores them. The course has samples in "
        "rows and weights on the right.",
    ),
    (
        "weights-exchanged",
        summed("x @ Wh + h @ Wx + b"),
        "The weights are exchanged: Wx is for the input, Wh for the state.",
    ),
    (
        "products-multiplied",
        summed("(x @ Wx) * (h @ Wh) + b"),
        "The two products are multiplied with one another; they are added.",
    ),
    (
        "products-subtracted",
        summed("x @ Wx - h @ Wh + b"),
        "The product with the state has the wrong sign.",
    ),
    (
        "old-state-added",
        state(f"h + np.tanh({SUM})"),
        "The old state is added to the new one. That is a residual connection; here the state is "
        "written anew at every step.",
    ),
    (
        "old-state-averaged-in",
        state(f"0.5 * h + 0.5 * np.tanh({SUM})"),
        "The new state is averaged with the old one. Here it is written anew at every step.",
    ),
    (
        "old-state-returned",
        (("return h_next, cache", "return h, cache"),),
        "The state is returned as it was before the step.",
    ),
    (
        "rows-averaged",
        summed("x @ Wx + h.mean(axis=0) @ Wh + b"),
        "The rows of the batch are mixed: each sees the mean of all states in place of its own.",
    ),
    (
        "hidden-state-changed-in-place",
        ((CACHE, "cache = (x, h.copy(), Wx, Wh, h_next)\n    h[...] = h_next"),),
        "The values are right, but the array h that was passed in is overwritten, and a caller "
        "still needs it. Make a new array.",
    ),
    (
        "bias-changed-in-place",
        ((NEXT, f"b += 1\n    {NEXT}"),),
        "The array b that was passed in is changed, and grows at every call.",
    ),
    (
        "single-precision",
        summed(f'({SUM}).astype("float32")'),
        "The step is computed in float32 and loses half the digits of its float64 inputs.",
    ),
)

WITHOUT_THE_PAST = ("hidden-state-ignored", "old-state-returned", "rows-averaged")

MISTAKES: tuple[Mistake, ...] = catalogue(
    "rnn_step_forward",
    ((*row, SHARED if row[0] in WITHOUT_THE_PAST else STEP) for row in FORWARD),
)
