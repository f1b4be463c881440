"""Mistakes in `LSTMCell`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.lstm_gates import (
    activation_mistakes,
    order_mistakes,
    pre_activation_mistakes,
)
from solutions.mistakes.lstm_sections import PACKED, TORCH
from solutions.mistakes.lstm_states import output_mistakes, update_mistakes

EXERCISE = "LSTMCell"
SUM = "a = x @ self.Wx + h @ self.Wh + self.b"
ZEROS = "x.new_zeros(x.shape[0], self.Wh.shape[0])"
RETURN = "return h_next, c_next"
WX = "self.Wx = torch.nn.Parameter(torch.empty(input_size, 4 * hidden_size))"
WH = "self.Wh = torch.nn.Parameter(torch.empty(hidden_size, 4 * hidden_size))"
B = "self.b = torch.nn.Parameter(torch.zeros(4 * hidden_size))"


def default(new: str) -> Edits:
    """The state that stands for None replaced."""
    return ((ZEROS, new),)


STATE = (
    (
        "state-read-in-exchanged-order",
        (("h, c = state", "c, h = state"),),
        "The pair `state` is read as (c, h); it is (h, c).",
        TORCH,
    ),
    (
        "state-exchanged-throughout",
        (("h, c = state", "c, h = state"), (RETURN, "return c_next, h_next")),
        "The state is read and returned as (c, h); torch's cell has (h, c).",
        TORCH,
    ),
    (
        "state-ignored",
        (("if state is None:", "if True:"),),
        "The state that is passed in is not used: every call starts from zeros.",
        TORCH,
    ),
    (
        "state-remembered",
        (
            (
                "            zeros =",
                "            state = self.__dict__.get('kept')\n"
                "        if state is None or state[0].shape[0] != x.shape[0]:\n            zeros =",
            ),
            (
                f"        {RETURN}",
                f"        self.kept = (h_next.detach(), c_next.detach())\n        {RETURN}",
            ),
        ),
        "Without a state the cell goes on from the one that it remembers from the call before; "
        "None stands for zeros.",
        TORCH,
    ),
    (
        "default-state-missing",
        (
            (
                "        if state is None:\n"
                f"            zeros = {ZEROS}\n"
                "            state = (zeros, zeros)\n",
                "",
            ),
        ),
        "The cell fails when it is called without a state; None stands for zeros.",
        TORCH,
    ),
    (
        "default-state-of-ones",
        default("x.new_ones(x.shape[0], self.Wh.shape[0])"),
        "Without a state the cell starts from ones; None stands for zeros.",
        TORCH,
    ),
    (
        "default-state-random",
        default("torch.randn(x.shape[0], self.Wh.shape[0]).to(x)"),
        "Without a state the cell starts from random numbers, and two calls differ; None stands "
        "for zeros.",
        TORCH,
    ),
    (
        "default-state-in-single-precision",
        default("torch.zeros(x.shape[0], self.Wh.shape[0])"),
        "Without a state the cell fails after `.double()`: its zeros stay float32. Let them "
        "follow x in dtype and device.",
        TORCH,
    ),
    (
        "default-state-shaped-like-x",
        default("torch.zeros_like(x)"),
        "Without a state the cell makes zeros in the shape of x, which is right only for D = H.",
        TORCH,
    ),
    (
        "state-changed-in-place",
        (("c_next = f * c + i * g", "c_next = c.mul_(f).add_(i * g)"),),
        "The values are right, but the cell state that was passed in is overwritten. An "
        "operation whose name ends with an underscore works in place.",
        TORCH,
    ),
    (
        "results-nested",
        ((RETURN, "return h_next, (h_next, c_next)"),),
        "The second result is a pair, as whole layers return it; the cell returns h and c.",
        TORCH,
    ),
    (
        "hidden-state-returned-twice",
        ((RETURN, "return h_next, h_next"),),
        "Both results are the hidden state; the second is the cell state.",
        TORCH,
    ),
    (
        "results-in-single-precision",
        ((RETURN, "return h_next.float(), c_next.float()"),),
        "The results are float32 even after `.double()`: a cast or a dtype is written into the "
        "cell.",
        TORCH,
    ),
    (
        "computed-in-single-precision",
        ((SUM, f"{SUM}\n        a = a.float().to(a)"),),
        "The results have half the digits after `.double()`: a cast to float32 is written into "
        "the cell.",
        TORCH,
    ),
)

PARAMETERS = (
    (
        "weights-not-parameters",
        (
            (WX, "self.Wx = torch.empty(input_size, 4 * hidden_size)"),
            (WH, "self.Wh = torch.empty(hidden_size, 4 * hidden_size)"),
            (B, "self.b = torch.zeros(4 * hidden_size)"),
        ),
        "Wx, Wh and b are plain tensors: the module does not know them, no optimiser finds them, "
        "and `.double()` leaves them as they are.",
        TORCH,
    ),
    (
        "bias-not-a-parameter",
        ((B, "self.b = torch.zeros(4 * hidden_size)"),),
        "b is a plain tensor: the module does not know it, and no optimiser finds it.",
        TORCH,
    ),
    (
        "weights-as-buffers",
        (
            (WX, 'self.register_buffer("Wx", torch.empty(input_size, 4 * hidden_size))'),
            (WH, 'self.register_buffer("Wh", torch.empty(hidden_size, 4 * hidden_size))'),
            (B, 'self.register_buffer("b", torch.zeros(4 * hidden_size))'),
        ),
        "Wx, Wh and b are buffers: they follow `.double()`, but no optimiser finds them.",
        TORCH,
    ),
    (
        "weights-frozen",
        (
            (
                "torch.nn.init.uniform_(self.Wh",
                "self.requires_grad_(False)\n        torch.nn.init.uniform_(self.Wh",
            ),
        ),
        "The parameters are frozen: they do not require a gradient, and nothing can be learned.",
        TORCH,
    ),
    (
        "weights-in-the-layout-of-torch",
        (
            (WX, WX.replace("input_size, 4 * hidden_size", "4 * hidden_size, input_size")),
            (WH, WH.replace("hidden_size, 4 * hidden_size", "4 * hidden_size, hidden_size")),
            (SUM, "a = x @ self.Wx.T + h @ self.Wh.T + self.b"),
            (ZEROS, "x.new_zeros(x.shape[0], self.Wh.shape[1])"),
        ),
        "Wx and Wh are stored transposed, (4H, D) and (4H, H), as torch's own cell has them; the "
        "course stores (D, 4H) and (H, 4H).",
        PACKED,
    ),
    (
        "two-biases",
        (
            (B, f"{B}\n        self.bh = torch.nn.Parameter(torch.zeros(4 * hidden_size))"),
            (SUM, f"{SUM} + self.bh"),
        ),
        "There are two biases, as in torch's own cell; the course has one.",
        TORCH,
    ),
    (
        "sizes-exchanged",
        (
            (
                "super().__init__()",
                "super().__init__()\n        input_size, hidden_size = hidden_size, input_size",
            ),
        ),
        "The sizes are exchanged in the shapes of the parameters: input_size comes first.",
        TORCH,
    ),
    (
        "bias-for-one-gate",
        ((B, "self.b = torch.nn.Parameter(torch.zeros(1))"),),
        "b is one number for all gates and units; it has 4H entries.",
        PACKED,
    ),
    (
        "parameters-in-double-precision",
        ((B, f"{B}\n        self.double()"),),
        "The parameters are float64 from the start; torch's default, float32, is asked for, "
        "until `.double()` is called.",
        TORCH,
    ),
    (
        "constructor-of-module-not-called",
        (("        super().__init__()\n", ""),),
        "The constructor of torch.nn.Module is not called, so that no parameter can be assigned.",
        TORCH,
    ),
)

GRAPH = (
    (
        "weights-detached",
        ((SUM, "a = x @ self.Wx.data + h @ self.Wh.data + self.b.data"),),
        "The values are right, but no gradient reaches the parameters: they are detached from "
        "the graph.",
        TORCH,
    ),
    (
        "state-detached",
        (("h, c = state", "h, c = state[0].detach(), state[1].detach()"),),
        "The values are right, but no gradient reaches the state that is passed in, so that "
        "nothing could be learned across steps.",
        TORCH,
    ),
    (
        "results-detached",
        ((RETURN, "return h_next.detach(), c_next.detach()"),),
        "The values are right, but the results are detached from the graph: no gradient can be "
        "computed.",
        TORCH,
    ),
    (
        "numpy-inside",
        (("torch.tanh(c_next)", "torch.from_numpy(np.tanh(c_next.detach().numpy()))"),),
        "The values are right, but on the way to the hidden state the computation leaves torch "
        "for NumPy, where no gradient follows.",
        TORCH,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *order_mistakes(EXERCISE),
    *pre_activation_mistakes(EXERCISE, "torch.sigmoid", "self.", "torch.chunk(a, 4, dim=1)"),
    *activation_mistakes(EXERCISE, "torch", "torch.sigmoid"),
    *update_mistakes(EXERCISE, "torch"),
    *output_mistakes(EXERCISE, "torch", "torch.sigmoid"),
    *catalogue(EXERCISE, (*STATE, *PARAMETERS, *GRAPH)),
)
