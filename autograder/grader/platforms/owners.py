"""Whose a file is: what its name says, against the class.

What a student may choose, such as a name that looks like the number of somebody else, never
decides alone: where two readings are possible, the name has to agree with the list as well, and
where they still are, a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.grader.grading.feedback import UNFIT
from autograder.grader.grading.handed_in import LONGEST_NAME
from autograder.grader.platforms.given import Given
from autograder.grader.platforms.labels import Key, Label
from autograder.grader.platforms.roster import Roster, folded

SUREST = {"canvas": ("canvas",), "moodle": ("moodle",), "gradescope": ("sid", "email")}
"""What the platforms give and no student can choose. Where it is known of the class, it decides."""


@dataclass(frozen=True)
class Owned:
    """A file of one student, or of several who handed it in together.

    Attributes:
        label: what its name says.
        students: their names in the course.
        named: the plain file, folder or zip that is named after the student.
    """

    label: Label
    students: tuple[str, ...]
    named: Path | None = None


class NobodyError(Exception):
    """It is nobody's, or may be that of several; the text says so in a sentence."""


def owners(
    found: Mapping[Given, Label | str],
    roster: Roster,
    assignment: str,
    new: bool,
    there: Collection[str] = (),
) -> Mapping[Given, Owned | str]:
    """Whose each file of one source is, or why that is not known.

    Args:
        found: what the names of the files say.
        roster: the class.
        assignment: the name of the assignment.
        new: whether a file that is named after somebody unknown brings a new student.
        there: those who have handed in something before, this or another assignment.
    """
    owned: dict[Given, Owned | str] = {}
    for file, label in found.items():
        try:
            if isinstance(label, str):
                owned[file] = label
            elif label.platform == "plain":
                owned[file] = _plain(file, label, roster, assignment, new)
            else:
                owned[file] = Owned(label, _students(label, roster))
        except NobodyError as error:
            owned[file] = str(error)
    return _without_namesakes(_without_borrowed_names(owned), there)


def fit(student: str) -> bool:
    """Whether a name can be that of a folder, for nbgrader too."""
    return (
        student not in ("", ".", "..")
        and not student.startswith(".")
        and student == student.strip()
        and student.isprintable()
        and not {"/", "\\", *UNFIT} & set(student)
        and len(student.encode()) <= LONGEST_NAME
    )


def without(part: str, assignment: str) -> str:
    """The name before what marks the assignment, as in `ada_lstm`."""
    return re.sub(rf"(?<=.)[_ -]+{re.escape(assignment)}$", "", part, flags=re.IGNORECASE)


def _students(label: Label, roster: Roster) -> tuple[str, ...]:
    if not label.readings:
        raise NobodyError("Nothing says whose it is.")
    if label.several:
        each = [_one(label, keys, roster) for keys in label.readings]
        return tuple(dict.fromkeys(each))
    if len(label.readings) == 1:
        return (_one(label, label.readings[0], roster),)
    # The name may hold numbers of its own: then it has to be the one that the list has.
    agreeing = set()
    for keys in label.readings:
        by_number = roster.find(*keys[0])
        by_name = roster.find(*keys[1])
        if roster.knows(keys[0][0]):
            agreeing |= by_number & by_name
        else:
            agreeing |= by_name
    if len(agreeing) != 1:
        raise NobodyError("Its name can be read in more than one way. Name it after its student.")
    return (_checked(agreeing),)


def _one(label: Label, keys: Iterable[Key], roster: Roster) -> str:
    keys = tuple(keys)
    sure = [key for key in keys if key[0] in SUREST[label.platform] and roster.knows(key[0])]
    if not sure and label.platform == "gradescope":
        sure = [("id", value) for kind, value in keys if kind == "sid" and roster.find("id", value)]
    for kind, value in sure or [key for key in keys if key[0] == "name"]:
        if found := roster.find(kind, value):
            return _checked(found)
    if not roster.people:
        raise NobodyError("Nobody is known in the course. Give the platform's list with --roster.")
    said = " or ".join(f"{kind} {value}" for kind, value in sure or keys) or "this person"
    more = "" if roster.listed else " Give the platform's list with --roster."
    raise NobodyError(f"Nobody in the class is known as {said}.{more}")


def _checked(found: set[str]) -> str:
    if len(found) > 1:
        raise NobodyError(f"It may be of {' or '.join(sorted(found))}.")
    (student,) = found
    if not student:
        raise NobodyError("The list does not say how this person is called in the course.")
    if not fit(student):
        raise NobodyError("The student's name in the list cannot be that of a folder.")
    return student


def _plain(file: Given, label: Label, roster: Roster, assignment: str, new: bool) -> Owned:
    """The first part of the path that is somebody's name; the parts below it were handed in."""
    parts = [keys[0][1] for keys in label.readings]
    inside = len(parts) - len(file.path.parts)
    for at, part in enumerate(parts):
        ways = [part, without(part, assignment)]
        if found := next((f for way in ways if (f := roster.anyhow(way))), None):
            return _below(file, label, _checked(found), at - inside, assignment)
    if roster.people and not new:
        who = without(parts[-1], assignment)
        raise NobodyError(
            f"Nobody in the class is called {who}. Take those who are new with --new-students."
        )
    at = _newcomer(label, parts, assignment)
    student = without(parts[at], assignment)
    if not fit(student):
        raise NobodyError("It is not named after a student.")
    return _below(file, label, student, at - inside, assignment)


def _newcomer(label: Label, parts: list[str], assignment: str) -> int:
    """The place of the part of the path after which a student is named whom nobody knows."""
    last = len(parts) - 1
    own = last - (len(label.name.parts) - 1)
    if own < last:  # a folder in which all that was handed in lies
        return own
    if parts[last].casefold() != assignment.casefold() and label.name.suffix == ".ipynb":
        return last
    above = [at for at in range(last) if parts[at].casefold() != assignment.casefold()]
    if not above:
        raise NobodyError("It is not named after a student.")
    return above[-1]


def _below(file: Given, label: Label, student: str, at: int, assignment: str) -> Owned:
    """The label with the student's own folder, and the name of the file in it."""
    parts = file.path.parts
    named = Path(file.source, *parts[: at + 1]).absolute()
    if at == len(parts) - 1:  # the file itself is named after the student
        own = replace(label, name=PurePosixPath(parts[-1]), folder=str(file.path))
        return Owned(own, (student,), named)
    below = parts[at + 1 :]
    if len(below) > 1 and below[0] == assignment:  # as in nbgrader's own folder
        at, below = at + 1, below[1:]
    folder = "/".join(parts[: at + 1]) + "/"
    return Owned(replace(label, name=PurePosixPath(*below), folder=folder), (student,), named)


def _without_borrowed_names(owned: Mapping[Given, Owned | str]) -> Mapping[Given, Owned | str]:
    """What is named after a student within what lies beside the work of others.

    `cleo.zip` beside `ada.zip` is Cleo's, whom the class may not know: that she calls a file in it
    `ben.ipynb` makes it not Ben's.
    """
    named = {one.named for one in owned.values() if isinstance(one, Owned) and one.named}
    beside: dict[Path, set[Path]] = {}
    for path in named:
        beside.setdefault(path.parent, set()).add(path)
    told = dict(owned)
    for file, one in owned.items():
        if not isinstance(one, Owned) or one.named is None:
            continue
        above = [a for a in one.named.parents if beside.get(a.parent, set()) - {a}]
        if above:
            told[file] = (
                f"It is named after {one.students[0]}, within {above[-1].name}, which lies beside "
                f"the work of others. If {above[-1].name} is no student's, collect it by itself."
            )
    return told


def _without_namesakes(
    owned: Mapping[Given, Owned | str], there: Collection[str]
) -> Mapping[Given, Owned | str]:
    """Two on the platform who are one in the class, or one who would be two in it, are nobody."""
    numbers: dict[str, set[str]] = {}
    for one in owned.values():
        if isinstance(one, Owned) and one.label.platform in ("canvas", "moodle"):
            number = one.label.readings[0][0][1]
            numbers.setdefault(one.students[0], set()).add(folded(one.label.platform, number))
    twice = {student for student, found in numbers.items() if len(found) > 1}
    alike: dict[str, set[str]] = {}
    for name in [*there, *(student for one in owned.values() for student in _of(one))]:
        alike.setdefault(folded("id", name), set()).add(name)
    told: dict[Given, Owned | str] = {}
    for file, one in owned.items():
        told[file] = one
        if any(student in twice for student in _of(one)):
            told[file] = "Two people on the platform have this name. Give its list with --roster."
        elif few := [names for s in _of(one) if len(names := alike[folded("id", s)]) > 1]:
            told[file] = (
                f"{' and '.join(sorted(few[0]))} differ only in capitals, or in how an accent is "
                "written, and would be two students. Call all of one student's work the same."
            )
    return told


def _of(one: Owned | str) -> tuple[str, ...]:
    return one.students if isinstance(one, Owned) else ()
