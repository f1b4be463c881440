"""Say what is wrong with the links: `python -m autograder.corpora.korean.validate`."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

from autograder.corpora.korean import (
    FOLDER,
    MARK,
    REAL,
    TAGS,
    WRITTEN,
    Link,
    generated,
    lines,
    parse,
)
from autograder.corpora.sentences import key

HANGUL = re.compile(r"[가-힣]")
BORDERS = re.compile(r"(?<![\s(\"'“‘])\[|\][etf](?![\s.,!?:;()\"'”’]|$)")
"""A mark that parts a word."""

ALIKE = 0.5
"""Texts that have more of their pairs of syllables in common are nearly equal."""

GENERATED = 3000
"""How many sentences to learn from the written ones are held against; and a fifth to choose by."""


def faults(line: str, link: Link, counts: Mapping[str, int]) -> list[str]:
    """What is wrong with one line."""
    found = []
    if line != unicodedata.normalize("NFC", line):
        found.append("it is not in NFC.")
    if link.relation not in counts:
        found.append(f"{link.relation} is no relation that the card counts.")
    found += [f"{tag} is no tag." for tag in link.tags if tag not in TAGS]
    if BORDERS.search(line):
        found.append("a mark stands within a word.")
    if "[" in MARK.sub("", line.split("|")[3]):
        found.append("a bracket is left open, or has no letter behind it.")
    if not HANGUL.search(link.text) or HANGUL.search(link.gloss) or not link.gloss:
        found.append("the text is to be Korean, and the gloss behind it is not.")
    if link.signal not in link.text:
        found.append(f"the signal {link.signal} is not in the text.")
    if not link.timed and link.first > link.second:
        found.append("of two events e has to stand first.")
    if "bare" in link.tags and (link.signal or not link.timed):
        found.append("a bare time has no signal.")
    if "duration" in link.tags and not link.timed:
        found.append("two events have no duration between them.")
    between = link.tokens[min(link.first[1], link.second[1]) : max(link.first[0], link.second[0])]
    if "across" in link.tags and not link.timed and "." not in between:
        found.append("both arguments stand in one sentence.")
    return found


def pairs(text: str) -> frozenset[str]:
    """The pairs of syllables of a text."""
    letters = key(text)
    return frozenset(letters[k : k + 2] for k in range(len(letters) - 1))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts are nearly equal, by their pairs of syllables."""
    return len(one & other) > ALIKE * len(one | other)


def near(texts: Sequence[str]) -> list[str]:
    """Texts of which two are nearly equal."""
    found = [pairs(text) for text in texts]
    return [
        f"“{texts[j]}” is nearly “{texts[k]}”."
        for j, k in combinations(range(len(texts)), 2)
        if alike(found[j], found[k])
    ]


def problems(file: Path, counts: Mapping[str, int], repeats: bool = False) -> list[str]:
    """All that is wrong with a file of links, a sentence each.

    Args:
        file: the file.
        counts: how many links it has of each relation, by its card.
        repeats: whether texts may be nearly equal, as those of lists are.
    """
    found, links = [], []
    for number, topic, line in lines(file.read_text(encoding="utf-8").splitlines()):
        try:
            link = parse(line, topic)
        except ValueError as reason:
            found.append(f"Line {number}: {reason}")
            continue
        links.append(link)
        found += [f"Line {number}: {fault}" for fault in faults(line, link, counts)]
    texts = [link.text for link in links]
    found += [f"“{text}” is there twice." for text, n in Counter(texts).items() if n > 1]
    if not repeats:
        found += near(texts)
    there = Counter(link.relation for link in links)
    for relation in [*counts, *(there.keys() - counts.keys())]:
        if there[relation] != counts.get(relation, 0):
            found.append(
                f"There are {there[relation]} links {relation}, "
                f"and the card says {counts.get(relation, 0)}."
            )
    made = generated.links(GENERATED, 0) + generated.links(GENERATED // 5, 1, held=True)
    learned = [pairs(link.text) for link in made]
    for text in texts:
        mine = pairs(text)
        if any(alike(mine, other) for other in learned):
            found.append(f"“{text}” is nearly a generated one.")
    return found


def main() -> None:
    """Check both files; without the real one, the one that is there."""
    every = problems(FOLDER / "written.txt", WRITTEN)
    real = FOLDER / "debian_history.txt"
    if real.is_file():
        every += problems(real, REAL, repeats=True)
    print("\n".join(every) or "All links are as they should be.")
    sys.exit(bool(every))


if __name__ == "__main__":
    main()
