"""Answers that are right at first, and not when the same is asked again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from autograder.exercises import Call, Finding, Program, Ref
from autograder.exercises.program import given_before

CACHE_CHANGED, CACHES_USED_UP = "cache-changed", "caches-used-up"
"""What a catalogue calls these mistakes, by which they are known whatever the values are."""


def not_repeatable(
    program: Program, calls: Sequence[Call], findings: list[Finding]
) -> list[Finding]:
    """Wrong only when called once more: name that, not the values.

    Whatever is asked of a cache that served rightly before, and never does again, is one call more.
    """
    wrong = {finding.call for finding in findings}
    again = [_is_spent(calls, wrong, at) for at, call in enumerate(calls) if call.name in wrong]
    if findings and all(again):
        says, mistake = (
            "It is right at first and wrong when it is called with the same cache once more: the "
            "first call has overwritten what is in it. Work on a copy.",
            CACHE_CHANGED,
        )
        if failed := [f.says for f in findings if f.problem == "raised"]:
            says, mistake = (
                "It is right at first and fails when it is called with the same cache once more: "
                f"the first call has used up what is in it. {failed[0]}",
                CACHES_USED_UP,
            )
        return [
            replace(f, says=says, problem="not repeatable", result="", mistake=mistake)
            for f in findings
        ]
    if findings and all("once more" in f.call for f in findings):
        says = (
            "It is right at first and wrong when called once more with the same inputs: "
            "something is kept from one call to the next."
        )
        return [replace(findings[0], says=says, problem="not repeatable")]
    if findings and _come_again(program, calls) == wrong:
        says = (
            "It is right where inputs of some sizes come for the first time, and wrong where the "
            "same sizes come again: something is kept from one call to the next. Begin every call "
            "anew."
        )
        return [replace(f, says=says, problem="not repeatable", result="") for f in findings]
    return findings


def _come_again(program: Program, calls: Sequence[Call]) -> set[str]:
    """The calls that differ from an earlier one by the numbers in their arrays alone."""
    seen: set[str] = set()
    again = set()
    for call in calls:
        before = [earlier.args for earlier, _ in given_before(program, call)[:1]]
        sizes = repr(_shapes([call.args, before]))
        if sizes in seen:
            again.add(call.name)
        seen.add(sizes)
    return again


def _shapes(value: object) -> object:
    """Arguments with the shapes of their arrays in the place of these."""
    if isinstance(value, np.ndarray):
        return value.shape
    if isinstance(value, Mapping):
        return {key: _shapes(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shapes(item) for item in value]
    return None if isinstance(value, Ref) else value


def _is_spent(calls: Sequence[Call], wrong: Collection[str], at: int) -> bool:
    """Whether the cache of a wrong call served rightly before it, and does not after."""
    cache = _cache(calls[at])
    right = [i for i, c in enumerate(calls) if c.name not in wrong and _cache(c) == cache]
    return cache is not None and bool(right) and max(right) < at


def _cache(call: Call) -> Ref | None:
    """The cache that a call is given, where it is given one."""
    return next((arg for arg in call.args if isinstance(arg, Ref)), None)
