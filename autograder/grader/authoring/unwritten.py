"""What is left to write of an exercise that was begun: the places that its forms have marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.grader.checkout import Home

MARK = "TO WRITE: "

READ = (".py", ".diff", ".toml", ".md")
"""The files that people write."""


def unwritten(home: Home, assignments: Iterable[str]) -> list[str]:
    """A sentence on each place of these assignments that is not written yet: file, line, what."""
    return [
        f"{file.relative_to(home.root).as_posix()}, line {number}: {says}"
        for assignment in assignments
        for file in _files(home, assignment)
        for number, says in _marked(file)
    ]


def _files(home: Home, assignment: str) -> list[Path]:
    """In the order in which they are best written."""
    solutions, exercises = home.solutions / assignment, home.exercises / assignment
    folders = [solutions.glob("*.py"), exercises.glob("*"), solutions.rglob("*")]
    pages = home.chapters.glob(f"*/{assignment}.md")
    found = (file for group in (*folders, pages) for file in sorted(group))
    return list(dict.fromkeys(file for file in found if file.suffix in READ))


def _marked(file: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        _, mark, says = line.partition(MARK)
        if mark:
            yield number, f"write {says.strip().rstrip(chr(34) + ',').rstrip('.')}."
