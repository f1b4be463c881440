"""Follow-through of the scores that are built on the student's own `lcs_positions`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Answer, Call, Program
from autograder.exercises.shared.consistency import right_where_asked, values
from autograder.exercises.shared.text import UnreadableTextError, read
from autograder.exercises.summarization.scores import pairs, summaries
from autograder.exercises.summarization.texts import ASSIGNMENT, SCORES, Tokens
from autograder.exercises.tolerances import TOLERANCES


def follow_rouge_l(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `rouge_l` scores by the length of what the student's own `lcs_positions` finds."""
    findings: list[bool | None] = []
    lengths: set[int] = set()
    for reference, hypothesis in pairs(rng).values():
        found = scored(ask, "rouge_l", reference, hypothesis)
        places = own(ask, [(reference, hypothesis)])
        if places is None:
            findings.append(None)
            continue
        lengths.add(len(places[0]))
        findings.append(is_score(found, len(places[0]), len(hypothesis), len(reference)))
    return len(lengths) > 1 and right_where_asked(findings)


def follow_rouge_lsum(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `rouge_lsum` takes the union of what the student's own `lcs_positions` finds.

    No token is a hit more often than the hypothesis has it.
    """
    findings: list[bool | None] = []
    lengths: set[int] = set()
    for reference, hypothesis in summaries(rng).values():
        found = scored(ask, "rouge_lsum", reference, hypothesis)
        places = own(ask, [(r, h) for r in reference for h in hypothesis])
        if places is None:
            findings.append(None)
            continue
        met: Counter[str] = Counter()
        for number, sentence in enumerate(reference):
            mine = places[number * len(hypothesis) :][: len(hypothesis)]
            met.update(sentence[k] for k in set().union(*mine))
        there = Counter(token for sentence in hypothesis for token in sentence)
        lengths.add((met & there).total())
        sizes = there.total(), sum(map(len, reference))
        findings.append(is_score(found, (met & there).total(), *sizes))
    return len(lengths) > 1 and right_where_asked(findings)


def scored(ask: Ask, name: str, *texts: Sequence[object]) -> Answer:
    """The answer of the score `name`."""
    call = Call("score", name, texts, SCORES, adapter="untouched")
    return ask(Program(ASSIGNMENT, (call,)))[0]


def own(ask: Ask, asked: Sequence[tuple[Tokens, Tokens]]) -> list[list[int]] | None:
    """What the student's own `lcs_positions` finds; None where it finds no positions."""
    calls = tuple(
        Call(f"{number}", "lcs_positions", texts, ("positions",), adapter="in_text")
        for number, texts in enumerate(asked)
    )
    found = []
    for (reference, _), answer in zip(asked, ask(Program(ASSIGNMENT, calls)), strict=True):
        value = answer.results[0].value if answer.results else None
        if value is None:
            return None
        try:
            places = read(value)
        except UnreadableTextError:
            return None
        if not isinstance(places, list):
            return None
        if not all(type(k) is int and 0 <= k < len(reference) for k in places):
            return None
        found.append(places)
    return found


def is_score(answer: Answer, hits: int, given: int, wanted: int) -> bool:
    """Whether an answer has the precision, the recall and the F1 of so many hits."""
    found = values(answer)
    if found is None or len(found) != len(SCORES):
        return False
    parts = (hits / max(1, given), hits / max(1, wanted), 2 * hits / max(1, given + wanted))
    near = TOLERANCES["forward"].accepts
    return all(a.shape == () and near(a, np.array(r)) for a, r in zip(found, parts, strict=True))
