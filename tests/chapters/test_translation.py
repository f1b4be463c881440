"""The two assignments on translation and their lesson: every number that they state."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.corpora import help_pages
from autograder.exercises.translation_decoding.beam import Steps, model
from autograder.figures.beam import NODES
from autograder.grader import catalogue, references
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


def test_a_small_table_of_words_beats_the_network_on_buttons_and_menus(decoded: Ran) -> None:
    chrf = {title: score for title, (score, _) in decoded[0]["real"].items()}
    assert chrf["copy"] + 5 < chrf["the network"] < chrf["word by word"]
    text = LESSON.with_name("translation_decoding.md").read_text(encoding="utf-8")
    assert f"of {len(decoded[0]['known']):,} pairs" in text
    said = decoded[0]["theirs"](decoded[0]["wanted"], decoded[0]["said_by"]["the network"], 4)
    assert decoded[0]["real"]["the network"][1] == pytest.approx(said, abs=1e-9)


LESSON = lesson_of("translation")


def test_the_lesson_runs() -> None:
    run_lesson(LESSON)


def test_the_answers_that_have_numbers() -> None:
    total = 2 * 4.0 + 8 * 2.0
    said(LESSON, 4, f"= {total:.0f}$", f"{total / 10:.1f}", "3.0", f"{total / 20:.1f}")
    said(LESSON, 5, f"{10 * math.log2(10):.1f}$ bits")
    said(LESSON, 1, "[BOS, 7, 4, 9, EOS]")


SEARCH = LESSON.with_name("search.md")


@pytest.mark.parametrize(
    ("mistake", "changed"),
    [
        ("stops-at-the-first", 222),
        ("length-without-eos", 49),
        ("logits-added", 166),
        ("beam-kept-full", 1),
    ],
)
def test_what_other_searches_change_is_counted(mistake: str, changed: int) -> None:
    (entry,) = [m for m in catalogue.entries("translation_decoding") if m.name == mistake]
    texts = (references.text("translation_decoding"), catalogue.text("translation_decoding", entry))
    right, other = (references.execute(text)["beam_search"] for text in texts)
    models = [model(np.random.default_rng(seed), 6) for seed in range(300)]
    best = [[f(Steps(m, True), 4, 6, 1.0)[0][0] for m in models] for f in (right, other)]
    assert sum(a != b for a, b in zip(*best, strict=True)) == pytest.approx(changed, abs=2)
    text = SEARCH.read_text(encoding="utf-8")
    assert f" in {changed}" in text or (changed == 1 and "fill the beam up in one." in text)


def test_the_tree_is_that_of_the_model_in_the_assignment(decoded: Ran) -> None:
    chances = decoded[0]["chances"]
    for node in NODES[1:]:
        parent = NODES[node.parent]
        for word in node.word.split(", "):
            assert node.chance == pytest.approx(
                parent.chance * chances[parent.word][word], rel=0.01
            )
    for step in range(1, 5):
        every = [node for node in NODES if node.step == step]
        kept = [node for node in every if node.kept]
        assert len(kept) == 2
        assert min(n.chance for n in kept) >= max(
            (n.chance for n in every if not n.kept), default=0
        )


def test_the_pages_on_search_and_scores_say_what_they_compute() -> None:
    printed = run_lesson(SEARCH)[1]
    for line in ("penalty 0, short: -1.204", "penalty 1, long: -0.363"):
        assert line in printed
    said(SEARCH, 1, f"{0.6 * 0.25**3:.4f}")
    said(SEARCH, 3, f"−{1.2 / 2:.1f}", f"−{2.4 / 5:.2f}", f"−{1.2:.1f}", f"−{2.4 / 4:.1f}")
    found, printed = run_lesson(LESSON.with_name("scores.md"))
    for line in (
        "sacrebleu says 53.73",
        "a textbook  68.79",
        "the corpus: 68.87\nthe mean of its sentences: 76.86",
        "as a corpus: 0.00\nthe same by `sentence_bleu`: 100.00",
        "and in small letters  100.00",
    ):
        assert line in printed
    assert printed.count("equal to sacrebleu's: True") == 2
    assert found["scores"]["a textbook"] - found["scores"]["BLEU-4"] == pytest.approx(15, abs=0.5)
    said(LESSON.with_name("scores.md"), 2, f"{math.exp(-1):.2f}", "37")


def test_the_page_on_real_text_runs_and_holds_its_split_apart() -> None:
    page = LESSON.with_name("real_text.md")
    found, printed = run_lesson(page)
    assert "test texts that were seen in training: 0" in printed
    french = sum(len(help_pages.tokens(pair.french)) for pair in found["train"])
    assert f"sees {french:,} words of French" in page.read_text(encoding="utf-8")
    assert f"of {len(found['train']):,} pairs" in page.read_text(encoding="utf-8")


def test_the_page_on_whole_sentences_runs() -> None:
    printed = run_lesson(LESSON.with_name("help_pages.md"))[1]
    assert "short: texts of up to 8 tokens" in printed
    assert printed.endswith("not measured\n")
