"""Classifiers of texts: the one of the assignment, and rivals that are easy to build.

All learn from the same words. What is chosen of a classifier, its constants or its best epoch, is
chosen by the macro F1 on the dev part; the test part is not seen here at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.machinery import SourceFileLoader
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from autograder.corpora import sentences
from autograder.corpora.fetch import NAME
from autograder.exercises.shared.special_words import FIRST, UNK
from autograder.grader import references

Array = NDArray[np.float64]
Words = list[list[str]]

SIZES = {"E": 50, "H": 40, "A": 32}
BATCH, RATE, LEAST, LONGEST = 128, 3e-3, 2, 60
DROPPED = {"E": 0.2, "Wo": 0.5}
"""Shares of words, and of features, that a training step goes without."""
EPOCHS, PATIENCE = 15, 4
VECTORS = ("random", "counted", "counted, and the valence of a lexicon")


class Part(NamedTuple):
    """Texts as words, and their labels."""

    texts: Words
    labels: list[str]


class Corpus(NamedTuple):
    """What is learned from, and what is chosen by; and the classes, in order."""

    train: Part
    dev: Part
    classes: list[str]


class Found(NamedTuple):
    """A classifier.

    Attributes:
        predict: the labels of texts.
        dev: its macro F1 on the dev part.
        chosen: what was chosen there.
    """

    predict: Callable[[Words], list[str]]
    dev: float
    chosen: dict[str, Any]


def macro_f1(y_true: Sequence[str], y_pred: Sequence[str], labels: Sequence[str]) -> float:
    """The score of the assignment."""
    return float(_right("macro_f1")(y_true, y_pred, labels))


def by_class(y_true: Sequence[str], y_pred: Sequence[str], labels: Sequence[str]) -> list[float]:
    """The F1 of each label."""
    return [macro_f1(y_true, y_pred, [label]) for label in labels]


def best(found: Sequence[Found]) -> Found:
    """The first of those with the largest score on the dev part."""
    return max(found, key=lambda one: one.dev)


def majority(corpus: Corpus) -> Found:
    """The most frequent class, always."""
    label = max(corpus.classes, key=corpus.train.labels.count)
    return _judged(lambda texts: [label] * len(texts), corpus, {})


def naive_bayes(corpus: Corpus) -> Found:
    """Multinomial naive Bayes on counts of words."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB

    counts = CountVectorizer(analyzer=list, min_df=LEAST)
    x = counts.fit_transform(corpus.train.texts)
    found = []
    for alpha in (0.1, 0.3, 1.0):
        for prior in (True, False):
            model = MultinomialNB(alpha=alpha, fit_prior=prior).fit(x, corpus.train.labels)
            chosen = {"alpha": alpha, "prior of the classes": prior}
            found.append(_judged(_of_scikit_learn(counts, model), corpus, chosen))
    return best(found)


def logistic_regression(corpus: Corpus) -> Found:
    """Logistic regression on words and pairs of words, weighted by tf-idf."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    weighted = TfidfVectorizer(analyzer=_and_pairs, min_df=LEAST, sublinear_tf=True)
    x = weighted.fit_transform(corpus.train.texts)
    found = []
    for C in (0.3, 1.0, 3.0, 10.0):
        for balance in (None, "balanced"):
            model = LogisticRegression(C=C, class_weight=balance, max_iter=1000)
            model.fit(x, corpus.train.labels)
            chosen = {"C": C, "weights of the classes": balance or "none"}
            found.append(_judged(_of_scikit_learn(weighted, model), corpus, chosen))
    return best(found)


def vader(
    texts: Mapping[str, Sequence[str]], labels: Mapping[str, Sequence[str]], folder: Path
) -> tuple[float, float, list[str]]:
    """VADER, with the bound between neutral and the others that is best on the dev part.

    Args:
        texts: the texts as they were written, of "dev" and of "test".
        labels: those of "dev".
        folder: where its distribution is.

    Returns:
        The bound, the macro F1 on the dev part, and the labels of "test".
    """
    from autograder.corpora.valence import CLASSES

    file = folder / NAME / "vaderSentiment" / "vaderSentiment.py"
    module = ModuleType("vaderSentiment")
    module.__file__ = str(file)  # it looks for its lexicon beside itself
    SourceFileLoader("vaderSentiment", str(file)).exec_module(module)
    scorer: Any = module.SentimentIntensityAnalyzer()
    scores = {
        part: np.array([scorer.polarity_scores(text)["compound"] for text in texts[part]])
        for part in ("dev", "test")
    }

    def called(part: str, bound: float) -> list[str]:
        sign = 1 + (scores[part] > bound).astype(int) - (scores[part] < -bound).astype(int)
        return [CLASSES[k] for k in sign]

    found = {b: macro_f1(labels["dev"], called("dev", b), CLASSES) for b in (0.0, 0.05, 0.1, 0.2)}
    bound = max(found, key=lambda b: found[b])
    return bound, found[bound], called("test", bound)


def lexicon(folder: Path) -> dict[str, float]:
    """The words of VADER's lexicon and their mean valence, from −4 to 4."""
    file = folder / NAME / "vaderSentiment" / "vader_lexicon.txt"
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line)
    return {row[0]: float(row[1]) for row in rows}


def counted(texts: Words, number: Mapping[str, int], E: int, window: int = 4) -> Array:
    """Vectors of words by their neighbours, (4 + words, E): PPMI, of which an SVD is taken.

    It is what `ppmi` of the assignment gives, for a table that is mostly empty.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import svds

    V = FIRST + len(number)
    pairs: list[tuple[int, int]] = []
    for text in texts:
        ids = [number.get(word, UNK) for word in text]
        for k, i in enumerate(ids):
            pairs += [(i, j) for j in ids[k + 1 : k + 1 + window]]
    rows, columns = np.array(pairs).T
    ends = (np.concatenate([rows, columns]), np.concatenate([columns, rows]))
    counts = coo_array((np.ones(len(ends[0])), ends), shape=(V, V)).tocsr().tocoo()
    sums = counts.sum(axis=0)
    information = np.log(counts.data * counts.sum() / (sums[counts.row] * sums[counts.col]))
    table = coo_array((np.maximum(information, 0), (counts.row, counts.col)), shape=(V, V))
    U, sizes, _ = svds(table.tocsr(), k=E, random_state=np.random.RandomState(0))
    vectors = U * np.sqrt(sizes)
    found: Array = vectors / max(1e-9, float(vectors.std()))
    return found


class Network(NamedTuple):
    """A trained classifier of the assignment, with what it was fed by.

    Attributes:
        model: the classifier.
        number: the ids of its words.
        classes: its classes, in order.
    """

    model: Any
    number: dict[str, int]
    classes: list[str]

    def read(self, texts: Words) -> tuple[Array, list[list[float]]]:
        """The probabilities of the classes, (N, C), and the shares of the words of each text."""
        self.model.eval()
        p = np.zeros((len(texts), len(self.classes)))
        order = np.argsort([len(text) for text in texts], kind="stable")
        kept: dict[int, list[float]] = {}
        with torch.no_grad():
            for at in range(0, len(order), 256):
                rows = order[at : at + 256]
                ids, lengths = batch([texts[k] for k in rows], self.number)
                logits, alpha = self.model(ids, lengths)
                p[rows] = torch.softmax(logits, dim=1).double().numpy()
                kept |= {int(k): alpha[n, : int(lengths[n])].tolist() for n, k in enumerate(rows)}
        return p, [kept[k] for k in range(len(texts))]

    def predict(self, texts: Words) -> list[str]:
        """The most probable class of each text."""
        return [self.classes[k] for k in self.read(texts)[0].argmax(axis=1)]


def batch(texts: Words, number: Mapping[str, int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and lengths as tensors."""
    ids, lengths = _right("pad_batch")(
        [[number.get(word, UNK) for word in text] for text in texts], LONGEST
    )
    return torch.from_numpy(ids), torch.from_numpy(lengths)


def network(
    corpus: Corpus,
    vectors: str,
    seed: int,
    valence: Mapping[str, float],
    epochs: int = EPOCHS,
    sizes: Mapping[str, int] = SIZES,
    attention: bool = True,
) -> tuple[Network, dict[str, Any]]:
    """Train the classifier of the assignment, and keep it as it was after its best epoch.

    Args:
        corpus: the texts.
        vectors: one of `VECTORS`, with which the words begin.
        seed: decides first weights and batches.
        valence: the words of a lexicon.
        epochs: at most so many.
        sizes: E, H and A.
        attention: False for equal shares: a score vector of zeros, which stays.

    Returns:
        The classifier, and its epochs with the macro F1 on the dev part.
    """
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    number = sentences.vocabulary(corpus.train.texts, LEAST, FIRST)
    E, H, A = (sizes[name] for name in "EHA")
    model = _right("EmotionBiLSTM")(FIRST + len(number), E, H, A, len(corpus.classes))
    begin(model, vectors, corpus, number, valence)
    if not attention:
        torch.nn.init.zeros_(model.v).requires_grad_(False)
    found = Network(model, number, corpus.classes)
    y = torch.tensor([corpus.classes.index(label) for label in corpus.train.labels])
    times = torch.bincount(y, minlength=len(corpus.classes)).float()
    weights = (len(y) / (len(times) * times.clamp(min=1))) ** 0.5
    adam = torch.optim.Adam(model.parameters(), lr=RATE)
    scores: list[float] = []
    kept: dict[str, torch.Tensor] = {}
    while len(scores) < epochs and len(scores) - _argmax(scores) <= PATIENCE:
        model.train()
        for rows in batches(corpus.train.texts, rng):
            ids, lengths = batch([corpus.train.texts[k] for k in rows], number)
            logits, _ = torch.func.functional_call(model, thinned(model), (ids, lengths))
            loss = torch.nn.functional.cross_entropy(logits, y[rows], weights)
            adam.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
        scores.append(macro_f1(corpus.dev.labels, found.predict(corpus.dev.texts), corpus.classes))
        if scores[-1] == max(scores):
            kept = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(kept)
    return found, {"dev": [round(score, 4) for score in scores], "epoch": 1 + _argmax(scores)}


def begin(
    model: Any,
    vectors: str,
    corpus: Corpus,
    number: Mapping[str, int],
    valence: Mapping[str, float],
) -> None:
    """Put first vectors into a new model."""
    if vectors == VECTORS[0]:
        return
    E = model.E.shape[1]
    first = counted(corpus.train.texts, number, E - 1 if vectors == VECTORS[2] else E)
    if vectors == VECTORS[2]:
        known = np.zeros((len(first), 1))
        for word, k in number.items():
            known[k] = valence.get(word, 0.0)
        first = np.hstack([first, known])
    with torch.no_grad():
        model.E.copy_(torch.from_numpy(first))


def thinned(model: Any) -> dict[str, torch.Tensor]:
    """The parameters of a training step: some words and some features are left out of it."""
    parameters = dict(model.named_parameters())
    for name, share in DROPPED.items():
        rows = torch.rand(len(parameters[name]), 1) >= share
        parameters[name] = parameters[name] * rows / (1 - share)
    return parameters


def batches(texts: Words, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """The numbers of the texts in batches of similar length, in an order by lot."""
    lengths = np.array([len(text) for text in texts]) + rng.uniform(0, 3, len(texts))
    order = np.argsort(lengths)
    found = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    return [found[k] for k in rng.permutation(len(found))]


def _and_pairs(text: Sequence[str]) -> list[str]:
    return [*text, *(f"{a} {b}" for a, b in pairwise(text))]


def _of_scikit_learn(counts: Any, model: Any) -> Callable[[Words], list[str]]:
    return lambda texts: [str(label) for label in model.predict(counts.transform(texts))]


def _judged(predict: Callable[[Words], list[str]], corpus: Corpus, chosen: dict[str, Any]) -> Found:
    dev = macro_f1(corpus.dev.labels, predict(corpus.dev.texts), corpus.classes)
    return Found(predict, dev, chosen)


def _argmax(scores: Sequence[float]) -> int:
    return scores.index(max(scores)) if scores else 0


@cache
def _references() -> dict[str, Any]:
    return references.namespace("emotion")


def _right(name: str) -> Any:
    return _references()[name]
