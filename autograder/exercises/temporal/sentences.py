"""What is asked of `mark_entities` and `tlink_features`: spans in sentences, and what they end in.

The sentences are strings of Korean words by lot, and say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.exercises.program import Call, Program
from autograder.exercises.temporal.names import PARTICLES
from autograder.exercises.temporal.relations import ASSIGNMENT, Span

FILLERS = ("그는", "서울에서", "많은", "책을", "친구와", "다시", "새", "회사가", "아주", "우리는")
TIMES = ("1950년", "작년", "아침", "월요일", "3월", "오늘", "그날", "지난주")
EVENTS = ("시작했다", "돌아왔다", "떠나면서", "발표했고", "끝나자", "만들어서")
SHORT = ("갔다", "온", "남", "썼고", "본")
NOUNS = ("회의가", "전쟁을", "공연은")
"""Words, expressions of time, and events: verbs of three syllables and more, and of one or two, and
nouns with a particle."""

Sentence = tuple[list[str], Span, Span]


def marks_program(rng: np.random.Generator) -> Program:
    """Spans in either order, near and far, long and short, and at both ends of the sentence."""
    cases = {
        "the first argument first": placed(rng, 2, 1, 3, 2, 1),
        "the second argument first": exchanged(placed(rng, 1, 3, 2, 1, 2)),
        "next to each other": placed(rng, 1, 2, 0, 1, 2),
        "next to each other, the second argument first": exchanged(placed(rng, 2, 1, 0, 3, 1)),
        "at both ends of the sentence": placed(rng, 0, 1, 4, 2, 0),
        "at both ends, the second argument first": exchanged(placed(rng, 0, 2, 3, 1, 0)),
        "nothing but the two": placed(rng, 0, 3, 0, 2, 0),
        "two words": placed(rng, 0, 1, 0, 1, 0),
        "two words, the second argument first": exchanged(placed(rng, 0, 1, 0, 1, 0)),
        "a long sentence": placed(rng, 5, 4, 6, 3, 4),
        "other words": placed(rng, 2, 1, 3, 2, 1),
    }
    word = str(rng.choice(FILLERS))
    cases["one word again and again"] = ([word] * 6, (1, 2), (4, 6))
    cases["the first words once more"] = cases["the first argument first"]
    return called("mark_entities", cases, "marked")


def features_program(rng: np.random.Generator) -> Program:
    """Events that end in one syllable and in more, every particle, and signs beside the words."""

    def one(options: Sequence[str]) -> str:
        return str(rng.choice(options))

    def fillers(n: int) -> list[str]:
        return [str(word) for word in rng.choice(FILLERS, n)]

    cases = {
        "the time first, three words between": joined(
            fillers(1), [one(FILLERS), f"{one(TIMES)}에"], fillers(3), [one(EVENTS)], fillers(2)
        ),
        "the event first, next to each other": exchanged(
            joined(fillers(2), [one(EVENTS)], [], [f"{one(TIMES)}까지"], fillers(1))
        ),
        "the event first, two words between": exchanged(
            joined(fillers(1), [one(EVENTS)], fillers(2), [one(TIMES), f"{one(TIMES)}부터"], [])
        ),
        "the event at the end, with a full stop": joined(
            [], [f"{one(TIMES)}에는"], fillers(2), [f"{one(EVENTS)}."], []
        ),
        "an event of two words": joined(
            [], [one(TIMES)], [], [one(FILLERS), one(SHORT[1:3])], fillers(1)
        ),
        "an event that is a noun": joined(
            fillers(1), [one(TIMES), f"{one(TIMES)}에서는"], [], [one(NOUNS)], fillers(1)
        ),
        "an event of one syllable": joined(
            fillers(1), [f"{one(TIMES)}은"], fillers(1), [one(SHORT[1:3])], fillers(2)
        ),
        "an event of two syllables": joined(
            fillers(2), [f"{one(TIMES)}을"], [], [one((SHORT[0], SHORT[3]))], fillers(1)
        ),
        "a time in quotation marks": joined(
            [], [f'"{one(TIMES)}에서"'], fillers(1), [f"'{one((SHORT[0], SHORT[3]))}'!"], fillers(1)
        ),
        "a time with a comma": joined(
            fillers(1), [f"{one(TIMES)}이,"], [], [f"{one(EVENTS)}…"], fillers(1)
        ),
        "a sign by itself after the event": joined(
            fillers(1), [f"{one(TIMES)}에"], [], [one(EVENTS)], [".", *fillers(1)]
        ),
        "a comma after the next word": joined(
            [], [f"{one(TIMES)}부터"], fillers(1), [one(EVENTS)], [f"{one(FILLERS)},"]
        ),
        "a time without a particle": joined(
            fillers(1), [f"{one(TIMES)}에", "저녁"], fillers(1), [one(EVENTS)], fillers(1)
        ),
        "a particle within the time": joined([], ["에서도"], fillers(1), [one(EVENTS)], fillers(1)),
        "a particle by itself": joined(
            fillers(1), [one(FILLERS), "이후"], fillers(1), [one(EVENTS)], fillers(1)
        ),
        "two particles by themselves": joined(
            fillers(1), [one(TIMES), one(("까지는", "에는", "에서는"))], [], [one(EVENTS)], []
        ),
        "two words": joined([], [one(TIMES)], [], [one(EVENTS)], []),
        "two words, the event first": exchanged(
            joined([], [one(EVENTS)], [], [f"{one(TIMES)}를"], [])
        ),
    }
    for ending in PARTICLES:
        cases[f"the particle {ending}"] = joined(
            fillers(1), [f"{one(TIMES)}{ending}"], fillers(1), [one(EVENTS)], fillers(1)
        )
    return called("tlink_features", cases, "features")


def called(function: str, cases: dict[str, Sentence], result: str) -> Program:
    """One call a case."""
    calls = (
        Call(label, function, args, (result,), adapter="in_text") for label, args in cases.items()
    )
    return Program(ASSIGNMENT, tuple(calls))


def placed(
    rng: np.random.Generator, before: int, one: int, between: int, other: int, after: int
) -> Sentence:
    """A sentence of so many words before, in, between and after two spans."""
    parts = [
        [str(word) for word in rng.choice((*FILLERS, *TIMES, *EVENTS), n)]
        for n in (before, one, between, other, after)
    ]
    return joined(*parts)


def joined(
    before: list[str], one: list[str], between: list[str], other: list[str], after: list[str]
) -> Sentence:
    """A sentence of its parts, and the spans of the two that matter."""
    start = len(before)
    end = start + len(one)
    later = end + len(between)
    tokens = [*before, *one, *between, *other, *after]
    return tokens, (start, end), (later, later + len(other))


def exchanged(sentence: Sentence) -> Sentence:
    """The same, the later span named first."""
    tokens, one, other = sentence
    return tokens, other, one
