"""Mistakes in `gru_step_forward`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.gru_gates import (
    MIXED,
    Dialect,
    activation_mistakes,
    order_mistakes,
    product_mistakes,
    reset_mistakes,
    update_mistakes,
)
from solutions.mistakes.gru_sections import PACKED, STEP

NUMPY = Dialect("gru_step_forward", "np", "sigmoid")

OWN = (
    (
        "gates-interleaved",
        (
            ("np.split(x @ Wx + bx, 3, axis=1)", "((x @ Wx + bx)[:, k::3] for k in range(3))"),
            ("np.split(Wh, 3, axis=1)", "(Wh[:, k::3] for k in range(3))"),
            ("np.split(bh, 3)", "(bh[k::3] for k in range(3))"),
        ),
        "The three parts of a unit are taken from neighbouring columns. In the course all units "
        "of a part lie side by side, one part after the other.",
        PACKED,
    ),
    (
        "input-weights-transposed",
        (("x @ Wx", "x @ Wx.T"),),
        "Wx is transposed before the product. Its rows are the inputs already.",
        STEP,
    ),
    (
        "weights-exchanged",
        (("x @ Wx", "x @ Wh"), ("np.split(Wh, 3, axis=1)", "np.split(Wx, 3, axis=1)")),
        "Wx and Wh are exchanged. Where D = H the shapes do not show it.",
        STEP,
    ),
    (
        "old-state-returned",
        (("return h_next, cache", "return h, cache"),),
        "The hidden state is returned as it was before the step.",
        STEP,
    ),
    (
        "hidden-state-changed-in-place",
        ((f"h_next = {MIXED}", "h_next = h\n    h_next *= z\n    h_next += (1 - z) * n\n"),),
        "The values are right, but the array h that was passed in is overwritten, and a caller "
        "still needs it. Make a new array.",
        STEP,
    ),
    (
        "single-precision",
        ((MIXED, '((1 - z) * n + z * h).astype("float32")\n'),),
        "The step is computed in float32 and loses half the digits of its float64 inputs; look "
        "for a cast or for an array made with a dtype of its own.",
        STEP,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *order_mistakes(NUMPY),
    *reset_mistakes(NUMPY),
    *update_mistakes(NUMPY),
    *activation_mistakes(NUMPY),
    *product_mistakes(NUMPY),
    *catalogue(NUMPY.exercise, OWN),
)
