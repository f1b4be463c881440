"""The manifest: the files that decide something, found by following the imports of the course.

What is followed are the lines that read as import statements. They are found without a parser: a
walk from one assignment takes 10 ms, where `ast` takes 90 and grimp 80, and every process that
grades does it. A line of a docstring that reads as one makes a file count that decides nothing. A
test holds the walk against grimp's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path, PurePath

from autograder.grader.checkout import COURSE, home, homes
from autograder.grader.checkout import ROOT as ROOT

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>[\w.]+)[ \t]+import[ \t]+(?:\((?P<names>[^)]*)\)|(?P<name>.+))"
    r"|import[ \t]+(?P<modules>.+))$",
    re.MULTILINE,
)

EXERCISES = "autograder.exercises."
"""With what the name of a module begins that is of an assignment, or of what several share."""


def imports(text: str) -> Iterator[str]:
    """The modules that `text` may import, whether Python or a page with cells of it.

    Of `from a import b` both a and a.b are given, as b may be a module. Imports are absolute.
    """
    for found in _IMPORT.finditer(re.sub("#.*", "", text)):
        module = found["module"]
        if module:
            yield module
        for name in (found["modules"] or found["names"] or found["name"]).split(","):
            if words := name.split():
                yield f"{module}.{words[0]}" if module else words[0]


def follow(modules: Iterable[str], files: Iterable[Path] = ()) -> set[Path]:
    """The files of the course that are run where modules are imported and files are executed.

    Args:
        modules: the names of the modules; those that this checkout has not are passed over.
        files: the files, which count themselves; the packages that they may lie in do not.
    """
    seen: set[str] = set()
    found = set(files)
    waiting = [*modules, *(name for file in found for name in _imports_of(file))]
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        file = _file(module)
        if file is None:
            continue
        found.add(file)
        waiting += _imports_of(file)
        # The packages that a module lies in are imported before it.
        waiting.append(module.rpartition(".")[0])
    return found


@cache
def files(assignments: tuple[str, ...], setup: str) -> tuple[Path, ...]:
    """The files that decide the verdicts on a notebook, in order.

    They are its exercises, the code that grades and judges a submission, all that runs in a
    student's kernel, the references and known mistakes, and what these import. How other right
    solutions are written decides nothing.

    Args:
        assignments: those of its exercises, and of what these are built on.
        setup: the setup cells of the released notebook, which import what students build on.
    """
    kernel = "autograder.grader.kernels.inside"
    modules = [
        *(f"autograder.exercises.{assignment}" for assignment in assignments),
        "autograder.grader.grading.submission",
        *(f"{kernel}.{file.stem}" for file in _path(kernel).glob("*.py")),
        *imports(setup),
    ]
    read = list((ROOT / "solutions").glob("*.diff"))
    for assignment in assignments:
        there = home(assignment)
        above = ROOT / "solutions" if there == COURSE else there.solutions
        solutions = above / assignment
        read += [*solutions.glob("*.diff"), *solutions.glob("*.py")]
    return tuple(sorted(follow(modules, read)))


@cache
def digest(assignments: tuple[str, ...], setup: str) -> str:
    """A digest of `files`: where they lie in the checkout, and what stands in them."""
    return digest_of(files(assignments, setup))


def digest_of(files: Iterable[Path], root: Path | None = None) -> str:
    """A digest of files below `root`, by default the checkout; the same for a copy elsewhere.

    Those of a folder beside the checkout count by their place in it.
    """
    total = hashlib.sha256()
    for name, file in sorted((_name(file, root or ROOT), file) for file in files):
        text = file.read_bytes()
        total.update(f"{name.as_posix()} {len(text)}\n".encode() + text)
    return total.hexdigest()


def _name(file: Path, root: Path) -> PurePath:
    """By what a file is known, wherever its folder lies."""
    if file.is_relative_to(root):
        return file.relative_to(root)
    beside = next(one.root for one in homes() if file.is_relative_to(one.root))
    return PurePath("own") / file.relative_to(beside)


def _imports_of(file: Path) -> Iterator[str]:
    return imports(file.read_text(encoding="utf-8"))


def _path(module: str) -> Path:
    if module.startswith(EXERCISES):
        names = module.removeprefix(EXERCISES).split(".")
        if (beside := home(names[0])) != COURSE:
            return beside.exercises.joinpath(*names)
    return ROOT.joinpath(*module.split("."))


def _file(module: str) -> Path | None:
    """The file of a module of this checkout; None of others, and of what only looks like one."""
    path = _path(module)
    places = (path / "__init__.py", path.with_suffix(".py"))
    return next((place for place in places if module and place.is_file()), None)
