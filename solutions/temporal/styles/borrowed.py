"""What Python and torch have ready: counters, tables, one-hot marks, turned rows."""

import itertools
from collections import Counter
from operator import eq
from typing import Any

import numpy as np
import torch

from autograder.given.cells import LSTMCell, run
from autograder.given.temporal import PARTICLES


def inverse(relation: Any) -> Any:
    """One table of all fourteen."""
    return {
        "BEFORE": "AFTER",
        "AFTER": "BEFORE",
        "INCLUDES": "IS_INCLUDED",
        "IS_INCLUDED": "INCLUDES",
        "DURING": "DURING_INV",
        "DURING_INV": "DURING",
        "SIMULTANEOUS": "SIMULTANEOUS",
        "IAFTER": "IBEFORE",
        "IBEFORE": "IAFTER",
        "IDENTITY": "IDENTITY",
        "BEGINS": "BEGUN_BY",
        "ENDS": "ENDED_BY",
        "BEGUN_BY": "BEGINS",
        "ENDED_BY": "ENDS",
    }[relation]


def augment(links: Any) -> Any:
    """A chain of the links and a generator."""
    again = ((b, a, inverse(relation)) for a, b, relation in links)
    return list(itertools.chain(links, again))


def mark_entities(tokens: Any, first: Any, second: Any) -> Any:
    """Lists of tokens by place, joined at the end."""
    places: list[Any] = [[token] for token in tokens]
    for number, (start, end) in enumerate((first, second), start=1):
        places[start].insert(0, f"<{number}>")
        places[end - 1].append(f"</{number}>")
    return tuple(itertools.chain.from_iterable(places))


def tlink_features(tokens: Any, timex: Any, event: Any) -> Any:
    """Sets and `zip`."""
    last = (tokens[end - 1].strip("\"'.,!?…") for _, end in (timex, event))
    time, word = last
    tails = [time[k:] for k in range(len(time))]
    found = next((tail for tail in tails if tail in set(PARTICLES)), "")
    between = set(range(len(tokens))) - set(range(*timex)) - set(range(*event))
    inner = range(min(timex[1], event[1]), max(timex[0], event[0]))
    following = iter(tokens[event[1] :])
    return {
        "order": ("ET", "TE")[timex[0] < event[0]],
        "gap": len(between & set(inner)),
        **{f"suffix{n}": "".join(list(word)[-n:]) for n in range(1, 4)},
        "next": next(following, "</s>"),
        "particle": found * (found != time),
    }


class TLinkLSTM(torch.nn.Module):
    """Marks as one-hot rows, the maximum over rows of each length."""

    def __init__(self, V: Any, E: Any, H: Any, C: Any) -> None:
        super().__init__()
        new = torch.nn.Parameter
        self.E = new(torch.nn.init.xavier_normal_(torch.empty(V, E)))
        self.fw, self.bw = LSTMCell(E, H), LSTMCell(E, H)
        self.W = new(torch.randn(6 * H, C) * 0.1)
        self.b = new(torch.zeros(C))

    def forward(self, ids: Any, lengths: Any, marks: Any) -> Any:
        """Rows that are read backward one by one, the rest for all at once."""
        N, T = ids.shape
        x = self.E.index_select(0, ids.flatten()).view(N, T, -1)
        there = run(self.fw, x)
        back = torch.zeros_like(there)
        for n, length in enumerate(lengths.tolist()):
            back[n, :length] = run(self.bw, x[n : n + 1, :length].flip(1)).flip(1)[0]
        hs = torch.cat([there, back], dim=-1)
        one_hot = torch.nn.functional.one_hot(marks, T).to(hs.dtype)
        places = torch.einsum("nkt,nth->nkh", one_hot, hs)
        tops = [
            row[:length].max(dim=0)[0] for row, length in zip(hs, lengths.tolist(), strict=True)
        ]
        features = torch.cat([places.reshape(N, -1), torch.stack(tops)], dim=1)
        return torch.nn.functional.linear(features, self.W.T, self.b)


def inverse_consistency(forward: Any, swapped: Any) -> Any:
    """A mean of truth values."""
    return np.mean(list(map(eq, map(inverse, forward), swapped))) if forward else np.float64(0)


def f1_by_relation(y_true: Any, y_pred: Any, relations: Any) -> Any:
    """Three counters."""
    true, predicted = Counter(y_true), Counter(y_pred)
    hits = Counter(t for t, p in zip(y_true, y_pred, strict=True) if t == p)
    found = {}
    for name in relations:
        of = [hits[name] / (total[name] or 1) for total in (predicted, true)]
        both = true[name] + predicted[name]
        found[name] = np.array(of)[0], of[1], 2 * hits[name] / max(1, both), np.int64(true[name])
    return found
