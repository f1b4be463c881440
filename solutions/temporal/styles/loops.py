"""One thing after the other in plain Python; prints on the way, and cells run step by step."""

from typing import Any

import torch

from autograder.given.cells import LSTMCell
from autograder.given.temporal import PARTICLES


def inverse(relation: Any) -> Any:
    """A walk through two rows of names."""
    one = ["BEFORE", "IBEFORE", "INCLUDES", "BEGINS", "ENDS", "DURING"]
    other = ["AFTER", "IAFTER", "IS_INCLUDED", "BEGUN_BY", "ENDED_BY", "DURING_INV"]
    for name in ("SIMULTANEOUS", "IDENTITY"):
        one.append(name)
        other.append(name)
    for k in range(len(one)):
        if relation == one[k]:
            return other[k]
        if relation == other[k]:
            return one[k]
    raise KeyError(f"{relation} is no relation")


def augment(links: Any) -> Any:
    """A loop with an unpacked triple."""
    result = []
    for link in links:
        result.append(link)
    for link in links:
        a, b, name = link
        result.append((b, a, inverse(name)))
    print(len(links), "became", len(result))
    return result


def mark_entities(tokens: Any, first: Any, second: Any) -> Any:
    """Word by word, with the marks that belong between."""
    result = []
    for place in range(len(tokens) + 1):
        if place == first[1]:
            result.append("</1>")
        if place == second[1]:
            result.append("</2>")
        if place == first[0]:
            result.append("<1>")
        if place == second[0]:
            result.append("<2>")
        if place < len(tokens):
            result.append(tokens[place])
    return result


def tlink_features(tokens: Any, timex: Any, event: Any) -> Any:
    """Signs taken off one by one."""
    signs = [".", ",", "!", "?", "…", '"', "'"]

    def bare(word: str) -> str:
        while word and word[0] in signs:
            word = word[1:]
        while word and word[-1] in signs:
            word = word[:-1]
        return word

    word, time = bare(tokens[event[1] - 1]), bare(tokens[timex[1] - 1])
    longest = ""
    for particle in PARTICLES:
        if time[-len(particle) :] == particle and len(particle) > len(longest):
            longest = particle
    if longest == time:
        longest = ""
    result: dict[str, Any] = {"particle": longest}
    if timex[0] < event[0]:
        result["order"], between = "TE", range(timex[1], event[0])
    else:
        result["order"], between = "ET", range(event[1], timex[0])
    result["gap"] = len(between)
    for n in (1, 2, 3):
        result["suffix" + str(n)] = word if len(word) < n else word[len(word) - n :]
    try:
        result["next"] = tokens[event[1]]
    except IndexError:
        result["next"] = "</s>"
    return result


class TLinkLSTM(torch.nn.Module):
    """Sentences one by one, without padding; the cells are called in loops."""

    E: Any
    W: Any
    b: Any

    def __init__(self, V: Any, E: Any, H: Any, C: Any) -> None:
        super().__init__()
        self.register_parameter("E", torch.nn.Parameter(torch.rand(V, E) - 0.5))
        self.register_parameter("W", torch.nn.Parameter(torch.rand(6 * H, C) - 0.5))
        self.register_parameter("b", torch.nn.Parameter(torch.zeros(C)))
        self.fw = LSTMCell(E, H)
        self.bw = LSTMCell(E, H)

    def read(self, words: Any, cell: Any) -> Any:
        """The hidden states over one sentence, a list of (H,)."""
        state, found = None, []
        for word in words:
            state = cell(self.E[word][None], state)
            found.append(state[0][0])
        return found

    def forward(self, ids: Any, lengths: Any, marks: Any) -> Any:
        """One sentence after the other."""
        logits = []
        for n in range(len(ids)):
            words = ids[n, : int(lengths[n])]
            there = self.read(words, self.fw)
            back = self.read(words.flip(0), self.bw)[::-1]
            both = [torch.cat(pair) for pair in zip(there, back, strict=True)]
            largest = both[0]
            for state in both[1:]:
                largest = torch.maximum(largest, state)
            i, j = marks[n].tolist()
            logits.append(torch.cat([both[i], both[j], largest]) @ self.W + self.b)
        return torch.stack(logits)


def inverse_consistency(forward: Any, swapped: Any) -> Any:
    """A count with an index."""
    agree = 0
    for k in range(len(forward)):
        if swapped[k] == inverse(forward[k]):
            agree += 1
    return agree / len(forward) if len(forward) > 0 else 0.0


def f1_by_relation(y_true: Any, y_pred: Any, relations: Any) -> Any:
    """A walk through the rows for each relation."""
    result = {}
    for name in relations:
        right = false = missed = 0
        for true, predicted in zip(y_true, y_pred, strict=True):
            if predicted == name and true == name:
                right += 1
            elif predicted == name:
                false += 1
            elif true == name:
                missed += 1
        P = right / (right + false) if right + false else 0
        R = right / (right + missed) if right + missed else 0
        f1 = right / (right + (false + missed) / 2) if right else 0
        result[name] = (P, R, f1, right + missed)
    return result
