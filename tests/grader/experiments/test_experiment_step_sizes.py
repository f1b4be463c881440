"""The comparison over step sizes: its text, its choice of a step size, its journal of trials."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.experiments import gates
from autograder.grader.experiments import step_sizes, trials
from autograder.grader.experiments.step_sizes import (
    RATES,
    SIZES,
    chosen,
    complete,
    everything,
    interval,
    one,
    record,
    text,
)

SMALL: trials.Trial = ("text", 3, 8, "gru", 0.005)


def made_up(trial: trials.Trial) -> float:
    """A GRU is better by 0.1 everywhere, a step size of 0.005 by 1, and each seed has its own."""
    _, seed, _, kind, rate = trial
    lead = 0.1 + 0.01 * math.cos(float(seed))
    return 5 + math.sin(float(seed)) - lead * (kind == "gru") - 1.0 * (rate == 0.005)


def test_the_next_letter_is_asked_of_text_that_was_not_learned_from() -> None:
    task = text()
    x, y = task.draw(torch.Generator().manual_seed(0))
    assert x.shape == (gates.N, step_sizes.T, task.inputs)
    assert (x[:, 1:].argmax(-1) == y[:, :-1]).all()
    assert task.held is not None
    held_x, held_y = task.held
    assert (held_x[:, 1:].argmax(-1) == held_y[:, :-1]).all()
    sure = 50.0 * torch.nn.functional.one_hot(held_y, task.outputs).float()
    assert task.score(sure, held_y) < 1e-6
    assert task.score(0 * sure, held_y) == pytest.approx(math.log2(task.outputs))
    assert 4 < task.guess < math.log2(task.outputs)


def test_a_trial_repeats_and_hangs_on_its_step_size() -> None:
    assert one(SMALL, updates=3) == one(SMALL, updates=3)
    assert one(SMALL, updates=3) != one((*SMALL[:4], 0.0125), updates=3)


def test_a_seed_has_no_part_in_the_choice_of_its_step_size() -> None:
    by_rate = {"a": [1.0, 1.0, 1.0], "b": [0.0, 3.0, 3.0]}
    # The others of the first seed do better with b, though the first itself does not.
    assert chosen(by_rate, "high") == [0.0, 3.0, 3.0]
    assert chosen(by_rate, "low") == [1.0, 1.0, 1.0]


def test_the_interval_is_that_of_paired_differences() -> None:
    first, second = [3.0, 5.0, 9.0], [1.0, 4.0, 7.0]
    found = interval(first, second)
    gap = np.subtract(first, second)
    half = 4.302653 * gap.std(ddof=1) / math.sqrt(3)  # the t quantile for two degrees of freedom
    assert found["mean"] == pytest.approx(gap.mean(), rel=5e-3)
    assert found["low"] == pytest.approx(gap.mean() - half, rel=5e-3)
    assert found["high"] == pytest.approx(gap.mean() + half, rel=5e-3)


def test_a_record_holds_the_tasks_sizes_and_seeds_that_are_complete() -> None:
    found = {t: made_up(t) for t in everything() if t[0] == "text" and int(t[1]) < 4}
    found.pop(("text", 2, SIZES[-1], "lstm", RATES[0]))
    found |= {t: made_up(t) for t in everything() if t[:3] == ("brackets", 0, SIZES[0])}
    assert complete(found) == {"text": {"32": [0, 1, 2, 3], "64": [0, 1, 3]}}
    written = record(found)
    assert list(written["scores"]) == list(written["differences"]) == ["text"]
    for H, seeds in written["seeds"]["text"].items():
        of_gru = written["scores"]["text"][H]["gru"]["0.005"]
        assert of_gru == [found["text", seed, int(H), "gru", 0.005] for seed in seeds]
        assert written["tuned"]["text"][H]["gru"] == of_gru
        gap = written["differences"]["text"][H]["gru - lstm"]
        assert gap["low"] < gap["mean"] < gap["high"] < -0.05
        assert gap["mean"] == pytest.approx(-0.1, abs=0.01)


def test_a_trial_is_made_once_and_a_torn_line_is_made_again(tmp_path: Path) -> None:
    file = tmp_path / "made" / "trials.jsonl"
    assert trials.run([(1,), (2, 2)], sum, file) == {(1,): 1, (2, 2): 4}
    file.write_text("[[1], 7]\n[[2, 2], 4]\n[[3], ", encoding="utf-8")
    assert trials.kept(file) == {(1,): 7, (2, 2): 4}
    assert trials.run([(1,), (2, 2), (3,)], sum, file) == {(1,): 7, (2, 2): 4, (3,): 3}
    assert trials.kept(file) == {(1,): 7, (2, 2): 4, (3,): 3}


def test_the_journal_hangs_on_the_code_of_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    before = trials.journal(step_sizes.__name__)
    followed = trials.manifest.follow([step_sizes.__name__])
    assert Path(str(gates.__file__)) in followed
    monkeypatch.setattr(trials.manifest, "follow", lambda _: followed - {Path(gates.__file__)})
    assert trials.journal(step_sizes.__name__) != before
