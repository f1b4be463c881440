"""The summarizers of the experiments: phrases, words of a text alone, and what is compared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from autograder.corpora.docstrings import Pair, Split
from autograder.exercises.shared.special_words import EOS, FIRST, PAD, UNK
from autograder.experiments import summarizer
from autograder.experiments.summarizer import FUNCTION_WORDS, Setting, Summarizer, batch, numbered
from autograder.grader.experiments import summaries
from solutions.summarization import reference

KNOWN = {
    word: FIRST + n for n, word in enumerate(["a", "parser", "of", "files", "for", "text", "keeps"])
}
V = FIRST + len(KNOWN)
SMALL = {"E": 6, "H": 5, "S": 3, "V": 20, "M": 11, "longest": 6, "dropout": 0.0}
SETTINGS = [
    Setting(K=1, points=False, **SMALL),  # type: ignore[arg-type]
    Setting(K=1, **SMALL),  # type: ignore[arg-type]
    Setting(K=3, **SMALL),  # type: ignore[arg-type]
]
TEXTS = [
    ["xpdf", "is", "a", "parser", "of", "files", "for", "text"],
    ["a", "parser"],
    ["text", "keeps", "xpdf", "and", "xpdf", "keeps", "yacc", "of", "a", "parser", "of", "files"],
]
SUMMARIES = [["parser", "of", "xpdf"], ["files"], ["yacc", "nowhere"]]
every_setting = pytest.mark.parametrize("how", SETTINGS, ids=["words", "pointer", "phrases"])


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def shown(how: Setting, rows: list[int]) -> summarizer.Batch:
    return batch([numbered(TEXTS[n], KNOWN, how, SUMMARIES[n]) for n in rows], V)


def test_phrases_are_those_of_the_exercise() -> None:
    rng, words = np.random.default_rng(0), ["of", "the", "files", "parser", "keeps", "a"]
    for _ in range(200):
        text = [words[n] for n in rng.integers(0, 6, rng.integers(0, 15))]
        for K in (1, 2, 5):
            assert summarizer.phrases(text, K) == reference.phrases(text, FUNCTION_WORDS, K)


def test_a_word_that_is_not_known_has_a_number_of_its_own_in_its_text() -> None:
    found = numbered(TEXTS[2], KNOWN, SETTINGS[2], SUMMARIES[2])
    assert found.new == ["xpdf", "and", "yacc"]
    assert found.places.tolist()[0] == [KNOWN["text"], KNOWN["keeps"], V]
    assert found.ids.tolist()[0] == [KNOWN["text"], KNOWN["keeps"], UNK]
    assert found.ids[2].tolist() == [UNK, KNOWN["of"], PAD], "a function word ends the phrase"
    assert found.summary == [V + 2, UNK, EOS]


@every_setting
def test_the_loss_is_that_of_the_mixture_of_the_exercise(how: Setting) -> None:
    model = Summarizer(V, how).double().eval()
    for n in range(3):
        one = shown(how, [n])
        states, words, start = model.read(one.ids)
        y = one.summaries[0]
        named = y.where(y < V, UNK)
        fed = torch.nn.functional.pad(named[None], (1, -1), value=1)
        logits, weights, switch, _ = model.write(fed, start, (states, words), one.ids != PAD)
        p = torch.softmax(logits[0], 1).detach().numpy()
        if switch is None:
            right = -np.log(p[range(len(y)), named]).mean()
        else:
            ids = np.tile(one.places.flatten().numpy(), (len(y), 1))
            s = torch.sigmoid(switch[0]).detach().numpy()
            mixed = reference.pointer_mixture(p, s, weights[0].detach().numpy(), ids, one.size)
            right = -np.log(mixed[range(len(y)), y]).mean()
        assert model(one).item() == pytest.approx(right, rel=1e-9)


@every_setting
def test_what_stands_beside_a_text_changes_nothing(how: Setting) -> None:
    model = Summarizer(V, how).double().eval()
    number = [len(SUMMARIES[n]) + 1 for n in range(3)]
    alone = [model(shown(how, [n])).item() for n in range(3)]
    together = model(shown(how, [0, 1, 2])).item()
    assert together == pytest.approx(np.average(alone, weights=number), rel=1e-9)
    said = list(summarizer.Trained(model, KNOWN, 0.0).summaries(TEXTS))
    for n, text in enumerate(TEXTS):
        (own,) = summarizer.Trained(model, KNOWN, 0.0).summaries([text])
        assert own.words == said[n].words
        torch.testing.assert_close(own.weights, said[n].weights)
        assert [word for phrase in own.read for word in phrase] == text[: how.M]
        assert own.weights.shape == (len(own.words), len(text[: how.M]))
        torch.testing.assert_close(own.weights.sum(1), torch.ones(len(own.words)).double())


def pairs(number: int, seed: int) -> Iterator[tuple[list[str], list[str]]]:
    """A text about a name that no other text has, and the name as its summary."""
    for n in range(number):
        name = f"name{seed}x{n}"
        yield f"the program {name} keeps files of text".split(), [name]


def test_a_name_that_was_never_seen_is_said_with_a_pointer_alone() -> None:
    learned, asked = list(pairs(120, 0)), list(pairs(5, 1))
    for points in (False, True):
        how = Setting(K=3, points=points, E=8, H=12, longest=3, epochs=5, batch=8, lr=3e-2)
        for after in summarizer.train(learned, how, 0):
            found = [one.words for one in after.summaries([x for x, _ in asked])]
        assert (found == [y for _, y in asked]) == points


def test_the_best_epoch_on_dev_is_kept_and_every_two_systems_are_held_together() -> None:
    parts = Split(*([Pair(" ".join(x), f"the {y[0]}") for x, y in pairs(40, n)] for n in range(3)))
    settings = {
        "words": Setting(K=1, points=False, E=4, H=4, epochs=2, batch=8),
        "phrases": Setting(K=3, E=4, H=4, epochs=2, batch=8),
    }
    found = summaries.compared(parts, settings)
    systems = [*found["rules"], *found["networks"]]
    assert list(found["apart"]) == systems[1:]
    assert list(found["apart"]["phrases"]) == systems[:-1]
    for name in settings:
        runs = found["networks"][name]
        assert list(runs) == ["0", "1", "2"]
        mean = np.mean([run["test"]["rouge1"] for run in runs.values()])
        lead = found["rules"]["lead sentence"]["rouge1"]
        told = found["apart"][name]["lead sentence"]["rouge1"]["mean"]
        assert mean - lead == pytest.approx(told, abs=0.15)
        assert all(len(run["dev ROUGE-L by epoch"]) == 2 for run in runs.values())
    assert len(found["examples"]) == summaries.EXAMPLES
    assert found["examples"][0].keys() == {"text", "a person", *systems}
