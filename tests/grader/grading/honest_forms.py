"""The forms in which students leave right work."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograder.grader.release.solve import grade_id_of
from autograder.grader.release.source import notebook as as_handed_out
from tests.attacks.attack import CELL, FORWARD, STEP, reference
from tests.grader.grading.honest_edits import (
    PLAIN,
    SIGMOID,
    Edit,
    above,
    added,
    before,
    below,
    cell,
    end,
    position,
    text,
    with_id,
)

STUB = "def lstm_step_forward(x, h, c, Wx, Wh, b):\n    return h, c, None  # an older copy"


def import_in_setup(notebook: Any) -> None:
    setup = cell(notebook, "setup")
    setup.source = f"import math\n{setup.source}"
    step = cell(notebook, STEP)
    step.source = step.source.replace("a = x @", "math.exp(0)\n    a = x @")


def answer_in_a_new_cell(notebook: Any) -> None:
    step = cell(notebook, STEP)
    right, step.source = step.source, cell(as_handed_out("lstm"), STEP).source
    notebook.cells.insert(position(notebook, STEP) + 1, new_code_cell(right))


def split_in_two(notebook: Any) -> None:
    at = position(notebook, STEP)
    notebook.cells[at].source = f"{SIGMOID}\n\n\nSCALE = np.ones(1)"
    notebook.cells.insert(at + 1, new_code_cell(PLAIN.replace("a = x @", "a = SCALE[0] * x @")))


def method_in_another_cell(notebook: Any) -> None:
    at = position(notebook, CELL)
    head, body = notebook.cells[at].source.split("    def forward(")
    lines = f"def forward({body}".splitlines()
    method = "\n".join([lines[0], *(line.removeprefix("    ") for line in lines[1:])])
    notebook.cells[at].source = head
    notebook.cells.insert(at + 1, new_code_cell(f"{method}\n\n\nLSTMCell.forward = forward"))


def helper_of_another_kind_below(notebook: Any) -> None:
    """The name of a helper is another's further down, for torch."""
    notebook.cells.insert(position(notebook, STEP), new_code_cell(SIGMOID))
    cell(notebook, STEP).source = PLAIN
    at = position(notebook, CELL)
    notebook.cells.insert(at, new_code_cell("def sigmoid(a):\n    return torch.sigmoid(a)"))
    notebook.cells[at + 1].source = notebook.cells[at + 1].source.replace(
        "torch.sigmoid(", "sigmoid("
    )


def as_text(notebook: Any) -> None:
    at = position(notebook, STEP)
    old = notebook.cells[at]
    notebook.cells[at] = new_markdown_cell(old.source, metadata=old.metadata)


OUTSIDE: dict[str, Edit] = {
    "helper-in-a-cell-before": added(SIGMOID, before),
    "helper-in-a-cell-after-the-check": added(SIGMOID, end),
    "helper-of-a-helper": added(
        f"HALF = 0.5\n\n\ndef half(a):\n    return HALF * a\n\n\n"
        f"{SIGMOID.replace('0.5 * a', 'half(a)')}",
        before,
    ),
    "helper-as-a-lambda": added("sigmoid = lambda a: 0.5 * (1 + np.tanh(0.5 * a))", before),
    "helper-beside-a-training": added(f"while True:\n    pass\n\n\n{SIGMOID}\ntrain()", before),
    "helper-below-a-magic": added(f"%matplotlib inline\n!ls\n{SIGMOID}", before),
    "helper-in-a-later-exercise": lambda n: (
        text(PLAIN)(n),
        text(f"{SIGMOID}\n\n\n{reference()[FORWARD]}", FORWARD)(n),
    ),
    "helper-chosen-by-what-is-there": added(
        f"try:\n    import tqdm_of_nobody\nexcept ImportError:\n    pass\n\n{SIGMOID}", before
    ),
    "import-in-setup": import_in_setup,
    "import-in-a-cell-before": added(
        "from math import *", before, reference()[STEP].replace("a = x @", "exp(0)\n    a = x @")
    ),
    "constants-in-a-cell-before": added(
        "HALF, ONE = 0.5, 1", before, reference()[STEP].replace("0.5 * a", "HALF * ONE * a")
    ),
    "split-in-two": split_in_two,
    "method-in-another-cell": method_in_another_cell,
    "helper-of-another-kind-below": helper_of_another_kind_below,
    "answer-in-a-new-cell": answer_in_a_new_cell,
    "older-copy-below": with_id(STUB, end),
    "older-copy-above": with_id(STUB, before),
    "older-copy-without-id-below": lambda n: n.cells.append(new_code_cell(STUB)),
    "first-try-above": lambda n: n.cells.insert(before(n), new_code_cell(STUB)),
    "checked-again-further-down": lambda n: (
        n.cells.extend([new_code_cell(cell(n, STEP).source), new_code_cell(f"check({STEP})")]),
        text(STUB)(n),
    ),
    "turned-to-text": as_text,
}
"""Work outside of the stub's cell."""

VALUES: dict[str, Edit] = {
    "call-below": below("print(lstm_step_forward(x_mine, h_mine))"),
    "call-above": above("print(lstm_step_forward(x_mine, h_mine))"),
    "call-between": text(f"{SIGMOID}\n\n\nprint(nobody)\n\n\n{PLAIN}"),
    "calls-everywhere": text(f"nobody()\n{SIGMOID}\nnobody()\n\n\n{PLAIN}\nnobody()"),
    "input": below("name = input('your name? ')"),
    "more-lines-that-fail-than-are-tried": above("\n".join(f"nobody_{k}()" for k in range(14))),
    "missing-file": above("data = open('data.csv').read()"),
    "magic-of-a-missing-package": above("%matplotlib widget"),
    "missing-package": above("import tqdm_of_nobody"),
    "missing-package-in-a-cell-before": added(f"import tqdm_of_nobody\n{SIGMOID}", before),
    "constant-of-nobody-in-a-cell-before": added(f"sigmoid = nobody\n\n\n{SIGMOID}", before),
    "timed": above("%%time"),
    "timed-and-stopped": text(f"%%time\n{reference()[STEP]}\n\n\nnobody()"),
    "help": below("lstm_step_forward?"),
    "shell": above("!pip install tqdm_of_nobody"),
    "training-below": below("while True:\n    pass"),
    "training-above": above("table = np.ones(3)\nwhile True:\n    table += 1"),
    "prints-without-end": below("while True:\n    print('x' * 10_000)"),
    "exit": below("exit()"),
    "crash": below("import os\n\nos._exit(1)"),
    "crash-between": text(f"{SIGMOID}\nimport os\nos._exit(1)\n{PLAIN}"),
}
"""Something fails beside a complete definition."""


RIGHT = reference()[STEP]
SHORT = """def lstm_step_forward(x, h, c, Wx, Wh, b):
    a = x @ Wx + h @ Wh + b
    i, f, g, o = np.split(a, 4, axis=1)
    i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
    g = np.tanh(g)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (x, h, c, Wx, Wh, i, f, g, o, c_next)"""
"""The same without a docstring and annotations."""

WRITING: dict[str, Edit] = {
    "no-docstring": text(f"{SIGMOID}\n\n\n{SHORT}"),
    "other-names-of-arguments": text(
        f"{SIGMOID}\n\n\n"
        + SHORT.replace("(x, h, c, Wx, Wh, b):", "(xt, h_prev, c, Wx, Wh, bias):")
        .replace("x @ Wx + h @ Wh + b", "xt @ Wx + h_prev @ Wh + bias")
        .replace("(x, h, c,", "(xt, h_prev, c,")
    ),
    "one-more-argument-with-a-default": text(
        f"{SIGMOID}\n\n\n{SHORT.replace(', b):', ', b, *, verbose=False):')}"
    ),
    "tabs": text(f"{SIGMOID}\n\n\n{SHORT}".replace("    ", "\t")),
    "blanks-at-line-ends": text(f"{SIGMOID}\n\n\n{SHORT}".replace("\n", "   \n")),
    "semicolons": text(f"{SIGMOID}\n\n\n{SHORT};\nprint('done');"),
    "windows-line-ends": text(f"{SIGMOID}\n\n\n{SHORT}".replace("\n", "\r\n")),
    "a-page-that-ends": text(f"{SIGMOID}\n\x0c\n\n{SHORT}"),
    "greek-letters": text(
        f"# Größe der Gatter – „σ“ 🙂\n{SIGMOID.replace('sigmoid', 'σ')}\n\n\n"
        f"{SHORT.replace('sigmoid', 'σ')}"
    ),
    "a-line-of-thousands": above(f"# {'because ' * 2000}"),
    "prints-in-the-function": text(
        f"{SIGMOID}\n\n\n{SHORT.replace('    a = x', '    print(x.shape)' + chr(10) + '    a = x')}"
    ),
    "asserts-in-the-function": text(
        SIGMOID
        + "\n\n\n"
        + SHORT.replace("    a = x", "    assert x.ndim == 2, 'a batch'\n    a = x")
    ),
    "a-function-in-the-function": text(
        SHORT.replace(
            "    a = x",
            "    def sigmoid(a):\n        return 0.5 * (1 + np.tanh(0.5 * a))\n\n    a = x",
        )
    ),
    "a-helper-below": text(f"{SHORT}\n\n\n{SIGMOID}"),
    "gates-as-a-lambda": text(
        "sigmoid = lambda a: 0.5 * (1 + np.tanh(a / 2))  # noqa: E731\n\n" + SHORT
    ),
    "a-decorator": text(
        "import functools\n\n\ndef counted(function):\n    @functools.wraps(function)\n"
        "    def inner(*args):\n        inner.calls += 1\n        return function(*args)\n\n"
        f"    inner.calls = 0\n    return inner\n\n\n{SIGMOID}\n\n\n@counted\n{SHORT}"
    ),
    "a-global-counter": text(
        "calls = 0\n\n\n"
        + SIGMOID
        + "\n\n\n"
        + SHORT.replace("    a = x", "    global calls\n    calls += 1\n    a = x")
    ),
    "a-list-for-the-tuple": text(
        f"{SIGMOID}\n\n\n"
        + SHORT.replace(
            "return o * np.tanh(c_next), c_next, (", "return [o * np.tanh(c_next), c_next, ("
        )
        + "]"
    ),
    "a-named-tuple-for-the-cache": added(
        "from collections import namedtuple\n\nCache = namedtuple('Cache', 'x h c Wx Wh i f g o "
        "c_next')",
        before,
        f"{SIGMOID}\n\n\n" + SHORT.replace("c_next, (x, h", "c_next, Cache(x, h"),
    ),
    "types-of-a-cell-before": added(
        "from typing import Any, Tuple\n\nArray = np.ndarray",
        before,
        f"{SIGMOID}\n\n\n"
        + SHORT.replace(
            "(x, h, c, Wx, Wh, b):", "(x: Array, h, c, Wx, Wh, b) -> Tuple[Array, ...]:"
        ),
    ),
    "gates-of-a-class-before": added(
        "class Gates:\n    @staticmethod\n    def sigmoid(a):\n"
        "        return 0.5 * (1 + np.tanh(0.5 * a))",
        before,
        SHORT.replace("sigmoid(", "Gates.sigmoid("),
    ),
    "numpy-by-its-whole-name": text(
        f"import numpy\n\n\n{SIGMOID}\n\n\n{SHORT}".replace("np.", "numpy.").replace(
            "numpy.ndarray", "np.ndarray"
        )
    ),
    "all-of-numpy": text(
        f"from numpy import *\n\n\n{SIGMOID}\n\n\n{SHORT}".replace("np.tanh", "tanh").replace(
            "np.split", "split"
        )
    ),
    "imports-of-a-cell-below": added(
        "from numpy import tanh as th", end, f"{SIGMOID}\n\n\n{SHORT}".replace("np.tanh", "th")
    ),
    "guarded-own-test": below('if __name__ == "__main__":\n    print(sigmoid(np.zeros(3)))'),
    "own-asserts": below(
        "rng = np.random.default_rng(0)\nx = rng.standard_normal((2, 3))\n"
        "h = c = np.zeros((2, 4))\n"
        "out = lstm_step_forward(x, h, c, np.ones((3, 16)), np.ones((4, 16)), np.zeros(16))\n"
        "assert out[0].shape == (2, 4)"
    ),
    "warnings-turned-off": above("import warnings\n\nwarnings.filterwarnings('ignore')"),
    "a-seed": above("np.random.seed(0)\nnp.set_printoptions(precision=3)"),
    "a-figure-below": below("import matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()"),
    "shown-below": below("display(sigmoid(np.zeros(2)))\nlstm_step_forward"),
    "usual-packages": above("import pandas as pd\nfrom tqdm.auto import tqdm"),
    "magics-that-reload": above("%load_ext autoreload\n%autoreload 2"),
    "magics-that-install": above("%pip install numpy\n%env OMP_NUM_THREADS=1"),
    "captured": above("%%capture out"),
    "timed-below": below("%timeit -n 1 -r 1 sigmoid(np.zeros(3))"),
    "helps": below("??sigmoid\nnp.tanh??\n%pdoc np"),
    "files-of-a-shell": below("files = !ls\nfiles"),
    "another-language-beside": lambda n: n.cells.insert(
        before(n), new_code_cell("%%bash\necho here")
    ),
    "a-stub-s-last-line-left": text(f"{SIGMOID}\n\n\n{SHORT}\n    raise NotImplementedError"),
    "a-comment-of-code-left": text(f"# def lstm_step_forward(x):\n#     pass\n{RIGHT}"),
}
"""How the cell itself is written."""


def no_metadata(notebook: Any) -> None:
    for one in notebook.cells:
        one.metadata = {}


def ids_twice(notebook: Any) -> None:
    notebook.cells += [nbformat.from_dict(dict(cell(notebook, STEP)))]


def checks_at_the_end(notebook: Any) -> None:
    checks = [one for one in notebook.cells if grade_id_of(one).startswith("check-")]
    notebook.cells = [one for one in notebook.cells if one not in checks] + checks


def without_checks(notebook: Any) -> None:
    notebook.cells = [n for n in notebook.cells if not grade_id_of(n).startswith("check-")]


def checked_with_words(notebook: Any) -> None:
    check = cell(notebook, f"check-{STEP}")
    check.source = f"# my check\nresult = {check.source}  # right!"


def all_in_one_cell(notebook: Any) -> None:
    names = list(reference())
    cell(notebook, STEP).source = "\n\n\n".join(cell(notebook, name).source for name in names)
    notebook.cells = [n for n in notebook.cells if grade_id_of(n) not in names[1:]]


def chapters_of_one_s_own(notebook: Any) -> None:
    notebook.cells.insert(0, new_markdown_cell("# My work\n![here](attachment:none.png)"))
    notebook.cells.insert(before(notebook), new_raw_cell("raw"))
    notebook.cells += [new_code_cell(""), new_code_cell("# nothing\n"), new_markdown_cell("")]


def as_colab_leaves_it(notebook: Any) -> None:
    notebook.metadata = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "accelerator": "GPU",
    }
    for number, one in enumerate(notebook.cells):
        one.metadata = {**one.metadata, "id": f"x{number}", "outputId": "y", "colab": {}}


def run_with_another_kernel(notebook: Any) -> None:
    notebook.metadata.kernelspec = {"name": "conda-env-x-py", "display_name": "x", "language": "R"}


def with_much_output(notebook: Any) -> None:
    one = cell(notebook, STEP)
    one.execution_count = 12345
    one.outputs = [new_output("stream", text="x" * 300_000), new_output("error", ename="E")]


def points_and_locks_changed(notebook: Any) -> None:
    for one in notebook.cells:
        if "nbgrader" in one.metadata:
            one.metadata.nbgrader = {**one.metadata.nbgrader, "points": 0, "locked": False}
            one.metadata.tags = ["remove-input"]


NOTEBOOK: dict[str, Edit] = {
    "no-metadata": no_metadata,
    "ids-twice": ids_twice,
    "checks-at-the-end": checks_at_the_end,
    "without-checks": without_checks,
    "checked-with-words": checked_with_words,
    "all-in-one-cell": all_in_one_cell,
    "chapters-of-one-s-own": chapters_of_one_s_own,
    "as-colab-leaves-it": as_colab_leaves_it,
    "run-with-another-kernel": run_with_another_kernel,
    "with-much-output": with_much_output,
    "points-and-locks-changed": points_and_locks_changed,
}
"""What happens to the notebook around the cells."""


def in_format_3(written: str) -> bytes:
    older = nbformat.convert(nbformat.reads(written, as_version=4), 3)
    return str(nbformat.writes(older, version=3)).encode()


def without_cell_ids(written: str) -> bytes:
    notebook = json.loads(written)
    notebook["nbformat_minor"] = 2
    for one in notebook["cells"]:
        del one["id"]
    return json.dumps(notebook).encode()


def sources_in_one_text(written: str) -> bytes:
    notebook = json.loads(written)
    for one in notebook["cells"]:
        one["source"] = "".join(one["source"])
    return json.dumps(notebook, ensure_ascii=True, indent=4).encode()


FILES: dict[str, Callable[[str], bytes]] = {
    "byte-order-mark": lambda written: written.encode("utf-8-sig"),
    "windows-line-ends-of-the-file": lambda written: written.replace("\n", "\r\n").encode(),
    "in-format-3": in_format_3,
    "without-cell-ids": without_cell_ids,
    "sources-in-one-text": sources_in_one_text,
}
"""How the file is written."""

FORMS = OUTSIDE | VALUES | WRITING | NOTEBOOK
