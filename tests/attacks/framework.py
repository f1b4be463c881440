"""The framework's own layer as the answer to an exercise that asks for one from scratch."""

from __future__ import annotations

from tests.attacks.attack import (
    ALL,
    BACK,
    CELL,
    FORWARD,
    POINTS,
    STEP,
    Attack,
    Outcome,
    Proof,
    beside,
    says,
)

FRAMEWORK_STEP = """def lstm_step_forward(x, h, c, Wx, Wh, b):
    cell = {cell}(x.shape[1], h.shape[1]).double()
    order = np.concatenate([np.arange(4 * h.shape[1]).reshape(4, -1)[k] for k in (0, 1, 2, 3)])
    with torch.no_grad():
        cell.weight_ih.copy_(torch.tensor(np.ascontiguousarray(Wx.T[order])))
        cell.weight_hh.copy_(torch.tensor(np.ascontiguousarray(Wh.T[order])))
        cell.bias_ih.copy_(torch.tensor(np.ascontiguousarray(b[order])))
        cell.bias_hh.zero_()
        h1, c1 = cell(torch.tensor(np.ascontiguousarray(x)),
                      (torch.tensor(np.ascontiguousarray(h)), torch.tensor(np.ascontiguousarray(c))))
    return h1.numpy(), c1.numpy(), (x, h, c, Wx, Wh, b)
"""

FRAMEWORK_FORWARD = """from torch import nn as layers


def ready(x, h0, c0, Wx, Wh, b):
    layer = layers.LSTM(x.shape[2], h0.shape[1], batch_first=True).double()
    t = lambda a: torch.tensor(np.ascontiguousarray(a))
    with torch.no_grad():
        layer.weight_ih_l0.copy_(t(Wx.T))
        layer.weight_hh_l0.copy_(t(Wh.T))
        layer.bias_ih_l0.copy_(t(b))
        layer.bias_hh_l0.zero_()
        hs, (hT, cT) = layer(t(x), (t(h0)[None], t(c0)[None]))
    return hs.numpy(), hT[0].numpy(), cT[0].numpy(), None


def lstm_forward(x, h0, c0, Wx, Wh, b):
    return ready(x, h0, c0, Wx, Wh, b)
"""

AUTOGRAD_BACK = """def lstm_step_backward(dh_next, dc_next, cache):
    args = [torch.tensor(np.ascontiguousarray(a), requires_grad=True) for a in ARGS[id(cache)]]
    x, h, c, Wx, Wh, b = args
    i, f, g, o = (x @ Wx + h @ Wh + b).chunk(4, 1)
    c1 = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h1 = torch.sigmoid(o) * torch.tanh(c1)
    t = lambda a: torch.tensor(np.ascontiguousarray(a))
    (h1 * t(dh_next) + c1 * t(dc_next)).sum().backward()
    return tuple(a.grad.numpy() for a in args)
"""

KEEPING_ARGS = """ARGS = {}
_own = lstm_step_forward


def lstm_step_forward(*args):
    h, c, cache = _own(*args)
    ARGS[id(cache)] = [np.array(a) for a in args]
    KEPT.append(cache)
    return h, c, cache


KEPT = []
"""

FRAMEWORK_CELL = """class LSTMCell(torch.nn.Module):
    def __init__(self, D, H):
        super().__init__()
        make = lambda *shape: torch.nn.Parameter(torch.randn(shape) / H**0.5)
        self.Wx, self.Wh, self.b, self.H = make(D, 4 * H), make(H, 4 * H), make(4 * H), H

    def forward(self, x, state=None):
        if state is None:
            state = (x.new_zeros(len(x), self.H),) * 2
        zero = torch.zeros_like(self.b)
        return torch._VF.lstm_cell(x, state, self.Wx.T, self.Wh.T, self.b, zero)
"""


def refused(exercise: str, word: str) -> Proof:
    def proof(outcome: Outcome) -> None:
        verdict = outcome.verdicts[exercise]
        assert verdict["points"] == 0
        assert word in verdict["suspicion"]
        assert "A person will look at it" in verdict["message"]
        others = [v for name, v in outcome.verdicts.items() if name != exercise]
        assert {v["status"] for v in others} == {"correct"}

    return proof


def suspected(exercise: str, word: str) -> Proof:
    def proof(outcome: Outcome) -> None:
        assert word in outcome.verdicts[exercise]["suspicion"]
        assert word not in outcome.messages

    return proof


def unsuspected(outcome: Outcome) -> None:
    assert not [v["suspicion"] for v in outcome.verdicts.values() if v["suspicion"]]


NOT_WRITTEN = "def lstm_step_backward(dh, dc, cache):\n    raise NotImplementedError"


def by_another_name(name: str, tries: str, cell: str, before: str = "", word: str = "") -> Attack:
    """A step by torch's own cell, which `cell` stands for, below some code."""
    step = f"{before}\n\n\n{FRAMEWORK_STEP.format(cell=cell)}".lstrip()
    return Attack(f"by-{name}", f"calls torch's own cell {tries}", POINTS[FORWARD] + POINTS[CELL],
                  solved=True, cells={STEP: step, BACK: NOT_WRITTEN},
                  statuses={STEP: "needs_review", FORWARD: "correct"},
                  proof=says(word or "torch.nn.LSTMCell", "A person will look at it"))  # fmt: skip


PARAMETERS_BACK = """def lstm_step_backward(dh_next, dc_next, cache):
    made = [torch.nn.Parameter(torch.tensor(np.ascontiguousarray(a))) for a in ARGS[id(cache)]]
    x, h, c, Wx, Wh, b = made
    i, f, g, o = (x @ Wx + h @ Wh + b).chunk(4, 1)
    c1 = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h1 = torch.sigmoid(o) * torch.tanh(c1)
    t = lambda a: torch.tensor(np.ascontiguousarray(a))
    (h1 * t(dh_next) + c1 * t(dc_next)).sum().backward()
    return tuple(a.grad.numpy() for a in made)
"""

GIVEN_STEP = """from autograder import given


def lstm_step_forward(x, h, c, Wx, Wh, b):
    _, h_next, c_next, _ = given.lstm_forward(x[:, None], h, c, Wx, Wh, b)
    return h_next, c_next, (x, h, c, Wx, Wh, b)
"""

ATTACKS = (
    by_another_name("alias", "by an alias of its module", "nn.LSTMCell", "nn = torch.nn"),
    by_another_name("attribute", "by an attribute of an object", "box.lib.LSTMCell",
                    "class Box:\n    pass\n\n\nbox = Box()\nbox.lib = torch.nn"),
    by_another_name("list", "out of a list", "some[0].LSTMCell", "some = [torch.nn]"),
    by_another_name("dictionary", "out of a dictionary", "some['a']",
                    "some = {'a': torch.nn.LSTMCell}"),
    by_another_name("function", "by a function that returns its module", "lib().LSTMCell",
                    "def lib():\n    return torch.nn"),
    by_another_name("text", "by a text", "getattr(torch.nn, 'LSTM' + 'Cell')"),
    by_another_name("time-magic", "below a magic", "torch.nn.LSTMCell", "%%time\n\nfirst = 1"),
    by_another_name("shell-magic", "beside a command for the shell", "torch.nn.LSTMCell", "!true"),
    by_another_name("module-attribute", "by an attribute of numpy", "np.cell",
                    "np.cell = torch.nn.LSTMCell"),
    Attack("by-default", "calls torch's own cell by a default argument",
           POINTS[FORWARD] + POINTS[CELL], solved=True,
           cells={STEP: FRAMEWORK_STEP.format(cell="nn.LSTMCell").replace(", b)", ", b, nn=torch.nn)", 1),
                  BACK: NOT_WRITTEN},
           statuses={STEP: "needs_review"}, proof=says("torch.nn.LSTMCell")),
    Attack("by-another-exercise", "lets the sequence of torch take the step, by its own name",
           POINTS[BACK] + POINTS[CELL], solved=True,
           cells={FORWARD: FRAMEWORK_FORWARD,
                  STEP: beside(STEP, "") + "\n\n_own = lstm_step_forward\n\n\n"
                  "def lstm_step_forward(x, h, c, Wx, Wh, b):\n"
                  "    *_, cache = _own(x, h, c, Wx, Wh, b)\n"
                  "    hs, h1, c1, _ = later(x[:, None], h, c, Wx, Wh, b)\n"
                  "    return h1, c1, cache\n\n\n"
                  + FRAMEWORK_FORWARD.replace("def lstm_forward", "def later")},
           statuses={STEP: "needs_review", FORWARD: "needs_review", BACK: "correct"}),
    Attack("by-stand-in", "takes the step by the stand-in of a neighbour",
           POINTS[FORWARD] + POINTS[CELL], solved=True,
           cells={STEP: GIVEN_STEP, BACK: NOT_WRITTEN}, statuses={STEP: "needs_review"},
           proof=says("autograder.given.lstm_forward")),
    Attack("by-parameters", "lets torch find the gradients of parameters", ALL - POINTS[BACK],
           solved=True,
           cells={STEP: beside(STEP, "") + f"\n\n{KEEPING_ARGS}", BACK: PARAMETERS_BACK},
           statuses={BACK: "needs_review"}, proof=refused(BACK, "torch.nn.Parameter")),
    Attack("torch-lstm-cell", "calls torch.nn.LSTMCell in the step",
           POINTS[FORWARD] + POINTS[CELL], solved=True,
           cells={STEP: FRAMEWORK_STEP.format(cell="torch.nn.LSTMCell"),
                  BACK: "def lstm_step_backward(dh, dc, cache):\n    raise NotImplementedError"},
           statuses={STEP: "needs_review"}, proof=says("torch.nn.LSTMCell", "A person will look at it")),
    Attack("torch-lstm", "calls torch.nn.LSTM under another name, in a helper",
           ALL - POINTS[FORWARD], solved=True, cells={FORWARD: FRAMEWORK_FORWARD},
           statuses={FORWARD: "needs_review"}, proof=refused(FORWARD, "torch.nn.LSTM")),
    Attack("torch-autograd", "lets torch find the gradients", ALL - POINTS[BACK], solved=True,
           cells={STEP: beside(STEP, "") + f"\n\n{KEEPING_ARGS}", BACK: AUTOGRAD_BACK},
           statuses={BACK: "needs_review"}, proof=refused(BACK, "requires_grad")),
    Attack("torch-fused-cell", "calls the fused operation of which torch's own cell is made",
           ALL - POINTS[CELL], solved=True, cells={CELL: FRAMEWORK_CELL},
           statuses={CELL: "needs_review"}, proof=refused(CELL, "torch._VF.lstm_cell")),
    Attack("hidden-lstm-cell", "calls torch.nn.LSTMCell by a name that it puts together", ALL,
           solved=True,
           cells={CELL: FRAMEWORK_CELL.replace("torch._VF.lstm_cell",
                                               "getattr(torch._VF, eval(\"'lstm_' + 'cell'\"))")},
           proof=suspected(CELL, "uses eval")),
    Attack("only-compares", "compares its own step with torch's, in a function of its own", ALL,
           solved=True,
           cells={STEP: beside(STEP, "") + "\n\n"
                  + FRAMEWORK_STEP.format(cell="torch.nn.LSTMCell").replace(
                      "def lstm_step_forward", "def torch_says")
                  + "\n\n# torch.nn.LSTMCell has the same order of gates\n"
                  "LINK = 'torch.nn.LSTMCell'\n"},
           proof=unsuspected),
)  # fmt: skip
