"""What is asked of `sample`: that it draws as the model says, and reads what it has drawn.

The model is a table of logits with one row a word, and writes down what it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.exercise import Finding, Right
from autograder.exercises.numbers import count
from autograder.exercises.program import Answer, Array, Call, Program, StudentError
from autograder.exercises.recurrent.steps import ASSIGNMENT
from autograder.exercises.shared.cases import far_below, normal
from autograder.exercises.shared.consistency import values
from autograder.exercises.shared.language_model import Diary, words
from autograder.exercises.tolerances import LIMITS

DRAWS = 4000
"""Words that are drawn where their frequencies are looked at."""

FEW = 60
"""Words that are drawn where two runs are compared."""

WORDS = 5
"""Words to draw from: four degrees of freedom, for which the chi-square has a short formula."""

WRITTEN = ("ids", "what step reads", "which state step gets")
"""The results of a run that is written down, as a student reads of them."""

TEMPERATURES = {"one half": 0.5, "two": 2.0, "one": 1.0}
"""The temperatures of the frequencies, in the order in which a confusion is best seen."""


def program(rng: np.random.Generator) -> Program:
    """Greedy and overwhelming cases, whose words are known."""
    seeds = iter(int(s) for s in rng.integers(0, 2**31, 20))
    calls = []

    def ask(label: str, table: Array, prefix: list[int], n: int, temperature: float) -> None:
        args = (table, prefix, n, temperature, next(seeds))
        calls.append(Call(label, "sample", args, WRITTEN, adapter="written"))

    ask("temperature zero", normal(rng, 7, 7), [3, 0, 5], 6, 0.0)
    ask("temperature zero, a prefix of one word", normal(rng, 6, 6), [2], 4, 0.0)
    ask("temperature zero, one new word", normal(rng, 5, 5), [1, 4, 4, 0], 1, 0.0)
    ask("temperature zero, logits all negative", far_below(rng, 5, 5), [1, 3], 11, 0.0)
    for name, temperature in TEMPERATURES.items():
        table = overwhelming(rng, 6)
        ask(f"overwhelming logits, temperature {name}", table, [4, 1], 7, temperature)
    ask("overwhelming logits, a low temperature", overwhelming(rng, 4), [0, 2, 1], 5, 0.01)
    return Program(ASSIGNMENT, tuple(calls))


def many_draws(rng: np.random.Generator) -> Program:
    """Cases of many words, whose frequencies are known."""
    calls = []
    for name, temperature in TEMPERATURES.items():
        logits = 1.2 * rng.permutation([-1.5, -0.7, 0.0, 0.8, 1.3]) + 0.1 * normal(rng, WORDS)
        label = f"{DRAWS} words at the temperature {name}"
        args = (logits, DRAWS, temperature, int(rng.integers(2**31)))
        returns = ("counts", "first", "again", "next")
        calls.append(Call(label, "sample", args, returns, adapter="counted"))
    return Program(ASSIGNMENT, tuple(calls))


def overwhelming(rng: np.random.Generator, V: int) -> Array:
    """Logits of ±1000 that leave one word after each, in a cycle that visits all of them."""
    order = rng.permutation(V)
    table = np.full((V, V), -1000.0)
    table[order, np.roll(order, -1)] = 1000.0
    return table


def written(
    sample: Any, table: Array, prefix: list[int], n: int, temperature: float, seed: int
) -> tuple[Array, Array, Array]:
    """The new words, the words that the model read, and the numbers of the states it was given.

    The model may be asked once more than is needed, after the last word.
    """
    diary = Diary(table)
    found = words(sample(diary, prefix, n, temperature, np.random.default_rng(seed)))
    needed = len(prefix) + n - 1
    spare = len(diary.received) == needed + 1 and diary.received[-1:] == found[-1:]
    kept = slice(needed if spare else None)
    return (
        np.array(found, np.float64),
        np.array(diary.received[kept], np.float64),
        np.array(diary.states[kept], np.float64),
    )


def counted(
    sample: Any, logits: Array, n: int, temperature: float, seed: int
) -> tuple[Array, Array, Array, Array]:
    """How often each word was drawn; and a few words, those of the same seed, and the next ones."""

    def step(token: Any, state: Any = None) -> tuple[Array, int]:
        return logits.copy(), 0

    def drawn(number: int, rng: np.random.Generator) -> Array:
        found = np.array(words(sample(step, [0], number, temperature, rng)), dtype=np.int64)
        if np.any((found < 0) | (found >= len(logits))):
            raise StudentError("It returns a word that there is not.")
        return found

    kept = np.random.get_state()
    try:
        np.random.seed(1)
        rng = np.random.default_rng(seed)
        first, after = drawn(FEW, rng), drawn(FEW, rng)
        many = drawn(n, rng)
        np.random.seed(2)
        again = drawn(FEW, np.random.default_rng(seed))
    finally:
        np.random.set_state(kept)
    return np.bincount(many, minlength=len(logits)).astype(np.float64), first, again, after


class Watched:
    """In the place of a generator: it keeps the probabilities that one choice is made with."""

    p: Any = None

    def choice(self, a: int, size: None = None, replace: bool = True, p: Any = None) -> int:
        """The first of `a` words."""
        self.p = p
        return 0


def probabilities(sample: Any, logits: Array, temperature: float) -> Any:
    """The probabilities with which a reference, or a known mistake, chooses the next word.

    Raises:
        StudentError: where it chooses by another generator than the one that it is given.
    """

    def step(token: Any, state: Any = None) -> tuple[Array, int]:
        return logits.copy(), 0

    watched = Watched()
    taken = {tuple(words(sample(step, [0], 1, temperature, watched))) for _ in range(FEW)}
    if watched.p is not None:
        return watched.p
    if len(taken) > 1:
        raise StudentError("It draws from another generator than the one that it is given.")
    return np.eye(len(logits))[taken.pop()[0]]


def measure(program: Program) -> Program:
    """The probabilities of the words whose frequencies are looked at."""

    def measured(call: Call) -> Call:
        logits, _, temperature, _ = call.args
        return Call(call.name, "sample", (logits, temperature), ("p",), adapter="probabilities")

    many = (call for call in program.calls if call.adapter == "counted")
    return Program(ASSIGNMENT, tuple(map(measured, many)))


def inspect(program: Program, answers: Mapping[str, Answer], right: Right) -> list[Finding]:
    """What is wrong with the frequencies and with the source of the random numbers."""
    findings = []
    for call in program.calls:
        found = values(answers[call.name])
        if call.adapter == "counted" and found is not None:
            finding = odd(call, right, *found)
            findings += [finding] if finding else []
    return findings


def odd(
    call: Call, right: Right, counts: Array, first: Array, again: Array, after: Array
) -> Finding | None:
    """The first thing that is wrong with many draws."""
    n = call.args[1]
    if counts.sum() != n:
        says = f"It returns {count(counts.sum())} words where {n} are wanted."
        return Finding(call.name, says)
    if not np.array_equal(first, again):
        says = "The same generator gives other words: draw from rng and nothing else."
        return Finding(call.name, says, "not-from-rng")
    if fits(counts, right.measured[call.name]):
        if np.array_equal(first, after):
            says = "A second call with the same rng gives the same words."
            return Finding(call.name, says, "generator-made-anew")
        return None
    says = f"Among {call.name} some are far more frequent, and some far rarer, than they should be."
    return Finding(call.name, says, right.name(call.name, lambda p: fits(counts, p)))


def fits(counts: Array, p: Array) -> bool:
    """Whether such counts are likely where the words have the probabilities `p`."""
    expected = counts.sum() * p
    if np.any(counts[expected == 0] > 0):
        return False
    seen = expected > 0
    chi2 = float(np.sum((counts[seen] - expected[seen]) ** 2 / expected[seen]))
    # The share of the chi-square distribution with four degrees of freedom beyond chi2.
    return float(np.exp(-chi2 / 2) * (1 + chi2 / 2)) >= LIMITS["frequencies"].value
