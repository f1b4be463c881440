"""Mistakes in `lstm_step_forward`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.lstm_gates import (
    activation_mistakes,
    order_mistakes,
    pre_activation_mistakes,
)
from solutions.mistakes.lstm_sections import CAROUSEL, FORWARD, UPDATE
from solutions.mistakes.lstm_states import output_mistakes, update_mistakes

EXERCISE = "lstm_step_forward"

MISTAKES: tuple[Mistake, ...] = (
    *order_mistakes(EXERCISE),
    *pre_activation_mistakes(EXERCISE, "sigmoid", "", "np.split(a, 4, axis=1)"),
    *activation_mistakes(EXERCISE, "np", "sigmoid"),
    *update_mistakes(EXERCISE, "np"),
    *output_mistakes(EXERCISE, "np", "sigmoid"),
    *catalogue(
        EXERCISE,
        (
            (
                "pre-activations-clipped",
                (("    a = x @ Wx + h @ Wh + b\n", "    a = (x @ Wx + h @ Wh + b).clip(-8, 8)\n"),),
                "Large pre-activations are clipped, so that no gate quite opens or shuts. Make "
                "σ stable instead; its argument may be as large as it likes.",
                FORWARD,
            ),
            (
                "old-hidden-state-returned",
                (("return h_next, c_next", "return h, c_next"),),
                "The hidden state is returned as it was before the step.",
                FORWARD,
            ),
            (
                "cell-state-returned-twice",
                (("return h_next, c_next", "return c_next, c_next"),),
                "Both results are the cell state; the first should be the hidden state.",
                FORWARD,
            ),
            (
                "hidden-state-returned-twice",
                (("return h_next, c_next", "return h_next, h_next"),),
                "Both results are the hidden state; the second should be the cell state.",
                CAROUSEL,
            ),
            (
                "cell-state-changed-in-place",
                (("c_next = f * c + i * g", "c *= f\n    c += i * g\n    c_next = c"),),
                "The values are right, but the array c that was passed in is overwritten, and a "
                "caller still needs it. Make a new array.",
                UPDATE,
            ),
            (
                "hidden-state-changed-in-place",
                (("h_next = o * np.tanh(c_next)", "h[...] = o * np.tanh(c_next)\n    h_next = h"),),
                "The values are right, but the array h that was passed in is overwritten, and a "
                "caller still needs it. Make a new array.",
                FORWARD,
            ),
            (
                "bias-changed-in-place",
                (("    a = x", "    H = h.shape[1]\n    b[H : 2 * H] += 1\n    a = x"),),
                "The array b that was passed in is changed: the forget gate's part grows by 1 at "
                "every call. A forget bias is set once, where the weights are made.",
                FORWARD,
            ),
            (
                "single-precision",
                (
                    (
                        "    a = x @ Wx + h @ Wh + b\n",
                        "    a = x @ Wx + h @ Wh + b\n"
                        '    a, c = a.astype("float32"), c.astype("float32")\n',
                    ),
                ),
                "The step is computed in float32 and loses half the digits of its float64 "
                "inputs; look for a cast or for an array made with a dtype of its own.",
                FORWARD,
            ),
        ),
    ),
)
