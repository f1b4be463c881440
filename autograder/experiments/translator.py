"""A translator of short texts: a GRU that reads, a GRU that writes, and attention where wanted.

N texts, T words, V words of a vocabulary, E numbers an embedding, H hidden units. Made of torch's
own layers; the special words are those of every vocabulary of the course. A word is said by the
vector by which it is read, as in Press and Wolf (2017), "Using the Output Embedding to Improve
Language Models", EACL: with few texts a table of its own for saying is learned by heart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from autograder.corpora import sentences
from autograder.exercises.shared.special_words import BOS, EOS, FIRST, PAD, UNK

KNOWN = 2000
"""Words that a vocabulary has, at most."""

Words = list[str]


class Setting(NamedTuple):
    """What a translator is like, and how it learns.

    Attributes:
        attends: whether the decoder looks back.
        E: the numbers of an embedding.
        H: the hidden units.
        lr: the rate of Adam, in the first epoch.
        epochs: how often it sees all texts.
        batch: how many texts there are in a batch.
        V: how many words a vocabulary has at most.
        longest: how many words a translation has at most.
        dropout: the share of what is read of a word, and of what is said from, that a step of
            training goes without.
        end: the share of the rate that is left after the last epoch; it falls in a line.
    """

    attends: bool
    E: int = 64
    H: int = 96
    lr: float = 4e-3
    epochs: int = 20
    batch: int = 64
    V: int = KNOWN
    longest: int = 14
    dropout: float = 0.0
    end: float = 1.0


def vocabulary(texts: Sequence[Words], size: int = KNOWN) -> dict[str, int]:
    """The most frequent words that come up twice or more, numbered from 4."""
    return dict(islice(sentences.vocabulary(texts, 2, FIRST).items(), size))


def padded(texts: Sequence[Words], known: Mapping[str, int], end: bool = False) -> Tensor:
    """Texts as rows of ids, (N, T), with EOS at their ends if `end`, and PAD behind."""
    rows = [[known.get(word, UNK) for word in text] + [EOS] * end for text in texts]
    T = max(map(len, rows))
    return torch.tensor([row + [PAD] * (T - len(row)) for row in rows])


class Translator(torch.nn.Module):
    """An encoder and a decoder that hears a fixed context at every step.

    Args:
        V_in: the size of the source vocabulary.
        V_out: that of the target vocabulary.
        how: what it is like.
    """

    def __init__(self, V_in: int, V_out: int, how: Setting) -> None:
        super().__init__()
        E, H = how.E, how.H
        self.how = how
        self.source = torch.nn.Embedding(V_in, E)
        self.target = torch.nn.Embedding(V_out, E)
        self.dropped = torch.nn.Dropout(how.dropout)
        self.reads = torch.nn.GRU(E, H, batch_first=True)
        self.writes = torch.nn.GRU(E + H, H, batch_first=True)
        self.bridge = torch.nn.Linear(H, H)
        self.W = torch.nn.Linear(H, H, bias=False)
        self.says = torch.nn.Linear((2 + how.attends) * H + E, E)
        self.bias = torch.nn.Parameter(torch.zeros(V_out))
        torch.nn.init.normal_(self.target.weight, std=0.3)  # small, or the first logits are large

    def read(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The states of the words, which places are words, and the context."""
        states, _ = self.reads(self.dropped(self.source(x)))
        there = x != PAD
        last = states[torch.arange(len(x)), there.sum(1) - 1]
        return states, there, torch.tanh(self.bridge(last))

    def write(
        self,
        fed: Tensor,
        state: Tensor,
        read: tuple[Tensor, Tensor, Tensor],
        where: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Logits for words that are fed, the last state, and the weights of attention.

        Args:
            fed: the words, (N, T').
            state: the state before them, (N, H).
            read: what `read` gave.
            where: of which places logits are wanted, (N, T') bool, which gives (places, V); all
                if there is none, which gives (N, T', V).
        """
        states, there, context = read
        words = self.dropped(self.target(fed))
        told = context[:, None].expand(-1, fed.shape[1], -1)
        hs, last = self.writes(torch.cat([words, told], dim=2), state[None])
        parts, alpha = [hs, words, told], None
        if self.how.attends:
            looked, alpha = self.look(hs, states, there)
            parts.append(looked)
        features = self.dropped(torch.cat(parts, dim=2))
        told = torch.tanh(self.says(features if where is None else features[where]))
        return told @ self.target.weight.T + self.bias, last[0], alpha

    def look(self, hs: Tensor, states: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        """What the decoder's states see of the encoder's, (N, T', H), and weights, (N, T', T)."""
        scores = self.W(hs) @ states.mT
        alpha = torch.softmax(scores.masked_fill(~there[:, None], -torch.inf), dim=2)
        return alpha @ states, alpha

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The mean loss of a target word; `y` is not shifted."""
        read, words = self.read(x), y != PAD
        fed = torch.nn.functional.pad(y, (1, -1), value=BOS)
        logits = self.write(fed, read[2], read, words)[0]
        return torch.nn.functional.cross_entropy(logits, y[words])

    @torch.no_grad()
    def greedy(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """The likeliest word again and again, (N, longest), and the weights, (N, longest, T)."""
        self.eval()
        read = self.read(x)
        state, word, said, looked = read[2], torch.full((len(x), 1), BOS), [], []
        for _ in range(self.how.longest):
            logits, state, alpha = self.write(word, state, read)
            logits[..., [PAD, BOS]] = -torch.inf
            word = logits.argmax(2)
            said.append(word)
            looked.append(alpha)
        ids = torch.cat(said, dim=1)
        return ids, torch.cat(looked, dim=1) if self.how.attends else None  # type: ignore[arg-type]


class Trained(NamedTuple):
    """A translator after an epoch.

    Attributes:
        model: the translator.
        sources: the source vocabulary.
        targets: the target vocabulary.
        loss: the mean loss of a word in this epoch.
    """

    model: Translator
    sources: dict[str, int]
    targets: dict[str, int]
    loss: float

    def translate(self, texts: Sequence[Words], copies: bool = True) -> list[Words]:
        """The translations.

        Args:
            texts: what is translated.
            copies: whether a word that is not known becomes the source word looked at most, which
                asks for attention; else it is "?".
        """
        return [words for words, _ in self.looking(texts, copies)]

    def looking(
        self, texts: Sequence[Words], copies: bool = True
    ) -> Iterator[tuple[Words, Tensor | None]]:
        """Each translation, and the weights of attention as it was written.

        A row of the weights is a word, and behind them the end where there is one: (words + 1, T).
        """
        ids, alpha = self.model.greedy(padded(texts, self.sources))
        names = {number: word for word, number in self.targets.items()}
        for n, text in enumerate(texts):
            weights = None if alpha is None else alpha[n, :, : len(text)]
            words = []
            for t, number in enumerate(ids[n].tolist()):
                if number == EOS:
                    break
                if number == UNK and copies and weights is not None:
                    words.append(text[int(weights[t].argmax())])
                else:
                    words.append(names.get(number, "?"))
            yield words, None if weights is None else weights[: len(words) + 1]


def train(
    pairs: Sequence[tuple[Words, Words]],
    how: Setting,
    seed: int,
    kind: type[Translator] = Translator,
) -> Iterator[Trained]:
    """A translator after every epoch; the same object each time.

    Args:
        pairs: texts, each with its translation, as words.
        how: what the translator is like, and how it learns.
        seed: draws the first weights and the batches.
        kind: the class of the translator.
    """
    sources, targets = (vocabulary([pair[side] for pair in pairs], how.V) for side in (0, 1))
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = kind(len(sources) + 4, len(targets) + 4, how)
    optimiser = torch.optim.Adam(model.parameters(), lr=how.lr)
    falls = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, how.end, how.epochs)
    for _ in range(how.epochs):
        model.train()
        total = words = 0.0
        for rows in np.array_split(rng.permutation(len(pairs)), len(pairs) // how.batch or 1):
            x = padded([pairs[n][0] for n in rows], sources)
            y = padded([pairs[n][1] for n in rows], targets, end=True)
            loss = model(x, y)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            number = int((y != PAD).sum())
            total, words = total + loss.item() * number, words + number
        falls.step()
        yield Trained(model, sources, targets, total / words)


def kept(trained: Trained) -> Trained:
    """A copy that further training leaves as it is."""
    return trained._replace(model=deepcopy(trained.model))


def word_by_word(pairs: Sequence[tuple[Words, Words]], rounds: int = 6) -> dict[str, str]:
    """The likeliest translation of every source word, by the first model of IBM.

    Args:
        pairs: texts, each with its translation, as words.
        rounds: of expectation and maximisation.
    """
    chance: dict[tuple[str, str], float] = {}
    for _ in range(rounds):
        together: Counter[tuple[str, str]] = Counter()
        alone: Counter[str] = Counter()
        for source, target in pairs:
            for word in target:
                shares = {s: chance.get((s, word), 0.0) if chance else 1.0 for s in set(source)}
                total = sum(shares.values()) or 1.0
                for s, share in shares.items():
                    together[s, word] += share / total  # type: ignore[assignment]
                    alone[s] += share / total  # type: ignore[assignment]
        chance = {(s, word): n / alone[s] for (s, word), n in together.items()}
    best: dict[str, tuple[float, str]] = {}
    for (s, word), p in chance.items():
        if (p, word) > best.get(s, (0.0, "")):
            best[s] = (p, word)
    return {s: word for s, (_, word) in best.items()}


def nearest(pairs: Sequence[tuple[Words, Words]], text: Any) -> Words:
    """The translation that belongs to the most similar source: a translation memory.

    Similar is what has many words in common: twice the common ones, divided by all.
    """
    wanted = Counter(text)

    def likeness(pair: tuple[Words, Words]) -> float:
        common = sum(min(wanted[w], n) for w, n in Counter(pair[0]).items() if w in wanted)
        return 2 * common / (len(text) + len(pair[0]))

    return max(pairs, key=likeness)[1]
