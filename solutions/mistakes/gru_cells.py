"""Mistakes in `GRUCell` and `KerasGRUCell`."""

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
from solutions.mistakes.gru_sections import KERAS, PACKED, RESET, TORCH

IN_TORCH = Dialect("GRUCell", "torch", "torch.sigmoid", own="self.")
IN_KERAS = Dialect("KerasGRUCell", "keras.ops", "keras.ops.sigmoid", own="self.", x="inputs")
WX = "self.Wx = torch.nn.Parameter(torch.empty(input_size, 3 * hidden_size))"
WH = "self.Wh = torch.nn.Parameter(torch.empty(hidden_size, 3 * hidden_size))"
BX = "self.bx = torch.nn.Parameter(torch.zeros(3 * hidden_size))"
BH = "self.bh = torch.nn.Parameter(torch.zeros(3 * hidden_size))"
ZEROS = "x.new_zeros(x.shape[0], self.Wh.shape[0])"
PRODUCT = "x @ self.Wx + self.bx"

FLAG = "self.reset_after = reset_after"
K_WX = 'self.Wx = self.add_weight(shape=(D, 3 * H), initializer="glorot_uniform", name="Wx")'
K_WH = 'self.Wh = self.add_weight(shape=(H, 3 * H), initializer="orthogonal", name="Wh")'
K_BX = 'self.bx = self.add_weight(shape=(3 * H,), initializer="zeros", name="bx")'
K_BH = 'self.bh = self.add_weight(shape=(3 * H,), initializer="zeros", name="bh")'
WEIGHTS = "{}\n        {}"
RETURN = "return h_next, [h_next]"

OF_TORCH = (
    (
        "default-resets-before",
        (("reset_after: bool = True", "reset_after: bool = False"),),
        "Without being told, the cell resets before the product; the default is after it.",
        RESET,
    ),
    (
        "state-ignored",
        (("if h is None:", "if True:"),),
        "The state that is passed in is not used: every call starts from zeros.",
        TORCH,
    ),
    (
        "default-state-missing",
        ((f"        if h is None:\n            h = {ZEROS}\n", ""),),
        "The cell fails when it is called without a state; None stands for zeros.",
        TORCH,
    ),
    (
        "default-state-of-ones",
        ((ZEROS, ZEROS.replace("zeros", "ones")),),
        "Without a state the cell starts from ones; None stands for zeros.",
        TORCH,
    ),
    (
        "default-state-in-single-precision",
        ((ZEROS, "torch.zeros(x.shape[0], self.Wh.shape[0])"),),
        "Without a state the cell fails after `.double()`: its zeros stay float32.",
        TORCH,
    ),
    (
        "state-returned-twice",
        (("return h_next", "return h_next, h_next"),),
        "A pair is returned; a GRU has one state, and it is the output.",
        TORCH,
    ),
    (
        "weights-not-parameters",
        tuple(
            (line, line.replace("torch.nn.Parameter(", "").removesuffix(")"))
            for line in (WX, WH, BX, BH)
        ),
        "The weights are plain tensors: the module does not know them, and no optimiser finds "
        "them.",
        TORCH,
    ),
    (
        "one-bias",
        ((f"        {BH}\n", ""), ("torch.chunk(self.bh, 3)", "torch.chunk(self.bx, 3)")),
        "There is one bias; the cell has two, bx and bh. Behind the reset gate they cannot be "
        "put together.",
        RESET,
    ),
    (
        "weights-in-the-layout-of-torch",
        (
            (WX, WX.replace("input_size, 3 * hidden_size", "3 * hidden_size, input_size")),
            (WH, WH.replace("hidden_size, 3 * hidden_size", "3 * hidden_size, hidden_size")),
            (PRODUCT, "x @ self.Wx.T + self.bx"),
            ("torch.chunk(self.Wh, 3, dim=1)", "torch.chunk(self.Wh.T, 3, dim=1)"),
            (ZEROS, "x.new_zeros(x.shape[0], self.Wh.shape[1])"),
        ),
        "Wx and Wh are stored transposed, as torch's own cell has them; the course stores "
        "(D, 3H) and (H, 3H).",
        PACKED,
    ),
    (
        "weights-detached",
        ((PRODUCT, "x @ self.Wx.data + self.bx.data"),),
        "The values are right, but no gradient reaches Wx and bx: they are detached.",
        TORCH,
    ),
    (
        "state-detached",
        ((MIXED, "(1 - z) * n + z * h.detach()\n"),),
        "The values are right, but the gradient of the old state's direct path is lost: it is "
        "detached.",
        TORCH,
    ),
    (
        "result-detached",
        (("return h_next", "return h_next.detach()"),),
        "The values are right, but the result is detached: no gradient can be computed.",
        TORCH,
    ),
    (
        "computed-in-single-precision",
        ((PRODUCT, "(x @ self.Wx).float() + self.bx"),),
        "The result has half the digits after `.double()`: a cast to float32 is in the cell.",
        TORCH,
    ),
)

OF_KERAS = (
    (
        "default-resets-before",
        (("reset_after: bool = True", "reset_after: bool = False"),),
        "Without being told, the cell resets before the product; the default is after it.",
        RESET,
    ),
    (
        "state-size-missing",
        (
            ("self.state_size = units", "self.units = units"),
            ("H = self.state_size", "H = self.units"),
        ),
        "The cell has no state_size, so that keras.layers.RNN cannot make its first state.",
        KERAS,
    ),
    (
        "state-size-of-an-lstm",
        (
            ("self.state_size = units", "self.state_size = [units, units]"),
            ("H = self.state_size", "H = self.state_size[0]"),
        ),
        "The cell announces two states, as an LSTM has; a GRU has one.",
        KERAS,
    ),
    (
        "states-missing",
        ((RETURN, "return h_next"),),
        "The new state is not returned beside the output.",
        KERAS,
    ),
    (
        "state-not-in-a-list",
        ((RETURN, "return h_next, h_next"),),
        "The states are returned as one tensor; a list of them is wanted.",
        KERAS,
    ),
    (
        "old-state-returned",
        ((RETURN, "return h_next, [h]"),),
        "The output is right, but the state that is handed on is the old one.",
        KERAS,
    ),
    (
        "candidate-returned",
        ((RETURN, "return n, [h_next]"),),
        "The output is the candidate; the output of a GRU is its state.",
        KERAS,
    ),
    (
        "weights-in-another-order",
        ((WEIGHTS.format(K_WX, K_WH), WEIGHTS.format(K_WH, K_WX)),),
        "Wh is made before Wx, so that get_weights() has them in exchanged order.",
        KERAS,
    ),
    (
        "one-bias",
        ((f"        {K_BH}\n", ""), ("keras.ops.split(self.bh, 3)", "keras.ops.split(self.bx, 3)")),
        "There is one bias; the cell has two, bx and bh. Behind the reset gate they cannot be "
        "put together.",
        RESET,
    ),
    (
        "biases-in-one-array",
        (
            (f"{K_BX}\n", "self.b = self.add_weight(shape=(2, 3 * H), name='b')\n"),
            (f"        {K_BH}\n", ""),
            ("self.Wx + self.bx", "self.Wx + self.b[0]"),
            ("keras.ops.split(self.bh, 3)", "keras.ops.split(self.b[1], 3)"),
        ),
        "The two biases are the rows of one array, as in Keras' own GRU; the course has bx and bh.",
        KERAS,
    ),
    (
        "bias-frozen",
        ((K_BH, K_BH.replace('name="bh"', 'name="bh", trainable=False')),),
        "The bias bh is not trainable.",
        KERAS,
    ),
    (
        "weights-transposed",
        (
            (K_WX, K_WX.replace("(D, 3 * H)", "(3 * H, D)")),
            ("inputs @ self.Wx", "inputs @ keras.ops.transpose(self.Wx)"),
        ),
        "Wx is stored transposed; the course stores (D, 3H).",
        PACKED,
    ),
    (
        "sizes-exchanged",
        (("D = input_shape[-1]", "D = input_shape[0]"),),
        "The number of inputs is read from the axis of the batch; it is the last axis.",
        KERAS,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *(
        mistake
        for dialect in (IN_TORCH, IN_KERAS)
        for made in (
            order_mistakes,
            reset_mistakes,
            update_mistakes,
            activation_mistakes,
            product_mistakes,
        )
        for mistake in made(dialect)
    ),
    *catalogue("GRUCell", OF_TORCH),
    *catalogue("KerasGRUCell", OF_KERAS),
)
