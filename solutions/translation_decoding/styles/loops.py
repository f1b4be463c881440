"""Plain loops over tokens, hypotheses, queries and words; prints on the way."""

import math
from typing import Any

import torch


def bleu(reference: Any, hypothesis: Any, n: Any) -> Any:
    """Matched n-grams are struck out of a list of those that are left."""
    product = 1.0
    for size in range(1, n + 1):
        hit = total = 0
        for right, found in zip(reference, hypothesis, strict=True):
            left = [right[i : i + size] for i in range(len(right) - size + 1)]
            for i in range(len(found) - size + 1):
                total += 1
                if found[i : i + size] in left:
                    left.remove(found[i : i + size])
                    hit += 1
        if not hit:
            return 0.0
        product *= hit / total
    r = sum(len(sentence) for sentence in reference)
    c = sum(len(sentence) for sentence in hypothesis)
    print(r, c)
    penalty = math.exp(1 - r / c) if c < r else 1
    return 100 * penalty * product ** (1 / n)


def beam_search(step: Any, k: Any, max_len: Any, length_penalty: Any) -> Any:
    """Three lists side by side."""
    sentences: list[list[int]] = [[]]
    sums, states, done = [0.0], [None], []
    for length in range(1, max_len + 1):
        ranked: list[Any] = []
        for number, sentence in enumerate(sentences):
            logits, state = step(sentence[-1] if sentence else 1, states[number])
            top = max(logits)
            norm = top + math.log(sum(math.exp(logit - top) for logit in logits))
            for word, logit in enumerate(logits):
                if logit != -math.inf:
                    total = sums[number] + float(logit) - norm
                    ranked.append((-total, [*sentence, word], len(ranked), state))
        sentences, sums, states = [], [], []
        for cost, sentence, _, state in sorted(ranked)[:k]:
            if sentence[-1] == 2:
                done.append((cost / length**length_penalty, sentence[:-1]))
            else:
                sentences.append(sentence)
                sums.append(-cost)
                states.append(state)
    for total, sentence in zip(sums, sentences, strict=True):
        done.append((-total / max_len**length_penalty, sentence))
    return [(sentence, -cost) for cost, sentence in sorted(done)[:k]]


def attend(q: Any, hs: Any, mask: Any, W: Any) -> Any:
    """Sentence by sentence and query by query, over the words that are there."""
    contexts, weights = [], []
    for queries, states, there in zip(q, hs, mask, strict=True):
        places = [t for t in range(len(states)) if there[t]]
        seen = states[places]
        for query in queries:
            alpha = torch.softmax(torch.stack([torch.dot(query @ W, h) for h in seen]), 0)
            row = alpha.new_zeros(len(states))
            weights.append(row.index_put((torch.tensor(places),), alpha))
            contexts.append(sum(a * h for a, h in zip(alpha, seen, strict=True)))
    shape = q.shape[:2]
    return torch.stack(contexts).view(*shape, -1), torch.stack(weights).view(*shape, -1)
