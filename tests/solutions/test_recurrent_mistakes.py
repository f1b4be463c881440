"""The catalogue of the recurrent chapter: complete, told in sentences, and giving nothing away."""

from __future__ import annotations

import re

import pytest

from autograder.grader import references
from autograder.grader.catalogue import Entry, entries, text

CATALOGUE = entries("recurrent")
NAMES = {exercise for exercise in (mistake.exercise for mistake in CATALOGUE)}
WELL_KNOWN = {
    "rnn_step_forward": {"relu", "no-activation", "wh-transposed", "hidden-state-ignored"},
    "rnn_step_backward": {"derivative-not-squared", "dh-without-transposing"},
    "rnn_forward": {
        "state-not-carried",
        "h0-ignored",
        "time-axis-first",
        "outputs-reshaped",
        "outputs-late-by-one",
        "h0-among-the-outputs",
    },
    "rnn_backward": {
        "no-gradient-carried",
        "only-the-first-step",
        "runs-forward-in-time",
        "dht-ignored",
        "one-state-in-all-caches",
    },
    "embedding_forward": {"padding-id-set-to-zero"},
    "embedding_backward": {"repeated-words-counted-once"},
    "sequence_cross_entropy": {"padding-counted", "mean-over-padding-too", "mean-of-means"},
    "clip_grad_norm": {"entries-clipped", "each-array-by-itself", "norm-after-clipping"},
    "tbptt": {"every-chunk-from-h0", "gradient-not-cut", "words-not-shifted", "last-chunk-missing"},
    "jacobian_norms": {"derivative-missing", "norms-multiplied", "spectral-radius"},
    "sample": {"temperature-multiplied", "not-from-rng", "state-lost"},
}
"""Those that students are known to make."""


@pytest.mark.parametrize("exercise", WELL_KNOWN)
def test_the_well_known_mistakes_are_there(exercise: str) -> None:
    names = {mistake.name for mistake in CATALOGUE if mistake.exercise == exercise}
    assert WELL_KNOWN[exercise] <= names


def test_every_exercise_has_its_mistakes() -> None:
    assert WELL_KNOWN.keys() == NAMES


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda m: f"{m.exercise}-{m.name}")
def test_a_mistake_is_told_in_sentences_and_gives_no_line_away(entry: Entry) -> None:
    mistake = entry.mistake
    assert re.match(r"[A-Z0-9]|d[xhWbzE]|norms|hs|h0 |by |[bht]T? ", mistake.says), mistake.says
    assert mistake.says.endswith((".", "?")), mistake.says
    lines = references.definition("recurrent", entry.exercise).splitlines()
    code = {line.strip() for line in lines if " = " in line}
    assert not [line for line in code if line in mistake.says]


def test_only_the_one_definition_is_replaced() -> None:
    for mistake in CATALOGUE:
        edited = text("recurrent", mistake)
        right = {n for n in NAMES if references.pick(edited, n) == same(n)}
        assert right == NAMES - {mistake.exercise}


def same(name: str) -> str:
    return references.definition("recurrent", name)
