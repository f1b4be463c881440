"""The lesson on layers and its two assignments: what they state."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
import pytest
import torch

from autograder.exercises.layers import operations
from autograder.exercises.layers.masks import FINE
from autograder.grader.release.source import page as page_of
from tests import students
from tests.chapters.pages import (
    Ran,
    lesson_of,
    read,
    run_lesson,
    run_solved,
    sections,
)

FOLDER = lesson_of("layers").parent
ENDS = ("cuDNN", "the loop", "an error")
CLOSING = ("Questions", "What to remember, what to read")


@cache
def ran(page: str) -> Ran:
    """What a page of the lesson leaves behind, and what it prints."""
    return run_lesson(FOLDER / f"{page}.md")


def text_of(page: str) -> str:
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("assignment", ["layers", "cudnn_layers"])
def test_an_assignment_has_the_sections_that_checks_refer_to(assignment: str) -> None:
    text = page_of(assignment).read_text(encoding="utf-8")
    wanted = sections(assignment)
    assert {line[3:] for line in text.splitlines() if line.startswith("## ")} == wanted


# What the pages state.


def recorded(name: str) -> Any:
    return json.loads((FOLDER / "results" / f"{name}.json").read_text())


def test_the_times_that_are_shown_are_those_of_the_record() -> None:
    lesson = ran("speed")
    bench = recorded("layers")
    seconds = {name: np.array(s) for name, s in bench["curve"]["seconds"].items()}
    loops = [times for name, times in seconds.items() if "loop" in name]
    layers = [times for name, times in seconds.items() if "loop" not in name]
    text = " ".join(text_of("speed").split())
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


def test_the_operations_that_are_counted_are_those_of_the_record() -> None:
    lesson = ran("speed")
    record = recorded("fused")
    assert {"date", "hardware", "versions", "sizes"} <= record.keys()
    counted = record["cpu"]["operations"]
    (few, many), (first, second) = counted["events at T"], counted["events"]["loop"]
    assert (second - first) / (many - few) == 37
    assert len(set(counted["events"]["layer"])) == 1
    own = operations.ON_A_CPU["a cell of one's own in a loop"]
    assert [len(operations.spelled(own, T)) for T in (few, many)] == [first, second]
    assert "operations in the loop: 37 a step\noperations in the layer: 0 a step" in lesson[1]


def test_one_call_is_worth_what_the_page_counts() -> None:
    names, printed = ran("speed")
    text = " ".join(text_of("speed").split())
    assert names["a_step"]["mm"] == 2
    assert sum(names["computing"].values()) == 13
    assert "together 13\nthe others: 24\n" in printed
    for statement in ("These are 13 operations", "lists 37 at each step. The other 24 compute"):
        assert statement in text
    intensity = names["intensity"]
    assert 4 * (2 + 16 + 8) == 104
    assert 2 * 10 * 2 * 8 == 320
    assert 4 * (20 + 16 + 80) == 464
    assert [f"{intensity(m, 2, 8):.2f}" for m in (1, 10)] == ["0.31", "0.69"]
    assert [round(intensity(m, 256, 1024), 1) for m in (1, 64, 1000)] == [0.5, 24.4, 85.0]
    assert "one by one: 42 in one go: 11\n" in printed
    assert "11 numbers travel in place of 42" in text
    assert ran("speed")[0]["bench"]["sizes"] == {"N": 8, "D": 64}
    gains = names["gains"]
    assert gains[64] > 6
    assert 1.9 < gains[256] < 2.1
    assert gains[1024] < 1.1
    assert re.search(r"layer 16 µs\n115 µs on 37 operations: 3\.1 µs for one\n", printed)
    assert "39 of 40 parts" in text
    assert intensity(1, 256, 1024) / 20 == pytest.approx(1 / 40, rel=0.01)


def test_what_is_looked_at_at_night_is_so() -> None:
    names, printed = ran("speed")
    assert len(names["slower"]) >= 20
    assert min(names["slower"].values()) > 1
    for line in (
        "the mask: [1, 1, 0] [1, 0, 0]\n",
        "torch backend, no mask: taken\ntorch backend, a mask: left to the loop of Keras\n",
        "leads back: True\nafter detach(): False\n",
    ):
        assert line in printed
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile()
    assert model.run_eagerly is False


@pytest.mark.parametrize("backend", ["tensorflow", "torch"])
def test_the_table_of_conditions_is_the_predicate_that_students_write(backend: str) -> None:
    """Every row of the table turns cuDNN off, where its column says that it is asked."""
    rows = re.findall(r"^\| (.*) \| (.*) \| (.*) \| (.*) \|$", text_of("index"), re.MULTILINE)
    asked = {row[0]: row[1 if backend == "tensorflow" else 2] for row in rows}
    hole = np.array([[True, False, True]])
    changes: dict[str, list[dict[str, Any]]] = {
        "use_cudnn": [{"use_cudnn": False}],
        "recurrent_dropout": [{"recurrent_dropout": 0.1}],
        "activation": [{"activation": "relu"}, {"recurrent_activation": "hard_sigmoid"}],
        "unroll": [{"unroll": True}, {"use_bias": False}],
        "reset_after": [{"kind": "gru", "reset_after": False}],
        "device": [{"device": "cpu"}],
        "mask": [{"mask": hole}],
        "not compiled": [{"compiled": True}],
    }
    predicate = students.solved("layers")["cudnn_eligible"]
    assert predicate(FINE, backend)[0] is True
    for name, cases in changes.items():
        (found,) = (said for row, said in asked.items() if re.match(rf"(a GRU has )?`?{name}", row))
        for change in cases:
            eligible, _ = predicate({**FINE, **change}, backend)
            assert eligible is (found == "not asked"), (name, change)
    padded = {**FINE, "mask": np.array([[True, True, False]])}
    assert predicate(padded, backend)[0] is ("right-padded" in asked["mask"])


def test_the_trace_tells_which_kernel_ran() -> None:
    lesson = ran("index")
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


def test_the_layers_are_as_fast_as_the_frameworks() -> None:
    lesson = ran("speed")
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


def test_the_two_forms_of_the_gru_agree_where_the_lesson_says() -> None:
    lesson = ran("arguments")
    apart = re.findall(r"R_n +the two forms differ by (\S+)", lesson[1])
    assert float(apart[0]) > 0.01
    assert float(apart[1]) < 1e-6


def parts_on_arguments() -> dict[str, str]:
    """The text of each section of the two pages on arguments, by its title."""
    pages = [read(FOLDER / f"{page}.md") for page in ("arguments", "convolution_arguments")]
    cells = [cell for page in pages for cell in page.cells if cell.cell_type == "markdown"]
    text = "\n".join(cell.source for cell in cells)
    parts = {part.split("\n")[0]: part for part in text.split("\n## ")[1:]}
    return {title: part for title, part in parts.items() if title not in CLOSING}


# torch.nn.LSTM and GRU hand all they are given to RNNBase, which says what it takes.
@pytest.mark.parametrize(
    ("layer", "parts"),
    [
        (keras.layers.LSTM, None),
        (keras.layers.LSTM.call, ["What a call of Keras takes"]),
        (keras.layers.GRU, None),
        (keras.layers.GRU.call, ["What a call of Keras takes"]),
        (keras.layers.RNN, None),
        (keras.layers.Conv2D, ["Conv2D of Keras"]),
        (torch.nn.RNNBase, ["nn.LSTM of torch"]),
        (torch.nn.LSTM.forward, ["nn.LSTM of torch"]),
        (torch.nn.Conv2d, ["nn.Conv2d of torch"]),
    ],
)
def test_every_argument_is_explained(layer: Callable[..., Any], parts: list[str] | None) -> None:
    found = parts_on_arguments()
    text = "\n".join(found[part] for part in parts or found)
    given = {"self", "args", "kwargs", "mode", "cell", "input", "sequences"}
    names = set(inspect.signature(layer).parameters) - given
    assert names
    assert [name for name in sorted(names) if not re.search(rf"`{name}(=[^`]*)?`", text)] == []


def test_every_argument_does_what_the_lesson_says() -> None:
    lesson = ran("arguments")
    names, printed = lesson
    counts: dict[str, dict[str, int]] = {}
    moved: dict[str, dict[str, float]] = {}
    for table in ("of_keras_lstm", "of_keras_gru", "of_torch_lstm", "of_torch_gru"):
        counts[table] = {label: count for label, (count, _, _) in names[table].items()}
        moved[table] = {label: by for label, (_, _, by) in names[table].items()}
    D, H = 3, 5

    lstm, by = counts["of_keras_lstm"], moved["of_keras_lstm"]
    assert lstm["the plain layer"] == 4 * H * (D + H + 1) == 180
    assert (lstm["units=7"], lstm["use_bias=False"]) == (308, 160)
    assert by["use_bias=False"] == by["unit_forget_bias=False"]
    still = {"return_state=True", "unroll=True", "use_cudnn=False", "dropout=0.5"}
    still |= {"recurrent_dropout=0.5", "stateful=True", "zero_output_for_mask=True"}
    shaped = {"the plain layer", "units=7", "return_sequences=True"}
    for label, distance in by.items():
        if label not in shaped:
            assert distance < 1e-6 if label in still else distance > 0.01, label

    gru, by = counts["of_keras_gru"], moved["of_keras_gru"]
    assert gru["the plain layer"] == 3 * H * (D + H + 2) == 150
    assert (gru["reset_after=False"], gru["use_bias=False"]) == (135, 120)
    assert by["use_bias=False"] == 0
    assert by["reset_after=False"] > 0.01
    assert "only the LSTM has {'unit_forget_bias'} and only the GRU {'reset_after'}" in printed
    assert "reset_after=True: bias (2, 15)\nreset_after=False: bias (15,)" in printed

    lstm, gru = counts["of_torch_lstm"], counts["of_torch_gru"]
    assert lstm["the plain layer"] == 4 * H * (D + H + 2) == 200
    assert gru["the plain layer"] == 3 * H * (D + H + 2)
    assert names["of_torch_lstm"]["the plain layer"][1] == [(4, 6, 5), (1, 4, 5), (1, 4, 5)]
    assert names["of_torch_lstm"]["batch_first=False"][1] == [(4, 6, 5), (1, 6, 5), (1, 6, 5)]
    assert names["of_torch_lstm"]["proj_size=2"][1] == [(4, 6, 2), (1, 4, 2), (1, 4, 5)]
    assert moved["of_torch_lstm"]["batch_first=False"] > 0.01
    for table in (names["of_torch_lstm"], names["of_torch_gru"]):
        assert table["num_layers=2"][1][1] == (2, 4, 5)
        assert table["bidirectional=True"][1][0] == (4, 6, 10)


def test_a_second_look_shows_what_the_lesson_says() -> None:
    lesson = ran("arguments")
    printed = lesson[1]
    bounds = re.findall(r"activation=\S+ *: largest \|h\| (\S+), \|c\| (\S+)", printed)
    (h, c), (free_h, _) = ((float(a), float(b)) for a, b in bounds)
    assert h < 1 < min(c, free_h)
    for line in (
        "activation by default: tanh, None is linear\n",
        "recurrent_activation by default: sigmoid, None is linear\n",
        "go_backwards is the reversed input: True",
        "bias at first, gate by gate: 0.0 1.0 0.0 0.0",
        "orthonormal: True",
        "with kernel_initializer='zeros': [0.]",
        "dropout, two calls in training agree: False\nand in use: True",
        "entries of the mask of (4, 3) numbers: [0. 2.]\nthe same mask at every step: True",
        "recurrent_dropout, 4 masks, one for a gate:",
        "the same as rows of the kernel left out: True",
        "seed=1: two layers draw the same mask: True",
        "seed=None: two layers draw the same mask: False",
        "initial_state, two steps and four: True",
        "mask, four steps of six: True\ntraining, without dropout: True",
        "reader 3 arrays, 0 to train, <dtype: 'float16'>",
        "dropout, two calls in training agree: False\nafter eval(): True",
        "hx, two steps and four: True",
        "device='meta': meta",
        "RNN input dtype (torch.float32) does not match weight dtype (torch.float64)",
        "proj_size=2: proj_size argument is only supported for LSTM",
    ):
        assert line in printed


def test_two_arguments_lose_the_one_operation_on_a_cpu() -> None:
    lesson = ran("arguments")
    rows = re.findall(r"(\{.*\}) +one operation: (\w+) *(.*)", lesson[1])
    fused = {options: one == "True" for options, one, _ in rows}
    told = {options: warning for options, _, warning in rows}
    assert [options for options, one in fused.items() if not one] == [
        "{'proj_size': 2}",
        "{'dtype': torch.float64}",
    ]
    assert "not supported with oneDNN" in told["{'proj_size': 2}"]
    assert "all but last recurrent layer" in told["{'dropout': 0.5}"]
    assert told["{'dtype': torch.float64}"] == ""


def test_convolutions_do_what_the_lesson_says() -> None:
    lesson = ran("convolution_arguments")
    names, printed = lesson
    theirs, ours = names["of_keras_conv"], names["of_torch_conv"]
    for table in (theirs, ours):
        assert table["the plain layer"][0] == 6 * (4 * 3 * 3 + 1) == 222
        assert table["groups=2"][0] == 114
        assert table["kernel_size=(3, 1)"][0] == 78
    assert ours["bias=False"][0] == theirs["use_bias=False"][0] == 216
    assert ours["padding='valid'"][2] == theirs["use_bias=False"][2] == 0
    assert ours["padding='same'"][1] == ours["kernel_size=5, padding='same'"][1] == [(2, 6, 8, 6)]
    assert theirs["strides=2, padding='same'"][1] == [(2, 4, 3, 6)]
    modes = {label: by for label, (_, _, by) in names["of_padding_mode"].items() if by is not None}
    assert modes.pop("padding_mode='zeros'") == 0
    assert min(modes.values()) > 0.1
    assert "away from the border nothing moves: True" in printed
    assert "padding='same' is not supported for strided convolutions" in printed
    assert (
        "weight: meta torch.float16 (6, 4, 3, 3)\nthe same with groups=2: (6, 2, 3, 3)" in printed
    )
    assert "shape of a weight: (3, 3, 4, 6)" in printed
    assert "data_format='channels_first': (2, 4, 8, 6) to (2, 6, 6, 4)" in printed
    assert re.search("on this machine: (computed|UnimplementedError)\n", printed)
    assert "the default of data_format: channels_last" in printed
    each, behind = (float(by) for by in re.findall(r"torch with a zero .* off by (\S+)", printed))
    assert each > 0.1
    assert behind < 1e-5


def test_regularisers_and_constraints_do_what_the_lesson_says() -> None:
    lesson = ran("convolution_arguments")
    added, norms = lesson[0]["added"], lesson[0]["norms"]
    assert len(added) == 11
    assert all(loss == pytest.approx(by_hand, rel=1e-4) for loss, by_hand in added.values())
    assert added["LSTM", "bias"][0] == pytest.approx(0.05)
    assert len(norms) == 8
    assert all(after <= min(before, 0.5) + 1e-6 for before, after in norms.values())
    assert {key for key, (before, _) in norms.items() if before <= 0.5} == {("Conv2D", "kernel")}
    assert "torch.optim.SGD has weight_decay: True" in lesson[1]


def test_each_condition_alone_turns_the_fast_kernel_off() -> None:
    lesson = ran("index")
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
        "compiled, a row that is masked throughout",
        "fitted, a left-padded mask",
    }
    assert "ValueError: use_cudnn=True was specified" in lesson[1]
    assert "TensorFlow: NotImplementedError\ntorch: the value of the layer: True" in lesson[1]


def test_the_algorithm_is_the_one_that_the_table_names() -> None:
    lesson = ran("index")
    text = text_of("index")
    algorithm, asked = lesson[0]["algorithm"], lesson[0]["asked_for"]
    for way, backward in (("forward", False), ("backward", True)):
        line = rf"otherwise, {way} \| persistent for small H, up to H = (\d+) \| up to H = (\d+)"
        found = re.search(line, text)
        assert found is not None
        for kind, H in (("LSTM", int(found[1])), ("GRU", int(found[1])), ("RNN", int(found[2]))):
            assert algorithm(kind, 64, H, backward=backward) == "persistent, small H"
            assert algorithm(kind, 64, H + 1, backward=backward) == "standard"
            for options in ({"packed": True}, {"dtype": "float64"}, {"proj_size": 8}):
                assert algorithm(kind, 64, H, backward=backward, **options) == "standard"
    assert asked["LSTM, H = 160"] == ["persistent, small H", "standard"]
    assert algorithm("LSTM", 128, 1024, dtype="float16") == "persistent, perhaps"
    assert algorithm("LSTM", 128, 1152, dtype="float16") == "standard"
    assert algorithm("LSTM", 64, 256, dtype="float16") == "standard"
    assert algorithm("LSTM", 128, 256, dtype="float16", one_layer=False) == "standard"


def test_wrong_conversions_are_wrong_by_a_tenth_and_more() -> None:
    lesson = ran("layouts")
    rows = re.findall(
        r"(right|exchanged|transposed): +(\S+)\n", lesson[1][lesson[1].index("right:  ") :]
    )
    right, *wrong = (float(value) for _, value in rows[:4])
    assert right < 1e-6
    assert len(wrong) == 3
    assert min(wrong) >= 0.1


def test_one_tiny_layer_is_the_same_in_all_four_layouts() -> None:
    names, printed = ran("layouts")
    assert "equal: True True\nthe buffer is ours: True\n" in printed
    assert sorted(names["flat"]) == list(range(1, 37))
    assert re.search(r"^ 9:  Wx\[1, 2\] +W_ih\[2, 1\] +kernel\[1, 0\] +flat\[5\]", printed, re.M)


def test_buffers_and_states_reach_the_kernel_as_the_lesson_says() -> None:
    lesson = ran("layouts")
    for line in (
        "one buffer of shape (200,)\na new one at the second call: True",
        "weights and two biases of 5 units: 200",
        "torch: True | on CUDA only: True\nMIOpen: [i, f, o, c]",
    ):
        assert line in lesson[1]
    reached = "stateful, the kernel is reached: True\nand given the state that is kept: True"
    assert reached in ran("masks_and_state")[1]


def test_runs_repeat_themselves_and_versions_differ_as_the_lesson_says() -> None:
    lesson = ran("numbers")
    off, record = lesson[0]["off"], lesson[0]["record"]
    assert off["a second run"] == [0, 0]
    assert 0 < off["the cell in a loop"][0] < 1e-6
    assert max(off["two threads for one"]) < 1e-5
    assert all(1e-8 < distance < 1e-6 for distance in off["float64"])
    assert record["cpu"]["errors"]["float32"] < 1e-6
    assert "'H': 256}: 2e-07" in lesson[1]
    assert "torch allows TF32 to cuDNN: True" in lesson[1]
    assert "recurrent layers: tf32  convolutions: tf32\n" in lesson[1]
    assert "the older switch says now: RuntimeError\n" in lesson[1]
    assert torch.backends.cudnn.allow_tf32


def test_masks_chunks_and_errors_are_as_the_lesson_says() -> None:
    lesson = ran("masks_and_state")
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
    sizes_of = ran("numbers")[0]["sizes_of"]
    assert sizes_of["float32"] < 1e-6
    assert 1e-4 < sizes_of["TF32, imitated"] < 1e-3


def test_documents_and_code_disagree_where_the_lesson_says() -> None:
    lesson = ran("masks_and_state")
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


def test_the_older_layers_and_the_errors_of_the_lecture_are_as_the_lesson_says() -> None:
    lesson = ran("masks_and_state")
    for line in (
        "Keras has them: False False\n",
        "The second variant is compatible with CuDNNGRU (GPU-only) and allows inference on CPU\n",
        "by default: {'reset_after': True, 'recurrent_activation': 'sigmoid'}\n",
        "GRU: Unrecognized keyword arguments passed to GRU: {'unit_forget_bias': True}\n",
        "on a CPU and by cuDNN: the last output and zeros\n",
        "fitted with a left-padded mask, by cuDNN: an error\n",
    ):
        assert line in lesson[1]
    assert "without worrying about the hardware it will run on" in text_of("masks_and_state")


def test_what_the_first_assignment_shows_is_what_its_text_says() -> None:
    _, printed = run_solved("layers")
    assert "there and back: True" in printed
    assert "one step by hand: True" in printed
    assert " 24  Ri" in printed
    assert " 60  bx i" in printed
    assert printed.count("the same: True") == 3
    assert re.search(r"layer: \d+ events, so fused\ncell in a loop: \d+ events, so loop", printed)
    naive = re.findall(r"last column (\S+), last valid (\S+)", printed)
    assert len({last for _, last in naive}) == 1
    assert len({column for column, _ in naive}) == 3


def test_what_the_second_assignment_shows_is_what_its_text_says() -> None:
    _, printed = run_solved("cudnn_layers")
    assert "right-padded: False" in printed
    assert "not right-padded" in printed
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
