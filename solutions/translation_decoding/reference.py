"""What follows a model that translates: a score, a better search, and attention.

N sentences, Q queries, T source words, V words of a vocabulary, H hidden units.
The special words are PAD, BOS, EOS and UNK.
"""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.given.text import BOS, EOS


def ngrams(tokens: list[str], size: int) -> Counter[tuple[str, ...]]:
    """How often each run of `size` tokens occurs."""
    return Counter(zip(*(tokens[start:] for start in range(size)), strict=False))


def bleu(reference: list[list[str]], hypothesis: list[list[str]], n: int) -> float:
    """How much of what was written stands in the translations of people: BLEU.

    An i-gram is a run of i tokens of one sentence. It is matched as often as
    it occurs in the reference of that sentence, and no more. Matches and
    i-grams are counted over the whole corpus before they are divided:

        p_i = matched i-grams of all hypotheses / i-grams of all hypotheses
        BLEU = 100 · brevity · (p_1 · p_2 · … · p_n)^(1/n)
        brevity = exp(1 − r/c) if c < r, else 1

    with r and c the tokens of all references and of all hypotheses. The score
    is 0.0 where some p_i has nothing above the line or nothing below it. Tokens
    are equal or they are not: nothing is split, put into lower case, smoothed.

    Args:
        reference: what people wrote, a list of one sentence or more, each a
            list of tokens (str), which may be empty.
        hypothesis: what is scored, as many sentences, in the same order.
        n: the length of the longest i-grams, 1 or more; usually 4.

    Returns:
        A float from 0.0 to 100.0.

    Source: Papineni et al. (2002), "BLEU: a Method for Automatic Evaluation of
    Machine Translation", ACL; Post (2018), "A Call for Clarity in Reporting
    BLEU Scores", WMT, whose program `sacrebleu` agrees for one reference.
    """
    matches = [0] * n
    totals = [0] * n
    r = c = 0
    for right, found in zip(reference, hypothesis, strict=True):
        r += len(right)
        c += len(found)
        for i in range(n):
            counts = ngrams(found, i + 1)
            known = ngrams(right, i + 1)
            matches[i] += sum(min(count, known[gram]) for gram, count in counts.items())
            totals[i] += sum(counts.values())
    if 0 in matches:
        return 0.0
    logs = [math.log(matched / total) for matched, total in zip(matches, totals, strict=True)]
    brevity = min(0.0, 1 - r / c)
    return 100 * math.exp(brevity + sum(logs) / n)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The logarithm of the softmax; −inf stays −inf."""
    shifted = logits - np.max(logits)
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def beam_search(
    step: "Callable[[int, Any], tuple[np.ndarray, Any]]",
    k: int,
    max_len: int,
    length_penalty: float,
) -> list[tuple[list[int], float]]:
    """Look for likely sentences along the k best beginnings at once.

    There is one hypothesis to begin with, without words, of log-probability 0.
    At every step each living hypothesis is continued by every word. Of all
    these continuations the k of the largest log-probability are kept: the sum
    of the log-softmax of its words, natural logarithm, not divided by anything.
    Those that end in EOS are finished; the others live on. The search ends when
    none lives, or after `max_len` steps, when what still lives is finished,
    too, without EOS. Then

        score = log-probability / L^length_penalty

    with L the number of words written, EOS included. Of equals, in every
    choice, the smaller list of ids comes first; a continuation of probability 0
    is never kept.

    Args:
        step: one step of the model, as `greedy_decode` takes it:
            `step(token, state)` gives the logits of the next word, (V,), and a
            state. The first token is BOS, with the state None. What a state is,
            is the model's affair: do not change one.
        k: how many continuations are kept at a step, 1 or more; it stays the
            same when hypotheses finish.
        max_len: how many steps there are at the most, 1 or more.
        length_penalty: the power of L, 0 or more; 0 leaves the log-probability.

    Returns:
        The k finished hypotheses of the best score, or as many as there are,
        the best first: pairs of a list of ids, without BOS and EOS, and the
        score.

    Source: Sutskever, Vinyals and Le (2014), arXiv 1409.3215, section 3.2; the
    division by a power of the length as in Cho et al. (2014), "On the
    Properties of Neural Machine Translation", arXiv 1409.1259, with power 1.
    """
    live: list[tuple[list[int], float, Any]] = [([], 0.0, None)]
    finished = []
    for _ in range(max_len):
        found = []
        for ids, logp, state in live:
            logits, after = step(ids[-1] if ids else BOS, state)
            for token, gain in enumerate(log_softmax(logits)):
                if gain > -np.inf:
                    found.append(([*ids, token], logp + float(gain), after))
        found.sort(key=lambda one: (-one[1], one[0]))
        best = found[:k]
        finished += [(ids, logp) for ids, logp, _ in best if ids[-1] == EOS]
        live = [one for one in best if one[0][-1] != EOS]
    finished += [(ids, logp) for ids, logp, _ in live]
    scored = []
    for ids, logp in finished:
        words = ids[:-1] if ids[-1] == EOS else ids
        scored.append((words, logp / len(ids) ** length_penalty))
    scored.sort(key=lambda one: (-one[1], one[0]))
    return scored[:k]


def attend(
    q: torch.Tensor, hs: torch.Tensor, mask: torch.Tensor, W: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Look back at the source: a context of its own for every query.

        score_qt = (q·W)·h_t
        alpha = the softmax of the scores over the valid t
        context = alpha·hs

    The scores are not scaled. alpha is exactly 0 where the mask is, and sums to
    1 in every row; what hs holds there is finite and does not matter. Scores of
    ±10000 are fine. The results can be differentiated in q, hs and W.

    Args:
        q: the queries, (N, Q, H), such as the states of a decoder.
        hs: what is looked at, (N, T, H), such as the states of an encoder.
        mask: where there are words, (N, T), bool or 0.0 and 1.0; one or more in
            every row, anywhere.
        W: the weights between a query and what it looks at, (H, H).

    Returns:
        context: the weighted mean of hs for every query, (N, Q, H).
        alpha: the weights, (N, Q, T).

    Source: Luong, Pham and Manning (2015), "Effective Approaches to
    Attention-based Neural Machine Translation", arXiv 1508.04025, section 3.1,
    the score called "general".
    """
    scores = (q @ W) @ hs.mT
    valid = mask[:, None] > 0
    alpha = torch.softmax(scores.masked_fill(~valid, -torch.inf), dim=2)
    return alpha @ hs, alpha
