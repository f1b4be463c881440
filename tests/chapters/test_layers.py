"""The lesson on layers and its assignment: their form, and what they state."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupytext
import matplotlib
import numpy as np
import pytest

from autograder import references
from autograder.exercises import exercises
from solutions.mistakes import layers_sections as sections

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "chapters" / "layers" / "index.md"
ASSIGNMENT = ROOT / "chapters" / "layers" / "layers.md"
PAGES = (LESSON, ASSIGNMENT)
NAMES = [exercise.name for exercise in exercises("layers")]
SETUP = "import keras\nimport numpy as np\nimport torch\n"
FORM = {"locked": True, "schema_version": 3, "task": False}


def read(page: Path) -> Any:
    return jupytext.reads(page.read_text(encoding="utf-8"), fmt="md:myst")


def code(page: Path) -> list[Any]:
    return [cell for cell in read(page).cells if cell.cell_type == "code"]


def by_id(page: Path) -> dict[str, Any]:
    cells = [cell for cell in code(page) if "nbgrader" in cell.metadata]
    return {cell.metadata["nbgrader"]["grade_id"]: cell for cell in cells}


def run(sources: list[str]) -> tuple[dict[str, Any], str]:
    """The names that the cells leave behind, and what they print."""
    matplotlib.use("Agg")
    names: dict[str, Any] = {}
    printed = io.StringIO()
    here = contextlib.chdir(LESSON.parent)
    with here, matplotlib.rc_context(), contextlib.redirect_stdout(printed):
        for source in sources:
            exec(source.replace("plt.show()", ""), names)
    return names, printed.getvalue()


@pytest.fixture(scope="module")
def lesson() -> tuple[dict[str, Any], str]:
    return run([cell.source for cell in code(LESSON)])


@pytest.fixture(scope="module")
def solved() -> tuple[dict[str, Any], str]:
    """The assignment, run with the references in place of the stubs and without the checks."""
    solutions = references.cells(references.text("layers"), NAMES)
    sources = []
    for cell in code(ASSIGNMENT):
        form = cell.metadata.get("nbgrader", {})
        if form.get("solution"):
            sources.append(solutions[form["grade_id"]])
        elif not form.get("grade_id", "").startswith("check-"):
            sources.append(cell.source)
    return run(sources)


# The form of the pages.


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_save_leaves_the_page_as_it_is(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    config = jupytext.config.load_jupytext_configuration_file(str(ROOT / "jupytext.toml"))
    notebook = jupytext.reads(jupytext.writes(read(page), fmt="ipynb"), fmt="ipynb")
    assert jupytext.writes(notebook, fmt="md:myst", config=config) == text


def test_the_assignment_has_the_sections_that_checks_refer_to() -> None:
    text = ASSIGNMENT.read_text(encoding="utf-8")
    wanted = {value.strip("‘’") for name, value in vars(sections).items() if name.isupper()}
    assert {line[3:] for line in text.splitlines() if line.startswith("## ")} == wanted


def test_cells_are_the_setup_the_stubs_and_their_checks_in_order() -> None:
    pairs = [name for stub in NAMES for name in (stub, f"check-{stub}")]
    assert list(by_id(ASSIGNMENT)) == ["setup", *pairs]
    assert by_id(ASSIGNMENT)["setup"].source == SETUP + "\nfrom autograder import check"


@pytest.mark.parametrize("name", NAMES)
def test_a_stub_is_the_reference_without_its_body(name: str) -> None:
    def described(source: str) -> list[tuple[str, str | None, list[str], list[str]]]:
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

    cell = by_id(ASSIGNMENT)[name]
    assert cell.metadata["nbgrader"] == {
        "grade": False,
        "grade_id": name,
        "solution": True,
        **FORM,
        "locked": False,
    }
    reference = references.stub("layers", name)
    (given,), (wanted,) = ast.parse(cell.source).body, ast.parse(reference).body
    assert isinstance(given, (ast.FunctionDef, ast.ClassDef))
    assert isinstance(wanted, (ast.FunctionDef, ast.ClassDef))
    assert ast.get_docstring(given) == ast.get_docstring(wanted)
    assert described(cell.source) == described(reference)
    stub = references.execute(SETUP + cell.source)[name]
    with pytest.raises(NotImplementedError):
        stub(*[None] * len(inspect.signature(stub).parameters))


@pytest.mark.parametrize("name", NAMES)
def test_a_check_is_one_locked_line(name: str) -> None:
    cell = by_id(ASSIGNMENT)[f"check-{name}"]
    form = dict(cell.metadata["nbgrader"])
    points = form.pop("points", 0)
    assert cell.source == f"check({name})"
    assert form == {
        "grade": points > 0,
        "grade_id": f"check-{name}",
        "solution": False,
        **FORM,
    }


def test_demonstrations_do_not_stop_run_all() -> None:
    cells = code(ASSIGNMENT)
    demonstrations = [cell for cell in cells if "nbgrader" not in cell.metadata]
    assert len(demonstrations) >= 12
    for cell in demonstrations:
        assert cell.metadata["tags"] == ["raises-exception"]
    for cell, following in pairwise(cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert following.source.startswith("check(")


def test_every_picture_has_a_caption_a_name_and_a_text_that_stands_in_for_it() -> None:
    pictures = [c for c in code(LESSON) if "mystnb" in c.metadata or "plt.show()" in c.source]
    assert len(pictures) == 7
    names = [cell.metadata["mystnb"]["figure"]["name"] for cell in pictures]
    assert len(set(names)) == len(names)
    for cell in pictures:
        assert len(cell.metadata["mystnb"]["figure"]["caption"].split()) >= 10
        assert len(cell.metadata["mystnb"]["image"]["alt"].split()) >= 20


COMMON = re.compile(r"return \w+$|for .* in zip\(.*:$|rng = |with torch.no_grad|try:$")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_line_of_a_reference_is_on_a_page(page: Path) -> None:
    stubs = {
        line.strip() for name in NAMES for line in references.stub("layers", name).splitlines()
    }
    secret = {line.strip() for line in references.text("layers").splitlines()} - stubs
    secret = {line for line in secret - set(SETUP.splitlines()) if len(line) > 3}
    shown = {line.strip() for line in page.read_text(encoding="utf-8").splitlines()}
    assert not {line for line in secret & shown if not COMMON.match(line)}


# What the pages state.


def test_the_times_that_are_shown_are_those_of_the_record() -> None:
    record = json.loads((LESSON.parent / "results" / "fused.json").read_text())
    assert {"date", "hardware", "versions", "sizes", "steps"} <= record.keys()
    for seconds in record["cpu"]["seconds"].values():
        ratios = np.array(seconds["loop"]) / np.array(seconds["layer"])
        assert ratios.min() > 3
        assert ratios.max() < 16
    operations = record["cpu"]["operations"]
    (few, many), (first, second) = operations["events at T"], operations["events"]["loop"]
    assert (second - first) / (many - few) == 37
    assert len(set(operations["events"]["layer"])) == 1


def test_the_layers_are_as_fast_as_the_frameworks(lesson: tuple[dict[str, Any], str]) -> None:
    bench = json.loads((LESSON.parent / "results" / "layers.json").read_text())
    assert {"date", "hardware", "versions", "steps", "curve", "cpu", "cuda"} <= bench.keys()
    layers = {row["layer"] for row in bench["cpu"]["rows"]}
    assert layers == {"nn.LSTM", "nn.GRU", "nn.Conv2d", "keras LSTM"}
    for layer in layers:
        ratios = [row["ratio"] for row in bench["cpu"]["rows"] if row["layer"] == layer]
        assert np.median(ratios) < 1.1
    curve = {name: np.array(s) for name, s in bench["curve"]["seconds"].items()}
    assert (curve["NumPy cell in a loop"] > 2 * curve["your layer, fused"]).all()
    if bench["cuda"] == "not measured":
        assert lesson[1].count("CUDA not measured") == 8


def test_the_two_forms_of_the_gru_agree_where_the_lesson_says(
    lesson: tuple[dict[str, Any], str],
) -> None:
    apart = re.findall(r"R_n +the two forms differ by (\S+)", lesson[1])
    assert float(apart[0]) > 0.01
    assert float(apart[1]) < 1e-6


def test_every_argument_does_what_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    printed = lesson[1]
    moved = dict(re.findall(r"\{'(\w+)': .*moved by (\d\.\d+)", printed))
    assert moved["use_bias"] == moved["unit_forget_bias"]
    assert all(float(moved[key]) == 0 for key in ("return_state", "unroll", "use_cudnn"))
    assert all(
        float(moved[key]) > 0.01
        for key in ("activation", "recurrent_activation", "use_bias", "go_backwards")
    )
    assert "dropout, two calls in training agree: False\nand in use: True" in printed
    assert "go_backwards is the reversed input: True" in printed
    assert "reset_after=True: bias (2, 15)\nreset_after=False: bias (15,)" in printed
    assert "bias at first, gate by gate: 0.0 1.0 0.0 0.0" in printed
    assert "orthonormal: True" in printed
    assert re.search(r"batch_first=False, default +200 weights .* h \(1, 6, 5\)", printed)


def test_each_condition_alone_turns_the_fast_kernel_off(
    lesson: tuple[dict[str, Any], str],
) -> None:
    outcome = lesson[0]["outcome"]
    arrived = {label for (_, label), fast in outcome.items() if fast}
    assert arrived == {
        "the defaults",
        "a right-padded mask",
        "dropout=0.5",
        "go_backwards=True",
        "return_sequences=True",
    }
    assert "ValueError: use_cudnn=True was specified" in lesson[1]


def test_wrong_conversions_are_wrong_by_a_tenth_and_more(
    lesson: tuple[dict[str, Any], str],
) -> None:
    rows = re.findall(
        r"(right|exchanged|transposed): +(\S+)\n", lesson[1][lesson[1].index("right:  ") :]
    )
    right, *wrong = (float(value) for _, value in rows[:4])
    assert right < 1e-6
    assert len(wrong) == 3
    assert min(wrong) >= 0.1


def test_masks_chunks_and_errors_are_as_the_lesson_says(
    lesson: tuple[dict[str, Any], str],
) -> None:
    names, printed = lesson
    assert "equal at valid steps: True" in printed
    assert "stateful, in chunks:   True" in printed
    assert "another batch size is refused" in printed
    assert names["gap"][:100].max() < 1e-6
    assert names["gap"][100::100].min() > 0.01
    assert names["sizes_of"]["float32"] < 1e-6
    assert 1e-4 < names["sizes_of"]["TF32, imitated"] < 1e-3


def test_documents_and_code_disagree_where_the_lesson_says(
    lesson: tuple[dict[str, Any], str],
) -> None:
    for line in (
        "1. True | reset_after by default: True",
        "2. True | biases: 1.0 1.0",
        "3. True | a model has it: False",
        "4. True | inside a tf.function the kernel is reached: True",
        "5. time_major is an argument: False",
    ):
        assert line in lesson[1]
    assert "aten::lstm aten::mkldnn_rnn_layer\naten::gru\n" in lesson[1]


def test_what_the_assignment_shows_is_what_its_text_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    printed = solved[1]
    assert "there and back: True" in printed
    assert "one step by hand: True" in printed
    assert " 24  Ri" in printed
    assert " 60  bx i" in printed
    assert printed.count("the same: True") == 3
    assert re.search(r"layer: \d+ events, so fused\ncell in a loop: \d+ events, so loop", printed)
    assert "not right-padded" in printed
    naive = re.findall(r"last column (\S+), last valid (\S+)", printed)
    assert len({last for _, last in naive}) == 1
    assert len({column for column, _ in naive}) == 3
    assert "here: loop, because of device" in printed
    assert "on CUDA: True\non CUDA, with a left-padded mask: False mask" in printed
    losses = re.findall(r"loss at first (\S+), at last (\S+)", printed)
    assert len(losses) == 2
    assert all(float(last) < 0.01 < 0.1 < float(first) for first, last in losses)
