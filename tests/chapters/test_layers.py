"""The lesson on layers and its assignment: what they state."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from autograder.exercises import operations
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


def recorded(name: str) -> Any:
    return json.loads((LESSON.parent / "results" / f"{name}.json").read_text())


def test_the_times_that_are_shown_are_those_of_the_record(lesson: Ran) -> None:
    bench = recorded("layers")
    seconds = {name: np.array(s) for name, s in bench["curve"]["seconds"].items()}
    loops = [times for name, times in seconds.items() if "loop" in name]
    layers = [times for name, times in seconds.items() if "loop" not in name]
    text = " ".join(LESSON.read_text(encoding="utf-8").split())
    for name, times in seconds.items():
        if "loop" in name:
            ratios = times / seconds["your layer, fused"]
            shown = ", ".join(f"{ratio:.1f}" for ratio in ratios)
            assert f"{name}: {shown} times as long as your layer" in lesson[1]
            assert (np.diff(ratios) > 0).all(), "the longer, the more the layer gains"
    assert f"one thread, {bench['date']}" in lesson[1]
    ratios = np.array([loop / layer for loop in loops for layer in layers])
    assert 2 <= ratios[:, 0].min() < ratios[:, 0].max() <= 4
    assert ratios[:, -1].min() > 6
    assert "two to four times as long as the layers at 16 steps, and more than six" in text
    first, second = sorted(1000 * loop[-1] for loop in loops)
    (longest,) = {round(1000 * layer[-1]) for layer in layers}
    assert f"up to {first:.0f} and {second:.0f} milliseconds" in text
    assert f"at the bottom, up to {longest} milliseconds" in text


def test_the_operations_that_are_counted_are_those_of_the_record(lesson: Ran) -> None:
    record = recorded("fused")
    assert {"date", "hardware", "versions", "sizes", "steps"} <= record.keys()
    counted = record["cpu"]["operations"]
    (few, many), (first, second) = counted["events at T"], counted["events"]["loop"]
    assert (second - first) / (many - few) == 37
    assert len(set(counted["events"]["layer"])) == 1
    own = operations.ON_A_CPU["a cell of one's own in a loop"]
    assert [len(operations.spelled(own, T)) for T in (few, many)] == [first, second]
    assert "operations in the loop: 37 a step\noperations in the layer: 0 a step" in lesson[1]


def test_the_trace_tells_which_kernel_ran(lesson: Ran) -> None:
    rows = re.findall(r"^(nn\..{19,20}) +(\d+) +(\d+) +(\d+)   (aten.*)$", lesson[1], re.MULTILINE)
    found = {label.strip(): (int(each), seen) for label, _, _, each, seen in rows}
    one = " ".join(operations.whole("nn.LSTM", "cpu"))
    assert found["nn.LSTM"] == (0, one)
    assert found["nn.LSTMCell in a loop"] == (47, "aten::lstm_cell")
    for label in ("nn.LSTM, two lengths", "nn.LSTM, float64"):
        assert found[label][0] > 30
        assert found[label][1] == "aten::lstm"
    assert found["nn.GRU"][0] > 30
    assert found["nn.GRU"][1] == "aten::gru"
    for seen in operations.TABLE:
        line = rf"{re.escape(seen.layer)} +{seen.device} +{' '.join(seen.names)} +{seen.often}"
        assert re.search(line, lesson[1])
    for source in (operations.RECORDED, operations.READ):
        assert f"torch 2.13, {source}\n" in lesson[1]


def test_the_layers_are_as_fast_as_the_frameworks(lesson: tuple[dict[str, Any], str]) -> None:
    bench = recorded("layers")
    assert {"date", "hardware", "versions", "steps", "curve", "cpu", "cuda"} <= bench.keys()
    layers = {row["layer"] for row in bench["cpu"]["rows"]}
    assert layers - {"keras GRU"} == {"nn.LSTM", "nn.GRU", "nn.Conv2d", "keras LSTM"}
    missing = "none" if "keras GRU" in layers else "keras GRU"
    assert f"not in this record: {missing}\n" in lesson[1]
    for row in bench["cpu"]["rows"]:
        size = "×".join(str(value) for value in row.values() if isinstance(value, int))
        assert re.search(rf"^{row['layer']} .* {size}( |$)", lesson[1], re.MULTILINE)
    for layer in layers:
        ratios = [row["ratio"] for row in bench["cpu"]["rows"] if row["layer"] == layer]
        assert np.median(ratios) < 1.1
    curve = {name: np.array(s) for name, s in bench["curve"]["seconds"].items()}
    assert (curve["NumPy cell in a loop"] > 2 * curve["your layer, fused"]).all()
    if bench["cuda"] == "not measured":
        assert lesson[1].count("CUDA not measured") == 2 * len(layers)


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
    read = re.search(r"(?:fused|cudnn): digits read before (\d+)%, after (\d+)%", printed)
    assert read is not None
    assert int(read[1]) < 30 < 90 < int(read[2])
    moved = re.search(r"convolution moved by (\d+)% of their size", printed)
    assert moved is not None
    assert int(moved[1]) > 10
