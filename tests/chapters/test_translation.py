"""The two assignments on translation and their lesson: every number that they state."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.chapters.pages import Ran, lesson_of, run_lesson, run_solved, said


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("translation")


@pytest.fixture(scope="module")
def decoded() -> Ran:
    return run_solved("translation_decoding")


def test_every_comparison_of_the_model_holds(solved: Ran) -> None:
    for line in (
        " target:       a     dog  sleeps     UNK     EOS     PAD",
        "  input:     BOS       a     dog  sleeps     UNK     EOS",
        "the context moves by less than 1e-6: True",
        "one call or six, the logits agree within 1e-5: True",
        "and so does the last state: True",
        "logits at 2: as before\nlogits at 3: moved",
        "equal to torch's own: True",
        "gradient at padding: 0.0",
    ):
        assert line in solved[1]
    assert "taken in the last column it moves by 0.00" not in solved[1]


def test_the_loss_over_words_alone_does_not_depend_on_padding(solved: Ran) -> None:
    (of_words,) = [line for line in solved[1].splitlines() if line.startswith("mean over words")]
    (of_all,) = [line for line in solved[1].splitlines() if line.startswith("mean over all")]
    for line, same in ((of_words, True), (of_all, False)):
        first, second = line.split(": ")[1].split(", with more padding ")
        assert (first == second) is same


def test_a_fixed_context_fails_on_long_rows(solved: Ran) -> None:
    exact = solved[0]["exact"]
    assert exact[:3].min() > 0.95
    assert 0.6 < exact[3:5].mean() < 0.95
    assert 0.3 < exact[5] < 0.7
    assert exact[9:].max() < 0.15


def test_the_score_is_sacrebleu_s_and_no_mean_of_sentences(decoded: Ran) -> None:
    assert "500 random corpora, within 1e-9 of sacrebleu: True" in decoded[1]
    assert "the corpus: 68.87\nits sentences: 53.73 and 100.00, on average 76.86" in decoded[1]


def test_a_beam_finds_what_a_greedy_search_misses(decoded: Ran) -> None:
    assert "B C D with probability 0.324" in decoded[1]
    greedy = 0.6 * 0.25**5
    assert f"A A A A A A with probability {greedy:.3f}" in decoded[1]
    assert 0.324 / greedy > 100


def test_attention_takes_the_wall_down(decoded: Ran) -> None:
    fixed, attending = decoded[0]["exact"].values()
    assert fixed[:6].min() > 0.95
    assert 0.3 < fixed[7] < 0.75
    assert fixed[10:].max() < 0.2
    assert attending[:8].min() > 0.95
    assert attending.min() > 0.8


def test_the_weights_walk_from_the_right_to_the_left(decoded: Ran) -> None:
    weights, row = decoded[0]["weights"], decoded[0]["row"]
    assert decoded[0]["said"][:-1] == row[::-1]
    looked_at = weights[: len(row)].argmax(axis=1)
    assert np.abs(looked_at - np.arange(len(row))[::-1]).max() <= 1
    assert np.all(np.diff(looked_at) <= 0)


LESSON = lesson_of("translation")


def test_the_lesson_runs() -> None:
    run_lesson(LESSON)


def test_the_answers_that_have_numbers() -> None:
    total = 2 * 4.0 + 8 * 2.0
    said(LESSON, 4, f"= {total:.0f}$", f"{total / 10:.1f}", "3.0", f"{total / 20:.1f}")
    said(LESSON, 5, f"{10 * math.log2(10):.1f}$ bits")
    said(LESSON, 1, "[BOS, 7, 4, 9, EOS]")
