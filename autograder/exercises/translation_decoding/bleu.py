"""What is asked of `bleu`: corpora in which every way to count gives another number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.exercises.program import Call, Program

ASSIGNMENT = "translation_decoding"
SCORE = ("score",)

WORDS = ("the", "cat", "sat", "on", "a", "mat", "The", "dog", "ran", "to")
"""Few, so that n-grams come up again; two of them alike but for their case."""

Sentence = list[str]
Corpus = list[Sentence]


def said(text: str) -> Corpus:
    """Sentences from a text: they are parted by |, their tokens by blanks."""
    return [sentence.split() for sentence in text.split("|")]


FIXED: dict[str, tuple[Corpus, Corpus, int]] = {
    "a word said too often": (said("the cat"), said("the the the"), 1),
    "a sentence that breaks off": (said("the cat sat on a mat"), said("the cat sat"), 2),
    "a sentence that goes on": (said("the cat sat"), said("the cat sat on a mat"), 2),
    "no pair of words in common": (said("the cat sat"), said("sat cat the"), 2),
    "some words in common, and no pair": (said("the cat sat on"), said("sat the dog"), 2),
    "nothing in common": (said("the cat sat"), said("a dog ran"), 1),
    "the same sentences": (said("the cat sat on|a dog ran to the mat"),) * 2 + (4,),
    "the same sentences, of three words at most": (said("the cat sat|a dog"),) * 2 + (4,),
    "an empty hypothesis among others": (
        said("the cat sat on|a dog ran"),
        [["the", "cat", "sat", "on"], []],
        2,
    ),
    "all hypotheses empty": (said("the cat sat|a dog"), [[], []], 2),
    "an empty reference": ([[], ["the", "cat", "sat"]], said("a dog|the cat sat"), 2),
    "words matched in another sentence": (said("the cat sat|a dog ran"), said("a cat|the dog"), 1),
    "pairs across the end of a sentence": (
        said("the cat|sat on|a mat ran"),
        said("the cat|sat on|a mat to"),
        2,
    ),
    "words that are alike but for their case": (said("The cat sat"), said("the Cat sat"), 1),
    "tokens that are alike when they are joined": (said("ab c d|a b"), said("a bc d|a b"), 2),
    "one hypothesis too short and one too long": (
        said("the cat sat on a mat|a dog ran"),
        said("the cat|a dog ran to the mat"),
        1,
    ),
    "words that lie apart": (said("the cat sat on a mat"), said("the sat a"), 2),
}
"""References, hypotheses and n."""


def bleu_program(rng: np.random.Generator) -> Program:
    """What is fixed, and corpora by lot: whatever is scored shares words with its reference."""
    cases = {
        "three sentences, n=4": (*corpus(rng, (9, 7, 12), 0.2), 4),
        "two sentences, n=2": (*corpus(rng, (6, 9), 0.3), 2),
        "short hypotheses, n=3": (*corpus(rng, (11, 8, 9), 0.15, drop=3), 3),
        "long hypotheses, n=3": (*corpus(rng, (8, 6, 7), 0.15, drop=-2), 3),
        "one sentence, n=1": (*corpus(rng, (7,), 0.3), 1),
        "sentences shorter than n=4 among others": (*corpus(rng, (2, 14, 3, 1, 9), 0.1), 4),
        "ten sentences, n=4": (*corpus(rng, (5, 12, 8, 7, 9, 3, 6, 11, 4, 10), 0.2), 4),
        **FIXED,
    }
    first = next(iter(cases.values()))
    cases["the first inputs once more"] = first
    return Program(
        ASSIGNMENT,
        tuple(Call(k, "bleu", args, SCORE, adapter="untouched") for k, args in cases.items()),
    )


def corpus(
    rng: np.random.Generator, lengths: Sequence[int], share: float, drop: int = 1
) -> tuple[Corpus, Corpus]:
    """References of these lengths, and hypotheses that share long runs with them.

    Args:
        rng: draws both.
        lengths: the lengths of the references.
        share: of the words, how many are replaced.
        drop: how many of the first words hypotheses lack, all but one at most; negative for words
            that they have more at the end.
    """
    references = [[str(w) for w in rng.choice(WORDS, length)] for length in lengths]
    hypotheses = []
    for reference in references:
        kept = reference[min(max(drop, 0), len(reference) - 1) :]
        more = [str(w) for w in rng.choice(WORDS, max(-drop, 0))]
        other = rng.random(len(kept)) < share
        other[:5] &= len(kept) < 6  # one run of five stays in every sentence that is long enough
        words = [str(rng.choice(WORDS)) if o else w for w, o in zip(kept, other, strict=True)]
        hypotheses.append([*words, *more])
    return references, hypotheses
