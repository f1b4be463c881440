"""Emotion in comments: batches of ids, word vectors by counting, attention, a classifier, a score.

N comments, T words of the longest, V words of the vocabulary, E numbers a word, H hidden units of a
direction, A hidden units of the attention's score, C classes.
"""

from collections.abc import Sequence

import numpy as np
import torch

from autograder.given.cells import LSTMCell
from autograder.given.directions import bilstm
from autograder.given.text import PAD, UNK


def pad_batch(sequences: list[list[int]], max_len: int) -> tuple[np.ndarray, np.ndarray]:
    """Put comments of several lengths into one array.

    A comment that is longer than `max_len` keeps its first `max_len` words. One
    that has no words becomes a single UNK, since torch packs no length of 0.
    T is the length of the longest comment that is then left.

    Neither the list nor the lists in it are changed.

    Args:
        sequences: N ≥ 1 lists of ids, ints from 0, of any lengths.
        max_len: how many words are kept at most, an int from 1.

    Returns:
        ids: the ids, (N, T), int64, in the given order, with PAD to the right
            of each comment.
        lengths: how many of each row are words, (N,), int64.

    Source: the batch of every padded model, as in torch's `pad_sequence`.
    """
    rows = [row[:max_len] or [UNK] for row in sequences]
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    ids = np.full((len(rows), lengths.max()), PAD, dtype=np.int64)
    for n, row in enumerate(rows):
        ids[n, : len(row)] = row
    return ids, lengths


def ppmi(counts: np.ndarray) -> np.ndarray:
    """Weigh how often words stand together against how often chance has it so.

    With c_ij the count of word i beside word j, r_i the sum of row i, k_j the
    sum of column j and S the sum of all counts, the positive pointwise mutual
    information is

        max(0, log(c_ij·S / (r_i·k_j)))

    in natural logarithms, and 0 where c_ij is 0. Nothing is smoothed.

    Args:
        counts: the counts, (V, V), float64, none of them negative and not all
            of them 0; they need be neither whole nor symmetric. Not changed.

    Returns:
        The information of each pair, (V, V), float64.

    Source: Church and Hanks (1990), Computational Linguistics 16(1); Levy and
    Goldberg (2014), "Neural Word Embedding as Implicit Matrix Factorization".
    """
    rows = counts.sum(axis=1, keepdims=True)
    columns = counts.sum(axis=0, keepdims=True)
    seen = counts > 0
    chance = np.where(seen, rows * columns / counts.sum(), 1)
    ratio = np.where(seen, counts / chance, 1)
    information: np.ndarray = np.maximum(0, np.log(ratio))
    return information


def additive_attention(
    H: np.ndarray, mask: np.ndarray, W: np.ndarray, b: np.ndarray, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sum up a sequence by how much each of its places says.

    A small network with one hidden layer scores every place, a softmax over
    the valid places makes shares of the scores, and the summary is the mean by
    these shares:

        e_t = tanh(H_t·W + b)·v
        alpha = softmax of e over the valid places, 0 at the others
        context = Σ_t alpha_t H_t

    N is the batch size, T the number of places, D that of numbers at one,
    A that of hidden units of the small network. All arrays are float64. No
    argument is changed. Scores of many thousands give finite results too.

    Args:
        H: what stands at each place, (N, T, D); at places that are not valid
            any finite numbers, which must not matter.
        mask: the valid places, (N, T), bool or 0.0 and 1.0; anywhere in a row,
            one of each row at least.
        W: the weights of the hidden layer, (D, A).
        b: its bias, (A,).
        v: the weights of the score, (A,).

    Returns:
        context: the summary of each row, (N, D).
        alpha: the shares, (N, T); each row adds up to 1.

    Source: Bahdanau, Cho and Bengio (2015), ICLR, without the query; Yang and
    others (2016), "Hierarchical Attention Networks", NAACL.
    """
    e = np.tanh(H @ W + b) @ v
    valid = mask > 0
    top = np.where(valid, e, -np.inf).max(axis=1, keepdims=True)
    p = np.exp(np.where(valid, e - top, -np.inf))
    alpha = p / p.sum(axis=1, keepdims=True)
    context = (alpha[:, :, None] * H).sum(axis=1)
    return context, alpha


class EmotionBiLSTM(torch.nn.Module):
    """A classifier of comments: vectors, two directions, attention, one map.

    With hs the hidden states of both directions side by side, zero at the
    padding, it computes

        hs = bilstm of the vectors of the words
        e_t = tanh(hs_t·W + b)·v
        alpha = softmax of e over the words of the comment, 0 at the padding
        context = Σ_t alpha_t hs_t
        logits = [context, last forward state, first backward state]·Wo + bo

    The last forward state is that of the last word, the first backward state
    that of the first word: where each direction has read the whole comment. How
    long a comment is, `lengths` says and not the ids: a word may have any id.

    V is the number of words, E that of numbers a word, H that of hidden units
    of a direction, A that of hidden units of the score, C that of classes. All
    weights but the biases start at random.

    Attributes:
        E: the vectors of the words, (V, E).
        fw: the `LSTMCell(E, H)` that reads forward.
        bw: the `LSTMCell(E, H)` that reads backward.
        W: the weights of the hidden layer of the score, (2H, A).
        b: its bias, (A,).
        v: the weights of the score, (A,).
        Wo: the weights of the output layer, (4H, C).
        bo: its bias, (C,).

    Source: Li and Xiao (2020); the attention as in `additive_attention`.
    """

    def __init__(self, V: int, E: int, H: int, A: int, C: int) -> None:
        super().__init__()
        self.E = torch.nn.Parameter(torch.randn(V, E))
        self.fw = LSTMCell(E, H)
        self.bw = LSTMCell(E, H)
        self.W = torch.nn.Parameter(torch.randn(2 * H, A) / (2 * H) ** 0.5)
        self.b = torch.nn.Parameter(torch.zeros(A))
        self.v = torch.nn.Parameter(torch.randn(A) / A**0.5)
        self.Wo = torch.nn.Parameter(torch.randn(4 * H, C) / (4 * H) ** 0.5)
        self.bo = torch.nn.Parameter(torch.zeros(C))

    def forward(
        self, ids: torch.Tensor, lengths: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Classify a batch of comments.

        Args:
            ids: the words, (N, T), int64, any ids to the right of a comment.
            lengths: how many of each row are words, (N,), int64, from 1 to T,
                on the CPU; the longest may be shorter than T.

        Returns:
            logits: the scores of the classes before the softmax, (N, C).
            alpha: the shares of the words in the context, (N, T).
        """
        x = self.E[ids]
        hs = bilstm(x, lengths, self.fw, self.bw)
        e = torch.tanh(hs @ self.W + self.b) @ self.v
        valid = torch.arange(ids.shape[1]) < lengths[:, None]
        alpha = torch.softmax(e.masked_fill(~valid, -torch.inf), dim=1)
        context = (alpha[:, :, None] * hs).sum(dim=1)
        there, back = hs.chunk(2, dim=2)
        last = there[torch.arange(len(ids)), lengths - 1]
        first = back[:, 0]
        features = torch.cat([context, last, first], dim=1)
        logits = features @ self.Wo + self.bo
        return logits, alpha


def macro_f1(
    y_true: Sequence[int | str], y_pred: Sequence[int | str], labels: Sequence[int | str]
) -> float:
    """Score a classifier by the mean of the F1 of its classes.

    For one label let P be the share that is right of the rows predicted so, and
    R the share that is found of the rows of this label. Its F1 is

        F1 = 2·P·R / (P + R)

    and 0 / 0 counts as 0, in P, in R and in F1. Every label has the same
    weight, however rare it is, and also where it never occurs. A row whose
    label, true or predicted, is not in `labels` has no score of its own; it
    still counts as predicted falsely, or as not found.

    Args:
        y_true: the labels that are right, a list of ints or strings.
        y_pred: the labels that were predicted, a list of the same length.
        labels: the labels to average over, a list, each once.

    Returns:
        The mean, a float from 0 to 1.

    Source: van Rijsbergen (1979), "Information Retrieval", for F; the mean over
    classes as in scikit-learn's `f1_score(average="macro")`.
    """
    scores = []
    for label in labels:
        hits = sum(t == label == p for t, p in zip(y_true, y_pred, strict=True))
        predicted = sum(p == label for p in y_pred)
        support = sum(t == label for t in y_true)
        P = hits / predicted if predicted else 0.0
        R = hits / support if support else 0.0
        scores.append(2 * P * R / (P + R) if hits else 0.0)
    return sum(scores) / len(labels)
