"""Whether the student wrote it: the framework's own is found by whatever name it is called."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from autograder.exercises import assignments, exercises, find
from autograder.grader import references
from autograder.grader.checkout import SOLUTIONS
from autograder.grader.grading.framework_use import Look, Text, modules
from autograder.grader.grading.notebook import Released
from autograder.grader.release import source
from tests.moments import moment

SETUP = "import numpy as np\nimport torch\nfrom autograder import check\n"
STEP = "def lstm_step_forward(x, h, c, Wx, Wh, b):\n"
BACK = "def lstm_step_backward(dh_next, dc_next, cache):\n"


def look(
    name: str, *cells: str, checked: bool = True, files: Mapping[str, str] | None = None
) -> Look:
    """What the cells say of an exercise, whose own is the last of them."""
    exercise = find(name)
    assert exercise is not None
    text = Text(modules({path: its.encode() for path, its in (files or {}).items()}))
    for cell in (SETUP, *cells):
        text.add(cell)
    its = {other.name: other.framework for other in exercises(exercise.assignment)}
    built_on = {needed: its[needed] for needed in exercise.needs if checked and needed in its}
    return text.look(name, exercise.framework, cells[-1], its, built_on)


def step(maker: str, before: str = "", parameters: str = "") -> str:
    """A step by a ready-made cell, which `maker` names, below some statements."""
    signature = STEP.replace(", b)", f", b{parameters})")
    return (
        f"{before}\n{signature}"
        f"    made = {maker}(x.shape[1], h.shape[1]).double()\n"
        "    h1, c1 = made(torch.tensor(x), (torch.tensor(h), torch.tensor(c)))\n"
        "    return h1.detach().numpy(), c1.detach().numpy(), None\n"
    )


BOX = "class Box:\n    pass\n\nbox = Box()\n"
KEEPER = (
    "class Keeper:\n    def __init__(self, lib):\n        self.lib = lib\n\nkept = Keeper(torch.nn)"
)
WRAPPED = """def using(lib):
    def decorate(function):
        def wrapper(*args):
            return function(*args, lib)
        return wrapper
    return decorate

@using(torch.nn)"""

PROPERTY = "class Box:\n    @property\n    def lib(self):\n        return torch.nn\n"

NAMED = {
    "itself": step("torch.nn.LSTMCell"),
    "an alias of the module": step("nn.LSTMCell", "nn = torch.nn"),
    "an import": step("layers.LSTMCell", "from torch import nn as layers"),
    "an import that may fail": step(
        "nn.LSTMCell", "try:\n    from torch import nn\nexcept ImportError:\n    nn = None"
    ),
    "all of a module": step("LSTMCell", "from torch.nn import *"),
    "two names at once": step("nn.LSTMCell", "one, nn = 1, torch.nn"),
    "an attribute": step("box.lib.LSTMCell", f"{BOX}box.lib = torch.nn"),
    "an attribute by setattr": step("box.lib.LSTMCell", f"{BOX}setattr(box, 'lib', torch.nn)"),
    "an attribute of a class": step("Box.lib.LSTMCell", "class Box:\n    lib = torch.nn\n"),
    "an attribute of an instance": step("kept.lib.LSTMCell", KEEPER),
    "an attribute of a module": step("np.made", "np.made = torch.nn.LSTMCell"),
    "an attribute of the function": step("lstm_step_forward.nn.LSTMCell")
    + "\nlstm_step_forward.nn = torch.nn",
    "a namespace": step(
        "names.nn.LSTMCell",
        "from types import SimpleNamespace\nnames = SimpleNamespace(nn=torch.nn)",
    ),
    "a list": step("some[0].LSTMCell", "some = [torch.nn]"),
    "a list that grows": step("some[0].LSTMCell", "some = []\nsome.append(torch.nn)"),
    "a dictionary": step("some['a']", "some = {'a': torch.nn.LSTMCell}"),
    "a loop": step("each.LSTMCell", "for each in (torch.nn,):\n    pass"),
    "a default argument": step("nn.LSTMCell", parameters=", nn=torch.nn"),
    "a parameter": step("of(torch.nn)", "def of(lib):\n    return lib.LSTMCell"),
    "a parameter of a lambda": step("of(torch.nn)", "of = lambda lib: lib.LSTMCell"),
    "a parameter by a decorator": step("nn.LSTMCell", WRAPPED, ", nn"),
    "what a function returns": step("lib().LSTMCell", "def lib():\n    return torch.nn"),
    "a global name": step(
        "nn.LSTMCell", "def prepare():\n    global nn\n    nn = torch.nn\n\nprepare()"
    ),
    "a partial": step("make", "from functools import partial\nmake = partial(torch.nn.LSTMCell)"),
    "a subclass": step("Mine", "class Mine(torch.nn.LSTMCell):\n    pass\n"),
    "a text": step("getattr(torch.nn, 'LSTM' + 'Cell')"),
    "a text with a name": step("getattr(torch.nn, WORD)", "WORD = 'LSTMCell'"),
    "a dictionary of the module": step("torch.nn.__dict__['LSTMCell']"),
    "an import by a text": step(
        "importlib.import_module('torch.nn').LSTMCell", "import importlib"
    ),
    "below %%time": "%%time\n" + step("torch.nn.LSTMCell"),
    "below %%capture": "%%capture out\n" + step("torch.nn.LSTMCell"),
    "beside a shell": "!pip install x\nfiles = !ls\n" + step("torch.nn.LSTMCell"),
    "beside a question": "torch?\n" + step("torch.nn.LSTMCell"),
    "behind %time": "%time nn = torch.nn\n" + step("nn.LSTMCell"),
    "a property": step("Box().lib.LSTMCell", PROPERTY),
    "a property of a lambda": step(
        "Box().lib.LSTMCell", "class Box:\n    lib = property(lambda self: torch.nn)\n"
    ),
    "a pattern": step("nn.LSTMCell", "match torch.nn:\n    case nn:\n        pass"),
    "a pattern of attributes": step(
        "Known", "match torch:\n    case object(nn=object(LSTMCell=Known)):\n        pass"
    ),
    "a pattern of a dictionary": step(
        "nn.LSTMCell", "match {'a': torch.nn}:\n    case {'a': nn, **rest}:\n        pass"
    ),
    "a pattern of a sequence": step(
        "rest[0].LSTMCell", "match [1, torch.nn]:\n    case [_, *rest]:\n        pass"
    ),
    "all of a module below one's own": step(
        "LSTMCell", "class LSTMCell:\n    pass\n\nfrom torch.nn import *"
    ),
    "a longer name": step("torch.ops.aten._thnn_fused_lstm_cell"),
    "the name itself": "from torch import lstm_cell as lstm_step_forward",
    "a stand-in for a neighbour": "from autograder import given\n" + STEP
    + "    hs, h1, c1, _ = given.lstm_forward(x[:, None], h, c, Wx, Wh, b)\n"
    "    return h1, c1, None\n",
}  # fmt: skip


@pytest.mark.parametrize("way", NAMED)
def test_the_framework_s_own_is_found(way: str) -> None:
    assert look("lstm_step_forward", NAMED[way]).use is not None


TRAIN = "def train(mlp, x, y, epochs, batch_size, lr, rng):\n"
WRITTEN = (
    "    first, second = made.coefs_\n"
    "    for p, learned in zip(mlp.parameters()[::2], (first, second)):\n"
    "        p[...] = learned\n"
    "    return made.loss_curve_\n"
)
CLASSIFIER = "from sklearn.neural_network import MLPClassifier\n"
LIKE_IT = {
    "a training of scikit-learn": (
        "train",
        CLASSIFIER + TRAIN + "    made = MLPClassifier(64).fit(x, y)\n" + WRITTEN,
        "MLPClassifier.fit",
    ),
    "one that is made elsewhere": (
        "train",
        CLASSIFIER + "made = MLPClassifier(64)\n" + TRAIN + "    made.fit(x, y)\n" + WRITTEN,
        "MLPClassifier.fit",
    ),
    "one an epoch at a time": (
        "train",
        CLASSIFIER + TRAIN + "    made = MLPClassifier(64)\n    for _ in range(epochs):\n"
        "        made.partial_fit(x, y, range(10))\n" + WRITTEN,
        "MLPClassifier.partial_fit",
    ),
    "a pipeline": (
        "train",
        "from sklearn.pipeline import make_pipeline\n" + CLASSIFIER + TRAIN
        + "    line = make_pipeline(MLPClassifier(64))\n    line.fit(x, y)\n"
        "    made = line.steps[-1][1]\n" + WRITTEN,
        "make_pipeline",
    ),
    "a scorer of sacrebleu": (
        "bleu",
        "from sacrebleu.metrics import BLEU\n\ndef bleu(reference, hypothesis, n):\n"
        "    joined = [' '.join(h) for h in hypothesis], [[' '.join(r) for r in reference]]\n"
        "    return BLEU(max_ngram_order=n).corpus_score(*joined).score\n",
        "sacrebleu.metrics.BLEU",
    ),
    "a scorer of rouge-score": (
        "rouge_n",
        "from rouge_score.rouge_scorer import RougeScorer\n\n"
        "def rouge_n(reference, hypothesis, n):\n"
        "    found = RougeScorer([f'rouge{n}']).score(' '.join(reference), ' '.join(hypothesis))\n"
        "    return tuple(found[f'rouge{n}'])\n",
        "RougeScorer",
    ),
    "a score of scikit-learn": (
        "macro_f1",
        "from sklearn.metrics import f1_score\n\ndef macro_f1(y_true, y_pred, labels):\n"
        "    return f1_score(y_true, y_pred, labels=labels, average='macro')\n",
        "f1_score",
    ),
    "in place": (
        "sigmoid",
        "def sigmoid(x):\n    return torch.sigmoid_(torch.tensor(x))\n",
        "sigmoid_",
    ),
    "in place, as a method": (
        "tanh_forward",
        "def tanh_forward(x):\n    y = torch.tensor(x)\n    y.tanh_()\n    return y.numpy(), y\n",
        "tanh_",
    ),
    "its logarithm": (
        "sigmoid",
        "def sigmoid(x):\n    return np.exp(torch.tensor(x).log_sigmoid().numpy())\n",
        "log_sigmoid",
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", LIKE_IT)
def test_what_is_as_good_as_the_framework_s_own_is_found(way: str) -> None:
    name, cell, found = LIKE_IT[way]
    use = look(name, cell).use
    assert use is not None
    assert found in use.name


def test_a_network_of_one_s_own_that_fits_is_none() -> None:
    own = TRAIN + "    return Fitting(mlp).partial_fit(x, y)\n"
    helper = (
        "class Fitting:\n    def __init__(self, mlp):\n        self.mlp = mlp\n\n"
        "    def partial_fit(self, x, y):\n        return [0.0]\n\n"
        "    def fit(self, x, y):\n        return self.partial_fit(x, y)\n\n"
    )
    assert look("train", helper + own) == Look()


def test_another_exercise_s_name_hides_nothing() -> None:
    other = "def lstm_forward(x, h0, c0, Wx, Wh, b):\n    return torch.nn.LSTM(3, 4)(x)\n"
    own = STEP + "    return lstm_forward(x[:, None], h, c, Wx, Wh, b)[1:]\n"
    use = look("lstm_step_forward", other, own).use
    assert use is not None
    assert use.name == "torch.nn.LSTM"


LOOP = (
    "def lstm_forward(x, h0, c0, Wx, Wh, b):\n    h, c, hs = h0, c0, []\n"
    "    for t in range(x.shape[1]):\n"
    "        h, c, _ = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)\n        hs.append(h)\n"
    "    return np.stack(hs, axis=1), h, c, None\n"
)


def test_a_ready_made_step_costs_the_step_alone() -> None:
    assert look("lstm_forward", NAMED["itself"], LOOP) == Look()


def test_a_ready_made_step_without_points_costs_where_it_is_used() -> None:
    assert look("lstm_forward", NAMED["itself"], LOOP, checked=False).use is not None


GRADIENTS = {
    "a parameter": BACK + "    p = [torch.nn.Parameter(torch.tensor(a)) for a in cache]\n"
    "    (p[0] @ p[3]).sum().backward()\n    return tuple(a.grad.numpy() for a in p)\n",
    "a parameter by another name": "P = torch.nn.parameter\n" + BACK
    + "    p = [P.Parameter(torch.tensor(a)) for a in cache]\n"
    "    (p[0] @ p[3]).sum().backward()\n    return tuple(a.grad.numpy() for a in p)\n",
    "the weight of a layer": BACK
    + "    p = [torch.nn.Embedding(*a.shape, _weight=torch.tensor(a)).weight for a in cache]\n"
    "    (p[0] @ p[3]).sum().backward()\n    return tuple(a.grad.numpy() for a in p)\n",
    "a gradient that is ready-made": BACK + "    aten = torch.ops.aten\n"
    "    return aten._thnn_differentiable_lstm_cell_backward(dh_next, dc_next, *cache)\n",
    "autograd by another name": "ag = torch.autograd\n" + BACK
    + "    return ag.grad(cache[0], cache[1], [torch.tensor(dh_next)])\n",
}  # fmt: skip


@pytest.mark.parametrize("way", GRADIENTS)
def test_gradients_by_the_framework_are_found(way: str) -> None:
    assert look("lstm_step_backward", GRADIENTS[way]).use is not None


TENSORS = STEP + (
    "    kept = [torch.tensor(a, requires_grad=True) for a in (x, h, c, Wx, Wh, b)]\n"
    "    return h, c, kept\n"
)


def test_gradients_that_the_forward_pass_has_kept_are_found() -> None:
    back = BACK + "    cache[0].sum().backward()\n    return tuple(a.grad.numpy() for a in cache)\n"
    assert look("lstm_step_backward", TENSORS, back).use is not None


def test_gradients_that_nobody_fetches_cost_nothing() -> None:
    back = BACK + "    return tuple(a.detach().numpy() for a in cache)\n"
    assert look("lstm_step_backward", TENSORS, back) == Look()


HONEST = {
    "compared in a function of its own": STEP + "    return h, c, None\n\n"
    "def torch_says(x):\n    return torch.nn.LSTMCell(3, 4)(x)\n",
    "a local name like that of a demonstration": STEP + "    made = h\n    return made, c, None\n"
    "made = torch.nn.LSTMCell(3, 4)\n",
    "a name in a comment and a text": STEP + "    '''As torch.nn.LSTMCell has it.'''\n"
    "    return h, c, None  # torch.nn.LSTMCell\n",
    "torch for arrays": STEP + "    a = torch.tensor(x) @ torch.tensor(Wx)\n"
    "    return torch.sigmoid(a).numpy(), c, None\n",
    "%%time above": "%%time\n" + STEP + "    return h, c, None\n",
    "a page that ends": "# one\x0c# two\n\x0c\n" + STEP + "    return h, c, None  # a\u2028b\n",
    "weights from a file": "kept = np.load('weights.npy')\n" + STEP + "    return h, c, kept\n",
    "modules that are printed": STEP + "    print(torch, torch.nn, type(torch))\n"
    "    return h, c, None\n",
    "a function of torch's handed on": STEP + "    a, b = map(torch.sigmoid, torch.tensor(x))\n"
    "    return h, c, torch.tensor(x, dtype=torch.float64)\n",
    "a property of one's own": "class Gates:\n    @property\n    def i(self):\n"
    "        return torch.sigmoid(self.a)\n\n" + STEP + "    return h, Gates().i, None\n",
    "a match of shapes": STEP + "    match x.shape:\n        case (n, *rest):\n"
    "            return h, c, torch.zeros(n)\n",
    "text below the top that looks like a prompt": STEP
    + "    \"Step.\"\n    text = \"\"\"\n>>> f(*args)\n\"\"\"\n    return h, c, None\n",
}  # fmt: skip


@pytest.mark.parametrize("form", HONEST)
def test_an_honest_step_is_neither_refused_nor_suspected(form: str) -> None:
    assert look("lstm_step_forward", HONEST[form]) == Look()


def test_a_cell_may_be_named_as_what_it_is_compared_with() -> None:
    own = (
        "class LSTMCell(torch.nn.Module):\n    def __init__(self, D, H):\n"
        "        super(LSTMCell, self).__init__()\n"
        "        self.Wx = torch.nn.Parameter(torch.zeros(D, 4 * H))\n"
    )
    assert look("LSTMCell", "from torch.nn import LSTMCell\n", own) == Look()


DOUBTFUL = {
    "of what is not known": (step("unknown.LSTMCell"), ".LSTMCell"),
    "no Python": ("$$ odd\n" + step("torch.nn.LSTMCell"), "cannot be read"),
    "a magic with code": ("%run other.py\n" + step("made"), "%run"),
    "another language": ("%%cython\n" + step("made"), "%%cython"),
    "a shell": ("!python make.py\n" + step("made"), "runs !"),
    "a text": (step("find('LSTMCell')"), "has the text"),
    "a text of parts": (step("getattr(torch.nn, f\"LSTM{'Cell'}\")"), "by a name that is made"),
    "a text that is joined": (
        step("getattr(torch.nn, ''.join(('LST', 'MCell')))"),
        "by a name that is made",
    ),
    "a text out of many": (
        "words = []\n"
        + "".join(f"words.append('a{k}')\n" for k in range(45))
        + "words.append('LSTMCell')\n"
        + step("getattr(torch.nn, words[-1])"),
        "by a name that is made",
    ),
    "a function that fetches": (
        step("reduce(getattr, ['nn', 'LS' + 'TMCell'], torch)", "from functools import reduce"),
        "hands torch to a call",
    ),
    "a function that maps": (
        step("next(map(getattr, [torch.nn], ['LS' + 'TMCell']))"),
        "hands torch.nn to a call",
    ),
    "an entry whose name is joined": (
        step("torch.nn.__dict__[''.join(['LS', 'TMCell'])]"),
        "by a name that is made",
    ),
    "a search of entries": (
        step("[v for k, v in torch.nn.__dict__.items() if k[::-1] == 'lleCMTSL'][0]"),
        "by a name that is made",
    ),
    "an entry of a parameter": (
        step("of(torch.nn)", "of = lambda lib: lib.__dict__[''.join(['LS', 'TMCell'])]"),
        "by a name that is made",
    ),
    "a comment that ends sooner": (
        "# one\x0c!true\x85from torch.nn import LSTMCell as made\n" + step("made"),
        "another text to IPython",
    ),
    "a comment that ends sooner beside a shell": (
        "!pip install x\n# one\u2028%time made = torch.nn.LSTMCell\n" + step("made"),
        "another text to IPython",
    ),
    "a text that loses its prompts": (
        'WORD = """\\\n>>> LSTMCell"""\n' + step("getattr(torch.nn, WORD)"),
        "another text to IPython",
    ),
    "a text in another language": (
        step("unit.go", "unit = torch.jit.CompilationUnit('def go(x): return lstm_cell(x)')"),
        "which may run what stands elsewhere",
    ),
    "a file of torch's": (
        step("torch.hub.load('.', 'it', source='local')"),
        "which may run what stands elsewhere",
    ),
    "an annotation that is evaluated": (
        step(
            "hints(noted)['a']",
            "from typing import get_type_hints as hints\n\n"
            "def noted(a: 'torch.nn.LSTMCell'):\n    pass\n",
        ),
        "uses get_type_hints",
    ),
    "a file that is unpickled": (
        step("np.load('weights.npy', allow_pickle=True)"),
        "uses allow_pickle",
    ),
    "a file that is unpickled without a word": (
        step("torch.tensor(np.load('weights.npy', None, True)).item"),
        "numpy.load",
    ),
    "more values than are followed": (
        "ways = []\n"
        + "".join(f"ways.append(torch.a{k})\n" for k in range(45))
        + "ways.append(torch.nn.LSTMCell)\n"
        + step("ways[-1]"),
        "more values",
    ),
    "a long cell": ("a = 1\n" * 60_000 + step("torch.nn.LSTMCell"), "too long"),
    "a deep cell": (f"a = {'+'.join(['1'] * 4000)}\n" + step("made"), "cannot be read"),
}


@pytest.mark.parametrize("way", DOUBTFUL)
def test_what_may_hide_something_is_a_suspicion(way: str) -> None:
    cell, word = DOUBTFUL[way]
    found = look("lstm_step_forward", cell)
    assert found.use is None
    assert word in found.suspicion


HELPED = STEP + "    return {}(x, h, c, Wx, Wh, b)\n"
READY = "import torch\n\ndef own(*args):\n    return torch.nn.LSTMCell(3, 4)(*args)\n"


@pytest.mark.parametrize(
    ("cells", "files"),
    [
        (["from helper import own\n" + HELPED.format("own")], {"helper.py": READY}),
        (["from helper import own as of_mine", HELPED.format("of_mine")], {"helper.py": READY}),
        (["import helper as mine", HELPED.format("mine.own")], {"helper.py": READY}),
        (["from helper import *", HELPED.format("own")], {"helper.py": READY}),
        (["from kit.inner import own", HELPED.format("own")], {"kit/inner.py": READY}),
        (
            ["from first import own", HELPED.format("own")],
            {"first.py": "from second import own", "second.py": READY},
        ),
        (
            ["from helper import lstm_step_forward"],
            {"helper.py": READY.replace("own", "lstm_step_forward")},
        ),
    ],
)
def test_the_framework_s_own_is_found_in_a_module_beside_the_notebook(
    cells: list[str], files: dict[str, str]
) -> None:
    found = look("lstm_step_forward", *cells, files=files)
    assert found.use is not None
    assert found.use.name == "torch.nn.LSTMCell"
    assert (found.use.line, found.use.where) == (4, "module")


def test_a_module_beside_the_notebook_is_a_suspicion_wherever_it_is_imported() -> None:
    half = {"helper.py": f"def half(a):\n    return a / 2\n\n{READY}"}
    for cells in (
        ["from helper import half", HELPED.format("half")],
        ["import helper as half\n" + HELPED.format("half.half")],
    ):
        assert look("lstm_step_forward", *cells, files=half) == Look(None, "imports helper")
    unused = look("lstm_step_forward", "import helper", HELPED.format("abs"), files=half)
    assert unused == Look()


def test_reading_the_modules_is_bounded() -> None:
    names = [f"m{k}" for k in range(150)]
    all_of_them = "".join(f"from {name} import f_{name}\n" for name in names)
    files = {f"{name}.py": f"{all_of_them}def f_{name}():\n    return LSTMCell\n" for name in names}
    with moment():
        cell = "from m0 import f_m0\n" + HELPED.format("f_m0")
        found = look("lstm_step_forward", cell, files=files)
    assert "which is too long to be read" in found.suspicion


def test_what_hides_in_a_helper_s_cell_is_a_suspicion() -> None:
    helper = "def maker(*sizes):\n    return eval('torch.nn.LSTM' 'Cell')(*sizes)\n"
    assert "uses eval" in look("lstm_step_forward", helper, step("maker")).suspicion


def test_what_goes_on_behind_a_shell_s_line_is_no_python() -> None:
    cell = f"!pip install \\\n    numpy\n{STEP}    return h, c, None\n"
    assert look("lstm_step_forward", cell) == Look()


def test_a_cell_that_cannot_be_read_is_a_suspicion_for_those_below() -> None:
    assert "another cell" in look("lstm_step_forward", "$$", STEP + "    return h, c, 0").suspicion


HOSTILE = {
    "functions": "\n".join(f"f{k} = lambda x: f{k + 1}(torch.nn.f{k}(x))" for k in range(900)),
    "values": "x = torch.nn\n" + "\n".join(f"x = x.a{k} if x else [x, x.b{k}]" for k in range(900)),
    "texts": "t = 'a' + 'b'\n" + "\n".join("t = t + 'a' if t else 'b' + t" for _ in range(900)),
    "classes": "\n".join(f"class C{k}(C{k - 1}):\n    y = C{k - 1}.y" for k in range(1, 900)),
    "changes": "z0 = []\n"
    + "\n".join(f"z{k + 1} = z{k}\nz{k}.x = z{k + 1}" for k in range(2400))
    + "\nx = z0",
    "calls in a chain": f"x = np.array{'.a()' * 60}",
    "bases": "\n".join(
        f"class C{k}({', '.join(f'C{j}' for j in range(k))}):\n    pass" for k in range(60)
    )
    + "\nx = C59().nothing",
    "sums": "\n".join(f"t = 'a{k}'\nt{k % 9} += t" for k in range(900))
    + "\n"
    + "\n".join(f"x = t{k % 9} + t{k % 7} + t{k % 5}" for k in range(2000)),
    "returns": "\n".join(f"def f{k}(x):\n    return f{k + 1}(x)" for k in range(2000)),
    "targets": f"{' = '.join(f'x{k}' for k in range(4000))} = x = "
    f"[{', '.join(f'y{k}' for k in range(4000))}]",
    "depth": "\n".join(f"{'x.a' + '.b' * 400}.append(x)" for _ in range(60)),
}


@pytest.mark.parametrize("many", HOSTILE)
def test_reading_is_bounded(many: str) -> None:
    cell = f"{HOSTILE[many]}\nT = [t, x, f0, C899.y]\n{step('T.LSTMCell')}"
    with moment():
        suspicion = look("lstm_step_forward", cell).suspicion
    assert "cannot be read" not in suspicion
    assert "too long" not in suspicion


def _styles() -> Iterator[tuple[str, Path]]:
    for assignment in assignments():
        folder = SOLUTIONS / assignment
        yield assignment, folder / "reference.py"
        for path in sorted((folder / "styles").glob("[a-z]*.py")):
            yield assignment, path


@pytest.mark.parametrize(
    ("assignment", "path"), list(_styles()), ids=lambda part: getattr(part, "stem", part)
)
def test_no_right_style_is_refused_or_suspected(assignment: str, path: Path) -> None:
    released = Released.parse(source.text(assignment))
    its = {exercise.name: exercise for exercise in exercises(assignment)}
    cells = references.cells(path.read_text(), list(its))
    checked = {check.exercise for check in released.checks}
    text = Text()
    for cell in released.cells:
        if cell.role == "check":
            exercise = its[cell.exercise]
            built_on = {n: its[n].framework for n in exercise.needs if n in checked}
            own = cells[exercise.name]
            found = text.look(exercise.name, exercise.framework, own, its, built_on)
            assert found == Look(), exercise.name
        else:
            text.add(cell.source if cell.role == "setup" else cells.get(cell.exercise, ""))


def test_which_of_several_is_told_does_not_change_from_run_to_run() -> None:
    several = ["LSTMCell", "LSTM", "RNNBase", "quantized.LSTMCell"]
    made = " or ".join(f"torch.nn.{name}" for name in several)
    found = {
        look("lstm_step_forward", step("maker", f"maker = {made}")).use.name  # type: ignore[union-attr]
    }
    source = (
        "from tests.grader.grading.test_framework_use import look, step\n"
        f"print(look('lstm_step_forward', step('maker', 'maker = {made}')).use.name)"
    )
    for seed in "123":
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(SOLUTIONS.parent)}
        command = [sys.executable, "-c", source]
        found.add(subprocess.check_output(command, env=environment, text=True).strip())
    assert len(found) == 1
