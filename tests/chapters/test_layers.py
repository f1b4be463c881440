"""The lesson on layers and its assignment: what they state."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from autograder.release.source import page as assignment
from solutions.mistakes import layers_sections as sections
from tests.chapters.pages import (
    Ran,
    lesson_of,
    run_lesson,
    run_solved,
)

LESSON = lesson_of("layers")
ASSIGNMENT = assignment("layers")
ENDS = ("cuDNN", "the loop", "an error")


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run_lesson(LESSON)


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("layers")


def test_the_assignment_has_the_sections_that_checks_refer_to() -> None:
    text = ASSIGNMENT.read_text(encoding="utf-8")
    wanted = {value.strip("‘’") for name, value in vars(sections).items() if name.isupper()}
    assert {line[3:] for line in text.splitlines() if line.startswith("## ")} == wanted


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
    labels = {end: {label for (_, label), at in outcome.items() if at == end} for end in ENDS}
    assert set().union(*labels.values()) == {label for _, label in outcome}
    assert labels["cuDNN"] == {
        "the defaults",
        "a right-padded mask",
        "dropout=0.5",
        "go_backwards=True",
        "return_sequences=True",
        "compiled, a right-padded mask",
        "fitted, a right-padded mask",
    }
    assert labels["an error"] == {
        "compiled, a mask with a hole",
        "compiled, a left-padded mask",
        "compiled, a row masked throughout",
        "fitted, a left-padded mask",
    }
    assert "ValueError: use_cudnn=True was specified" in lesson[1]
    assert "TensorFlow: NotImplementedError\ntorch: the value of the layer: True" in lesson[1]


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
    assert names["at_padding"] == {
        "Keras, by its loop": "the last output",
        "Keras, by cuDNN": "zeros",
        "Keras, by its loop, zero_output_for_mask=True": "zeros",
        "Keras, by its loop, Bidirectional": "zeros",
        "torch, packed": "zeros",
        "torch, not packed": "neither",
    }
    assert "return_sequences=False, the loop and cuDNN agree: True" in printed
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
        "6. True | a comment in the code: True",
        "7. True | compiled, a left-padded mask: an error",
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
