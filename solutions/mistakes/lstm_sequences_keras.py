"""Mistakes in `KerasLSTMCell`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.lstm_gates import (
    activation_mistakes,
    order_mistakes,
    pre_activation_mistakes,
)
from solutions.mistakes.lstm_sections import PACKED
from solutions.mistakes.lstm_sequences_sections import KERAS
from solutions.mistakes.lstm_states import output_mistakes, update_mistakes

EXERCISE = "KerasLSTMCell"
SPLIT = "keras.ops.split(a, 4, axis=1)"
RETURN = "return h_next, [h_next, c_next]"
WX = 'self.Wx = self.add_weight(shape=(D, 4 * H), initializer="glorot_uniform", name="Wx")'
WH = 'self.Wh = self.add_weight(shape=(H, 4 * H), initializer="orthogonal", name="Wh")'
B = 'self.b = self.add_weight(shape=(4 * H,), initializer="zeros", name="b")'
BOTH = "{}\n        {}"
ARRAYS = frozenset(
    {
        "hard-sigmoid",
        "relu-candidate",
        "input-weights-transposed",
        "input-weights-reshaped",
        "hidden-weights-reshaped",
        "cell-state-returned-squashed",
        "old-cell-state-returned",
        "results-exchanged",
    }
)
"""Mistakes whose edits use what tensors of Keras do not have, or another return."""

OWN = (
    (
        "state-size-of-a-gru",
        (("self.state_size = [units, units]", "self.state_size = units"),),
        "The cell announces one state; an LSTM has two, [units, units].",
        KERAS,
    ),
    (
        "state-size-missing",
        (("self.state_size = [units, units]", "self.sizes = [units, units]"),),
        "The cell has no state_size, so that keras.layers.RNN cannot make its first states.",
        KERAS,
    ),
    (
        "states-read-in-exchanged-order",
        (("h, c = states", "c, h = states"),),
        "The states are read as [c, h]; they are [h, c].",
        KERAS,
    ),
    (
        "states-exchanged-throughout",
        (("h, c = states", "c, h = states"), (RETURN, "return h_next, [c_next, h_next]")),
        "The states are read and returned as [c, h]; they are [h, c].",
        KERAS,
    ),
    (
        "states-returned-in-exchanged-order",
        ((RETURN, "return h_next, [c_next, h_next]"),),
        "The new states are returned as [c, h]; they are [h, c].",
        KERAS,
    ),
    (
        "states-missing",
        ((RETURN, "return h_next"),),
        "The new states are not returned beside the output.",
        KERAS,
    ),
    (
        "one-state-returned",
        ((RETURN, "return h_next, [c_next]"),),
        "One state is returned beside the output; the output is a state as well, and stands in "
        "the list again.",
        KERAS,
    ),
    (
        "old-states-returned",
        ((RETURN, "return h_next, [h, c]"),),
        "The output is right, but the states that are handed on are the old ones.",
        KERAS,
    ),
    (
        "old-cell-state-returned",
        ((RETURN, "return h_next, [h_next, c]"),),
        "The cell state is returned as it was before the step.",
        KERAS,
    ),
    (
        "hidden-state-returned-twice",
        ((RETURN, "return h_next, [h_next, h_next]"),),
        "Both states are the hidden state; the second is the cell state.",
        KERAS,
    ),
    (
        "cell-state-as-output",
        ((RETURN, "return c_next, [h_next, c_next]"),),
        "The output is the cell state; what a step shows is its hidden state.",
        KERAS,
    ),
    (
        "relu-candidate",
        (("keras.ops.tanh(a_g)", "keras.ops.relu(a_g)"),),
        "The candidate is cut off at 0 as by a ReLU; it should go from −1 to 1.",
        KERAS,
    ),
    (
        "hard-sigmoid",
        tuple(
            (f"keras.ops.sigmoid(a_{k})", f"keras.ops.hard_sigmoid(a_{k})") for k in ("i", "f", "o")
        ),
        "The gates use a hard sigmoid, as Keras once did by default. The logistic function is "
        "meant.",
        KERAS,
    ),
    (
        "weights-in-another-order",
        ((BOTH.format(WX, WH), BOTH.format(WH, WX)),),
        "Wh is made before Wx, so that get_weights() has them in exchanged order.",
        KERAS,
    ),
    (
        "bias-not-a-weight",
        ((B, "self.b = keras.ops.zeros(4 * H)"),),
        "b is a plain tensor: the layer does not know it, and no optimiser finds it.",
        KERAS,
    ),
    (
        "bias-frozen",
        ((B, B.replace('name="b"', 'name="b", trainable=False')),),
        "b is not trainable.",
        KERAS,
    ),
    (
        "two-biases",
        (
            (B, f'{B}\n        self.bh = self.add_weight(shape=(4 * H,), name="bh")'),
            ("self.Wh + self.b\n", "self.Wh + self.b + self.bh\n"),
        ),
        "There are two biases, as in torch's own cell; the course has one.",
        KERAS,
    ),
    (
        "weights-transposed",
        (
            (WX, WX.replace("(D, 4 * H)", "(4 * H, D)")),
            ("x @ self.Wx", "x @ keras.ops.transpose(self.Wx)"),
        ),
        "Wx is stored transposed, as torch has it; the course stores (D, 4H).",
        PACKED,
    ),
    (
        "sizes-exchanged",
        (("D = input_shape[-1]", "D = input_shape[0]"),),
        "The number of inputs is read from the axis of the batch; it is the last axis.",
        KERAS,
    ),
    (
        "computed-in-half-precision",
        (("x = inputs\n", 'x = keras.ops.cast(keras.ops.cast(inputs, "float16"), "float32")\n'),),
        "The inputs lose digits: they are cast to float16 on the way.",
        KERAS,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *(
        mistake
        for mistake in (
            *order_mistakes(EXERCISE),
            *pre_activation_mistakes(EXERCISE, "keras.ops.sigmoid", "self.", SPLIT),
            *activation_mistakes(EXERCISE, "keras.ops", "keras.ops.sigmoid"),
            *update_mistakes(EXERCISE, "keras.ops"),
            *output_mistakes(EXERCISE, "keras.ops", "keras.ops.sigmoid"),
        )
        if mistake.name not in ARRAYS
    ),
    *catalogue(EXERCISE, OWN),
)
