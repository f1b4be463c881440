"""The case of a failed check: the call that its message is about, to look at and to make again.

It is made in a student's own process, of public inputs and of what the wheel holds as right for
them. Of hidden inputs there is none: nothing that grades imports this module.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypeGuard

import numpy as np

from autograder.checking.compare import Expected, judged
from autograder.checking.parameters import called
from autograder.checking.show import Note, framed, marked_up
from autograder.checking.wording import text_of
from autograder.exercises import TOLERANCES, Answer, Array, Call, Exercise, Finding, Program, Ref
from autograder.exercises.program import StudentObject, fresh, invoke, refs
from autograder.exercises.tolerances import TEXT

IN_A_ROW = ("not repeatable", "overwritten")
"""Problems of which one call alone shows nothing: those before it belong to the case."""

LONGEST = 160
"""How much of a text stands in a sentence, in characters."""

HOW = (
    "`check.case.inputs`, `.returned` and `.right` hold these by name. `check.case.again()` makes "
    "the call once more, of your function as it then stands and in the open: what it prints is "
    "seen, `breakpoint()` stops in it, and `%debug` follows an exception."
)

Objects = Callable[[], Mapping[str, Any]]
"""Gives the student's objects, by name, as they stand when it is asked."""


@dataclass(frozen=True, repr=False)
class NoCase(Note):
    """Why there is no case, in a sentence; whatever else is asked of it is answered by that."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"There is no case. {self.message}")


def no_case(title: str, message: str) -> NoCase:
    """What stands in the place of a case."""
    return NoCase(title, "no case to look at", message)


@dataclass(frozen=True)
class Difference:
    """Where a result differs.

    Attributes:
        result: its name.
        index: the first entry that differs, the last axis counted fastest; () of a number.
        yours: what was returned there.
        right: what is right there.
        count: how many entries differ.
        size: how many there are.
    """

    result: str
    index: tuple[int, ...]
    yours: float
    right: float
    count: int
    size: int


class Case:
    """The public call that the message of a failed check is about.

    Args:
        exercise: the exercise.
        program: what the check has asked.
        answers: what was answered.
        expected: what is right, by call and result.
        finding: the first thing that is wrong.
        parameters: the names of the parameters of what the student writes.
        objects: gives the student's objects.
        below: the earlier exercises that this one is built on and that are not right either.

    Attributes:
        function: the name of the function or class.
        call: the name of the call, such as "N=3, D=5, H=4".
        returned: what was returned, by name; of what is no array, its type. Empty where the call
            gave no results.
        right: what is right, by name; nothing of results that have no one right value. Here, as in
            `returned`, a text is what is written in it.
        differences: where results differ from what is right, by name, in the order of the results.
        message: what is wrong, in sentences.
    """

    def __init__(
        self,
        exercise: Exercise,
        program: Program,
        answers: Sequence[Answer],
        expected: Expected,
        finding: Finding,
        parameters: Sequence[str],
        objects: Objects,
        below: Sequence[str] = (),
    ) -> None:
        calls = {call.name: call for call in program.calls}
        self._exercise, self._assignment, self._objects = exercise, program.assignment, objects
        self._call = calls.get(finding.call) or judged(exercise, program)[0]
        self._before = _before(program, self._call, finding.problem in IN_A_ROW)
        self._names = _names(self._call, program.assignment, parameters)
        self.function, self.call = exercise.name, self._call.name
        self._answer = next(answer for answer in answers if answer.call == self.call)
        results = zip(self._call.returns, self._answer.results, strict=False)
        self.returned: dict[str, Any] = {
            name: result.type if result.value is None else self._read(name, result.value)
            for name, result in results
        }
        wanted = expected.get(self.call, {})
        self.right: dict[str, Any] = {n: self._read(n, right) for n, right in wanted.items()}
        found = (self._difference(name) for name in self.right)
        self.differences = {one.result: one for one in found if one is not None}
        self.message = " ".join(self._sentences(finding, below))

    @property
    def inputs(self) -> dict[str, Any]:
        """The arguments by name, in order: copies each time, laid out as the check's own.

        What comes of an earlier call, such as a cache, is made by the student's own function.
        """
        return dict(zip(self._names, self._arguments(self._objects()), strict=True))

    def again(self) -> Any:
        """Make the call once more, of the function as it now stands, and return what it returns.

        Nothing is caught or kept out of sight. The calls that it needs are made before it.
        """
        objects = self._objects()
        arguments = self._arguments(objects)
        return invoke(self._call, self._assignment, objects[self._call.function], arguments)

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """What went in and came back: its role, its name, what it is, how it compares."""
        for name, argument in zip(self._names, self._call.args, strict=True):
            yield "input", name, _what(argument, self._before), ""
        if not self._answer.results:
            how = f"{self._answer.raised} was raised" if self._answer.raised else ""
            yield "returned", "", self._answer.returned or how, ""
        for name, value in self.returned.items():
            says = value if isinstance(value, str) else _what(value)
            yield "returned", name, says, self._beside(name, value)

    def __repr__(self) -> str:
        rows = [("", "name", "what it is", "beside what is right"), *self.rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [
            "  ".join([*(text.ljust(n) for text, n in zip(row, widths, strict=False)), row[3]])
            for row in rows
        ]
        table = "\n".join(line.rstrip() for line in lines)
        return f"{self.function}, {self.call}: {self.message}\n\n{table}\n\n{HOW}"

    def _repr_html_(self) -> str:
        head = _row("th", ("", "name", "what it is", "beside what is right"))
        rows = "".join(_row("td", row) for row in self.rows())
        return framed(
            "note",
            self.function,
            self.call,
            f"<p>{marked_up(self.message)}</p>"
            f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
            f"<p>{marked_up(HOW)}</p>",
        )

    def _read(self, name: str, value: Array) -> Any:
        """A result as a student reads it."""
        return text_of(value) if self._exercise.tolerances.get(name) == TEXT else value.copy()

    def _arguments(self, objects: Mapping[str, Any]) -> list[Any]:
        kept: dict[str, Sequence[Any]] = {}
        for call in self._before:
            arguments = [fresh(arg, kept, objects) for arg in call.args]
            value = invoke(call, self._assignment, objects[call.function], arguments)
            kept[call.name] = value if isinstance(value, tuple | list) else (value,)
        return [fresh(arg, kept, objects) for arg in self._call.args]

    @np.errstate(all="ignore")
    def _difference(self, name: str) -> Difference | None:
        """Where a result differs; None where it does not, or is of another shape or no array."""
        value, right = self.returned.get(name), self.right[name]
        if not isinstance(right, np.ndarray) or not _of_shape(value, right):
            return None
        a, r = value.astype(np.float64), right.astype(np.float64)
        far = TOLERANCES[self._exercise.tolerances[name]].differing(a, r)
        if not far.any():
            return None
        index = tuple(int(i) for i in np.argwhere(far)[0])
        yours, wanted = float(a[index]) + 0.0, float(r[index]) + 0.0  # of −0 a 0
        return Difference(name, index, yours, wanted, int(far.sum()), far.size)

    def _sentences(self, finding: Finding, below: Sequence[str]) -> Iterator[str]:
        named = self.differences.get(finding.result.strip("`"))
        first = named or next(iter(self.differences.values()), None)
        if first is None or finding.problem != "value":
            yield finding.says
        if first is not None:
            yours, right = self._worded(first)
            at = f" differs first at {list(first.index)}: it" if first.index else ""
            there = " there" if first.index else ""
            yield f"`{first.result}`{at} is {yours}{there}, and {right} is right."
            if first.size > 1:
                every = first.count == first.size
                of = "Its" if every else f"{first.count} of its"
                yield f"{of} {first.size} entries {'all ' * every}differ."
        name = finding.result.strip("`")
        if finding.problem == "value" and self._exercise.tolerances.get(name) == TEXT:
            yield f"It is {_short(self.returned[name])}, and {_short(self.right[name])} is right."
        if not self.right:
            yield "What is right here is no one array, so there is none to compare with."
        if finding.problem in IN_A_ROW:
            yield "One such call alone may be right: the calls before it are made as well."
        if below:
            names = " and ".join(f"`{name}`" for name in below)
            yield f"But {names} is not right either: what is right here stands on a right one."

    def _worded(self, difference: Difference) -> tuple[str, str]:
        """The two values as a student reads them: words where the result is one."""
        words = self._exercise.words.get(difference.result, ())
        pair = difference.yours, difference.right
        if words and not difference.index and all(v in range(len(words)) for v in pair):
            return words[int(pair[0])], words[int(pair[1])]
        short = f"{pair[0]:.6g}", f"{pair[1]:.6g}"
        return short if short[0] != short[1] else (f"{pair[0]!r}", f"{pair[1]!r}")

    def _beside(self, name: str, value: Any) -> str:
        right = self.right.get(name)
        if right is None:
            return "compared with nothing"
        if not isinstance(right, np.ndarray):
            return "right" if value == right else f"{_what(right)} is right"
        if not _of_shape(value, right):
            return f"{_what(right)} is right"
        found = self.differences.get(name)
        return f"{found.count} of {found.size} differ" if found else "right"


def _of_shape(value: Any, right: Array) -> TypeGuard[Array]:
    return isinstance(value, np.ndarray) and value.shape == right.shape


def _before(program: Program, call: Call, every: bool) -> list[Call]:
    """The calls that have to be made before `call`: those it needs, or every one, in order."""
    calls = list(takewhile(lambda one: one.name != call.name, program.calls))
    if every:
        return calls
    needed = {ref.call for ref in refs(call)}
    for earlier in reversed(calls):
        if earlier.name in needed:
            needed |= {ref.call for ref in refs(earlier)}
    return [earlier for earlier in calls if earlier.name in needed]


def _names(call: Call, assignment: str, parameters: Sequence[str]) -> list[str]:
    """A name for each argument, each once."""
    known = called(call, assignment, parameters)
    found: list[str] = []
    for place in range(len(call.args)):
        name = known[place] if place < len(known) else ""
        found.append(name if name and name not in found else f"argument {place + 1}")
    return found


def _what(value: Any, before: Sequence[Call] = ()) -> str:
    """What a value is, in a few words."""
    if isinstance(value, Ref):
        functions = {call.name: call.function for call in before}
        return f"what your {functions[value.call]} returned"
    if isinstance(value, StudentObject):
        return f"your {value.name}"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"{value.shape} {value.dtype}"
    if isinstance(value, np.ndarray):
        return f"{value.item():.6g}"
    text = repr(value) if np.isscalar(value) or value is None else ""
    if isinstance(value, tuple | list | dict):
        held = "arrays" if any(isinstance(item, np.ndarray) for item in _items(value)) else "items"
        short = repr(value) if held == "items" else ""
        text = short if 0 < len(short) <= 40 else f"{type(value).__name__} of {len(value)} {held}"
    return text or f"a {type(value).__name__}"


def _short(value: Any) -> str:
    """A text as it is written in Python, as far as it fits into a sentence."""
    says = repr(value)
    return says if len(says) <= LONGEST else f"{says[:LONGEST]}…"


def _items(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else list(value)


def _row(kind: str, texts: Sequence[str]) -> str:
    begin = '<th scope="col"' if kind == "th" else "<td"
    style = "text-align: left; padding-right: 1em"
    cells = (f'{begin} style="{style}">{html.escape(text)}</{kind}>' for text in texts)
    return f"<tr>{''.join(cells)}</tr>"
