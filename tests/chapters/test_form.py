"""The form of every page: what a save, a check, a reader and a grader rely on."""

from __future__ import annotations

import ast
import inspect
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest

from autograder.exercises import exercises
from autograder.grader import references
from autograder.grader.release.source import CHAPTERS
from autograder.grader.release.source import page as assignment
from autograder.grader.release.source import page as page_of
from tests.chapters.pages import code, graded, lesson_of, read

POINTS: dict[str, dict[str, int]] = {
    "convolutional": {
        "conv_output_size": 1,
        "cross_correlate2d": 1,
        "convolve2d": 0,
        "conv2d_forward": 3,
        "conv2d_backward": 4,
        "im2col": 2,
        "col2im": 0,
        "maxpool2d_forward": 1,
        "maxpool2d_backward": 2,
        "avgpool2d_forward": 0,
        "avgpool2d_backward": 0,
        "conv1d_text": 2,
        "max_over_time": 0,
        "receptive_field": 0,
        "LeNet": 2,
        "lenet_to_keras": 0,
    },
    "feedforward": {
        "sigmoid": 0,
        "affine_forward": 1,
        "affine_backward": 2,
        "relu_forward": 0,
        "relu_backward": 1,
        "tanh_forward": 0,
        "tanh_backward": 0,
        "softmax_cross_entropy": 3,
        "numerical_gradient": 2,
        "initialise": 0,
        "MLP": 3,
        "adam_step": 2,
        "mlp_to_torch": 0,
        "mlp_to_keras": 0,
        "train": 2,
    },
    "gru": {
        "gru_step_forward": 3,
        "gru_step_backward": 4,
        "gru_forward": 1,
        "gru_backward": 2,
        "convert_update_convention": 0,
        "equal_when_reset": 0,
        "count_params": 0,
        "GRUCell": 2,
        "KerasGRUCell": 0,
    },
    "layers": {
        "lstm_from_torch": 1,
        "lstm_to_torch": 1,
        "gru_from_keras": 2,
        "gru_to_keras": 0,
        "keras_to_torch_lstm": 0,
        "keras_to_torch_gru": 1,
        "cudnn_pack": 1,
        "cudnn_unpack": 1,
        "right_padded": 0,
        "lengths": 1,
        "last_valid": 1,
        "masked_equal_packed": 2,
        "cudnn_eligible": 2,
        "stream": 2,
        "path": 1,
        "CudnnLSTM": 4,
        "CudnnGRU": 3,
        "CudnnConv2d": 2,
        "KerasCudnnLSTM": 2,
    },
    "lstm": {
        "lstm_step_forward": 3,
        "lstm_step_backward": 4,
        "lstm_forward": 2,
        "LSTMCell": 3,
    },
    "lstm_sequences": {
        "lstm_backward": 3,
        "init_lstm": 1,
        "reorder_gates": 0,
        "bilstm": 3,
        "retention": 0,
        "KerasLSTMCell": 2,
    },
    "recurrent": {
        "rnn_step_forward": 2,
        "rnn_step_backward": 3,
        "rnn_forward": 2,
        "rnn_backward": 4,
        "jacobian_norms": 0,
        "embedding_forward": 0,
        "embedding_backward": 1,
        "sequence_cross_entropy": 2,
        "clip_grad_norm": 1,
        "tbptt": 3,
        "sample": 0,
    },
}
"""The points of every exercise, in the order of its notebook."""

STEMS = list(POINTS)
EXERCISES = [(assignment, name) for assignment in STEMS for name in POINTS[assignment]]
PAGES = sorted(p for p in CHAPTERS.glob("*/*.md") if "kernelspec:" in p.read_text("utf-8"))

NUMPY, TORCH, KERAS = "import numpy as np\n", "import torch\n", "import keras\n"
CHECK = "\nfrom autograder import check"
SETUP = {
    "feedforward": KERAS + NUMPY + TORCH + CHECK,
    "convolutional": KERAS + NUMPY + TORCH + CHECK,
    "recurrent": NUMPY + CHECK,
    "lstm": NUMPY + TORCH + CHECK,
    "lstm_sequences": KERAS
    + NUMPY
    + TORCH
    + CHECK
    + "\nfrom autograder.given import lstm_forward, lstm_step_backward",
    "gru": KERAS + NUMPY + TORCH + CHECK,
    "layers": KERAS + NUMPY + TORCH + CHECK,
}
DEMONSTRATIONS = {
    "feedforward": 9,
    "convolutional": 14,
    "recurrent": 11,
    "lstm": 6,
    "lstm_sequences": 6,
    "gru": 10,
    "layers": 15,
}
PICTURES = {
    "feedforward": 4,
    "convolutional": 4,
    "recurrent": 4,
    "lstm": 4,
    "lstm_sequences": 2,
    "gru": 3,
    "layers": 0,
    "feedforward/index": 5,
    "convolutional/index": 9,
    "recurrent/index": 8,
    "gated/index": 14,
    "layers/index": 7,
}
FORM = {"locked": True, "schema_version": 3, "task": False}

ANYBODY = r".{0,3}$|return \w+$|for .* in zip\(.*:$|rng = "
INNOCENT = {
    "feedforward": ANYBODY,
    "convolutional": ANYBODY,
    "recurrent": r".{0,19}$",
    "layers": ANYBODY + r"|with torch.no_grad|try:$",
}
"""Lines that anybody would write, which tell nothing of a solution."""


def by_name(page: Path) -> str:
    return f"{page.parent.name}/{page.stem}"


@pytest.mark.parametrize("page", PAGES, ids=by_name)
@pytest.mark.parametrize("saved", ["by jupytext", "by JupyterLab"])
def test_a_save_leaves_the_page_as_it_is(page: Path, saved: str) -> None:
    text = page.read_text(encoding="utf-8")
    config = jupytext.config.load_jupytext_configuration_file(
        str(CHAPTERS.parent / "jupytext.toml")
    )
    notebook = read(page)
    if saved == "by JupyterLab":
        # It puts the kernel as it knows it, in its own order, in the place of what is there.
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
        }
        notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    notebook = nbformat.from_dict(json.loads(json.dumps(notebook)))
    assert jupytext.writes(notebook, fmt="md:myst", config=config) == text


@pytest.mark.parametrize("assignment", STEMS)
def test_graded_cells_are_the_setup_the_stubs_and_their_checks_in_order(assignment: str) -> None:
    assert [exercise.name for exercise in exercises(assignment)] == list(POINTS[assignment])
    pairs = [name for stub in POINTS[assignment] for name in (stub, f"check-{stub}")]
    cells = graded(page_of(assignment))
    assert list(cells) == ["setup", *pairs]
    assert cells["setup"].source == SETUP[assignment]
    form = {"grade": False, "grade_id": "setup", "solution": False, **FORM}
    assert cells["setup"].metadata["nbgrader"] == form


def described(source: str) -> list[tuple[str, str | None, list[str], list[str]]]:
    """The functions in `source`, their docstrings, arguments and defaults."""
    return [
        (
            node.name,
            ast.get_docstring(node),
            [a.arg for a in node.args.args],
            [ast.unparse(default) for default in node.args.defaults],
        )
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    ]


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_a_stub_is_the_reference_without_its_body(assignment: str, name: str) -> None:
    cell, reference = graded(page_of(assignment))[name], references.stub(assignment, name)
    form = {"grade": False, "grade_id": name, "solution": True, **FORM, "locked": False}
    assert cell.metadata["nbgrader"] == form
    (given,), (wanted,) = ast.parse(cell.source).body, ast.parse(reference).body
    assert isinstance(given, (ast.FunctionDef, ast.ClassDef))
    assert isinstance(wanted, (ast.FunctionDef, ast.ClassDef))
    assert ast.get_docstring(given) == ast.get_docstring(wanted)
    assert described(cell.source) == described(reference)
    stub = references.execute(f"{SETUP[assignment]}\n{cell.source}")[name]
    with pytest.raises(NotImplementedError):
        stub(*[None] * len(inspect.signature(stub).parameters))


@pytest.mark.parametrize(("assignment", "name"), EXERCISES)
def test_a_check_is_one_locked_line_with_points_or_without(assignment: str, name: str) -> None:
    cell = graded(page_of(assignment))[f"check-{name}"]
    points = {"points": POINTS[assignment][name]} if POINTS[assignment][name] else {}
    assert cell.source == f"check({name})"
    form = {"grade": bool(points), "grade_id": f"check-{name}", "solution": False}
    assert cell.metadata["nbgrader"] == {**form, **points, **FORM}


@pytest.mark.parametrize("assignment", STEMS)
def test_demonstrations_do_not_stop_run_all(assignment: str) -> None:
    cells = code(page_of(assignment))
    demonstrations = [cell for cell in cells if "nbgrader" not in cell.metadata]
    assert len(demonstrations) == DEMONSTRATIONS[assignment]
    for cell in demonstrations:
        assert cell.metadata["tags"] == ["raises-exception"]
    for cell, following in pairwise(cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert following.source.startswith("check(")


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_has_a_caption_a_name_and_a_text_that_stands_in_for_it(name: str) -> None:
    page = CHAPTERS / f"{name}.md" if "/" in name else page_of(name)
    pictures = [c for c in code(page) if "mystnb" in c.metadata or "plt.show()" in c.source]
    assert len(pictures) == PICTURES[name]
    names = [cell.metadata["mystnb"]["figure"]["name"] for cell in pictures]
    assert len(set(names)) == len(names)
    for cell in pictures:
        assert len(cell.metadata["mystnb"]["figure"]["caption"].split()) >= 10
        assert len(cell.metadata["mystnb"]["image"]["alt"].split()) >= 20


@pytest.mark.parametrize("assignment", STEMS)
@pytest.mark.parametrize("where", [lesson_of, assignment], ids=["lesson", "assignment"])
def test_no_line_of_a_reference_is_on_a_page(assignment: str, where: Any) -> None:
    def lines(text: str) -> set[str]:
        return {line.strip() for line in text.splitlines()}

    stubs = lines("\n".join(references.stub(assignment, name) for name in POINTS[assignment]))
    secret = lines(references.text(assignment)) - stubs - lines(SETUP[assignment])
    shown = lines(where(assignment).read_text(encoding="utf-8"))
    innocent = re.compile(INNOCENT.get(assignment, r'(""")?$'))
    assert not {line for line in secret & shown if not innocent.match(line)}
