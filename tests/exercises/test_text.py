"""Text crosses as bytes and comes back as it was; what is odd is told, or refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking.wording import says_how_texts_differ, text_of
from autograder.exercises import Answer, Array, Call, Exercise, Program, StudentError, run
from autograder.exercises.shared import text
from autograder.exercises.shared.text import UnreadableTextError, in_text, read, untouched, written
from autograder.exercises.wire import decode_answers, encode_answers

LEAF = (
    st.text(st.characters(codec="utf-8"))
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUE = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def depth(value: Any) -> int:
    if not isinstance(value, list | dict):
        return 0
    return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)


@given(VALUE.filter(lambda value: depth(value) <= text.MAX_DEPTH))
def test_what_is_written_is_read(value: Any) -> None:
    assert read(written(value)) == value


def test_it_is_utf_8_json_of_python_s_own_types() -> None:
    value = {"b": (np.int64(3), np.float64(0.5)), "a": [np.str_("é"), np.array([1, 2])]}
    array = written(value)
    assert (array.dtype, array.ndim) == (np.uint8, 1)
    assert array.tobytes().decode() == '{"a": ["é", [1, 2]], "b": [3, 0.5]}'


ITSELF: list[Any] = []
ITSELF.append(ITSELF)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "is of type NoneType; strings, numbers, lists and dictionaries are wanted"),
        ([1, {2}], "is of type set"),
        ([object], "is of type type"),
        ([float("nan")], "It returns nan, which is no number"),
        (np.array([np.inf]), "It returns inf"),
        ({1: 2}, "a key of type int; str is wanted"),
        (ITSELF, "lie more than 8 deep"),
        ("\ud800", "half a character"),
        (["word"] * 9000, "more than 64 KiB"),
    ],
)
def test_what_cannot_be_written_is_told(value: Any, says: str) -> None:
    with pytest.raises(StudentError, match=says):
        written(value)


def bytes_of(data: bytes) -> Array:
    return np.frombuffer(data, np.uint8)


@pytest.mark.parametrize(
    "array",
    [
        bytes_of(b"\xff\xfe"),
        bytes_of(b"[1, 2"),
        bytes_of(b""),
        bytes_of(b"NaN"),
        bytes_of(b"[Infinity]"),
        bytes_of(b"[" * 60_000),
        bytes_of(b"[" * 9 + b"]" * 9),
        bytes_of(b"1" * 5000),
        bytes_of(b" " * (text.MAX_BYTES + 1)),
        written("a").reshape(1, -1),
        written("a").astype(np.float64),
    ],
    ids=range(11),
)
def test_what_nobody_wrote_is_refused(array: Array) -> None:
    with pytest.raises(UnreadableTextError):
        read(array)
    assert text_of(array) == "what cannot be read"
    says = says_how_texts_differ("ids", array, written([1]), "T=3")
    assert says == "`ids` cannot be read for T=3; a list is wanted."


def test_brackets_in_words_are_words() -> None:
    words = ["["] * 50
    assert read(written(words)) == words


def test_a_changed_argument_is_told() -> None:
    def spoil(words: list[str], other: dict[str, list[int]]) -> int:
        other["a"].append(1)
        return len(words)

    with pytest.raises(StudentError, match="its second argument is not the same"):
        untouched(spoil, ["a"], {"a": []})
    assert untouched(lambda words: sorted(words), ["b", "a"]) == ["a", "b"]
    assert read(in_text(sorted, ["b", "a"])) == ["a", "b"]


@pytest.mark.parametrize(
    ("found", "wanted", "says"),
    [
        ([1, 2], [1, 2], ""),
        ([1.0, 2], [1, 2], ""),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
        ("ab", ["a", "b"], "`y` is a string for T=3; a list is wanted."),
        ([1, 2, 3], [1, 2], "`y` is too long for T=3."),
        ([1], [1, 2], "`y` is too short for T=3."),
        ([2, 1], [1, 2], "`y` has the right entries in another order for T=3."),
        ([2, 2], [1, 2], "`y` is of the right length and has a wrong entry for T=3."),
        ({"a": 1}, {"b": 1}, "`y` has other keys than are wanted for T=3."),
        ({"a": 1}, {"a": 2}, "`y` has a wrong value for T=3."),
        ("a", "b", "`y` is wrong for T=3."),
    ],
)
def test_how_texts_differ_is_told_without_what_is_right(found: Any, wanted: Any, says: str) -> None:
    assert says_how_texts_differ("y", written(found), written(wanted), "T=3") == says


def answer(value: Any) -> list[Answer]:
    program = Program("lstm", (Call("T=3", "f", (), ("y",)),))
    answers = run(program, {"f": lambda: written(value)})
    return decode_answers(encode_answers(answers), program)


def test_a_text_survives_the_wire() -> None:
    (found,) = answer({"é": [1, "x"]})
    assert found.results[0].value is not None
    assert read(found.results[0].value) == {"é": [1, "x"]}


def test_the_judge_compares_what_is_written() -> None:
    from autograder.checking.compare import compare

    program = Program("lstm", (Call("T=3", "f", (), ("y",)),))
    exercise = Exercise("f", "lstm", lambda rng: program, {"y": "text"})
    expected = {"T=3": {"y": written([4, 5])}}
    assert compare(exercise, program, answer([4, 5.0]), expected, hidden=True) == []
    (finding,) = compare(exercise, program, answer([4, 5, 2]), expected, hidden=True)
    assert (finding.problem, finding.says) == ("value", "`y` is too long for T=3.")
    assert json.loads(written("a").tobytes()) == "a"
