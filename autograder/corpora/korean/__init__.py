"""Links between events and times in Korean: what was written, and what stands in a real text.

Card of `written.txt`. *Source*: written for this course. *Licence*: BSD-3-Clause, as the code.
*Size*: 367 links, one a line of one sentence or two, under twelve topics and of one text; `WRITTEN`
has how many there are of each relation of TimeML 1.2.1. All of it is test: nothing is learned from
it. *Labels*: one relation a line, from an event to a time or to another event, and the signal that
tells it, by one annotator; there was no second one. *What is wrong with it*: it was not written by
native speakers, and it is no TimeBank. It was written to have every relation, which are therefore
of nearly equal number, as in no newspaper, and to have what is hard. Links that a reader infers
without any signal are rare in it. Persons in it are made up; of history some lines tell, and some
invent.

Card of `debian_history.txt`. *Source*: the Korean pages of Debian's package debian-history 2.28,
sha256 ae364cdfd075bf6a08ca8f5105b44db7093e3b201c95d3b70a863b8849c6a082. *Licence*: GPL-2+, which is
why it is in no wheel. *Size*: 138 sentences with one link each; `REAL` has their relations.
*Labels*: by the same annotator. *What is wrong with it*: volunteers translated it from English, not
always well. Nearly half of its links are IS_INCLUDED, and five relations do not occur. Lists of
leaders, of conferences and of deaths repeat one sentence with other names. It names people who have
died.

What the relations mean here, where TimeML leaves a choice: an event without length is SIMULTANEOUS
to a moment of the clock, and IS_INCLUDED in a day or a year. What still goes on at a time INCLUDES
it. What is interrupted or given up is ENDED_BY what comes in its place. A length that passes before
something happens is one AFTER which it happens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from autograder.corpora import MissingDataError

FOLDER = Path(__file__).parent
WRITTEN = {
    "BEFORE": 50,
    "AFTER": 25,
    "INCLUDES": 28,
    "IS_INCLUDED": 40,
    "DURING": 27,
    "DURING_INV": 20,
    "SIMULTANEOUS": 28,
    "IAFTER": 20,
    "IBEFORE": 27,
    "IDENTITY": 18,
    "BEGINS": 20,
    "ENDS": 23,
    "BEGUN_BY": 18,
    "ENDED_BY": 23,
}
"""How many links of each relation were written."""

REAL = {
    "BEFORE": 7,
    "AFTER": 4,
    "INCLUDES": 5,
    "IS_INCLUDED": 62,
    "DURING": 10,
    "SIMULTANEOUS": 2,
    "IBEFORE": 2,
    "BEGUN_BY": 27,
    "ENDED_BY": 19,
}
"""How many there are in the real text."""

TAGS = ("ambiguous", "bare", "nominal", "across", "duration")
"""What makes a link hard; the head of `written.txt` says what each tag means."""

MARK = re.compile(r"\[([^\[\]]+)\]([etf])")
TOKEN = re.compile(
    r"[.,!?…:;()\"'“”‘’]|[^\s.,!?…:;()\"'“”‘’]+(?:[.,:](?=\d)[^\s.,!?…:;()\"'“”‘’]+)*"
)
"""A sign, or a word, within which a sign stands between digits alone."""

Span = tuple[int, int]


class Link(NamedTuple):
    """A link, read from its first argument to its second.

    Attributes:
        relation: one of TimeML's.
        signal: what tells it, as it stands in the text; "" if nothing does.
        tags: some of `TAGS`.
        tokens: the words and signs of the text.
        first: the words of the event, a half-open pair of places.
        second: those of the time or of the other event.
        timed: whether the second argument is a time.
        text: the text as it is read, without marks.
        gloss: what it says, in English.
        topic: under which it stands.
    """

    relation: str
    signal: str
    tags: tuple[str, ...]
    tokens: tuple[str, ...]
    first: Span
    second: Span
    timed: bool
    text: str
    gloss: str
    topic: str


def written() -> list[Link]:
    """The links that were written for the course."""
    return read(FOLDER / "written.txt")


def real() -> list[Link]:
    """The links of the history of Debian.

    Raises:
        MissingDataError: where only the wheel is there, which has not this file.
    """
    file = FOLDER / "debian_history.txt"
    if not file.is_file():
        raise MissingDataError(
            f"There is no {file.name} in {FOLDER}. It stands under the GPL, and the wheel is "
            "without it; a checkout of the course has it."
        )
    return read(file)


def read(file: Path) -> list[Link]:
    """The links of a file.

    Raises:
        MissingDataError: where a line has another form; the text says which line.
    """
    found = []
    for number, topic, line in lines(file.read_text(encoding="utf-8").splitlines()):
        try:
            found.append(parse(line, topic))
        except ValueError as reason:
            raise MissingDataError(f"Line {number} of {file.name}: {reason}") from None
    return found


def lines(texts: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """The lines that hold a link, each with its number and with its topic."""
    topic = ""
    for number, line in enumerate(texts, start=1):
        if line.startswith("## "):
            topic = line[3:].strip()
        elif line.strip() and not line.startswith("#"):
            yield number, topic, line


def parse(line: str, topic: str = "") -> Link:
    """A link from its line.

    Raises:
        ValueError: where the line has another form.
    """
    fields = [field.strip() for field in line.split("|")]
    if len(fields) != 5:
        raise ValueError(f"it has {len(fields)} fields, not the five that are parted by |.")
    relation, signal, tags, marked, gloss = fields
    tokens: list[str] = []
    spans: dict[str, Span] = {}
    at = 0
    for found in MARK.finditer(marked):
        words, kind = found.groups()
        if kind in spans:
            raise ValueError(f"it has two arguments that are marked {kind}.")
        tokens += TOKEN.findall(marked[at : found.start()])
        spans[kind] = (len(tokens), len(tokens) + len(TOKEN.findall(words)))
        tokens += TOKEN.findall(words)
        at = found.end()
    tokens += TOKEN.findall(marked[at:])
    if set(spans) not in ({"e", "t"}, {"e", "f"}):
        raise ValueError("one event is to be marked e, and one time t or one other event f.")
    return Link(
        relation,
        "" if signal == "-" else signal,
        tuple(tags.split()),
        tuple(tokens),
        spans["e"],
        spans.get("t") or spans["f"],
        "t" in spans,
        MARK.sub(r"\1", marked),
        gloss,
        topic,
    )
