"""What is asked of `inverse`, `augment` and `inverse_consistency`: relations turned round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Answer, Call, Program, StudentError
from autograder.exercises.shared.consistency import values
from autograder.exercises.shared.text import UnreadableTextError, read
from autograder.exercises.temporal.names import RELATIONS
from autograder.exercises.tolerances import TOLERANCES

ASSIGNMENT = "temporal"

Span = tuple[int, int]
Link = tuple[Span, Span, str]

PAIRS = [
    tuple(pair.split())
    for pair in (
        "BEFORE AFTER",
        "IBEFORE IAFTER",
        "INCLUDES IS_INCLUDED",
        "BEGINS BEGUN_BY",
        "ENDS ENDED_BY",
        "DURING DURING_INV",
    )
]
"""Relations that are inverse to one another; the other two are so to themselves."""

TURNED = {name: name for name in RELATIONS} | {a: b for a, b in PAIRS} | {b: a for a, b in PAIRS}

STRANGE = ("OVERLAP", "VAGUE", "NONE", "MEETS", "LATER")
"""Names of other schemes."""


def inverse_program(rng: np.random.Generator) -> Program:
    """Every relation, in an order by lot; and names that are none."""
    names = [str(name) for name in rng.permutation(RELATIONS)]
    calls = [Call(name, "inverse", (name,), ("inverse",), adapter="in_text") for name in names]
    odd = {
        "a name in small letters": names[0].lower(),
        "a name of another scheme": str(rng.choice(STRANGE)),
        "a name without letters": "",
    }
    calls += [
        Call(label, "inverse", (label, name), ("refused",), adapter="refused")
        for label, name in odd.items()
    ]
    return Program(ASSIGNMENT, tuple(calls))


def refused(function: Any, what: str, name: str) -> int:
    """1 where the function raises a KeyError, as it should.

    Raises:
        StudentError: where it gives a result for `name`, which is described by `what`.
    """
    try:
        found = function(name)
    except KeyError:
        return 1
    gives = "None" if found is None else "a result"
    raise StudentError(f"It gives {gives} for {what}, where a KeyError is wanted.")


def augment_program(rng: np.random.Generator) -> Program:
    """Lists of links: with every relation, with one twice, with one that is there both ways."""
    several = links(rng, ["INCLUDES", "BEFORE", "SIMULTANEOUS", "ENDED_BY"])
    twice = links(rng, ["AFTER", "IS_INCLUDED", "IDENTITY"])
    twice = [*twice, twice[0], twice[2]]
    first, second, relation = links(rng, ["BEGINS"])[0]
    both = [(first, second, relation), *links(rng, ["IBEFORE"]), (second, first, TURNED[relation])]
    cases = {
        "four links": several,
        "every relation": links(rng, [str(name) for name in rng.permutation(RELATIONS)]),
        "links that are there twice": twice,
        "a link that is there both ways": both,
        "relations that are their own inverse": links(rng, ["IDENTITY", "SIMULTANEOUS"]),
        "one link": links(rng, ["DURING"]),
        "no links": [],
        "the first links once more": several,
        "other links": links(rng, ["IAFTER", "DURING_INV", "BEGUN_BY", "ENDS"]),
    }
    calls = (
        Call(label, "augment", (given,), ("augmented",), adapter="in_text")
        for label, given in cases.items()
    )
    return Program(ASSIGNMENT, tuple(calls))


def links(rng: np.random.Generator, relations: Sequence[str]) -> list[Link]:
    """A link a relation, between spans of unequal lengths, the later of which may come first."""
    found: list[Link] = []
    for k, relation in enumerate(relations):
        one, other = spans(rng)
        found.append((other, one, relation) if k % 3 == 1 else (one, other, relation))
    return found


def spans(rng: np.random.Generator) -> tuple[Span, Span]:
    """Two spans that are disjoint, the earlier one first."""
    a, b, c, d = np.cumsum(rng.integers(1, 6, 4)).tolist()
    return (a, b), (c, d)


def consistency_program(rng: np.random.Generator) -> Program:
    """Predictions and those for the same links the other way round, which agree in part."""
    forward = [str(name) for name in rng.permutation(RELATIONS)] + ["BEFORE", "AFTER", "AFTER"]
    every = [TURNED[name] for name in forward]
    plain = ["IS_INCLUDED", "BEFORE", "BEFORE", "SIMULTANEOUS", "ENDS"]
    cases = {
        "some agree": (forward, partly(rng, every)),
        "all agree": (plain, [TURNED[name] for name in plain]),
        "none agrees": (plain, ["AFTER", "BEFORE", "IAFTER", "IDENTITY", "BEGUN_BY"]),
        "the same relations once more": (plain, list(plain)),
        "relations that are their own inverse": (
            ["IDENTITY", "SIMULTANEOUS", "IDENTITY"],
            ["IDENTITY", "SIMULTANEOUS", "SIMULTANEOUS"],
        ),
        "one link": (["BEGINS"], ["BEGUN_BY"]),
        "one link, and it disagrees": (["IBEFORE"], ["BEFORE"]),
        "no links": ([], []),
        "other relations": ([*plain, *forward], [*every, *plain]),
    }
    cases["the first lists once more"] = cases["some agree"]
    calls = (
        Call(label, "inverse_consistency", lists, ("share",), adapter="untouched")
        for label, lists in cases.items()
    )
    return Program(ASSIGNMENT, tuple(calls))


def partly(rng: np.random.Generator, relations: Sequence[str]) -> list[str]:
    """The relations, about a third of them replaced by another one; two are, and two are not."""
    changed = rng.permutation(len(relations)) < 2 + len(relations) // 3
    changed[:2] = True, False
    step = 1 + rng.integers(0, len(RELATIONS) - 1, len(relations))
    return [
        RELATIONS[(RELATIONS.index(name) + int(by)) % len(RELATIONS)] if other else name
        for name, other, by in zip(relations, changed, step, strict=True)
    ]


def follow_augment(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `augment` turns links as the student's own `inverse` turns their relations."""
    own = turned_by(ask)
    given = links(rng, [str(name) for name in rng.permutation(list(own))])
    wanted = [*given, *((second, first, own[name]) for first, second, name in given)]
    asked = Call("links", "augment", (given,), ("augmented",), adapter="in_text")
    (answer,) = ask(Program(ASSIGNMENT, (asked,)))
    return bool(own) and told(answer) == [[[*one], [*other], name] for one, other, name in wanted]


def follow_consistency(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `inverse_consistency` counts what the student's own `inverse` says."""
    own = turned_by(ask)
    if not own:
        return False
    calls, wanted = [], []
    for k in range(6):
        forward = [str(name) for name in rng.choice(list(own), 5 + k)]
        agree = rng.integers(0, 2, len(forward)) > 0
        swapped = [
            own[name] if same else str(rng.choice(RELATIONS))
            for name, same in zip(forward, agree, strict=True)
        ]
        wanted.append(np.mean([own[a] == b for a, b in zip(forward, swapped, strict=True)]))
        args = (forward, swapped)
        calls.append(Call(f"{k}", "inverse_consistency", args, ("share",), adapter="untouched"))
    found = [values(answer) for answer in ask(Program(ASSIGNMENT, tuple(calls)))]
    same = TOLERANCES["forward"].accepts
    return all(
        share is not None and share[0].ndim == 0 and same(share[0], np.asarray(right))
        for share, right in zip(found, wanted, strict=True)
    )


def turned_by(ask: Ask) -> Mapping[str, str]:
    """What the student's own `inverse` makes of each relation, where that is a name."""
    calls = (Call(name, "inverse", (name,), ("inverse",), adapter="in_text") for name in RELATIONS)
    found = {answer.call: told(answer) for answer in ask(Program(ASSIGNMENT, tuple(calls)))}
    return {name: other for name, other in found.items() if isinstance(other, str)}


def told(answer: Answer) -> Any:
    """What is written in the one result of an answer, or None."""
    if answer.raised or not answer.results or answer.results[0].value is None:
        return None
    try:
        return read(answer.results[0].value)
    except UnreadableTextError:
        return None
