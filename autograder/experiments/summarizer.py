"""A summarizer that reads a text word by word or phrase by phrase, and may say words of the text.

N texts, P phrases of a text, K words of a phrase, T words of a summary, V words of the vocabulary,
E numbers an embedding, H hidden units. Phrases and their convolution follow Song, Huang and Ruan
(2018), "Abstractive text summarization using LSTM-CNN based deep learning", Multimedia Tools and
Applications 78; the pointer follows See, Liu and Manning (2017), "Get to the point", ACL. A word is
said by the vector by which it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from autograder.corpora import sentences
from autograder.exercises.shared.special_words import BOS, EOS, FIRST, PAD, UNK
from autograder.experiments.translator import Words, vocabulary

FUNCTION_WORDS = frozenset(
    sentences.words(
        "a an and are as at be by can for from has have in into is it its of on or over such than "
        "that the their this to used using via which with you your"
    )
)
NEVER_SAID = [PAD, BOS, UNK]


class Setting(NamedTuple):
    """What a summarizer is like, and how it learns.

    Attributes:
        K: the words that a phrase has at most; with 1 it reads words, without a convolution.
        points: whether it may say a word because it stands in the text.
        E: the numbers of an embedding.
        H: the hidden units, and the filters of the convolution.
        S: the words that a filter sees at once, an odd number.
        V: how many words the vocabulary has at most.
        M: how many words of a text are read.
        longest: how many words a summary has at most.
        lr: the rate of Adam in the first epoch; it falls in a line, to nothing after the last one.
        epochs: how often it sees all texts.
        batch: how many texts there are in a batch.
        dropout: the share of what is read of a word, and of what is said from, that a step of
            training goes without.
    """

    K: int
    points: bool = True
    E: int = 64
    H: int = 96
    S: int = 3
    V: int = 4000
    M: int = 50
    longest: int = 14
    lr: float = 2e-3
    epochs: int = 5
    batch: int = 64
    dropout: float = 0.3


def phrases(text: Words, K: int) -> list[Words]:
    """The text in pieces of K words at most; a function word ends one that it does not begin."""
    cut, start = [], 0
    for end in range(1, len(text) + 1):
        length = end - start
        if length == K or end == len(text) or (length > 1 and text[end - 1] in FUNCTION_WORDS):
            cut.append(text[start:end])
            start = end
    return cut


class Numbers(NamedTuple):
    """A text as numbers, and its summary, if there is one.

    Attributes:
        ids: of the words of the text, (P, K), PAD behind those of a phrase.
        places: the same, but words that the vocabulary has not have numbers of their own from V.
        new: the words of those numbers.
        summary: the words to be said, by the numbers of `places`, and EOS.
    """

    ids: NDArray[np.int64]
    places: NDArray[np.int64]
    new: Words
    summary: list[int]


def numbered(
    text: Words, known: Mapping[str, int], how: Setting, summary: Words | None = None
) -> Numbers:
    """A text, cut after M words, and its summary as numbers."""
    cut, V = phrases(text[: how.M], how.K), FIRST + len(known)
    new = list(dict.fromkeys(word for phrase in cut for word in phrase if word not in known))
    own = {word: V + n for n, word in enumerate(new)}
    places = np.full((len(cut), how.K), PAD)
    for p, phrase in enumerate(cut):
        places[p, : len(phrase)] = [known.get(word) or own[word] for word in phrase]
    said = [known.get(word) or own.get(word, UNK) for word in summary or []]
    return Numbers(np.where(places < V, places, UNK), places, new, [*said, EOS])


class Batch(NamedTuple):
    """Texts as numbers side by side, with PAD behind phrases, texts and summaries.

    Attributes:
        ids: (N, P, K).
        places: (N, P, K).
        size: how many numbers there are for words, V and those of new words.
        summaries: (N, T).
    """

    ids: Tensor
    places: Tensor
    size: int
    summaries: Tensor


def batch(texts: Sequence[Numbers], V: int) -> Batch:
    """Texts side by side; V is the size of the vocabulary."""
    shape = len(texts), max(len(text.ids) for text in texts), texts[0].ids.shape[1]
    ids, places = np.full(shape, PAD), np.full(shape, PAD)
    summaries = np.full((len(texts), max(len(text.summary) for text in texts)), PAD)
    for n, text in enumerate(texts):
        ids[n, : len(text.ids)], places[n, : len(text.ids)] = text.ids, text.places
        summaries[n, : len(text.summary)] = text.summary
    size = V + max(len(text.new) for text in texts)
    return Batch(torch.tensor(ids), torch.tensor(places), size, torch.tensor(summaries))


class Summarizer(torch.nn.Module):
    """An encoder over words or phrases, and a decoder with attention and, if wanted, a pointer.

    Args:
        V: the size of the vocabulary.
        how: what it is like.
    """

    def __init__(self, V: int, how: Setting) -> None:
        super().__init__()
        E, H, self.how, self.V = how.E, how.H, how, V
        self.vectors = torch.nn.Embedding(V, E)
        self.slides = torch.nn.Conv1d(E, H, how.S, padding=how.S // 2) if how.K > 1 else None
        self.reads = torch.nn.LSTM(H if how.K > 1 else E, H, batch_first=True)
        self.bridge = torch.nn.Linear(H, 2 * H)
        self.writes = torch.nn.LSTM(E, H, batch_first=True)
        self.W = torch.nn.Linear(H, H, bias=False)
        self.U = torch.nn.Linear(H, E, bias=False) if how.K > 1 else None
        self.says = torch.nn.Linear(2 * H + E, E)
        self.bias = torch.nn.Parameter(torch.zeros(V))
        self.switch = torch.nn.Linear(2 * H + E, 1) if how.points else None
        self.dropped = torch.nn.Dropout(how.dropout)
        torch.nn.init.normal_(self.vectors.weight, std=0.3)  # small, or the first logits are large

    def read(self, ids: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """The states of the phrases (N, P, H), the vectors of the words, and the last state."""
        words = self.dropped(self.vectors(ids))
        there = ids != PAD
        units = words[:, :, 0]
        if self.slides is not None:
            shown = (words * there[..., None]).flatten(0, 1).mT
            found = torch.relu(self.slides(shown)).mT.reshape(*ids.shape, -1)
            units = (found * there[..., None]).amax(2)
        states, _ = self.reads(units)  # not packed, which takes three times as long on a CPU
        last = states[torch.arange(len(ids)), there.any(2).sum(1) - 1]
        h, c = torch.tanh(self.bridge(last)).chunk(2, 1)
        return states, words, (h.contiguous(), c.contiguous())

    def look(
        self, hs: Tensor, states: Tensor, words: Tensor, there: Tensor
    ) -> tuple[Tensor, Tensor]:
        """What is seen of the phrases, (N, T, H), and the weights of words, (N, T, P·K).

        The phrases share one, and each phrase's share is dealt out among its words.
        """
        scores = self.W(hs) @ states.mT
        alpha = torch.softmax(scores.masked_fill(~there.any(2)[:, None], -torch.inf), dim=2)
        if self.U is None:
            return alpha @ states, alpha
        inside = torch.einsum("nte,npke->ntpk", self.U(hs), words)
        beta = torch.softmax(inside.masked_fill(~there[:, None], -1e9), dim=3)
        return alpha @ states, (alpha[..., None] * beta).flatten(2)

    def write(
        self, fed: Tensor, state: tuple[Tensor, Tensor], read: tuple[Tensor, Tensor], there: Tensor
    ) -> tuple[Tensor, Tensor, Tensor | None, tuple[Tensor, Tensor]]:
        """Logits (N, T, V), weights of the words, of the switch the logit, and the last state."""
        heard = self.dropped(self.vectors(fed))
        hs, (h, c) = self.writes(heard, (state[0][None], state[1][None]))
        looked, weights = self.look(hs, *read, there)
        features = self.dropped(torch.cat([hs, looked, heard], dim=2))
        logits = torch.tanh(self.says(features)) @ self.vectors.weight.T + self.bias
        switch = None if self.switch is None else self.switch(features)[..., 0]
        return logits, weights, switch, (h[0], c[0])

    def forward(self, shown: Batch) -> Tensor:
        """The mean loss of a word of the summaries."""
        states, words, start = self.read(shown.ids)
        y, there = shown.summaries, shown.ids != PAD
        named = y.where(y < self.V, UNK)  # words of the text alone are fed as unknown ones
        fed = functional.pad(named, (1, -1), value=BOS)
        logits, weights, switch, _ = self.write(fed, start, (states, words), there)
        generated = torch.log_softmax(logits, 2).gather(2, named[..., None])[..., 0]
        if switch is not None:
            here = shown.places.flatten(1)[:, None] == y[..., None]
            copied = (weights * here).sum(2).clamp_min(1e-12).log() + functional.logsigmoid(-switch)
            own = generated + functional.logsigmoid(switch)
            generated = torch.logaddexp(own.masked_fill(y >= self.V, -torch.inf), copied)
        return -generated[y != PAD].mean()

    @torch.no_grad()
    def greedy(self, shown: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """The likeliest word again and again.

        Returns:
            The words by the numbers of `places`, (N, longest), the weights of the words of the
            texts, (N, longest, P·K), and the switch, (N, longest), 1 without a pointer.
        """
        self.eval()
        states, words, state = self.read(shown.ids)
        N = len(shown.ids)
        places, there = shown.places.flatten(1), shown.ids != PAD
        word, found = torch.full((N,), BOS), []
        for _ in range(self.how.longest):
            fed = word.where(word < self.V, UNK)[:, None]
            logits, weights, switch, state = self.write(fed, state, (states, words), there)
            p = functional.pad(torch.softmax(logits[:, 0], 1), (0, shown.size - self.V))
            s = torch.ones(N, 1) if switch is None else torch.sigmoid(switch)
            p = (s * p).scatter_add(1, places, (1 - s) * weights[:, 0])
            p[:, NEVER_SAID] = -1.0
            word = p.argmax(1)
            found.append((word, weights[:, 0], s[:, 0]))
        ids, looked, switches = zip(*found, strict=True)
        return torch.stack(ids, 1), torch.stack(looked, 1), torch.stack(switches, 1)


class Said(NamedTuple):
    """A summary, and how it came about.

    Attributes:
        words: the summary.
        read: the words of the text that were read, phrase by phrase.
        weights: how much each of them was looked at as each word was said, (words, read).
        switch: how far each word was said from the vocabulary, (words,), 1 without a pointer.
    """

    words: Words
    read: list[Words]
    weights: Tensor
    switch: Tensor


class Trained(NamedTuple):
    """A summarizer after an epoch.

    Attributes:
        model: the summarizer.
        known: the vocabulary.
        loss: the mean loss of a word in this epoch.
    """

    model: Summarizer
    known: dict[str, int]
    loss: float

    def summaries(self, texts: Sequence[Words]) -> Iterator[Said]:
        """The summaries of the texts."""
        how, V = self.model.how, self.model.V
        names = {number: word for word, number in self.known.items()}
        for start in range(0, len(texts), how.batch):
            asked = [numbered(text, self.known, how) for text in texts[start : start + how.batch]]
            ids, weights, switch = self.model.greedy(batch(asked, V))
            for n, text in enumerate(asked):
                own = names | {V + k: word for k, word in enumerate(text.new)}
                number = [*ids[n].tolist(), EOS].index(EOS)
                there = torch.tensor(text.ids != PAD).flatten()
                yield Said(
                    [own[k] for k in ids[n, :number].tolist()],
                    phrases(texts[start + n][: how.M], how.K),
                    weights[n, :number, : len(there)][:, there],
                    switch[n, :number],
                )


def train(pairs: Sequence[tuple[Words, Words]], how: Setting, seed: int) -> Iterator[Trained]:
    """A summarizer after every epoch; the same object each time.

    Args:
        pairs: texts, each with its summary, as words.
        how: what the summarizer is like, and how it learns.
        seed: draws the first weights and the batches.
    """
    known = vocabulary([words for pair in pairs for words in pair], how.V)
    texts = [numbered(text, known, how, summary) for text, summary in pairs]
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Summarizer(len(known) + FIRST, how)
    optimiser = torch.optim.Adam(model.parameters(), lr=how.lr)
    number = len(pairs) // how.batch or 1
    falls = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, how.epochs * number)
    for _ in range(how.epochs):
        model.train()
        total = words = 0.0
        for rows in np.array_split(rng.permutation(len(pairs)), number):
            shown = batch([texts[n] for n in rows], model.V)
            loss = model(shown)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            falls.step()
            said = int((shown.summaries != PAD).sum())
            total, words = total + loss.item() * said, words + said
        yield Trained(model, known, total / words)
