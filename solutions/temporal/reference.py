"""Temporal relations in Korean: links and their inverses, marks, features, a classifier, a score.

N sentences, T columns of the longest, V words of the vocabulary, E numbers a word, H hidden units
of a direction, C relations.
"""

from collections.abc import Sequence

import torch

from autograder.given.cells import LSTMCell, run
from autograder.given.temporal import PARTICLES


def inverse(relation: str) -> str:
    """Name the relation of the same two things, read the other way round.

    If a is BEFORE b, then b is AFTER a. Each of the 14 relations of TimeML has
    exactly one inverse, and the inverse of the inverse is the relation itself.

    Args:
        relation: one of `RELATIONS`, a string.

    Returns:
        The name of the inverse, a string.

    Raises:
        KeyError: for any other name; a name in small letters is another name.

    Source: TimeML 1.2.1, relType of TLINK; Allen (1983), "Maintaining knowledge
    about temporal intervals".
    """
    pairs = [
        ("BEFORE", "AFTER"),
        ("IBEFORE", "IAFTER"),
        ("INCLUDES", "IS_INCLUDED"),
        ("BEGINS", "BEGUN_BY"),
        ("ENDS", "ENDED_BY"),
        ("DURING", "DURING_INV"),
        ("SIMULTANEOUS", "SIMULTANEOUS"),
        ("IDENTITY", "IDENTITY"),
    ]
    table = dict(pairs) | {other: one for one, other in pairs}
    return table[relation]


def augment(
    links: list[tuple[tuple[int, int], tuple[int, int], str]],
) -> list[tuple[tuple[int, int], tuple[int, int], str]]:
    """Add to every link the same link, read the other way round.

    First come the given links, in their order; then, for each of them in the
    same order, the link with its arguments exchanged and with the inverse
    relation. Nothing is left out: neither links that are there twice, nor
    relations that are their own inverse. No links give no links.

    The list is not changed.

    Args:
        links: triples (first, second, relation), a list. A span is a pair
            (start, end) of ints, a relation one of `RELATIONS`.

    Returns:
        The links, a new list, twice as long.

    Source: the first step of closing links under what follows from them, as in
    Mani and others (2006), "Machine learning of temporal relations", ACL.
    """
    turned = [(second, first, inverse(relation)) for first, second, relation in links]
    return [*links, *turned]


def mark_entities(tokens: list[str], first: tuple[int, int], second: tuple[int, int]) -> list[str]:
    """Put marks around the two arguments of a link.

    Before the words of the first argument stands "<1>" and after them "</1>";
    around those of the second "<2>" and "</2>". Which is the first is said by
    the arguments and not by the sentence, where the second may come earlier.
    Where one argument follows the other at once, the closing mark stands
    before the opening one. Nothing else changes: without the four marks it is
    the sentence that was given.

    The list is not changed.

    Args:
        tokens: the words of the sentence, a list of strings.
        first: the words of the first argument, (start, end): from the place
            `start`, counted from 0, to the one before `end`.
        second: those of the second, in the same way. The two have no word in
            common, and each has one at least.

    Returns:
        The sentence with its marks, a new list.

    Source: entity markers, as in Zhang and Wang (2015), "Relation
    classification via recurrent neural network".
    """
    marked = list(tokens)
    spans = [(first, "<1>", "</1>"), (second, "<2>", "</2>")]
    for (start, end), opening, closing in sorted(spans, reverse=True):
        marked.insert(end, closing)
        marked.insert(start, opening)
    return marked


def tlink_features(
    tokens: list[str], timex: tuple[int, int], event: tuple[int, int]
) -> dict[str, str | int]:
    """Say in a few features what a linear model can use of a time and an event.

    A token is made bare by taking the signs . , ! ? … " ' off both its ends.
    The features are

        order     "TE" if the time stands before the event, "ET" if after it
        gap       how many tokens stand between the two, an int
        suffix1   the last syllable of the event's last token, made bare
        suffix2   its last two syllables
        suffix3   its last three; all three give the whole of a shorter word
        next      the token after the event as it stands, "</s>" if none
        particle  the longest of `PARTICLES` in which the time's last token,
                  made bare, ends; "" if there is none, and also if nothing
                  stands before it in the token (no shorter one is tried)

    Args:
        tokens: the words of the sentence, a list of strings, each syllable one
            character (NFC). Not changed.
        timex: the words of the expression of time, (start, end): from the
            place `start`, counted from 0, to the one before `end`.
        event: those of the event, in the same way. The two have no word in
            common, and each has one at least.

    Returns:
        The features by name, a dictionary with exactly these seven keys.

    Source: chosen for this course.
    """
    signs = ".,!?…\"'"
    word = tokens[event[1] - 1].strip(signs)
    time = tokens[timex[1] - 1].strip(signs)
    early, late = sorted([timex, event])
    endings = [ending for ending in PARTICLES if time.endswith(ending)]
    particle = max(endings, key=len, default="")
    return {
        "order": "TE" if timex < event else "ET",
        "gap": late[0] - early[1],
        "suffix1": word[-1:],
        "suffix2": word[-2:],
        "suffix3": word[-3:],
        "next": tokens[event[1]] if event[1] < len(tokens) else "</s>",
        "particle": particle if particle != time else "",
    }


class TLinkLSTM(torch.nn.Module):
    """A classifier of links: vectors, two directions, two places, one maximum.

    With hs the hidden states of both directions side by side, it computes

        features = [hs at the first mark, hs at the second mark, max of hs]
        logits = features·W + b

    The forward direction reads from the first word. The backward one reads
    from the last word of each sentence, at `lengths − 1`, to the first, and
    what it says of a word stands beside what the forward one says of it. The
    maximum is taken of each of the 2H numbers by itself, over the words of the
    sentence and not over the padding. How long a sentence is, `lengths` says
    and not the ids: a word may have any id.

    V is the number of words, E that of numbers a word, H that of hidden units
    of a direction, C that of relations. All weights but the biases start at
    random.

    Attributes:
        E: the vectors of the words, (V, E).
        fw: the `LSTMCell(E, H)` that reads forward.
        bw: the `LSTMCell(E, H)` that reads backward.
        W: the weights of the output layer, (6H, C).
        b: its bias, (C,).

    Source: after the LSTM of Lim and Choi (2018), for the same pairs; the marks
    and the maximum as in Zhang and Wang (2015).
    """

    def __init__(self, V: int, E: int, H: int, C: int) -> None:
        super().__init__()
        self.E = torch.nn.Parameter(torch.randn(V, E))
        self.fw = LSTMCell(E, H)
        self.bw = LSTMCell(E, H)
        self.W = torch.nn.Parameter(torch.randn(6 * H, C) / (6 * H) ** 0.5)
        self.b = torch.nn.Parameter(torch.zeros(C))

    def forward(
        self, ids: torch.Tensor, lengths: torch.Tensor, marks: torch.Tensor
    ) -> torch.Tensor:
        """Classify a batch of links.

        Args:
            ids: the words and marks, (N, T), int64, any ids to the right of a
                sentence.
            lengths: how many of each row are words and marks, (N,), int64,
                from 1 to T, on the CPU; the longest may be shorter than T.
            marks: where in each row the closing marks of the first and of the
                second argument stand, (N, 2), int64, each from 0 to the
                length less 1; the second may come earlier.

        Returns:
            logits: the scores of the relations before the softmax, (N, C).
        """
        x = self.E[ids]
        steps = torch.arange(ids.shape[1])
        valid = steps < lengths[:, None]
        turned = torch.where(valid, lengths[:, None] - 1 - steps, steps)
        rows = torch.arange(len(ids))[:, None]
        there = run(self.fw, x)
        back = run(self.bw, x[rows, turned])[rows, turned]
        hs = torch.cat([there, back], dim=2)
        first, second = hs[rows, marks].unbind(dim=1)
        top = hs.masked_fill(~valid[:, :, None], -torch.inf).amax(dim=1)
        features = torch.cat([first, second, top], dim=1)
        logits = features @ self.W + self.b
        return logits


def inverse_consistency(forward: Sequence[str], swapped: Sequence[str]) -> float:
    """Say how often a classifier agrees with itself when links are turned.

    It was asked for each link twice: as it stands, and with its arguments
    exchanged. The two answers agree where the second is the inverse of the
    first. Whether they are right is not asked here.

    Args:
        forward: the relations predicted for the links, a list of names of
            `RELATIONS`.
        swapped: those for the same links with their arguments exchanged, a
            list of the same length.

    Returns:
        The share of links whose answers agree, from 0 to 1; 0.0 of no links.

    Source: by definition; `inverse` says what the inverse is.
    """
    if not forward:
        return 0.0
    agree = [other == inverse(one) for one, other in zip(forward, swapped, strict=True)]
    return sum(agree) / len(forward)


def f1_by_relation(
    y_true: Sequence[str], y_pred: Sequence[str], relations: Sequence[str]
) -> dict[str, tuple[float, float, float, int]]:
    """Score a classifier of links for each relation by itself.

    For one relation the precision P is the share that is right of the links
    predicted so, the recall R the share that is found of the links that are so,

        F1 = 2·P·R / (P + R)

    and the support is how many links are so. 0 / 0 counts as 0, in P, in R and
    in F1. Every name in `relations` has an entry, also one that never occurs.
    A name outside of it, true or predicted, has none; such a link still counts
    as predicted falsely, or as not found.

    Args:
        y_true: the relations that are right, a list of names.
        y_pred: the relations that were predicted, a list of the same length.
        relations: the names to report, a list, each once.

    Returns:
        A dictionary with the names as keys, in the order of `relations`. Each
        has the tuple (P, R, F1, support): three floats from 0 to 1 and an int.

    Source: van Rijsbergen (1979), "Information Retrieval"; as in scikit-learn's
    `precision_recall_fscore_support(labels=relations, zero_division=0)`.
    """
    scores = {}
    for relation in relations:
        hits = sum(t == relation == p for t, p in zip(y_true, y_pred, strict=True))
        predicted = sum(p == relation for p in y_pred)
        support = sum(t == relation for t in y_true)
        P = hits / predicted if predicted else 0.0
        R = hits / support if support else 0.0
        F = 2 * P * R / (P + R) if hits else 0.0
        scores[relation] = (P, R, F, support)
    return scores
