"""Summaries: four ways to count what two texts share, phrases, their encoder, and a pointer.

N texts in a batch, P phrases of a text, K words of a phrase, V words of the vocabulary, E numbers a
word, F filters of S words, H hidden units, M places of the source.
"""

from collections import Counter
from collections.abc import Collection

import numpy as np
import torch

from autograder.given.cells import LSTMCell, run
from autograder.given.text import PAD, conv1d_text, max_over_time


def rouge_n(reference: list[str], hypothesis: list[str], n: int) -> tuple[float, float, float]:
    """Score a summary by the runs of n words that it shares with another one.

    A run of n tokens that stand side by side is an n-gram. One that occurs a
    times in the reference and b times in the hypothesis is shared min(a, b)
    times. With the number of shared n-grams, each counted so,

        precision = shared / n-grams of the hypothesis
        recall = shared / n-grams of the reference
        f1 = 2·precision·recall / (precision + recall)

    and 0 / 0 counts as 0. A text of fewer than n tokens has no n-gram. Two
    tokens are the same if they are equal: nothing is put into lower case, cut
    off or split.

    Args:
        reference: the summary that somebody wrote, a list of strings.
        hypothesis: the summary to be scored, a list of strings.
        n: how many tokens a run has, an int from 1.

    Returns:
        precision: a float from 0 to 1.
        recall: a float from 0 to 1.
        f1: a float from 0 to 1.

    Source: Lin (2004), "ROUGE: A Package for Automatic Evaluation of
    Summaries".
    """
    ref = Counter(zip(*(reference[k:] for k in range(n)), strict=False))
    hyp = Counter(zip(*(hypothesis[k:] for k in range(n)), strict=False))
    hits = sum(min(count, hyp[gram]) for gram, count in ref.items())
    P = hits / max(1, hyp.total())
    R = hits / max(1, ref.total())
    f1 = 2 * P * R / (P + R) if hits else 0.0
    return P, R, f1


def lcs_positions(reference: list[str], hypothesis: list[str]) -> list[int]:
    """Find where a longest common subsequence lies in the reference.

    A subsequence keeps the order of the tokens and may leave some out. Let
    t[i][j] be the length of the longest that the first i tokens of the
    reference and the first j of the hypothesis have in common. There may be
    several that are longest; this one is found from the ends, i and j being
    the numbers of all tokens at first:

        if the tokens i and j (counted from 1) are equal, they belong to it:
            go back by one in both
        else if t[i][j−1] > t[i−1][j]: go back by one in the hypothesis
        else, and so where both are equal: go back by one in the reference

    until one of the two is used up.

    Args:
        reference: a list of strings, which may be empty.
        hypothesis: a list of strings, which may be empty.

    Returns:
        The positions in `reference`, counted from 0, as an ascending list.

    Source: Wagner and Fischer (1974), "The String-to-String Correction
    Problem"; the choice among equals is that of the package rouge-score.
    """
    t = np.zeros((len(reference) + 1, len(hypothesis) + 1), dtype=int)
    for i, mine in enumerate(reference, start=1):
        for j, other in enumerate(hypothesis, start=1):
            longer = max(t[i - 1, j], t[i, j - 1])
            t[i, j] = t[i - 1, j - 1] + 1 if mine == other else longer
    positions = []
    i, j = len(reference), len(hypothesis)
    while i > 0 and j > 0:
        if reference[i - 1] == hypothesis[j - 1]:
            positions.append(i - 1)
            i, j = i - 1, j - 1
        elif t[i, j - 1] > t[i - 1, j]:
            j -= 1
        else:
            i -= 1
    return positions[::-1]


def rouge_l(reference: list[str], hypothesis: list[str]) -> tuple[float, float, float]:
    """Score a summary by the longest common subsequence with another one.

    With the length of the subsequence that `lcs_positions` finds,

        precision = length / tokens of the hypothesis
        recall = length / tokens of the reference
        f1 = 2·precision·recall / (precision + recall)

    and 0 / 0 counts as 0. Precision and recall have the same weight in f1.

    Args:
        reference: the summary that somebody wrote, a list of strings.
        hypothesis: the summary to be scored, a list of strings.

    Returns:
        precision: a float from 0 to 1.
        recall: a float from 0 to 1.
        f1: a float from 0 to 1.

    Source: Lin (2004), section 3, with β = 1 as in the package rouge-score.
    """
    hits = len(lcs_positions(reference, hypothesis))
    P = hits / max(1, len(hypothesis))
    R = hits / max(1, len(reference))
    f1 = 2 * P * R / (P + R) if hits else 0.0
    return P, R, f1


def rouge_lsum(
    reference: list[list[str]], hypothesis: list[list[str]]
) -> tuple[float, float, float]:
    """Score a summary of several sentences, whatever order they are in.

    For each sentence of the reference, in order, the positions are collected
    that `lcs_positions` finds with any sentence of the hypothesis, each
    position once. They are gone through in ascending order. The token there is
    a hit as long as some are left of it, of as many as there are in the whole
    reference and of as many as there are in the whole hypothesis; a hit takes
    one off both. Then

        precision = hits / tokens of all sentences of the hypothesis
        recall = hits / tokens of all sentences of the reference
        f1 = 2·precision·recall / (precision + recall)

    and 0 / 0 counts as 0.

    Args:
        reference: the sentences that somebody wrote, a list of lists of
            strings; the list and its lists may be empty.
        hypothesis: the sentences to be scored, in the same form.

    Returns:
        precision: a float from 0 to 1.
        recall: a float from 0 to 1.
        f1: a float from 0 to 1.

    Source: Lin (2004), section 3.2; the counts that run down are those of his
    program ROUGE-1.5.5 and of the package rouge-score.
    """
    left = Counter(token for sentence in reference for token in sentence)
    right = Counter(token for sentence in hypothesis for token in sentence)
    wanted, given = left.total(), right.total()
    hits = 0
    for sentence in reference:
        union = {k for other in hypothesis for k in lcs_positions(sentence, other)}
        for k in sorted(union):
            token = sentence[k]
            if left[token] > 0 and right[token] > 0:
                hits += 1
                left[token] -= 1
                right[token] -= 1
    P = hits / max(1, given)
    R = hits / max(1, wanted)
    f1 = 2 * P * R / (P + R) if hits else 0.0
    return P, R, f1


def phrases(tokens: list[str], function_words: Collection[str], K: int) -> list[list[str]]:
    """Cut a text into short phrases.

    The text is read from left to right, and each token joins the phrase at
    hand. The phrase ends after this token if it has K tokens now, or if the
    token is a function word and not the first one of the phrase. What is left
    at the end of the text is a phrase as well.

    Put together again, the phrases are the text. None of them is empty.

    Args:
        tokens: the text, a list of strings, which may be empty. Not changed.
        function_words: words such as "of" and "the", a list or a set.
        K: how many tokens a phrase has at most, an int from 1.

    Returns:
        The phrases in order, a list of lists of strings.

    Source: this course; the paper of Song, Huang and Ruan (2018) cuts by a
    parser.
    """
    found, phrase = [], []
    for token in tokens:
        phrase.append(token)
        closes = token in function_words and len(phrase) > 1
        if closes or len(phrase) == K:
            found.append(phrase)
            phrase = []
    if phrase:
        found.append(phrase)
    return found


def phrase_cnn(x: np.ndarray, mask: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Make one vector of the words of each phrase: a convolution and a maximum.

    What stands at places without a word counts as zeros, and (S − 1)/2 places
    of zeros are added to a phrase on either side, so that there are as many
    responses as places. Of place k of phrase p, with f the number of a filter,

        y_pkf = max(0, b_f + Σ_s x_p,k+s−(S−1)/2 · w_fs)
        result_pf = max over the places k with a word of y_pkf

    and 0 where a phrase has no word. Phrases do not see one another. No
    argument is changed.

    N is the number of texts, P that of phrases of a text, K that of places of
    a phrase, E that of numbers at one, F that of filters, S that of places
    that a filter sees. All arrays are float64.

    Args:
        x: the words as vectors, (N, P, K, E); at places without a word any
            finite numbers, which must not matter.
        mask: the places with a word, (N, P, K), bool or 0.0 and 1.0; anywhere
            in a phrase, and nowhere in some.
        w: the filters, (F, S, E), S odd; S may be larger than K.
        b: their biases, (F,).

    Returns:
        One vector for each phrase, (N, P, F).

    Source: Kim (2014), "Convolutional Neural Networks for Sentence
    Classification", on phrases as in Song, Huang and Ruan (2018).
    """
    N, P, K, E = x.shape
    F, S, _ = w.shape
    there = mask.reshape(N * P, K, 1) > 0
    words = np.where(there, x.reshape(N * P, K, E), 0)
    side = (S - 1) // 2
    padded = np.pad(words, ((0, 0), (side, side), (0, 0)))
    y = np.maximum(0, conv1d_text(padded, w, b))
    y = np.where(there, y, 0)
    return max_over_time(y).reshape(N, P, F)


class PhraseEncoder(torch.nn.Module):
    """Read a text phrase by phrase: a convolution in each, an LSTM over them.

    A place holds a word where its id is not PAD, and a phrase is one where it
    has a word. With the vectors of the words,

        c_p = phrase_cnn of the vectors of phrase p, with w and b
        h_p = the hidden state of the LSTM after c_1 … c_p, from zeros

    and h_p = 0 where there is no phrase. No argument is changed.

    V is the number of words, E that of numbers a word, F that of filters, S
    (odd) that of words that a filter sees, H that of hidden units. All weights
    but the biases start at random.

    Attributes:
        emb: the vectors of the words, (V, E).
        w: the filters, (F, S, E).
        b: their biases, (F,).
        cell: the `LSTMCell(F, H)` that reads the phrases.

    Source: Song, Huang and Ruan (2018), Multimedia Tools and Applications
    78:857–875.
    """

    def __init__(self, V: int, E: int, F: int, S: int, H: int) -> None:
        super().__init__()
        self.emb = torch.nn.Parameter(torch.randn(V, E))
        self.w = torch.nn.Parameter(torch.randn(F, S, E) / (S * E) ** 0.5)
        self.b = torch.nn.Parameter(torch.zeros(F))
        self.cell = LSTMCell(F, H)

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Encode a batch of texts.

        Args:
            ids: the words, (N, P, K), int64, PAD at places without one. Phrases
                with words stand before those without, and there is one at
                least. Other places of a phrase than the last may be PAD too.

        Returns:
            hs: the hidden state after each phrase, (N, P, H).
            mask: where there is a phrase, (N, P), bool or 0.0 and 1.0.
        """
        N, P, K = ids.shape
        F, S, E = self.w.shape
        word = ids != PAD
        there = word.reshape(N * P, K, 1)
        x = self.emb[ids].reshape(N * P, K, E) * there
        y = torch.nn.functional.conv1d(x.mT, self.w.mT, self.b, padding=S // 2).mT
        y = torch.relu(y) * there
        c = y.amax(dim=1).reshape(N, P, F)
        mask = word.any(dim=2)
        hs = run(self.cell, c)
        hs = hs * mask[:, :, None]
        return hs, mask


def pointer_mixture(
    p_gen: np.ndarray,
    switch: np.ndarray,
    weights: np.ndarray,
    ids: np.ndarray,
    size: int,
) -> np.ndarray:
    """Mix the words that a network would say with those that it points at.

    The words 0 to V−1 are those of the vocabulary. Words of the source that it
    has not have numbers from V on, so that there are `size` words in all. With
    ids_m the word at place m of the source, word k of a row gets

        switch · p_gen_k + (1 − switch) · Σ weights_m over all m with ids_m = k

    where p_gen is 0 from V on.

    N is the number of rows, V that of words of the vocabulary, M that of places
    of the source. All arrays but ids are float64. No argument is changed.

    Args:
        p_gen: what the network would say, (N, V); each row adds up to 1.
        switch: how much of it counts, (N,), from 0 to 1.
        weights: the shares of the places of the source, (N, M); each row adds
            up to 1.
        ids: the words at these places, (N, M), ints from 0 to size − 1; a word
            may stand at several places.
        size: the number of all words, an int from V.

    Returns:
        The mixture, (N, size); each row adds up to 1.

    Source: See, Liu and Manning (2017), "Get To The Point: Summarization with
    Pointer-Generator Networks", ACL, equation 9.
    """
    N, V = p_gen.shape
    p = np.zeros((N, size))
    p[:, :V] = switch[:, None] * p_gen
    copied = (1 - switch)[:, None] * weights
    np.add.at(p, (np.arange(N)[:, None], ids), copied)
    return p
