"""A classifier of temporal links: the network of the assignment, made of torch's own layers.

N links, T units of the longest, V units of the vocabulary, E numbers a unit, H hidden units of a
direction, C relations. A unit is a word, a syllable or a letter, whichever the text is read by.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from autograder.corpora.korean import Link, Span
from autograder.corpora.sentences import vocabulary
from autograder.exercises.shared.special_words import FIRST, PAD, UNK
from autograder.exercises.temporal.names import RELATIONS

SPLIT: dict[str, Callable[[str], list[str]]] = {
    "words": lambda word: [word],
    "syllables": list,
    "letters": lambda word: list(unicodedata.normalize("NFD", word)),
}
"""What a word is read as."""


class Asked(NamedTuple):
    """The relation of two arguments is asked for.

    Attributes:
        tokens: the words of the text.
        first: from where in them the first argument stands, and to where; half-open.
        second: the same of the second.
        relation: what is right.
    """

    tokens: tuple[str, ...]
    first: Span
    second: Span
    relation: str


def asked(link: Link) -> Asked:
    """The question of a link; all digits are 0."""
    tokens = tuple(re.sub(r"\d", "0", token) for token in link.tokens)
    return Asked(tokens, link.first, link.second, link.relation)


def read(question: Asked, by: str) -> list[str]:
    """The units of a text with its four marks, and with spaces where units are not words."""
    found: list[str] = []
    names = ((question.first, "1"), (question.second, "2"))
    for at, word in enumerate(question.tokens):
        if at and by != "words":
            found.append(" ")
        found += [f"<{name}>" for span, name in names if span[0] == at]
        found += SPLIT[by](word)
        found += [f"</{name}>" for span, name in names if span[1] == at + 1]
    return found


class Setting(NamedTuple):
    """What a classifier is like, and how it learns.

    Attributes:
        by: what it reads by, one of `SPLIT`.
        E: the numbers of a vector.
        H: the hidden units of a direction.
        lr: the rate of Adam.
        epochs: how often it sees all links.
        batch: how many there are in a batch.
    """

    by: str
    E: int = 32
    H: int = 48
    lr: float = 3e-3
    epochs: int = 10
    batch: int = 32


class Linker(torch.nn.Module):
    """An LSTM in two directions, read at both closing marks and at its maximum."""

    def __init__(self, V: int, E: int, H: int, C: int = len(RELATIONS)) -> None:
        super().__init__()
        self.vectors = torch.nn.Embedding(V, E)
        self.lstm = torch.nn.LSTM(E, H, batch_first=True, bidirectional=True)
        self.out = torch.nn.Linear(6 * H, C)

    def forward(self, ids: Tensor, lengths: Tensor, marks: Tensor) -> Tensor:
        """Logits, (N, C), of ids (N, T), their lengths (N,), and places of marks (N, 2)."""
        packed = pack_padded_sequence(
            self.vectors(ids), lengths, batch_first=True, enforce_sorted=False
        )
        read, _ = self.lstm(packed)
        hs = pad_packed_sequence(read, batch_first=True, padding_value=-torch.inf)[0]
        at_marks = hs[torch.arange(len(ids))[:, None], marks].flatten(1)
        logits: Tensor = self.out(torch.cat([at_marks, hs.amax(1)], dim=1))
        return logits


class Trained(NamedTuple):
    """A classifier after an epoch.

    Attributes:
        model: the classifier.
        number: the ids of its units.
        by: what it reads by.
        loss: the mean loss of a link in this epoch.
    """

    model: Linker
    number: Mapping[str, int]
    by: str
    loss: float

    def answers(self, questions: Sequence[Asked]) -> list[str]:
        """The likeliest relation of each."""
        found: list[str] = []
        with torch.no_grad():
            for at in range(0, len(questions), 128):
                rows = [read(one, self.by) for one in questions[at : at + 128]]
                best = self.model(*batch(rows, self.number)).argmax(dim=1)
                found += [RELATIONS[k] for k in best]
        return found


def batch(rows: Sequence[Sequence[str]], number: Mapping[str, int]) -> tuple[Tensor, ...]:
    """Ids, lengths and places of the closing marks."""
    lengths = [len(row) for row in rows]
    padded = [
        [number.get(unit, UNK) for unit in row] + [PAD] * (max(lengths) - len(row)) for row in rows
    ]
    marks = [[row.index("</1>"), row.index("</2>")] for row in rows]
    return torch.tensor(padded), torch.tensor(lengths), torch.tensor(marks)


def train(questions: Sequence[Asked], how: Setting, seed: int) -> Iterator[Trained]:
    """A classifier after every epoch; the same object each time.

    Args:
        questions: what is learned from.
        how: what the classifier is like, and how it learns.
        seed: draws the first weights and the batches.
    """
    rows = [read(one, how.by) for one in questions]
    right = torch.tensor([RELATIONS.index(one.relation) for one in questions])
    number = vocabulary(rows, 2, FIRST)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Linker(FIRST + len(number), how.E, how.H)
    optimiser = torch.optim.Adam(model.parameters(), lr=how.lr)
    for _ in range(how.epochs):
        total = 0.0
        for drawn in np.array_split(rng.permutation(len(rows)), len(rows) // how.batch or 1):
            logits = model(*batch([rows[n] for n in drawn], number))
            loss = torch.nn.functional.cross_entropy(logits, right[drawn])
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            total += loss.item() * len(drawn)
        yield Trained(model, number, how.by, total / len(rows))


def kept(trained: Trained) -> Trained:
    """A copy that further training leaves as it is."""
    return trained._replace(model=deepcopy(trained.model))
