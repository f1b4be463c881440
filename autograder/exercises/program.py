"""Programs: the calls that an exercise makes of a student's objects, and what came back.

A program is data. It crosses into the process where the student's code lives, is run there
by `run`, and the answers cross back as plain arrays. Nothing here knows what is right.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import traceback
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Ref:
    """The result number `index` of the earlier call `call`; it never leaves the kernel."""

    call: str
    index: int


@dataclass(frozen=True)
class StudentObject:
    """Another object of the student's, by its name."""

    name: str


@dataclass(frozen=True)
class Call:
    """One call of a student's object.

    Attributes:
        name: unique within the program, and readable: "N=3, D=5, H=4".
        function: the name of the student's function or class.
        args: arrays, numbers, strings, booleans, None, lists and dicts of these, `Ref` and
            `StudentObject`.
        returns: the names of the array results, in order.
        returns_cache: whether one more result, the cache, follows the arrays.
        adapter: a function of the exercise's module that makes the call, as
            `adapter(student_object, *args)`; empty for a plain call.
    """

    name: str
    function: str
    args: tuple[Any, ...]
    returns: tuple[str, ...] = ()
    returns_cache: bool = False
    adapter: str = ""

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """A digest of each array in `args`: every answer to the call is held against these."""
        return digests(self.args)


@dataclass(frozen=True)
class Program:
    """Calls that run one after the other; `assignment` names the package of their adapters."""

    assignment: str
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Result:
    """One returned value: what its type was called, and the value where it is an array."""

    type: str
    value: Array | None


@dataclass(frozen=True)
class Answer:
    """What one call gave.

    Attributes:
        call: the name of the call.
        results: one entry a named result; empty when the call raised or gave another number.
        returned: what came back, in words, when the number of results was wrong.
        raised: the name of the exception, or "".
        message: the text of the exception.
        line: the line in the student's cell where it was raised, counted from 1, or 0.
        cell: what that cell defines, by its name, where it is not the cell of what was called;
            `ELSEWHERE` of a cell that defines nothing by a name.
        after: a digest of every array argument after the call.
        warned: the first warning that was given, or "".
        overwritten: the numbers, from 0, of the results that a later call has changed.
        spoiled: the numbers, from 0, of the arrays in `given_before` that this call has changed:
            a cache may hold arrays that belong to whoever called before.
    """

    call: str
    results: tuple[Result, ...] = ()
    returned: str = ""
    raised: str = ""
    message: str = ""
    line: int = 0
    cell: str = ""
    after: tuple[str, ...] = ()
    warned: str = ""
    overwritten: tuple[int, ...] = ()
    spoiled: tuple[int, ...] = ()


SKIPPED = "Skipped"
"""The name in `Answer.raised` of a call that was not made, because one it needs had failed."""


ELSEWHERE = "<elsewhere>"
"""In `Answer.cell`, a cell whose name is not known, or not told."""


class StudentError(Exception):
    """Raised by a `adapter` function: its text is a sentence for the student."""


def run(program: Program, namespace: Mapping[str, Any]) -> list[Answer]:
    """Make the calls of `program` with the objects of `namespace`.

    Every call gets arrays of its own, laid out in memory like those of the program. What a
    student prints or warns is kept out of sight. An exception ends its own call alone. Results
    are copied at once, and looked at again after the last call: who hands out one array in every
    call overwrites what it gave before.
    """
    kept: dict[str, Sequence[Any]] = {}
    given: dict[str, Sequence[Array]] = {}
    answers = []
    for call in program.calls:
        earlier = [a for ref in refs(call) for a in given.get(ref.call, ())]
        before = digests(earlier)
        answer, results, given[call.name] = _make(call, program.assignment, namespace, kept)
        kept[call.name] = results
        answers.append(replace(answer, spoiled=_differences(before, digests(earlier))))
    return [replace(a, overwritten=_overwritten(a, kept[a.call])) for a in answers]


def digests(args: Sequence[Any]) -> tuple[str, ...]:
    """A digest of each array in `args`: of its dtype, shape and values, not of its layout."""
    return tuple(
        hashlib.sha256(
            f"{a.dtype.str}{a.shape}".encode() + np.ascontiguousarray(a).tobytes()
        ).hexdigest()
        for a in arrays_in(args)
    )


def changed(call: Call, answer: Answer) -> list[int]:
    """The numbers, from 0, of the array arguments that the call left other than they were."""
    return list(_differences(call.digests, answer.after))


def given_before(program: Program, call: Call) -> list[tuple[Call, int]]:
    """The array arguments of the calls whose results `call` is given: that call, and the number."""
    calls = {before.name: before for before in program.calls}
    return [
        (calls[ref.call], number)
        for ref in refs(call)
        for number in range(len(arrays_in(calls[ref.call].args)))
    ]


def copy_like(array: Array) -> Array:
    """A writable copy with the memory layout of `array`: C order, Fortran order, or strided."""
    if array.flags.c_contiguous:
        return array.copy(order="C")
    if array.flags.f_contiguous:
        return array.copy(order="F")
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    view = wide[..., ::2]
    view[...] = array
    return view


def arrays_in(value: Any) -> list[Array]:
    """The arrays in nested lists, tuples and dicts, in order."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [a for item in value for a in arrays_in(item)]
    return []


def refs(call: Call) -> list[Ref]:
    """The results of earlier calls that a call is given."""
    return [arg for arg in call.args if isinstance(arg, Ref)]


def _differences(before: Sequence[str], after: Sequence[str]) -> tuple[int, ...]:
    pairs = enumerate(zip(before, after, strict=False))
    return tuple(number for number, (then, now) in pairs if then != now)


def fresh(value: Any, kept: Mapping[str, Sequence[Any]], namespace: Mapping[str, Any]) -> Any:
    """An argument as a call is given it: copies of its arrays, and what its references name.

    Args:
        value: the argument in the program.
        kept: what the earlier calls returned, by call.
        namespace: the student's objects.
    """
    if isinstance(value, Ref):
        return kept[value.call][value.index]
    if isinstance(value, StudentObject):
        return namespace[value.name]
    if isinstance(value, np.ndarray):
        return copy_like(value)
    if isinstance(value, Mapping):
        return {key: fresh(item, kept, namespace) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(fresh(item, kept, namespace) for item in value)
    return value


def _make(
    call: Call, assignment: str, namespace: Mapping[str, Any], kept: Mapping[str, Sequence[Any]]
) -> tuple[Answer, Sequence[Any], Sequence[Array]]:
    """What a call gave, its results as they are, and the arrays that were passed to it."""
    for ref in refs(call):
        if not kept.get(ref.call):
            return Answer(call.name, raised=SKIPPED, message=ref.call), (), ()
    for name in (call.function, *(arg.name for arg in call.args if isinstance(arg, StudentObject))):
        if name not in namespace:
            return Answer(call.name, raised="NameError", message=f"{name} is not defined"), (), ()
    args = [fresh(arg, kept, namespace) for arg in call.args]
    # Held from before the call: a state that grows during it is not an argument that changed.
    given = arrays_in(
        [
            arg
            for arg, asked in zip(args, call.args, strict=True)
            if not isinstance(asked, Ref | StudentObject)
        ]
    )
    student_object = namespace[call.function]
    with _quiet() as seen:
        try:
            value = invoke(call, assignment, student_object, args)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return _raised(call, student_object, error), (), given
    wanted = len(call.returns) + call.returns_cache
    results, returned = _unpack(value, wanted)
    if returned:
        return Answer(call.name, returned=returned, warned=_first(seen)), (), given
    observed = tuple(_observe(value) for value in results[: len(call.returns)])
    return Answer(call.name, observed, after=digests(given), warned=_first(seen)), results, given


def invoke(call: Call, assignment: str, student_object: Any, args: Sequence[Any]) -> Any:
    """Make the call, by its adapter where it has one; what comes back, as it is."""
    if not call.adapter:
        return student_object(*args)
    module = importlib.import_module(f"autograder.exercises.{assignment}")
    return getattr(module, call.adapter)(student_object, *args)


@contextlib.contextmanager
def _quiet() -> Any:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield seen


def _first(seen: Sequence[warnings.WarningMessage]) -> str:
    return f"{seen[0].category.__name__}: {seen[0].message}"[:200] if seen else ""


def _raised(call: Call, student_object: Any, error: BaseException) -> Answer:
    """What is said of an exception: which, and the innermost line of a cell where it was raised."""
    frames = [(frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    in_cells = [(code, line) for code, line in frames if _in_a_cell(code.co_filename)]
    kind, message = type(error).__name__, message_of(error)
    if not in_cells:
        return Answer(call.name, raised=kind, message=message)
    code, line = in_cells[-1]
    # By the outermost function of that cell, which may have called others of it.
    defined = {c.co_filename: c.co_qualname.split(".")[0] for c, _ in reversed(in_cells)}
    own = {file for file, name in defined.items() if name == call.function}
    own |= {c.co_filename for c in _codes(student_object)}
    name = defined[code.co_filename]
    cell = "" if code.co_filename in own else name if name.isidentifier() else ELSEWHERE
    return Answer(call.name, raised=kind, message=message, line=line or 0, cell=cell)


def message_of(error: BaseException) -> str:
    """What an exception says, to a limit; nothing where it cannot say it."""
    try:
        return str(error)[:500]
    except Exception:
        return ""


def _codes(value: Any) -> list[CodeType]:
    """The code of a function, or of the methods of a class."""
    parts = [value, *(vars(value).values() if isinstance(value, type) else ())]
    return [part.__code__ for part in parts if isinstance(part, FunctionType)]


def _in_a_cell(filename: str) -> bool:
    return "ipykernel" in filename or filename.startswith("<ipython-input")


def _overwritten(answer: Answer, results: Sequence[Any]) -> tuple[int, ...]:
    """The numbers of the results of `answer` that are not what they were when it was given."""
    pairs = enumerate(zip(answer.results, results, strict=False))
    return tuple(number for number, (then, now) in pairs if _differ(then, _observe(now)))


def _differ(then: Result, now: Result) -> bool:
    if then.value is None or now.value is None:
        return False
    a, b = then.value, now.value
    return (a.dtype, a.shape) != (b.dtype, b.shape) or a.tobytes() != b.tobytes()


def _unpack(value: Any, wanted: int) -> tuple[Sequence[Any], str]:
    if wanted == 1 and not isinstance(value, (tuple, list)):
        return (value,), ""
    kind = type(value).__name__
    if wanted == 1:
        return (), f"a {kind} of length {len(value)}"
    if value is None:
        return (), "None, as a function without a return statement does"
    if not isinstance(value, (tuple, list)):
        return (), f"one {kind}"
    if len(value) != wanted:
        return (), f"a {kind} of length {len(value)}"
    return value, ""


def _observe(value: Any) -> Result:
    """The type's name and the value as an array of numbers, where it is one."""
    kind = type(value).__name__
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        array = np.asarray(value)
    except Exception:
        return Result(kind, None)
    if array.dtype.kind in "fiub":
        return Result(kind, array.copy())
    return Result(f"{kind} of {array.dtype}" if array is value else kind, None)
