"""The text of a catalogue: sections, mistakes with their edits, and families of mistakes.

    # conv_output_size
    ## ‘Padding, stride and dilation’
    rounded-up: The division is rounded up. A place counts only if the whole kernel fits there;
    what is left over at the end is not used.
    ~ (room - reach) // s => -(-(room - reach) // s)

    kernel-ignored: The size does not depend on the kernel.
    - reach = d * (k - 1) + 1
    + reach = 1

    use exchanged: first = dx; second = dh

`#` opens an exercise, `##` the section that the student is sent to from there on. An entry is a
name, sentences and edits, and ends at a blank line. An edit is `~` and what part of a line
becomes what, or a hunk: lines taken out and lines put in. Below `@ line` its place is searched
after that line; `@` alone parts a hunk from the one before. `autograder.grader.catalogue.edits`
says how an edit finds its place.

Lines taken out that stand in a paragraph of their own hold for the entries below them that begin
with lines put in, until the next such paragraph or exercise:

    - db = da.sum(axis=0)

    db-averaged: db is a mean over the batch; the step sums.
    + db = da.mean(axis=0)

`use` puts in the entries of a family, with `$key` in them replaced by its value, which may be
empty. Entries of a family that have no section, or no lines taken out, get those of the place
where it is used. A family stands in `solutions/families.diff`:

    # exchanged: first, second
    What the family is for and what its keys mean, up to the first blank line.

    $first-and-$second-exchanged: $first and $second are returned in exchanged order.
    - return $first, $second
    + return $second, $first
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from string import Template

from autograder.checking.mistake import Mistake
from autograder.grader.catalogue.edits import CatalogueError, Hunk, Part, Written

ENTRY = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*): +(\S.*)")
SECTION = re.compile(r"‘.+’")
EDIT = re.compile(r"[-+@~]( .*|)")
BECOMES = re.compile(r"(\S.*) => (\S.*)")
USE = "use "
VALUES = re.compile(r"; +(?=\w+ =(?!=))")


@dataclass(frozen=True)
class Line:
    """A line of a catalogue, and where it stands, for what is said of it."""

    text: str
    where: str

    def error(self, reason: str) -> CatalogueError:
        """The error that this line is the cause of."""
        return CatalogueError(f"{self.where}: {reason}.")


@dataclass(frozen=True)
class Family:
    """Entries that are written once: their lines, with placeholders for `keys`."""

    keys: frozenset[str]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Described:
    """An entry as it is written.

    Attributes:
        line: its first line.
        exercise: the exercise that is wrong.
        mistake: the mistake, as the student is told of it.
        edits: what makes it wrong.
    """

    line: Line
    exercise: str
    mistake: Mistake
    edits: tuple[Written, ...]


def families(text: str, file: str) -> dict[str, Family]:
    """The families that `text` defines, by name.

    Raises:
        CatalogueError: if a key of a family is in none of its lines, or the other way round.
    """
    found: dict[str, Family] = {}
    for head, body in _parts(_lines(text, file)):
        name, _, keys = head.text[2:].partition(":")
        given = frozenset(key.strip() for key in keys.split(",") if key.strip())
        note = next((i for i, line in enumerate(body) if not line.text), len(body))
        lines = tuple(body[note:])
        used = {key for line in lines for key in _placeholders(line)}
        if name in found:
            raise head.error(f"there are two families {name!r}")
        if odd := sorted(given ^ used):
            raise head.error(f"{odd[0]!r} has to be a key of the family and to stand in its lines")
        found[name] = Family(given, lines)
    return found


def parse(text: str, file: str, known: Mapping[str, Family]) -> Iterator[Described]:
    """The entries of a catalogue, in order.

    Args:
        text: the catalogue.
        file: what it is called where an entry does not fit.
        known: the families that it may use.

    Raises:
        CatalogueError: if a line is not in the form that this module describes.
    """
    for head, body in _parts(_lines(text, file)):
        yield from _entries(head.text[2:].strip(), body, _Above(), known)


@dataclass(frozen=True)
class _Above:
    """What holds for the entries below: the section, and the lines that they take out."""

    read: str = ""
    taken_out: tuple[Line, ...] = ()


def _entries(
    exercise: str, lines: Iterable[Line], above: _Above, known: Mapping[str, Family]
) -> Iterator[Described]:
    for paragraph in _paragraphs(lines):
        first = paragraph[0]
        if first.text.startswith("## "):
            if not SECTION.fullmatch(first.text[3:]):
                raise first.error(f"the section {first.text[3:]} has to stand in quotes, ‘so’")
            above = replace(above, read=first.text[3:])
            paragraph = paragraph[1:]
        if not paragraph:
            continue
        if EDIT.fullmatch(paragraph[0].text):
            above = replace(above, taken_out=tuple(paragraph))
        elif paragraph[0].text.startswith(USE):
            for line, name, values in _uses(paragraph):
                others = {family: known[family] for family in known if family != name}
                yield from _entries(exercise, _expanded(line, name, values, known), above, others)
        else:
            yield _entry(exercise, paragraph, above)


def _entry(exercise: str, lines: list[Line], above: _Above) -> Described:
    first = lines[0]
    said = next((i for i, line in enumerate(lines) if EDIT.fullmatch(line.text)), len(lines))
    match = ENTRY.fullmatch(" ".join(line.text for line in lines[:said]))
    if not match:
        raise first.error("a mistake begins with its name, a colon and what the student is told")
    if not above.read:
        raise first.error(f"no section, ## ‘…’, stands above the mistake {match[1]}")
    edit = lines[said:]
    if not edit:
        raise first.error(f"the mistake {match[1]} has no edit")
    if edit[0].text.startswith("+"):
        edit = [*above.taken_out, *edit]
    mistake = Mistake(match[1], match[2], above.read)
    return Described(first, exercise, mistake, tuple(_edits(edit)))


def _edits(lines: list[Line]) -> Iterator[Written]:
    first, after = lines[0], ""
    taken_out: list[str] = []
    put_in: list[str] = []
    for line in lines:
        if not EDIT.fullmatch(line.text):
            raise line.error("a line of an edit begins with '- ', '+ ', '~ ' or '@ '")
        sign, text = line.text[0], line.text[2:]
        begins = sign in "@~" or (sign == "-" and put_in)
        if begins and (taken_out or put_in):
            yield Hunk(first.where, after, tuple(taken_out), tuple(put_in))
            after, taken_out, put_in = "", [], []
        if not (after or taken_out or put_in):
            first = line
        if sign == "@":
            after = text.strip()
        elif sign == "~":
            yield _part(line, after)
            after = ""
        elif sign == "-":
            taken_out.append(text.strip())
        else:
            put_in.append(text)
    if sign != "~":
        yield Hunk(first.where, after, tuple(taken_out), tuple(put_in))


def _part(line: Line, after: str) -> Part:
    match = BECOMES.fullmatch(line.text[2:])
    if not match:
        raise line.error("a part of a line changes so: ~ what it is => what it becomes")
    return Part(line.where, after, match[1], match[2])


def _uses(paragraph: list[Line]) -> Iterator[tuple[Line, str, str]]:
    """Each use of a family: its first line, the name of the family, and the values."""
    starts = [i for i, line in enumerate(paragraph) if line.text.startswith(USE)]
    for start, end in pairwise([*starts, len(paragraph)]):
        if edit := next((x for x in paragraph[start:end] if EDIT.fullmatch(x.text)), None):
            raise edit.error("a family has its edits itself; a blank line ends its use")
        said = " ".join(line.text for line in paragraph[start:end])
        name, _, values = said[len(USE) :].partition(":")
        yield paragraph[start], name.strip(), values


def _expanded(line: Line, name: str, said: str, known: Mapping[str, Family]) -> list[Line]:
    """The lines of the family `name`, which is used in `line` with the values `said`."""
    family = known.get(name)
    if family is None:
        raise line.error(f"there is no family {name!r}")
    pairs = [pair.partition("=") for pair in VALUES.split(said.strip()) if pair]
    values = {key.strip(): value.strip() for key, _, value in pairs}
    if odd := sorted(values.keys() ^ family.keys):
        reason = "is missing" if odd[0] in family.keys else "is none of its keys"
        raise line.error(f"the family {name!r} does not fit: {odd[0]!r} {reason}")
    return [
        Line(Template(part.text).substitute(values), f"{part.where}, used in {line.where}")
        for part in family.lines
    ]


def _placeholders(line: Line) -> list[str]:
    template = Template(line.text)
    if not template.is_valid():
        raise line.error("a $ begins the name of a key; write $$ for the character")
    return template.get_identifiers()


def _lines(text: str, file: str) -> list[Line]:
    numbered = enumerate(text.splitlines(), 1)
    return [Line(line.rstrip(), f"{file}:{number}") for number, line in numbered]


def _parts(lines: Iterable[Line]) -> Iterator[tuple[Line, list[Line]]]:
    """The headings at the top level, each with the lines below it."""
    parts: list[tuple[Line, list[Line]]] = []
    for line in lines:
        if line.text.startswith("# "):
            parts.append((line, []))
        elif parts:
            parts[-1][1].append(line)
        elif line.text:
            raise line.error("the first line has to be a heading, # NAME")
    return iter(parts)


def _paragraphs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The runs of lines between blank ones."""
    for blank, run in groupby(lines, lambda line: not line.text):
        if not blank:
            yield list(run)
