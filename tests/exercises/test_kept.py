"""What is kept from one call to another shows, in every function; and so do digits that are lost.

The references are made wrong in ways that hang on no equation: by what a decorator does to them.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from autograder.checking.compare import compare
from autograder.exercises import Exercise, Finding, run
from tests.students import EXERCISES, judge, judged, solved

SEED = 5

NOT_BY_SIZES = {
    "conv_output_size": "is given numbers, and no array",
    "receptive_field": "the same",
    "count_params": "the same",
    "initialise": "the same, and draws at random",
    "init_lstm": "the same",
    "path": "is given words",
    "pad_batch": "is given lists of numbers",
    "macro_f1": "is given lists of labels",
    "bleu": "is given lists of words",
    "rouge_n": "the same",
    "lcs_positions": "the same",
    "rouge_l": "the same",
    "rouge_lsum": "the same",
    "phrases": "the same",
    "f1_by_relation": "the same",
    "inverse_consistency": "the same",
    "inverse": "is given a word",
    "augment": "is given lists of numbers and words",
    "mark_entities": "the same",
    "tlink_features": "the same",
    "equal_when_reset": "is given numbers alone, and asked for weights of its own",
    "train": "is given an object, which is another one in every call",
    "mlp_to_torch": "the same",
    "mlp_to_keras": "the same",
    "lstm_from_torch": "the same",
    "lenet_to_keras": "the same",
    "sample": "the same",
    "greedy_decode": "the same",
    "beam_search": "the same",
    "stream": "the same",
}
"""Functions that cannot keep an answer by the sizes of arrays, with the reason."""


def functions() -> list[Exercise]:
    return [e for e in EXERCISES if inspect.isfunction(solved(e.assignment)[e.name])]


def sizes(value: Any) -> Any:
    """Of arguments all but the numbers in arrays."""
    if isinstance(value, np.ndarray | torch.Tensor):
        return tuple(value.shape), str(value.dtype)
    if isinstance(value, (list, tuple)):
        return tuple(map(sizes, value))
    if isinstance(value, dict):
        return tuple((key, sizes(item)) for key, item in value.items())
    return repr(value)


def kept_by_sizes(function: Callable[..., Any]) -> Callable[..., Any]:
    kept: dict[Any, Any] = {}

    def wrong(*args: Any) -> Any:
        key = sizes(args)
        if key not in kept:
            kept[key] = function(*args)
        return copy.deepcopy(kept[key])

    return wrong


def one_array_for_all_calls(function: Callable[..., Any]) -> Callable[..., Any]:
    buffers: dict[Any, Any] = {}

    def filled(number: int, value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return value
        buffer = buffers.setdefault((number, value.shape, value.dtype.str), np.empty_like(value))
        buffer[...] = value
        return buffer

    def wrong(*args: Any) -> Any:
        found = function(*args)
        if isinstance(found, tuple):
            return tuple(filled(number, value) for number, value in enumerate(found))
        return filled(0, found)

    return wrong


def in_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    def cast(value: Any, dtype: Any) -> Any:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            return value.astype(dtype)
        if isinstance(value, (list, tuple)):
            return type(value)(cast(item, dtype) for item in value)
        if isinstance(value, dict):
            return {key: cast(item, dtype) for key, item in value.items()}
        return value

    def wrong(*args: Any) -> Any:
        return cast(function(*cast(args, np.float32)), np.float64)

    return wrong


def findings(exercise: Exercise, wrong: Callable[..., Any]) -> list[Finding]:
    student = solved(exercise.assignment)
    student[exercise.name] = wrong(student[exercise.name])
    hidden = judge(exercise.assignment, SEED).knowledge(exercise)
    answers = run(hidden.program, student)
    return compare(exercise, hidden.program, answers, hidden.expected)


@pytest.mark.parametrize("exercise", functions(), ids=lambda e: e.name)
def test_an_answer_that_is_kept_by_the_sizes_of_arrays_is_wrong(exercise: Exercise) -> None:
    if reason := NOT_BY_SIZES.get(exercise.name):
        pytest.skip(reason)
    assert findings(exercise, kept_by_sizes)


PLAIN = [
    e
    for e in functions()
    if set(e.tolerances.values()) & {"forward", "gradient"}
    and not any(call.adapter for call in e.draw(SEED).calls if call.function == e.name)
]
"""Functions that are called as they are, and give arrays."""


@pytest.mark.parametrize("exercise", PLAIN, ids=lambda e: e.name)
def test_an_array_that_is_handed_out_twice_is_told(exercise: Exercise) -> None:
    found = findings(exercise, one_array_for_all_calls)
    assert found[0].problem == "overwritten"
    assert "was changed by a later call. Make a new array in every call." in found[0].says


@pytest.mark.parametrize(
    "exercise", [e for e in PLAIN if "gradient" in e.tolerances.values()], ids=lambda e: e.name
)
def test_a_gradient_in_float32_is_wrong(exercise: Exercise) -> None:
    assert findings(exercise, in_float32)


@pytest.mark.parametrize("name", ["lstm_forward", "gru_forward", "rnn_forward", "max_over_time"])
def test_what_stops_after_ten_steps_is_wrong(name: str) -> None:
    exercise = next(e for e in EXERCISES if e.name == name)

    def ten_steps(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(x: Any, *args: Any) -> Any:
            found = function(x[:, :10], *args)
            if name == "max_over_time":
                return found
            hs, *rest = found
            return np.pad(hs, ((0, 0), (0, x.shape[1] - hs.shape[1]), (0, 0))), *rest

        return wrong

    assert findings(exercise, ten_steps)


@pytest.mark.parametrize("name", ["maxpool2d_forward", "max_over_time"])
@pytest.mark.parametrize("start", [-1000.0, -1e9, -1e20])
def test_a_maximum_that_begins_anywhere_is_wrong(name: str, start: float) -> None:
    exercise = next(e for e in EXERCISES if e.name == name)

    def begun(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(*args: Any) -> Any:
            found = function(*args)
            if isinstance(found, tuple):
                return np.maximum(found[0], start), *found[1:]
            return np.maximum(found, start)

        return wrong

    assert findings(exercise, begun)


def test_adam_that_is_corrected_for_ten_steps_alone_is_wrong() -> None:
    exercise = next(e for e in EXERCISES if e.name == "adam_step")
    steps = 0

    def corrected(function: Callable[..., Any]) -> Callable[..., Any]:
        counted: dict[int, int] = {}

        def wrong(p: Any, g: Any, state: Any, *hyper: Any) -> Any:
            nonlocal steps
            step = counted.get(id(state), 0) + 1
            found, after = function(p, g, state, *hyper)
            counted[id(after)] = step
            steps = max(steps, step)
            return (found if step <= 10 else found + 1e-3), after

        return wrong

    assert findings(exercise, corrected)
    assert steps > 10


def orthogonal(D: int, H: int, forget_bias: float, rng: np.random.Generator) -> Any:
    """Weights of an LSTM whose recurrent blocks are orthogonal: of one unit, 1 or −1."""
    Wx = rng.standard_normal((D, 4 * H)) / np.sqrt(D)
    blocks = [np.linalg.qr(rng.standard_normal((H, H)))[0] for _ in range(4)]
    signs = rng.choice([-1.0, 1.0], 4)
    Wh = np.concatenate([s * b for s, b in zip(signs, blocks, strict=True)], axis=1)
    return Wx, Wh, np.repeat([0.0, forget_bias, 0.0, 0.0], H)


@pytest.mark.parametrize("seed", range(20))
def test_orthogonal_weights_are_right_with_any_seed(seed: int) -> None:
    exercise = next(e for e in EXERCISES if e.name == "init_lstm")
    student = {**solved(exercise.assignment), "init_lstm": orthogonal}
    assert judged(exercise, seed, student).status == "correct"


def test_recurrent_weights_with_rows_all_alike_are_wrong() -> None:
    exercise = next(e for e in EXERCISES if e.name == "init_lstm")

    def alike(*args: Any) -> Any:
        Wx, Wh, b = orthogonal(*args)
        return Wx, np.repeat(Wh[:1], len(Wh), axis=0), b

    found = judged(exercise, SEED, {**solved(exercise.assignment), "init_lstm": alike})
    assert (found.status, found.mistake) == ("wrong", "")
    assert "Rows of `Wh` are alike" in found.message


def test_a_second_call_on_an_overwritten_cache_is_told_as_such() -> None:
    exercise = next(e for e in EXERCISES if e.name == "lstm_step_backward")

    def overwriting(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(dh: Any, dc: Any, cache: Any) -> Any:
            found = function(dh, dc, cache)
            for array in cache:
                array *= 0.5
            return found

        return wrong

    found = findings(exercise, overwriting)
    assert found[0].mistake == "cache-changed"
    assert "with the same cache once more" in found[0].says


def test_what_a_cache_still_serves_for_has_another_cause() -> None:
    exercise = next(e for e in EXERCISES if e.name == "lstm_step_backward")

    def forgets(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(dh: Any, dc: Any, cache: Any) -> Any:
            found = function(dh, dc, cache)
            return found if dc.any() else tuple(2 * a for a in found)

        return wrong

    found = findings(exercise, forgets)
    assert found
    assert all(finding.problem != "not repeatable" for finding in found)


@pytest.mark.parametrize("exercise", PLAIN, ids=lambda e: e.name)
def test_what_is_added_up_from_call_to_call_is_told(exercise: Exercise) -> None:
    sums: dict[Any, Any] = {}

    def adding(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(*args: Any) -> Any:
            key = sizes([arg for arg in args if not isinstance(arg, tuple)])
            found = function(*args)
            results = list(found) if isinstance(found, tuple) else [found]
            results[0] = sums[key] = sums.get(key, 0) + np.asarray(results[0])
            return tuple(results) if isinstance(found, tuple) else results[0]

        return wrong

    found = findings(exercise, adding)
    assert found
    if found[0].problem == "not repeatable":
        assert "once more" in found[0].says or "the same sizes come again" in found[0].says


def test_a_table_that_is_never_cleared_is_told_as_such() -> None:
    exercise = next(e for e in EXERCISES if e.name == "embedding_backward")
    tables: dict[Any, Any] = {}

    def adding(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(dout: Any, cache: Any) -> Any:
            table = tables.setdefault(cache[1], np.zeros(cache[1]))
            table += function(dout, cache)
            return table.copy()

        return wrong

    found = findings(exercise, adding)
    assert found[0].problem == "not repeatable"
    assert "wrong where the same sizes come again" in found[0].says


def test_a_cache_that_is_used_up_is_told_and_named() -> None:
    def emptied(dhs: Any, dhT: Any, caches: list[Any]) -> Any:
        left, found = [caches.pop() for _ in range(len(caches))], []
        dh = dhT
        for t, cache in zip(reversed(range(dhs.shape[1])), left, strict=True):
            dx, dh, *of_weights = student["rnn_step_backward"](dhs[:, t] + dh, cache)
            found.append((dx, of_weights))
        sums = [sum(parts) for parts in zip(*(of for _, of in found), strict=True)]
        return (np.stack([dx for dx, _ in found[::-1]], axis=1), dh, *sums)

    exercise = next(e for e in EXERCISES if e.name == "rnn_backward")
    student = {**solved("recurrent"), "rnn_backward": emptied}
    found = judged(exercise, SEED, student)
    assert found.mistake == "caches-used-up"
    assert "the first call has used up what is in it" in found.message


@pytest.mark.parametrize("name", ["maxpool2d_backward", "affine_backward", "rnn_step_backward"])
def test_who_writes_into_the_arrays_of_the_forward_call_is_told(name: str) -> None:
    exercise = next(e for e in EXERCISES if e.name == name)

    def spoiling(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(dy: Any, cache: Any) -> Any:
            found = copy.deepcopy(function(dy, copy.deepcopy(cache)))
            used.append(cache[0])
            cache[0].flat[0] += 1e-13
            return found

        return wrong

    used: list[Any] = []
    found = findings(exercise, spoiling)
    forward = name.replace("backward", "forward")
    assert used
    assert found[0].problem == "changed"
    assert f"one that `{forward}` was given is not what it was" in found[0].says
