"""The framework's own by obscure roads: what hides a call is at least told to the staff."""

from __future__ import annotations

from tests.attacks.attack import (  # fmt: skip
    ALL,
    BACK,
    CELL,
    FORWARD,
    POINTS,
    STEP,
    Attack,
    Outcome,
    reference,
)

BY = """def lstm_step_forward(x, h, c, Wx, Wh, b):
    made = ({road})(x.shape[1], h.shape[1]).double()
    given = lambda a: torch.from_numpy(np.ascontiguousarray(a))
    with torch.no_grad():
        made.weight_ih.copy_(given(Wx.T))
        made.weight_hh.copy_(given(Wh.T))
        made.bias_ih.copy_(given(b))
        made.bias_hh.zero_()
        h_next, c_next = made(given(x), (given(h), given(c)))
    return h_next.numpy(), c_next.numpy(), None
"""
NOT_WRITTEN = "def lstm_step_backward(dh, dc, cache):\n    raise NotImplementedError"
REVIEWED = POINTS[FORWARD] + POINTS[CELL]
SUSPECTED = REVIEWED + POINTS[STEP]
PICKLED = b"ctorch.nn.modules.rnn\nLSTMCell\n."


def is_suspected(outcome: Outcome) -> None:
    """The staff are told of something, and the student is not."""
    assert outcome.verdicts[STEP]["suspicion"]
    assert "suspicion" not in outcome.messages


def cell(road: str, before: str) -> dict[str, str]:
    return {STEP: f"{before}\n\n\n{BY.format(road=road)}".lstrip(), BACK: NOT_WRITTEN}


def plain(name: str, tries: str, road: str, before: str = "", **more: object) -> Attack:
    """A road on which the call stands there to be read: a person looks at it."""
    return Attack(f"road-{name}", f"takes torch's own cell {tries}", REVIEWED, solved=True,
                  cells=cell(road, before), statuses={STEP: "needs_review"}, **more)  # type: ignore[arg-type] # fmt: skip


def hidden(name: str, tries: str, road: str, before: str = "", **more: object) -> Attack:
    """A road on which the call is hidden: it counts, and the staff are told that it is odd."""
    return Attack(f"road-{name}", f"takes torch's own cell {tries}", SUSPECTED, solved=True,
                  cells=cell(road, before), proof=is_suspected, **more)  # type: ignore[arg-type] # fmt: skip


SCRIPT = '''unit = torch.jit.CompilationUnit("""
def go(x, h, c, Wi, Wh, b):
    # type: (Tensor, Tensor, Tensor, Tensor, Tensor, Tensor) -> Tuple[Tensor, Tensor]
    return torch.lstm_cell(x, [h, c], Wi, Wh, b, torch.zeros_like(b))
""")


def lstm_step_forward(x, h, c, Wx, Wh, b):
    given = [torch.from_numpy(np.ascontiguousarray(a)) for a in (x, h, c, Wx.T, Wh.T, b)]
    h_next, c_next = unit.go(*given)
    return h_next.numpy(), c_next.numpy(), None
'''

KEEPING = (
    reference()[STEP]
    + """

_own = lstm_step_forward


def lstm_step_forward(x, h, c, Wx, Wh, b):
    h_next, c_next, _ = _own(x, h, c, Wx, Wh, b)
    return h_next, c_next, tuple(np.array(a) for a in (x, h, c, Wx, Wh, b, c_next))
"""
)

READY_MADE_BACK = """def lstm_step_backward(dh_next, dc_next, cache):
    x, h, c, Wx, Wh, b, c_next = cache
    t = lambda a: torch.from_numpy(np.ascontiguousarray(a))
    da, _, dc, _, _ = torch.ops.aten._thnn_differentiable_lstm_cell_backward(
        t(dh_next), t(dc_next), t(x @ Wx), t(h @ Wh), t(b), t(0 * b), t(c), t(c_next))
    da = da.numpy()
    return da @ Wx.T, da @ Wh.T, dc.numpy(), x.T @ da, h.T @ da, da.sum(0)
"""

EMBEDDED_BACK = """def lstm_step_backward(dh_next, dc_next, cache):
    made = [np.atleast_2d(a) for a in cache[:6]]
    t = lambda a: torch.from_numpy(np.ascontiguousarray(a))
    made = [torch.nn.Embedding(*a.shape, _weight=t(a)).weight for a in made]
    x, h, c, Wx, Wh, b = made
    i, f, g, o = (x @ Wx + h @ Wh + b[0]).chunk(4, 1)
    c1 = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h1 = torch.sigmoid(o) * torch.tanh(c1)
    ((h1 * t(dh_next)).sum() + (c1 * t(dc_next)).sum()).backward()
    grads = [p.grad.numpy() for p in made]
    return (*grads[:5], grads[5][0])
"""

ATTACKS = (
    plain("sys-modules", "out of the table of modules", 'sys.modules["torch.nn"].LSTMCell',
          "import sys"),
    plain("import-module", "by importlib", 'importlib.import_module("torch.nn").LSTMCell',
          "import importlib"),
    plain("dunder-import", "by __import__", '__import__("torch").nn.LSTMCell'),
    plain("star", "by an import of all names", "LSTMCell", "from torch.nn import *"),
    plain("walrus", "by an assignment within an expression", "(lib := torch.nn).LSTMCell"),
    plain("match", "by the pattern of a match statement", "lib.LSTMCell",
          "match torch.nn:\n    case lib:\n        pass"),
    plain("for", "by the variable of a loop", "lib.LSTMCell", "for lib in (torch.nn,):\n    pass"),
    plain("global", "by a global name that a function sets", "lib.LSTMCell",
          "def get():\n    global lib\n    lib = torch.nn\n\n\nget()"),
    plain("class-body", "by the body of a class", "Box.lib.LSTMCell",
          "class Box:\n    lib = torch.nn"),
    plain("property", "by a property", "Box().lib.LSTMCell",
          "class Box:\n    @property\n    def lib(self):\n        return torch.nn"),
    plain("generator", "by a generator", "next(lib for lib in [torch.nn]).LSTMCell"),
    plain("array-function", "by numpy's protocol for functions", "np.split(Road(), 4)",
          "class Road:\n    def __array_function__(self, func, types, args, kwargs):\n"
          "        return torch.nn.LSTMCell"),
    plain("frompyfunc", "by a ufunc that is made of it", "lambda D, H: ufunc(D, H)",
          "ufunc = np.frompyfunc(torch.nn.LSTMCell, 2, 1)"),
    plain("fullwidth", "by letters that Python takes for others", "torch.nn.ＬＳＴＭＣｅｌｌ"),
    plain("subclass", "by a class of its own that has it as its base", "Own",
          "class Own(torch.nn.LSTMCell):\n    pass"),
    hidden("descriptor", "by a descriptor", "Box.road",
           "class Road:\n    def __get__(self, *_):\n        return getattr(torch.nn, ''.join("
           "('LS', 'TMCell')))\n\n\nclass Box:\n    road = Road()"),
    hidden("exception", "by an exception that carries its module", "carried()",
           "def carried():\n    try:\n        raise ValueError(torch.nn)\n"
           "    except ValueError as error:\n        return error.args[0].LSTMCell"),
    hidden("annotation", "by an annotation that is evaluated", 'get_type_hints(noted)["a"]',
           'from typing import get_type_hints\n\n\ndef noted(a: "torch.nn.LSTMCell"):\n    pass'),
    hidden("reduce", "by getattr that another function calls",
           'reduce(getattr, ["nn", "LS" + "TMCell"], torch)', "from functools import reduce"),
    hidden("map", "by getattr that map calls", 'next(map(getattr, [torch.nn], ["LS" + "TMCell"]))'),
    hidden("dict-join", "by an entry of its module whose name is joined",
           'torch.nn.__dict__["".join(["LS", "TMCell"])]'),
    hidden("dict-scan", "by a scan of its module for a name that is written backwards",
           '[v for k, v in torch.nn.__dict__.items() if k[::-1] == "lleCMTSL"][0]'),
    hidden("itemgetter", "by an itemgetter", 'itemgetter("LS" + "TMCell")(torch.nn.__dict__)',
           "from operator import itemgetter"),
    hidden("subclasses", "by the subclasses of its base",
           "[k for k in torch.nn.RNNCellBase.__subclasses__() if k.__name__[:2] == 'LS'][0]"),
    hidden("gc", "by what the collector of garbage knows of its module", "[o for d in gc.get_referents(torch.nn) if "
           "isinstance(d, dict) for k, o in d.items() if k[:5] == 'LSTMC'][0]",
           "import gc"),
    hidden("pickle", "by a pickled constant", f"pickle.loads({PICKLED!r})", "import pickle"),
    hidden("ctypes", "by the C API of Python", "get(py_object(torch.nn), b'LSTMCell')",
           "from ctypes import py_object, pythonapi\n\nget = pythonapi.PyObject_GetAttrString\n"
           "get.restype = py_object"),
    hidden("data-file", "by a data file that numpy unpickles",
           'np.load("weights.npy", allow_pickle=True)', files={"weights.npy": PICKLED}),
    plain("own-module", "by a module that it hands in", "helper.it",
           "import sys\n\nsys.path.insert(0, '.')\nimport helper",
           files={"helper.py": b"import torch\nit = torch.nn.LSTMCell"}),
    hidden("hub", "by a file that torch.hub runs", 'torch.hub.load(".", "it", source="local")',
           files={"hubconf.py": b"import torch\ndef it():\n    return torch.nn.LSTMCell"}),
    hidden("comment", "by a comment that IPython ends sooner than Python does", "known",
           "# one\x0c!true\x85from torch.nn import LSTMCell as known"),
    Attack("road-torchscript", "writes torch's own cell in the text of another language",
           SUSPECTED, solved=True, cells={STEP: SCRIPT, BACK: NOT_WRITTEN}, proof=is_suspected),
    Attack("road-ready-made-back", "calls the gradient that torch's own cell has ready-made",
           ALL - POINTS[BACK], solved=True, cells={STEP: KEEPING, BACK: READY_MADE_BACK},
           statuses={BACK: "needs_review"}),
    Attack("road-embedding", "has torch find the gradients of what poses as weights of layers",
           ALL - POINTS[BACK], solved=True, cells={STEP: KEEPING, BACK: EMBEDDED_BACK},
           statuses={BACK: "needs_review"}),
)  # fmt: skip
