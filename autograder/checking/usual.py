"""Which numbers of an answer to hidden inputs may be told: the usual ones, of which there are few.

A shape or a ratio of the student's making could else carry a hidden input out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations_with_replacement
from typing import Any

from autograder.exercises import Array, Call
from autograder.exercises.program import arrays_in


def _sizes(made: Call, right: Array) -> frozenset[int]:
    """The sizes of a case: those of its inputs and of what is wanted, and 1."""
    arrays = [right, *arrays_in(made.args)]
    numbers = {number for number in _numbers(made.args) if 0 < number < 1000}
    return frozenset({1}).union(numbers, *(array.shape for array in arrays))


def _numbers(value: Any) -> Iterator[int]:
    """The whole numbers in nested lists, tuples and dicts."""
    if type(value) is int:
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _numbers(item)


def _made_of(sizes: Collection[int]) -> frozenset[int]:
    """Sizes, small multiples of them, and sums and products of two."""
    pairs = list(combinations_with_replacement(sorted({*sizes, 2, 3, 4}), 2))
    return frozenset({one * other for one, other in pairs} | {sum(pair) for pair in pairs})


def is_usual(shape: Sequence[int], made: Call, right: Array) -> bool:
    """Whether a shape is of the case's own sizes, all but one, which may be made of them."""
    sizes = _sizes(made, right)
    odd = [size for size in shape if size not in sizes]
    return len(shape) <= right.ndim + 1 and len(odd) <= 1 and {*odd} <= {0, *_made_of(sizes)}


def usual_ratios(made: Call, right: Array) -> frozenset[float]:
    """The factors by which an answer is wrong as a rule: of small numbers and of sizes."""
    sizes = {*_sizes(made, right), right.size, 2, 3, 4}
    factors = {float(a * b) for a, b in combinations_with_replacement(sorted(sizes), 2)}
    return frozenset(sign * ratio for f in factors for ratio in (f, 1 / f) for sign in (1, -1))
