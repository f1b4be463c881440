"""What is asked of the four exercises on ROUGE: texts that are like and unlike each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.program import Program
from autograder.exercises.summarization.texts import (
    SCORES,
    Tokens,
    drawn,
    program_of_texts,
    sentences,
    split,
)

DRAWN = ((9, 12, 1, 5), (9, 12, 2, 4), (12, 9, 2, 3), (14, 11, 3, 3), (16, 21, 4, 2))
"""Tokens of the reference and of the hypothesis, n, and of how many words."""

PAIRS = ((7, 9, 3), (9, 7, 4), (8, 8, 2), (12, 5, 3), (5, 12, 4), (6, 6, 5), (40, 35, 6))
"""Tokens of the reference and of the hypothesis, and of how many words."""

OF_PLACE = {
    "9 and 7 tokens, 4 words",
    "8 and 8 tokens, 2 words",
    "12 and 5 tokens, 3 words",
    "two that are equally long",
    "three that are equally long",
    "one token each",
}
"""Cases of which the length of the subsequence tells nothing that others do not."""


def rouge_n_program(rng: np.random.Generator) -> Program:
    """Runs of several lengths; texts that are short, that repeat, and that are spelled oddly."""
    cases: dict[str, tuple[Any, ...]] = {
        f"{mine} and {other} tokens, n={n}": (drawn(rng, mine, of), drawn(rng, other, of), n)
        for mine, other, n, of in DRAWN
    }
    long = drawn(rng, 8, 5)
    cases |= {
        "a word more often in the hypothesis": (split("the cat"), split("the the the"), 1),
        "a word more often in the reference": (split("the the the a"), split("the cat"), 1),
        "a run more often in the hypothesis": (split("a b c a"), split("a b a b a b"), 2),
        "a beginning of the reference": (split("a b c"), split("a b"), 1),
        "the same text": (long, list(long), 2),
        "nothing in common": (split("a b c"), split("d e"), 1),
        "the same words in another order, n=2": (split("a b c d"), split("d c b a"), 2),
        "the hypothesis shorter than n=3": (long, long[:2], 3),
        "the same text, shorter than n=2": (["a"], ["a"], 2),
        "no reference": ([], drawn(rng, 4, 3), 1),
        "no hypothesis": (drawn(rng, 4, 3), [], 1),
        "neither": ([], [], 1),
        "capital letters": (split("The cat and the dog"), split("the Cat and The dog"), 1),
        "words that run together, n=2": (split("ab c d e"), split("a bc d e f"), 2),
        "words with signs in them": (
            split("don't use well-known données ."),
            split("don t use well known donn es ."),
            1,
        ),
        "endings": (split("cats running walked x"), split("cat run walk x y"), 1),
    }
    return program_of_texts("rouge_n", cases, SCORES, "untouched")


def pairs(rng: np.random.Generator) -> dict[str, tuple[Tokens, Tokens]]:
    """Two texts a case, of many kinds."""
    cases = {
        f"{mine} and {other} tokens, {of} words": (drawn(rng, mine, of), drawn(rng, other, of))
        for mine, other, of in PAIRS
    }
    same = drawn(rng, 6, 6)
    return cases | {
        "a word between": (split("a b c"), split("a x c")),
        "the first word last": (split("a b c d"), split("d a b c")),
        "two that are equally long": (split("a b"), split("b a")),
        "three that are equally long": (split("a b c"), split("c b a")),
        "the same text": (same, list(same)),
        "one word, many times": (["a"] * 5, ["a"] * 3),
        "nothing in common": (split("a b c"), split("d e f g")),
        "one token each": (["a"], ["a"]),
        "capital letters": (split("A b C d"), split("a b c d")),
        "no reference": ([], split("a b")),
        "no hypothesis": (split("a b"), []),
        "neither": ([], []),
    }


def positions_program(rng: np.random.Generator) -> Program:
    """Where the subsequence lies, which one of several included."""
    return program_of_texts("lcs_positions", pairs(rng), ("positions",), "in_text")


def rouge_l_program(rng: np.random.Generator) -> Program:
    """The same texts, scored, but for those that differ in where the subsequence lies."""
    cases = {label: texts for label, texts in pairs(rng).items() if label not in OF_PLACE}
    return program_of_texts("rouge_l", cases, SCORES, "untouched")


SUMMARIES = (
    ((5, 4, 6), (6, 7), 4),
    ((6, 3), (4, 5, 5, 2), 3),
    ((4, 4), (4, 4), 3),
    ((7, 5, 6, 4), (8, 6, 7), 6),
    ((3, 2, 4), (12,), 3),
    ((9,), (3, 4, 3), 4),
    ((14, 11, 9), (10, 13, 12), 9),
)
"""Tokens of the sentences of the reference and of the hypothesis, and of how many words."""


def summaries(rng: np.random.Generator) -> dict[str, tuple[list[Tokens], list[Tokens]]]:
    """Two summaries a case, each a list of sentences."""
    cases = {
        f"{len(mine)} and {len(other)} sentences, {of} words": (
            sentences(rng, mine, of),
            sentences(rng, other, of),
        )
        for mine, other, of in SUMMARIES
        if len(mine) > 1 and len(other) > 1
    }
    cases |= {
        f"{len(mine)} and {len(other)} sentences": (
            sentences(rng, mine, of),
            sentences(rng, other, of),
        )
        for mine, other, of in SUMMARIES
        if min(len(mine), len(other)) == 1
    }
    one = sentences(rng, (5, 6), 8)
    return cases | {
        "the same sentences in another order": (
            [split("a b"), split("c d")],
            [split("c d"), split("a b")],
        ),
        "sentences with a word more often than the other summary has it": (
            [split("a b"), split("a c"), split("a d")],
            [split("a b c"), split("d e")],
        ),
        "one sentence, said over again": ([split("a b c d")], [split("a b"), split("a b")]),
        "pieces of one sentence": (
            [split("w1 w2 w3 w4 w5")],
            [split("w1 w2 w6 w7 w8"), split("w1 w3 w8 w9 w5")],
        ),
        "one sentence each": (one[:1], one[1:]),
        "the same summary": (one, [list(sentence) for sentence in one]),
        "nothing in common": ([split("a b")], [split("c"), split("d e")]),
        "capital letters": ([split("A b"), split("c D")], [split("a b c d")]),
        "sentences without tokens": ([[], split("a b c")], [split("b c d"), [], []]),
        "no reference": ([], [split("a b")]),
        "no hypothesis": ([split("a b"), split("c")], []),
        "neither": ([], []),
        "nothing but sentences without tokens": ([[]], [[], []]),
    }


def rouge_lsum_program(rng: np.random.Generator) -> Program:
    """Summaries of several sentences."""
    return program_of_texts("rouge_lsum", summaries(rng), SCORES, "untouched")
