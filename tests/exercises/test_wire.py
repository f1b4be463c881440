"""Programs and answers survive the way through bytes; malformed bytes are refused, in one way."""

from __future__ import annotations

import base64
import json
import pickle
import struct
import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.exercises import (
    Answer,
    Array,
    Call,
    Program,
    Ref,
    Result,
    StudentObject,
    exercises,
    find,
    run,
)
from autograder.exercises.program import digests
from autograder.exercises.respond import respond
from autograder.exercises.wire import (
    DTYPES,
    MAX_BYTES,
    MAX_HEAD,
    RefusedAnswerError,
    decode_answers,
    decode_program,
    encode_answers,
    encode_program,
)
from tests.students import judge, solved

DTYPE = st.sampled_from(sorted(DTYPES)).map(np.dtype)
SHAPE = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@st.composite
def arrays(draw: st.DrawFn) -> Array:
    array = draw(hnp.arrays(DTYPE, SHAPE))
    match draw(st.sampled_from(["C", "F", "strided", "transposed", "reversed"])):
        case "F":
            return np.asfortranarray(array)
        case "strided" if array.ndim:
            return np.repeat(array, 2, axis=-1)[..., ::2]
        case "transposed":
            return array.T
        case "reversed" if array.ndim:
            return array[::-1]
    return array


plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | arrays()
    | st.builds(Ref, st.text(max_size=3), st.integers(0, 9))
    | st.builds(StudentObject, st.text(max_size=3))
)
nested = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
calls = st.builds(
    Call,
    name=st.text(max_size=9),
    function=st.text(max_size=9),
    args=st.lists(nested, max_size=3).map(tuple),
    returns=st.lists(st.text(max_size=3), max_size=3).map(tuple),
    returns_cache=st.booleans(),
    adapter=st.text(max_size=3),
)
programs = st.builds(Program, st.text(max_size=5), st.lists(calls, max_size=3).map(tuple))
printable = st.text(st.characters(categories=("L", "N", "P")), max_size=20)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return (
            a.dtype == b.dtype
            and a.shape == b.shape
            and a.tobytes() == b.tobytes()
            and a.flags.c_contiguous == b.flags.c_contiguous
            and a.flags.f_contiguous == b.flags.f_contiguous
        )
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and bool(a == b)


@given(programs)
@settings(max_examples=150, deadline=None)
def test_a_program_survives(program: Program) -> None:
    back = decode_program(encode_program(program))
    assert back.assignment == program.assignment
    assert len(back.calls) == len(program.calls)
    for one, other in zip(program.calls, back.calls, strict=True):
        assert replace(one, args=()) == replace(other, args=())
        assert same(one.args, other.args)


@given(st.lists(arrays(), min_size=1, max_size=3), arrays(), printable)
@settings(max_examples=100, deadline=None)
def test_answers_survive(values: list[Array], given_array: Array, text: str) -> None:
    names = tuple(f"r{i}" for i in range(len(values)))
    program = Program("lstm", (Call("one", "f", (given_array, 3, {"a": [given_array]}), names),))
    answer = Answer(
        "one",
        tuple(Result(text, value) for value in values),
        after=digests(program.calls[0].args),
        warned=text,
    )
    (back,) = decode_answers(encode_answers([answer]), program)
    assert replace(back, results=()) == replace(answer, results=())
    for one, other in zip(answer.results, back.results, strict=True):
        assert one.type == other.type
        assert same(one.value, other.value)


@given(printable, printable, st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_failures_survive(name: str, message: str, line: int) -> None:
    program = Program("lstm", (Call("one", "f", (np.ones(2),), ("y",)),))
    answer = Answer("one", raised=name or "Error", message=message, line=line, cell=name)
    assert decode_answers(encode_answers([answer]), program) == [answer]


@pytest.mark.parametrize("dtype", [">f8", "longdouble", ">i4"])
def test_other_numbers_cross_as_float64(dtype: str) -> None:
    program = Program("lstm", (Call("one", "f", (), ("y",)),))
    answer = Answer("one", (Result("ndarray", np.arange(3).astype(dtype)),))
    (back,) = decode_answers(encode_answers([answer]), program)
    value = back.results[0].value
    assert value is not None
    assert value.dtype == np.float64
    assert value.tolist() == [0, 1, 2]


@pytest.mark.parametrize("exercise", exercises("lstm"), ids=lambda e: e.name)
def test_the_way_through_bytes_changes_no_answer(exercise: Any) -> None:
    program, student = exercise.draw(3), solved("lstm")
    direct = run(program, student)
    reply = respond(base64.b64encode(encode_program(program)).decode(), student)
    crossed = decode_answers(base64.b64decode(reply), program)
    for one, other in zip(direct, crossed, strict=True):
        assert replace(one, results=()) == replace(other, results=())
        for a, b in zip(one.results, other.results, strict=True):
            np.testing.assert_array_equal(a.value, b.value)


# Malformed answers.

PROGRAM = Program(
    "lstm",
    (Call("one", "f", (np.ones((2, 3)),), ("y", "z"), returns_cache=True), Call("two", "g", ())),
)
GOOD = [
    Answer("one", (Result("a", np.ones((2, 3))), Result("b", None)), after=("digest",)),
    Answer("two", raised="ValueError", message="no", line=3),
]
VALID = encode_answers(GOOD)
(LENGTH,) = struct.unpack_from("<I", VALID, 4)
HEAD = json.loads(VALID[8 : 8 + LENGTH])
TAIL = VALID[8 + LENGTH :]


def framed(head: bytes, tail: bytes = TAIL) -> bytes:
    return b"ctc1" + struct.pack("<I", len(head)) + head + tail


def refused(data: bytes) -> str:
    with pytest.raises(RefusedAnswerError) as caught:
        decode_answers(data, PROGRAM)
    return str(caught.value)


def read_or_refused(data: bytes) -> None:
    """Nothing but `RefusedAnswerError` may come of it; any other exception fails the test."""
    try:
        answers = decode_answers(data, PROGRAM)
    except RefusedAnswerError:
        return
    assert [a.call for a in answers] == ["one", "two"]


def test_the_valid_message_is_read() -> None:
    answers = decode_answers(VALID, PROGRAM)
    assert [a.call for a in answers] == ["one", "two"]
    assert framed(json.dumps(HEAD).encode()) == VALID


@given(st.binary(max_size=200))
@example(b"")
@example(b"ctc1")
@example(b"ctc1\xff\xff\xff\xff")
@example(pickle.dumps(GOOD))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_refused(data: bytes) -> None:
    refused(data)


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_a_random_head_is_refused(head: bytes) -> None:
    refused(framed(head))


@given(st.integers(0, len(VALID) - 1))
@settings(max_examples=100, deadline=None)
def test_a_truncated_message_is_refused(end: int) -> None:
    refused(VALID[:end])


@given(st.integers(0, len(VALID) - 1), st.binary(min_size=1, max_size=4))
@settings(max_examples=500, deadline=None)
def test_mutated_bytes_are_read_or_refused(at: int, new: bytes) -> None:
    read_or_refused(VALID[:at] + new + VALID[at + len(new) :])


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from(["<f8", "C", "F", "strided", "one", "array", 2**31, 2**63, 2**70, -1, 0]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["array", "call", "body", "x"]), inner, max_size=2)
    ),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    if isinstance(value, dict):
        found += [p for key, item in value.items() for p in places(item, (*path, key))]
    if isinstance(value, list):
        found += [p for i, item in enumerate(value) for p in places(item, (*path, i))]
    return found


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], new)
    return copy


@given(st.sampled_from(places(HEAD)), junk, st.binary(max_size=50) | st.just(TAIL))
@settings(max_examples=1000, deadline=None)
def test_a_head_with_junk_in_it_is_read_or_refused(
    path: tuple[Any, ...], new: Any, tail: bytes
) -> None:
    read_or_refused(framed(json.dumps(put(HEAD, path, new)).encode(), tail))


DIMENSION = st.sampled_from([0, 1, 2, 2**15, 2**31 - 1, 2**31, 2**32, 2**62, 2**63, 2**70, -1])


@given(
    st.lists(DIMENSION, max_size=34),
    st.sampled_from(["C", "F", "strided"]),
    st.sampled_from(["<f8", "|b1", "|i1", "<f2"]),
    st.booleans(),
)
@example([0, 2**62, 2**62], "strided", "<f8", True)
@example([2**70, 0], "C", "<f8", True)
@example([0] * 33, "C", "<f8", True)
@settings(max_examples=500, deadline=None)
def test_any_shape_is_read_or_refused(
    shape: list[int], layout: str, dtype: str, empty: bool
) -> None:
    head = put(HEAD, ("arrays", 0), [dtype, shape, layout])
    read_or_refused(framed(json.dumps(head).encode(), b"" if empty else TAIL))


@pytest.mark.parametrize(
    ("path", "new", "why"),
    [
        (("arrays", 0, 0), "|O", "type that is not taken"),
        (("arrays", 0, 0), "<c16", "type that is not taken"),
        (("arrays", 0, 0), "<U8", "type that is not taken"),
        (("arrays", 0, 0), ">f8", "type that is not taken"),
        (("arrays", 0, 1), [-2, -3], "no count"),
        (("arrays", 0, 1), [True, 6], "no count"),
        (("arrays", 0, 1), [2.0, 3], "no count"),
        (("arrays", 0, 1), [float("nan"), 3], "no count"),
        (("arrays", 0, 1), [2, 4], "cut off"),
        (("arrays", 0, 1), [2, 2], "more than the arrays"),
        (("arrays", 0, 1), [2**31, 0], "no count"),
        (("body", 0, "call"), "two", "belongs to another call"),
        (("body", 0, "call"), "__class__", "belongs to another call"),
        (("body", 0, "results"), [], "another number of results"),
        (("body", 0, "results", 1, 1), {"array": 7}, "malformed"),
        (("body", 0, "results", 1, 1), {"array": -1}, "no count"),
        (("body", 0, "results", 1, 1), {"dict": {}}, "malformed"),
        (("body", 0, "results", 1, 0), 3, "text is no text"),
        (("body", 0, "after"), [], "another number of arguments"),
        (("body", 0, "after"), ["a", "b"], "another number of arguments"),
        (("body", 1, "after"), ["a"], "another number of arguments"),
        (("body", 0, "overwritten"), [9], "a result that is none"),
        (("body", 0, "overwritten"), [-1], "no count"),
        (("body", 1, "overwritten"), [0], "a result that is none"),
        (("body", 1, "results"), [["a", None]], "another number of results"),
        (("body", 1, "line"), -1, "no count"),
        (("body", 1, "line"), 10**40, "no count"),
        (("body", 1, "texts"), ["", "a", "b"], "malformed"),
        (("body",), [], "not one answer to each call"),
        (("body",), HEAD["body"] * 2, "not one answer to each call"),
        (("body",), HEAD["body"][::-1], "belongs to another call"),
    ],
)
def test_what_is_refused_is_told(path: tuple[Any, ...], new: Any, why: str) -> None:
    assert why in refused(framed(json.dumps(put(HEAD, path, new)).encode()))


@pytest.mark.parametrize(
    "head",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"arrays": [], "body": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"arrays": [], "body": ' + b"9" * 5000 + b"}",
        b"\xff\xfe\x00",
        b"NaN",
        b"null",
        b'"text"',
    ],
    ids=lambda head: repr(head[:9]),
)
def test_a_head_that_is_no_head_is_refused(head: bytes) -> None:
    refused(framed(head))


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    assert f"larger than {MAX_BYTES // 2**20} MiB" in refused(bytes(MAX_BYTES + 1))
    head = b"[" + b"[]," * (MAX_HEAD // 3) + b"[]]"
    data = framed(head)
    tracemalloc.start()
    assert "the head of the answer is larger than 4 MiB" in refused(data)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_a_text_is_cut_and_made_printable() -> None:
    head = put(HEAD, ("body", 1, "texts", 2), "\x1b[31m\n\x00\ud800" + "x" * 9000)
    (_, answer) = decode_answers(framed(json.dumps(head).encode()), PROGRAM)
    assert len(answer.message) == 500
    assert answer.message.startswith(" [31m   xxx")
    answer.message.encode()


def test_nothing_is_ever_unpickled(tmp_path: Any) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (open, (str(tmp_path / "sprung"), "w"))

    refused(pickle.dumps(Trap()))
    refused(framed(pickle.dumps(Trap())))
    refused(framed(json.dumps(put(HEAD, ("arrays", 0, 0), "|O")).encode(), pickle.dumps(Trap())))
    assert not (tmp_path / "sprung").exists()


def test_a_large_wrong_answer_costs_the_judge_little() -> None:
    """A fingerprint of 8 Mi bytes used to take 24 directions of as many float64."""
    exercise = find("lstm_step_forward")
    assert exercise is not None
    hidden = judge("lstm", 5)
    program = hidden.program(exercise)
    answers = run(program, solved("lstm"))
    large = np.zeros(8 * 2**20, np.int8)
    answers[0] = replace(answers[0], results=(Result("ndarray", large), answers[0].results[1]))
    hidden.judge(exercise, lambda p: run(p, {}), {}.get)
    tracemalloc.start()
    found = hidden.judge(exercise, lambda p: answers, {}.get)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.status == "wrong"
    assert peak < 4 * large.nbytes
