"""A text as words, texts that are nearly equal as one group, and groups in parts."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

TOKEN = re.compile(
    r"\[[a-z]+\]"  # what stands for a name that was taken out
    r"|[:;=][-o']?[)(\]\[dp/|]|<3"  # faces, in small letters, and a heart
    r"|[^\W\d_]+(?:'[^\W\d_]+)*"  # words, don't among them
    r"|\d+|!+|\?+|[^\w\s]"  # numbers, signs
)


def words(text: str) -> list[str]:
    """The words of a text in small letters; faces and signs are words, and all numbers are `0`."""
    found = TOKEN.findall(text.lower().replace("’", "'"))
    return ["0" if word.isdigit() else word for word in found]


def key(text: str) -> str:
    """What nearly equal texts have in common: their letters, in small, without anything else."""
    letters = re.findall(r"[^\W\d_]+", text.lower())
    return " ".join(letters) or text.strip()


def groups(marks: Sequence[Iterable[Hashable]]) -> NDArray[np.int64]:
    """Numbers of groups, (N,): texts that have a mark in common are in one, and so are theirs.

    Args:
        marks: for each of N texts what ties it to others, such as its key and its document.
    """
    parent = list(range(len(marks)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    first: dict[Hashable, int] = {}
    for n, own in enumerate(marks):
        for mark in own:
            parent[root(n)] = root(first.setdefault(mark, n))
    roots = [root(n) for n in range(len(marks))]
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def parts(
    grouped: NDArray[np.int64], shares: Sequence[float], seed: int = 0
) -> list[NDArray[np.int64]]:
    """The numbers of the texts of each part; whole groups are dealt out, in an order by lot.

    Args:
        grouped: the group of each text, (N,).
        shares: how much of the texts each part gets, nearly; together 1.
        seed: decides which.
    """
    order = np.random.default_rng(seed).permutation(int(grouped.max()) + 1)
    sizes = np.bincount(grouped)[order]
    ends = np.cumsum(shares)[:-1] * len(grouped)
    part_of_group = np.empty(len(order), np.int64)
    part_of_group[order] = np.searchsorted(ends, np.cumsum(sizes) - sizes / 2)
    return [np.flatnonzero(part_of_group[grouped] == part) for part in range(len(shares))]


def one_each(grouped: NDArray[np.int64], seed: int = 0) -> list[int]:
    """The numbers of the texts that stay, one a group, by lot.

    Args:
        grouped: the group of each text, (N,).
        seed: decides which one.
    """
    order = np.random.default_rng(seed).permutation(len(grouped))
    return sorted({int(grouped[n]): int(n) for n in order[::-1]}.values())


def dealt(number: int, held: int, seed: int = 0) -> list[NDArray[np.int64]]:
    """The numbers of texts of which none is tied to another: the rest, and twice `held`."""
    share = held / number
    return parts(np.arange(number), (1 - 2 * share, share, share), seed)


def digest(pairs: Iterable[tuple[str, str]]) -> str:
    """A sha256 of pairs of texts, by which a record says what it was measured on."""
    lines = "".join(f"{one}\t{other}\n" for one, other in pairs)
    return hashlib.sha256(lines.encode()).hexdigest()


def vocabulary(texts: Iterable[Sequence[str]], least: int, first: int) -> dict[str, int]:
    """The words that occur at least so often, the most frequent first, numbered from `first`."""
    times = Counter(word for text in texts for word in text)
    known = sorted((word for word in times if times[word] >= least), key=lambda w: (-times[w], w))
    return {word: number for number, word in enumerate(known, start=first)}
