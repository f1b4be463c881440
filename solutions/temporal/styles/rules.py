"""Rules in the place of tables, slices in the place of insertions, packed sequences, masks."""

import re
from typing import Any

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from autograder.given.cells import LSTMCell
from autograder.given.temporal import PARTICLES, RELATIONS


def inverse(relation: Any) -> Any:
    """By what the names are made of."""
    if relation not in RELATIONS:
        raise KeyError(relation)
    if relation in ("SIMULTANEOUS", "IDENTITY"):
        return relation
    if relation.startswith("DURING"):
        return "DURING" if relation.endswith("_INV") else "DURING_INV"
    if "INCLUDE" in relation:
        return "INCLUDES" if relation.startswith("IS_") else "IS_INCLUDED"
    if relation.endswith("_BY"):
        return {"BEGUN": "BEGINS", "ENDED": "ENDS"}[relation[:-3]]
    if relation in ("BEGINS", "ENDS"):
        return {"B": "BEGUN_BY", "E": "ENDED_BY"}[relation[0]]
    if "BEFORE" in relation:
        return relation.replace("BEFORE", "AFTER")
    return relation.replace("AFTER", "BEFORE")


def augment(links: Any) -> Any:
    """Two passes over a copy, lists in the place of tuples."""
    found = [list(link) for link in links]
    for k in range(len(links)):
        one, other, relation = links[k]
        found.append([other, one, inverse(relation)])
    return found


def mark_entities(tokens: Any, first: Any, second: Any) -> Any:
    """Five slices in the order of the sentence."""
    if first[0] < second[0]:
        (a, b), (c, d), one, other = first, second, "1", "2"
    else:
        (a, b), (c, d), one, other = second, first, "2", "1"
    marked = [*tokens[:a], f"<{one}>", *tokens[a:b], f"</{one}>"]
    marked += [*tokens[b:c], f"<{other}>", *tokens[c:d], f"</{other}>", *tokens[d:]]
    return marked


def tlink_features(tokens: Any, timex: Any, event: Any) -> Any:
    """One regular expression for the signs, and one for the particle."""
    signs = r"[.,!?…\"']*"
    matched = [re.match(f"^{signs}(.*?){signs}$", tokens[end - 1]) for _, end in (timex, event)]
    time, word = (match[1] if match else "" for match in matched)
    by_length = sorted(PARTICLES, key=len, reverse=True)
    found = re.search(f"({'|'.join(by_length)})$", time)
    first = timex[0] < event[0]
    features: dict[str, Any] = {f"suffix{n}": word[max(0, len(word) - n) :] for n in (1, 2, 3)}
    features["order"] = "TE" if first else "ET"
    features["gap"] = event[0] - timex[1] if first else timex[0] - event[1]
    features["next"] = [*tokens, "</s>"][event[1]]
    features["particle"] = found[0] if found and found.start() else ""
    return features


class TLinkLSTM(torch.nn.Module):
    """The fused layer on packed sequences, with the weights of the cells."""

    E: Any
    W: Any
    b: Any

    def __init__(self, V: Any, E: Any, H: Any, C: Any) -> None:
        super().__init__()
        bound = H**-0.5
        for name, shape in {"E": (V, E), "W": (6 * H, C), "b": (C,)}.items():
            setattr(self, name, torch.nn.Parameter(torch.empty(*shape).uniform_(-bound, bound)))
        self.bw, self.fw = LSTMCell(E, H), LSTMCell(E, H)
        self.dropout = torch.nn.Dropout(0.5)

    def forward(self, ids: Any, lengths: Any, marks: Any) -> Any:
        """Both directions at once, then `gather`."""
        x = self.dropout(torch.nn.functional.embedding(ids, self.E))
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        weights = [
            weight
            for cell in (self.fw, self.bw)
            for weight in (cell.Wx.T, cell.Wh.T, cell.b, torch.zeros_like(cell.b))
        ]
        nothing = x.new_zeros(2, len(ids), len(self.fw.Wh))
        options = (True, 1, 0.0, self.training, True)
        data = torch.lstm(packed.data, packed.batch_sizes, (nothing, nothing), weights, *options)
        states, _ = pad_packed_sequence(
            packed._replace(data=data[0]),
            batch_first=True,
            padding_value=-1e30,
            total_length=ids.shape[1],
        )
        at = marks[:, :, None].expand(-1, -1, states.shape[2])
        places = states.gather(1, at).flatten(1)
        features = self.dropout(torch.hstack([places, states.max(dim=1).values]))
        return torch.addmm(self.b, features, self.W)


def inverse_consistency(forward: Any, swapped: Any) -> Any:
    """A mean of tensors."""
    agree = [inverse(one) == other for one, other in zip(forward, swapped, strict=True)]
    return torch.tensor(agree, dtype=torch.float64).mean().item() if agree else 0


def f1_by_relation(y_true: Any, y_pred: Any, relations: Any) -> Any:
    """A table of confusions, in which all other names share one row and one column."""
    number = {name: k for k, name in enumerate(relations)}
    other = len(relations)
    table = [[0] * (other + 1) for _ in range(other + 1)]
    for true, predicted in zip(y_true, y_pred, strict=True):
        table[number.get(true, other)][number.get(predicted, other)] += 1
    found = {}
    for name, k in number.items():
        row, column = sum(table[k]), sum(line[k] for line in table)
        P, R = (table[k][k] / max(n, 1) for n in (column, row))
        found[name] = [P, R, 2 * table[k][k] / max(row + column, 1), row]
    return found
