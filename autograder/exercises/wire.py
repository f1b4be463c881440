"""Programs and answers as bytes: a JSON head, then the raw values of the arrays.

What comes from a student's kernel is read by `decode_answers` alone. It never unpickles, it
takes nothing but numbers of known types, and it refuses what exceeds its limits.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import (
    Answer,
    Array,
    Call,
    Program,
    Ref,
    Result,
    StudentObject,
    arrays_in,
    given_before,
)

MAX_BYTES = 16 * 2**20
"""The largest answer that is read. The answers of an exercise take well under one mebibyte."""

MAX_HEAD = 4 * 2**20
"""The largest head of it: nested lists take twenty times the room of their text in memory."""

MAX_COUNT = 2**31
"""What every size of an array is below."""

DTYPES = frozenset(np.dtype(t).str for t in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "?"))
DTYPES |= frozenset(np.dtype(t).str for t in ("u1", "u2", "u4", "u8"))

MALFORMED = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What taking bytes apart raises where they are not of the form that `_join` writes."""

_HEAD = struct.Struct("<4sI")
_MAGIC = b"ctc1"


class RefusedAnswerError(Exception):
    """The bytes are no answer to the program: malformed, of a wrong kind, or too large."""


def encode_program(program: Program) -> bytes:
    """A program as bytes; arrays keep their memory layout."""
    arrays: list[Array] = []
    calls = [
        {
            "name": call.name,
            "function": call.function,
            "args": [_pack(arg, arrays) for arg in call.args],
            "returns": call.returns,
            "returns_cache": call.returns_cache,
            "adapter": call.adapter,
        }
        for call in program.calls
    ]
    return _join({"assignment": program.assignment, "calls": calls}, arrays)


def decode_program(data: bytes) -> Program:
    """The program that `encode_program` wrote; for bytes from the judge alone."""
    body, arrays = _split(data)
    calls = tuple(
        Call(
            name=call["name"],
            function=call["function"],
            args=tuple(_unpack(arg, arrays) for arg in call["args"]),
            returns=tuple(call["returns"]),
            returns_cache=call["returns_cache"],
            adapter=call["adapter"],
        )
        for call in body["calls"]
    )
    return Program(body["assignment"], calls)


def encode_answers(answers: Sequence[Answer]) -> bytes:
    """Answers as bytes."""
    arrays: list[Array] = []
    body = [
        {
            "call": a.call,
            "results": [
                [r.type, None if r.value is None else _pack(_plain(r.value), arrays)]
                for r in a.results
            ],
            "texts": [a.returned, a.raised, a.message, a.warned, a.cell],
            "line": a.line,
            "after": a.after,
            "overwritten": a.overwritten,
            "spoiled": a.spoiled,
        }
        for a in answers
    ]
    return _join(body, arrays)


def decode_answers(data: bytes, program: Program) -> list[Answer]:
    """The answers to `program` out of bytes that a student's process wrote.

    Raises:
        RefusedAnswerError: for anything but one well-formed answer to each call, in order.
    """
    try:
        body, arrays = _split(data)
        if len(body) != len(program.calls):
            raise RefusedAnswerError("there is not one answer to each call")
        return [
            _answer(entry, call, program, arrays)
            for entry, call in zip(body, program.calls, strict=True)
        ]
    except RefusedAnswerError:
        raise
    except MALFORMED as error:
        raise RefusedAnswerError(f"the answer is malformed ({type(error).__name__})") from None


def _answer(entry: Any, call: Call, program: Program, arrays: Sequence[Array]) -> Answer:
    if entry["call"] != call.name:
        raise RefusedAnswerError("an answer belongs to another call")
    texts = [_text(t) for t in entry["texts"]]
    returned, raised, message, warned, cell = texts
    results = tuple(
        Result(_text(kind), None if value is None else arrays[_index(value["array"])])
        for kind, value in entry["results"]
    )
    failed = bool(raised or returned)
    if len(results) != (0 if failed else len(call.returns)):
        raise RefusedAnswerError("an answer has another number of results")
    after = tuple(_text(t) for t in entry["after"])
    if len(after) != (0 if failed else len(arrays_in(call.args))):
        raise RefusedAnswerError("an answer has another number of arguments")
    overwritten = tuple(_index(number) for number in entry["overwritten"])
    if any(number >= len(results) for number in overwritten):
        raise RefusedAnswerError("a result that is none was overwritten")
    spoiled = tuple(_index(number) for number in entry["spoiled"])
    if any(number >= len(given_before(program, call)) for number in spoiled):
        raise RefusedAnswerError("an argument that is none was changed later")
    return Answer(
        call=call.name,
        results=results,
        returned=returned,
        raised=raised,
        message=message,
        line=_index(entry["line"]),
        cell=cell,
        after=after,
        warned=warned,
        overwritten=overwritten,
        spoiled=spoiled,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise RefusedAnswerError("a text is no text")
    text = value[:500]
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _index(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MAX_COUNT:
        raise RefusedAnswerError("a number is no count")
    return value


def _plain(array: Array) -> Array:
    """The array in one of `DTYPES`."""
    return array if array.dtype.str in DTYPES else array.astype(np.float64)


def _layout(array: Array) -> str:
    if array.flags.c_contiguous:
        return "C"
    return "F" if array.flags.f_contiguous else "strided"


def _pack(value: Any, arrays: list[Array]) -> Any:
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, Ref):
        return {"ref": [value.call, value.index]}
    if isinstance(value, StudentObject):
        return {"own": value.name}
    if isinstance(value, tuple):
        return {"tuple": [_pack(item, arrays) for item in value]}
    if isinstance(value, list):
        return [_pack(item, arrays) for item in value]
    if isinstance(value, dict):
        return {"dict": {key: _pack(item, arrays) for key, item in value.items()}}
    return value


def _unpack(value: Any, arrays: Sequence[Array]) -> Any:
    if isinstance(value, list):
        return [_unpack(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "array":
        return arrays[inner]
    if kind == "ref":
        return Ref(*inner)
    if kind == "own":
        return StudentObject(inner)
    if kind == "tuple":
        return tuple(_unpack(item, arrays) for item in inner)
    return {key: _unpack(item, arrays) for key, item in inner.items()}


def _join(body: Any, arrays: Sequence[Array]) -> bytes:
    kinds = [[a.dtype.str, a.shape, _layout(a)] for a in arrays]
    head = json.dumps({"arrays": kinds, "body": body}).encode()
    return _HEAD.pack(_MAGIC, len(head)) + head + b"".join(a.tobytes() for a in arrays)


def _split(data: bytes) -> tuple[Any, list[Array]]:
    if len(data) > MAX_BYTES:
        raise RefusedAnswerError(f"the answer is larger than {MAX_BYTES // 2**20} MiB")
    if len(data) < _HEAD.size:
        raise RefusedAnswerError("the answer is cut off")
    magic, length = _HEAD.unpack_from(data)
    if length > MAX_HEAD:
        raise RefusedAnswerError(f"the head of the answer is larger than {MAX_HEAD // 2**20} MiB")
    if magic != _MAGIC or _HEAD.size + length > len(data):
        raise RefusedAnswerError("the answer is not of this form")
    head = json.loads(data[_HEAD.size : _HEAD.size + length])
    arrays, at = [], _HEAD.size + length
    for dtype, shape, layout in head["arrays"]:
        if dtype not in DTYPES or len(shape) > 32:
            raise RefusedAnswerError("an array is of a type that is not taken")
        count = math.prod(_index(n) for n in shape)
        end = at + count * np.dtype(dtype).itemsize
        if end > len(data):
            raise RefusedAnswerError("an array is cut off")
        array = np.frombuffer(data[at:end], dtype).reshape(shape)
        arrays.append(_laid_out(array, layout))
        at = end
    if at != len(data):
        raise RefusedAnswerError("there is more than the arrays")
    return head["body"], arrays


def _laid_out(array: Array, layout: str) -> Array:
    if layout == "C":
        return array
    if layout == "F":
        return np.asfortranarray(array)
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]
