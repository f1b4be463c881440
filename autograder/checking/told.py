"""What may be told of the answers to hidden inputs: no text that could carry these out.

Exceptions, warnings and names of types are texts that the student's own process makes. Of a judged
call they are told where they are common knowledge, or where public inputs gave them too, in a
process that had seen no others.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from autograder.exercises import Answer
from autograder.exercises.program import ELSEWHERE, SKIPPED, Result

PublicAnswers = Callable[[], Sequence[Answer]]
"""Gives the answers to the public program."""

EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
) | {
    SKIPPED, "AxisError", "InvalidArgumentError", "LinAlgError", "OutOfMemoryError",
    "UFuncTypeError", "_UFuncBinaryResolutionError", "_UFuncNoLoopError",
    "_UFuncOutputCastingError",
}  # fmt: skip
"""The exceptions of Python, and those that NumPy, torch and TensorFlow raise in such code."""

TYPES = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type)) | {
    "EagerTensor", "NoneType", "Parameter", "Tensor", "bool_", "float32", "float64", "function",
    "generator", "int32", "int64", "matrix", "method", "ndarray", "ndarray of object",
}  # fmt: skip
"""The types of Python, and the usual ones of NumPy, torch and TensorFlow."""

WARNING = re.compile(
    r"RuntimeWarning: (overflow|underflow|divide by zero|invalid value) encountered in "
    r"(scalar )?(exp|log|sqrt|square|power|divide|multiply|add|subtract|matmul|dot|tanh|cosh)"
)
"""What NumPy says of numbers that are too large."""

RETURNED = re.compile(r"(?:a|one) (\w+)(?: of length \d{1,2})?")
NONE = "None, as a function without a return statement does"

OWN_EXCEPTION = "an exception of its own"
OWN_TYPE = "its own"
OTHER = "something else"
MOST_LINES = 200
"""The last line that is told though public inputs did not give it: few cells are as long."""


def told(answers: Sequence[Answer], public: PublicAnswers | None) -> list[Answer]:
    """The answers with the texts that may be told; without `public`, with all.

    Args:
        answers: the answers to hidden inputs.
        public: gives those to public inputs, and is asked only where a text hangs on it.
    """
    if public is None or all(_is_common(answer) for answer in answers):
        return list(answers)
    known = list(public())
    texts = {text for answer in known for text in _texts(answer)}
    types = TYPES | {result.type for answer in known for result in answer.results}
    lines = {answer.line for answer in known}
    texts |= {answer.cell for answer in known}
    return [_cleared(answer, texts, types, lines) for answer in answers]


def _texts(answer: Answer) -> tuple[str, ...]:
    said = f"{answer.raised}: {answer.message}"
    return (answer.raised, said, answer.warned, answer.returned)


def _is_common(answer: Answer) -> bool:
    return answer == _cleared(answer, set(), TYPES)


def _cleared(
    answer: Answer, texts: set[str], types: frozenset[str], lines: Collection[int] = ()
) -> Answer:
    """The answer with what is common, or among `texts`, `types` and `lines`."""
    raised, said, warned, returned = _texts(answer)
    if raised and raised not in EXCEPTIONS | texts:
        raised = OWN_EXCEPTION
    # Of a call that was not made, the text is the name of another call.
    message = answer.message if said in texts or raised == SKIPPED else ""
    if raised == "StudentError" and not message:
        raised = OWN_EXCEPTION
    if warned not in texts and not WARNING.fullmatch(warned):
        warned = warned and "one of its own"
    of = RETURNED.fullmatch(returned)
    if returned not in texts | {"", NONE} and (of is None or of[1] not in types):
        returned = OTHER
    return replace(
        answer,
        raised=raised,
        message=message,
        warned=warned,
        returned=returned,
        line=answer.line if answer.line <= MOST_LINES or answer.line in lines else 0,
        cell=answer.cell if answer.cell in texts | {""} else ELSEWHERE,
        results=tuple(_of_type(result, types) for result in answer.results),
    )


def _of_type(result: Result, types: frozenset[str]) -> Result:
    return result if result.type in types else replace(result, type=OWN_TYPE)
