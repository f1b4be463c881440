"""The translators of the help pages: on pages that are written for this, and their record."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.corpora import MissingDataError
from autograder.corpora import help_pages as corpus
from autograder.corpora.sentences import digest
from autograder.grader.checkout import CHAPTERS, FETCHED
from autograder.grader.experiments import __main__ as experiments
from autograder.grader.experiments import help_pages, resampling, translating
from autograder.grader.experiments.translating import Task, networks

VERBS = {"open": "ouvrez", "close": "fermez", "print": "imprimez", "save": "enregistrez"}
KINDS = {"new": "nouveau", "old": "vieux", "large": "grand", "small": "petit", "next": "prochain"}
THINGS = {
    "file": "fichier",
    "table": "tableau",
    "style": "style",
    "frame": "cadre",
    "text": "texte",
}


def written(folder: Path) -> Path:
    """Fetched pages, of which there is one a verb, in both languages."""
    for verb, theirs in VERBS.items():
        for language, paragraphs in {
            "en-US": [f"{verb} the {kind} {thing}" for kind, thing in product(KINDS, THINGS)],
            "fr": [f"{theirs} le {k} {t}" for k, t in product(KINDS.values(), THINGS.values())],
        }.items():
            page = folder / corpus.PAGES / language / "text" / f"{verb}.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            marked = (f'<p id="par_id{n}">{text}</p>' for n, text in enumerate(paragraphs))
            page.write_text("".join(marked), encoding="utf-8")
    return folder


SMALL = Task(6, 15, networks(E=6, H=8, epochs=2, batch=8), ((2, 3), (4, 4)))


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(help_pages, "FETCHED", written(tmp_path_factory.mktemp("fetched")))
        patch.setattr(help_pages, "TASKS", {"short": SMALL})
        patch.setattr(translating, "SEEDS", (0, 1))
        patch.setattr(resampling, "RESAMPLED", 20)
        patch.setattr(torch.cuda, "is_available", lambda: False)
        return help_pages.measure()


def test_a_measurement_has_all_that_belongs_to_it(measured: dict[str, Any]) -> None:
    found = measured["short"]
    assert json.dumps(measured)
    assert found["pairs"] == [70, 15, 15]
    assert list(found["rules"]) == ["copy", "word by word", "translation memory"]
    for name in ("fixed context", "attention"):
        assert list(found[name]) == ["0", "1"]
        assert len(found[name]["0"]["dev chrF by epoch"]) == 2
        for gains in found["over the rules"][name].values():
            assert set(gains) == {"chrF", "BLEU"}
    by_length = found["attention, over the fixed context"]["by length"]
    assert {name: row["texts"] for name, row in by_length.items()} == {"2-3": 0, "4-4": 15}
    assert measured["larger"]["not measured"]


def test_a_gain_over_a_rule_is_what_the_scores_say(measured: dict[str, Any]) -> None:
    found = measured["short"]
    for rule, score in product(found["rules"], ("chrF", "BLEU")):
        mean = np.mean([found["attention"][seed]["test"][score] for seed in "01"])
        gain = found["over the rules"]["attention"][rule][score]
        assert gain["mean"] == pytest.approx(mean - found["rules"][rule]["test"][score], abs=0.15)
        low, high = gain["interval"]
        assert low <= high


def test_examples_have_the_weights_of_every_word_and_of_the_end(measured: dict[str, Any]) -> None:
    for shown in measured["short"]["examples"]:
        weights = np.array(shown["weights"])
        assert weights.shape[1] == len(shown["source"])
        assert weights.shape[0] in (len(shown["attention"]), len(shown["attention"]) + 1)
        np.testing.assert_allclose(weights.sum(1), 1, atol=0.05)


def test_pages_that_are_not_there_are_told_and_passed_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(help_pages, "FETCHED", tmp_path)
    experiments.main(["help_pages"])
    assert "help_pages is left out. There are no pages in" in capsys.readouterr().out


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (CHAPTERS / "translation" / "results" / "help_pages.json").read_text(encoding="utf-8")
    )
    return found


def test_a_reduced_row_is_what_the_record_has() -> None:
    try:
        pairs = corpus.load(FETCHED)
    except MissingDataError as reason:
        pytest.skip(str(reason))
    parts = help_pages.TASKS["short"].split(pairs)
    record = recorded()
    digests = [digest(part) for part in parts]
    assert digests == record["short"]["sha256 of train, dev, test"]
    train, dev, _ = map(translating.in_words, parts)
    found = translating.reduced(train, dev)
    np.testing.assert_allclose(found["loss"], record["reduced"]["loss"], rtol=1e-3)
    np.testing.assert_allclose(found["chrF"], record["reduced"]["chrF"], atol=1.5)


def test_the_page_says_what_the_record_has() -> None:
    page = CHAPTERS / "translation" / "help_pages.md"
    text = " ".join(page.read_text(encoding="utf-8").split())
    record = recorded()
    short, longer = record["short"], record["longer"]

    def ends(task: dict[str, Any], which: str, score: str, name: str = "attention") -> str:
        rows = [task[name][seed][which] for seed in "012"]
        values = [row[score] for row in rows]
        return f"{min(values)} to {max(values)}"

    over, their = (task["over the rules"]["attention"] for task in (short, longer))
    by_length = {
        (task["longest"], name): [
            row["mean"] for row in task[f"{name}, over the fixed context"]["by length"].values()
        ]
        for task in (short, longer)
        for name in ("attention", "attention, unknown words left")
    }
    plain, left = by_length[8, "attention"], by_length[8, "attention, unknown words left"]
    long_left = by_length[12, "attention, unknown words left"]
    words = short["rules"]["word by word"]["test"]
    brevity = np.exp(1 - 1 / words["length"])
    gain = short["attention, over the fixed context"]["chrF"]["mean"]
    gain_left = short["attention, unknown words left, over the fixed context"]["chrF"]["mean"]
    own = short["attention"]["0"]["parameters"]
    fixed = short["fixed context"]["0"]["parameters"]
    low, high = over["word by word"]["chrF"]["interval"]
    for part in (
        f"With {short['pairs'][0]:,} pairs",
        f"of the memory by {over['translation memory']['BLEU']['mean']}, and no interval",
        f"in {ends(short, 'test', 'exact')} % of the texts; word by word in {words['exact']} %",
        f"the gain is {over['word by word']['chrF']['mean']}, and 0 lies well within",
        f"would be behind, at {ends(short, 'unknown words left', 'chrF')}",
        f"it falls from {plain[0]} to {plain[-1]}",
        f"the gain is {left[0]}, {left[1]} and {left[2]}",
        f"it goes from {long_left[0]} to {long_left[-1]}",
        f"It is at {ends(short, 'by length', '2-3', 'fixed context')} even where",
        f"ahead of the memory by {their['translation memory']['BLEU']['mean']}, and the interval "
        f"reaches from below 0 to {their['translation memory']['BLEU']['interval'][1]}",
        f"it is {-their['word by word']['chrF']['mean']} behind word by word, and",
        f"up to {longer['rules']['word by word']['by length']['9-12']} at 9 to 12 tokens",
        f"interval from −{-low} to {high}",
        f"a length of {words['length']}, and",
        f"e^{{1 - 1/{words['length']}}} = {brevity:.2f}$, so that its {words['BLEU']} would be "
        f"{words['BLEU'] / brevity:.1f} without",
        f"Of the gain of {gain} in chrF",
        f"the gain is {gain_left}, so {gain - gain_left:.1f} points are copying",
        f"in {own - fixed:,} numbers that come with it, of {own:,}: "
        f"{100 * (own - fixed) / own:.1f} %",
    ):
        assert part in text, part

    assert all(gains["BLEU"]["interval"][0] > 5 for gains in over.values())
    assert low < 0 < high
    assert their["translation memory"]["BLEU"]["interval"][0] < 0
    assert their["word by word"]["chrF"]["interval"][1] < 0
    memory = short["over the rules"]["fixed context"]["translation memory"]
    assert max(memory["chrF"]["interval"][1], memory["BLEU"]["interval"][1]) < 0
    assert min(short["attention"][seed]["test"]["exact"] for seed in "012") > 3 * words["exact"]
    for rule in ("word by word", "translation memory"):
        rising = list(longer["rules"][rule]["by length"].values())
        assert rising == sorted(rising)
    for seed in "012":
        course = longer["attention"][seed]["dev chrF by epoch"]
        assert len(course) == 8
        assert max(course) in course[-2:]
    seconds = [
        longer[name][seed]["CPU seconds"] for name in translating.networks() for seed in "012"
    ]
    assert sum(seconds) < 600
    assert "not measured" in record["larger"]


def test_the_pictures_are_of_what_the_page_says() -> None:
    record = recorded()["short"]
    shown = {" ".join(one["source"]): one for one in record["examples"]}
    right = shown["string or array of strings"]
    assert right["attention"] == right["a person"]
    crossed = shown["specify the value for the current control ."]
    at = [crossed["attention"].index(word) for word in ("contrôle", "active")]
    looked = [crossed["source"][int(np.argmax(crossed["weights"][row]))] for row in at]
    assert looked == ["control", "current"]
    assert crossed["source"][int(np.argmax(crossed["weights"][-1]))] == "current"
    twice = shown["calculates the logical equivalence of two expressions ."]
    rows = [n for n, word in enumerate(twice["attention"]) if word == "equivalence"]
    assert len(rows) == 2
    assert {twice["source"][int(np.argmax(twice["weights"][n]))] for n in rows} == {"equivalence"}
