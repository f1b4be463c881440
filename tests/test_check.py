"""`check` in a notebook: one display, no traceback, nothing on stderr, and light to import."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import CapturedIO, capture_output
from traitlets.config import Config

from autograder import check
from autograder.check import CheckFailed
from autograder.checking import examine
from autograder.exercises import assignments, exercises
from autograder.grader import references
from autograder.grader.grading.notebook import Released
from autograder.grader.release import source as chapter
from tests.attacks import speed_cheats
from tests.students import names

STEMS = assignments()
SETUP = """
from collections.abc import Sequence
from typing import Any
import keras
import numpy as np
import torch
from autograder import check
from autograder.given import lstm_forward, lstm_step_backward
"""


@pytest.fixture(scope="module")
def only_shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        config = Config({"HistoryManager": {"enabled": False}})
        yield InteractiveShell.instance(config=config)
    InteractiveShell.clear_instance()


@pytest.fixture
def shell(only_shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    """A notebook's shell, with the setup cell run."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    only_shell.reset(new_session=False)
    only_shell.run_cell(SETUP).raise_error()
    return only_shell


def run(shell: InteractiveShell, cell: str) -> tuple[Any, CapturedIO]:
    with capture_output() as seen:
        result = shell.run_cell(cell)
    return result, seen


def shown(shell: InteractiveShell, cell: str) -> str:
    """The HTML of the one display that the cell gives, and of nothing else."""
    result, seen = run(shell, cell)
    result.raise_error()
    assert result.result is None
    assert (seen.stdout, seen.stderr, len(seen.outputs)) == ("", "", 1)
    data = seen.outputs[0].data
    assert data.keys() == {"text/plain", "text/html"}
    return str(data["text/html"])


class Text(HTMLParser):
    """The text of HTML; its tags are counted."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("assignment", STEMS)
def test_a_right_notebook_shows_one_display_a_check(
    shell: InteractiveShell, assignment: str
) -> None:
    cells = references.cells(references.text(assignment), names(assignment))
    for name, source in cells.items():
        run(shell, source)[0].raise_error()
        html = shown(shell, f"check({name})")
        assert "<strong>correct</strong>" in html
        assert f"<code>{name}</code>" in html


def run_layers(shell: InteractiveShell) -> None:
    for source in references.cells(references.text("cudnn_layers"), names("cudnn_layers")).values():
        run(shell, source)[0].raise_error()


@pytest.mark.parametrize(("name", "asked"), [("CudnnLSTM", 1.8), ("CudnnGRU", 3.5)])
def test_a_layer_is_told_how_it_runs_beside_its_own_loop(
    shell: InteractiveShell, name: str, asked: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_layers(shell)
    taken = [0.9, 3.0, 0.5, 4.0, 0.7, 2.0]  # by turns: the layer, and its cell in a loop
    clock = iter([moment for seconds in taken for moment in (0.0, seconds)])
    monkeypatch.setattr(examine, "perf_counter", lambda: next(clock))
    text = Text(shown(shell, f"check({name})")).text
    long = 4096 if name == "CudnnLSTM" else 1024
    assert (
        f"On a long input, T={long}, D=4, H=8, it took 0.5 seconds here, and its own cell in a "
        "loop 2: it is 4 times as fast." in text
    )
    assert f"asks for {asked} times as fast as a loop of its own" in text
    assert next(clock, None) is None
    seen = "aten::lstm and aten::mkldnn_rnn_layer" if name == "CudnnLSTM" else "aten::gru"
    assert (
        f"A profiler's trace has {seen} once, at T=16 and at T=64: one operation runs the sequence."
    ) in text


@pytest.mark.parametrize("name", ["CudnnLSTM", "CudnnGRU"])
def test_a_layer_that_claims_and_loops_is_shown_its_trace(
    shell: InteractiveShell, name: str
) -> None:
    run_layers(shell)
    run(shell, speed_cheats.claiming()[name])[0].raise_error()
    html = shown(shell, f"check({name})")
    assert "<strong>correct</strong>" in html, "a trace explains, and takes nothing"
    found = re.search(
        r"A profiler's trace has no operation that runs the sequence: it lists (\d+) operations at "
        r"T=16 and (\d+) at T=64, (\d+) more for each step. They grow with T, so it is a loop\.",
        Text(html).text,
    )
    assert found is not None
    few, many, each = map(int, found.groups())
    assert many - few == 48 * each > 48 * 10


def test_a_layer_that_stops_on_a_long_input_is_told_so(shell: InteractiveShell) -> None:
    run_layers(shell)
    code = (
        "Short = CudnnLSTM\n"
        "class CudnnLSTM(Short):\n"
        "    def forward(self, x, *args, **options):\n"
        "        if max(x.shape) > 1000:\n"
        "            raise ValueError('too long.')\n"
        "        return super().forward(x, *args, **options)\n"
    )
    run(shell, code)[0].raise_error()
    html = shown(shell, "check(CudnnLSTM)")
    assert "<strong>partly right</strong>" in html
    text = Text(html).text
    assert "But not on a long input. It raises ValueError" in text
    assert "for T=4096, D=4, H=8: too long." in text


@pytest.mark.parametrize("assignment", STEMS)
def test_an_untouched_notebook_is_not_attempted(shell: InteractiveShell, assignment: str) -> None:
    for cell in Released.parse(chapter.text(assignment)).cells:
        if cell.role != "check":
            run(shell, cell.source)[0].raise_error()
    for name in names(assignment):
        assert "<strong>not attempted yet</strong>" in shown(shell, f"check({name})")


def test_the_line_of_the_cell_is_told(shell: InteractiveShell) -> None:
    run(shell, "def lstm_step_forward(x, h, c, Wx, Wh, b):\n    a = 1\n    return a / 0\n")
    text = Text(shown(shell, "check(lstm_step_forward)")).text
    assert "It raises ZeroDivisionError in line 3 of its cell for N=3, D=5, H=4" in text
    assert "division by zero" in text


@pytest.mark.parametrize(
    ("below", "where"),
    [
        ("def affine_forward(x, W, b):\n    y = x @ W\n    return y + b, 1 / 0",
         "line 3 of the cell of affine_forward for"),
        ("def helper():\n    return 1 / 0\n\ndef affine_forward(x, W, b):\n    return helper()",
         "line 2 of the cell of affine_forward for"),
        ("affine_forward = lambda x, W, b: 1 / 0", "line 1 of another cell for"),
    ],
)  # fmt: skip
def test_the_line_of_another_cell_is_told_with_its_name(
    shell: InteractiveShell, below: str, where: str
) -> None:
    cells = references.cells(references.text("training"), names("training"))
    for cell in (cells["initialise"], cells["MLP"], below):  # in the place of a stand-in
        run(shell, cell)[0].raise_error()
    text = Text(shown(shell, "check(MLP)")).text
    assert f"It raises ZeroDivisionError in {where} dims [4, 5, 3]" in text


def test_a_helper_in_the_same_cell_is_in_its_cell(shell: InteractiveShell) -> None:
    code = "def half():\n    return 1 / 0\n\ndef sigmoid(x):\n    return half() * x"
    run(shell, code)[0].raise_error()
    assert "in line 2 of its cell for" in Text(shown(shell, "check(sigmoid)")).text


def test_a_case_and_a_hint_are_shown(shell: InteractiveShell) -> None:
    run(shell, "def sigmoid(x):\n    return x + 0.5")[0].raise_error()
    assert "check.hint(sigmoid)" in Text(shown(shell, "check(sigmoid)")).text
    assert "hint 1 of 4" in shown(shell, "check.hint(sigmoid)")
    result, seen = run(shell, "check.case")
    assert "<table>" in result.result._repr_html_()
    assert seen.stderr == ""
    result, _ = run(shell, "check.case.again() - check.case.inputs['x']")
    assert np.allclose(result.result, 0.5)
    run(shell, "def sigmoid(x):\n    return 1 / 0")[0].raise_error()
    result, _ = run(shell, "check.case.again()")
    assert isinstance(result.error_in_exec, ZeroDivisionError)


def test_what_a_student_writes_is_escaped(shell: InteractiveShell) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=y> & \\x60<b>\\x60"
    run(shell, f"def lstm_step_forward(*args):\n    raise ValueError('{evil}')\n")
    html = shown(shell, "check(lstm_step_forward)")
    parsed = Text(html)
    assert set(parsed.tags) <= {"div", "p", "code", "strong"}
    assert "<script>alert(1)</script><img src=x onerror=y> & <b>" in parsed.text
    named = "def f(): pass\nf.__name__ = '<script>f</script>'\n"
    assert set(Text(shown(shell, f"{named}check(f)")).tags) <= {"div", "p", "code", "strong"}


def test_a_student_s_noise_is_not_seen(shell: InteractiveShell) -> None:
    cells = references.cells(references.text("lstm"), names("lstm"))
    noise = (
        "    import sys, warnings\n    print(1); print(2, file=sys.stderr); warnings.warn('w')\n"
    )
    source = cells["lstm_step_forward"].replace("    a = x @ Wx", f"{noise}    a = x @ Wx")
    run(shell, source)[0].raise_error()
    assert "A warning was given on the way" in shown(shell, "check(lstm_step_forward)")


@pytest.mark.parametrize("value", ["1e300", "-1e308", "np.nan", "np.inf", "1e-320"])
def test_no_number_makes_noise(shell: InteractiveShell, value: str) -> None:
    run(
        shell,
        "def lstm_step_forward(x, h, c, Wx, Wh, b):\n"
        f"    return np.full_like(h, {value}), np.full_like(c, {value}), None\n",
    )[0].raise_error()
    assert "<strong>not right yet</strong>" in shown(shell, "check(lstm_step_forward)")


NOT_EXERCISES = {
    "np.tanh": "`tanh` is not an exercise.",
    "lambda x: x": "`<lambda>` is not an exercise.",
    "'lstm_step_forward'": "What you gave, a str, is not an exercise.",
    "None": "What you gave, a NoneType, is not an exercise.",
    "np.ones(3)": "What you gave, a ndarray, is not an exercise.",
    "type('my_step', (), {})": "`my_step` is not an exercise.",
}


@pytest.mark.parametrize("given", NOT_EXERCISES)
def test_what_is_no_exercise_gets_a_sentence(shell: InteractiveShell, given: str) -> None:
    text = Text(shown(shell, f"check({given})")).text
    assert NOT_EXERCISES[given].replace("`", "") in text
    assert "Give the function or class itself, one of:" in text
    for assignment in STEMS:
        assert all(exercise.name in text for exercise in exercises(assignment))


def test_a_class_of_the_notebook_that_fails_is_told(shell: InteractiveShell) -> None:
    run(shell, "class LSTMCell:\n    def __init__(self, D, H):\n        self.D = D\n")
    text = Text(shown(shell, "check(LSTMCell)")).text
    assert "LSTMCell is not a class that is derived from torch.nn.Module." in text


def test_an_earlier_mistake_is_counted_once(shell: InteractiveShell) -> None:
    cells = references.cells(references.text("lstm"), names("lstm"))
    cells["lstm_step_forward"] = cells["lstm_step_forward"].replace(
        "a_i, a_f, a_g, a_o = np.split", "a_f, a_i, a_g, a_o = np.split"
    )
    for name in ("lstm_step_forward", "lstm_step_backward"):
        run(shell, cells[name])[0].raise_error()
    assert "<strong>not right yet</strong>" in shown(shell, "check(lstm_step_forward)")
    text = Text(shown(shell, "check(lstm_step_backward)")).text
    assert "correct" in text
    assert "It is right given your own lstm_step_forward" in text


def test_nbgrader_sees_one_sentence(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    run(shell, references.stub("lstm", "lstm_step_forward"))[0].raise_error()
    result, seen = run(shell, "check(lstm_step_forward)")
    assert isinstance(result.error_in_exec, CheckFailed)
    assert seen.outputs == []
    lines = [line for line in (seen.stdout + seen.stderr).splitlines() if line]
    assert lines == [
        "lstm_step_forward: not attempted yet. It raises NotImplementedError, itself or in a "
        "function that it calls."
    ]
    assert lines == [str(result.error_in_exec)]


def test_nbgrader_sees_nothing_amiss_in_what_is_right(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    cells = references.cells(references.text("lstm"), names("lstm"))
    run(shell, cells["lstm_step_forward"])[0].raise_error()
    assert "<strong>correct</strong>" in shown(shell, "check(lstm_step_forward)")


def test_outside_a_notebook_the_sentence_is_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    check(np.tanh)
    assert capsys.readouterr().out.startswith("tanh: stopped by an error. `tanh` is not an")


ALLOWED = {"autograder", "numpy", "IPython"}
"""What the core needs; `cython_runtime` and `_cython_…` are made by numpy.random."""

LOADED = """
import sys
before = set(sys.modules)
{statement}
from importlib.machinery import all_suffixes
new = {{name.split('.')[0] for name in set(sys.modules) - before}}
print(*sorted(new - set(sys.stdlib_module_names)))
"""


def loaded(statement: str) -> set[str]:
    """The packages beyond the standard library that a statement loads in a new interpreter."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOADED.format(statement=statement)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert done.stderr == ""
    return {name for name in done.stdout.split() if "cython_" not in name}


def test_the_import_is_light() -> None:
    assert loaded("import autograder") <= ALLOWED
    assert loaded("import autograder.exercises.respond") <= ALLOWED


def test_the_exercises_load_no_framework() -> None:
    statement = (
        "from autograder.exercises import assignments, exercises\n"
        "[e.draw(0) for name in assignments() for e in exercises(name)]"
    )
    assert not loaded(statement) & {"torch", "tensorflow", "keras", "solutions"}


def test_a_numpy_exercise_is_checked_without_a_framework() -> None:
    statement = (
        "import autograder\n"
        "def lstm_step_forward(x, h, c, Wx, Wh, b): return h, c, None\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    autograder.check(lstm_step_forward)\n"
    )
    assert not loaded(statement) & {"torch", "tensorflow", "keras", "solutions"}


def kept(shell: InteractiveShell, cell: str) -> None:
    """Run a cell of which the notebook keeps the history, as those of a person are."""
    with capture_output():
        shell.run_cell(cell, store_history=True).raise_error()


STEP_CELL = """def lstm_step_forward(x, h, c, Wx, Wh, b):
    a = SCALE[0] * (x @ Wx + h @ Wh + b)
    H = h.shape[1]
    i, f, o = (sigmoid(a[:, k * H : (k + 1) * H]) for k in (0, 1, 3))
    c_next = f * c + i * np.tanh(a[:, 2 * H : 3 * H])
    return o * np.tanh(c_next), c_next, None"""
SIGMOID_CELL = "def sigmoid(a):\n    return HALF * (1 + np.tanh(HALF * a))"


@pytest.mark.parametrize(
    ("cells", "lost"),
    [
        (["SCALE = (1, 1)\nHALF = 0.5", SIGMOID_CELL, STEP_CELL], []),
        (["SCALE = np.ones(1)\nHALF = 0.5", SIGMOID_CELL, STEP_CELL], ["SCALE"]),
        (["SCALE = np.ones(1)\nHALF = float('0.5')", SIGMOID_CELL, STEP_CELL], ["SCALE", "HALF"]),
        (["SCALE = [1]\nHALF = 0.5", f"{SIGMOID_CELL}\n\n\nSCALE = np.ones(1)\n{STEP_CELL}"], []),
        (["SCALE = np.ones(1)", "SCALE = [1]\nHALF = 0.5", SIGMOID_CELL, STEP_CELL], []),
        (["SCALE = [1]\nHALF = 0.5", "sigmoid = np.vectorize(lambda a: 1 / (1 + np.exp(-a)))",
          STEP_CELL], ["sigmoid"]),
        (["%%time\nSCALE = np.ones(1)\nHALF = 0.5", SIGMOID_CELL, STEP_CELL], ["SCALE"]),
    ],
    ids=["constants", "made by a call", "of a helper", "in its cell", "made anew", "helper",
         "below a magic"],
)  # fmt: skip
def test_what_grading_would_not_see_is_said(
    shell: InteractiveShell, cells: list[str], lost: list[str]
) -> None:
    for cell in cells:
        kept(shell, cell)
    said = Text(shown(shell, "check(lstm_step_forward)")).text
    found = re.search(r"Grading will not see ([\w ]+): of cells that are no exercise's", said)
    assert (set(found[1].split(" and ")) if found else set()) == set(lost)
    if lost:
        assert "into the cell of lstm_step_forward." in said


def test_grading_and_check_read_cells_by_one_rule() -> None:
    from autograder.checking.cells import statements

    found = statements(
        "import os\n%matplotlib inline\nx, y = 1, 'a'\nz = f(1)\ng = lambda: f(1)\n"
        "for i in x: pass\n"
        "if x:\n    import b\nelse:\n    b = None\n@made()\ndef h(): ...\nw.a = g\nx += 1; y = 2"
    )
    assert found is not None
    assert [one.runs for one in found] == [True, False, True, False, True, False,
                                           True, True, True, False, True]  # fmt: skip
    assert found[1].text == "%matplotlib inline"
    assert found[7].text == "@made()\ndef h(): ..."
    assert found[8].changes == {"w"}
    assert [one.text for one in found[9:]] == ["x += 1", "y = 2"]
    assert found[6].binds == {"b"}


OLDER_WARNS = """import warnings
def lstm_step_forward(x, h, c, Wx, Wh, b):
    warnings.warn("Conversion of an array with ndim > 0 is deprecated", DeprecationWarning)
    i, f, g, o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, o = (0.5 * (1 + np.tanh(0.5 * a)) for a in (i, f, o))
    c_next = f * c + i * np.tanh(g)
    return o * np.tanh(c_next), c_next, None"""


def test_a_warning_of_another_version_names_the_graders(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(shell, OLDER_WARNS)[0].raise_error()
    assert "is graded with" not in shown(shell, "check(lstm_step_forward)")
    monkeypatch.setattr(np, "__version__", "2.2.6")
    said = Text(shown(shell, "check(lstm_step_forward)")).text
    assert "The class is graded with NumPy 2.4.6, and this is NumPy 2.2.6." in said
    assert "may be an error there" in said


def test_an_error_with_another_version_names_the_graders(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(np, "__version__", "1.26.4")
    run(shell, "def lstm_step_forward(*_):\n    return np.vecdot_of_nobody")[0].raise_error()
    said = Text(shown(shell, "check(lstm_step_forward)")).text
    assert "graded with NumPy 2.4.6, and this is NumPy 1.26.4" in said
