"""Write the stubs of an assignment into its chapter, as its references have them.

A docstring is written once, in the reference. The chapter is changed as text, and nowhere but in
the cells of the stubs.
"""

from __future__ import annotations

import re
from pathlib import Path

from autograder.exercises import exercises
from autograder.grader import references
from autograder.grader.grading.files import write_atomically
from autograder.grader.release.source import NoSuchAssignmentError, page

CELL = re.compile(
    r"^(?P<head>```\{code-cell\}[^\n]*\n---\n(?P<settings>.*?)\n---\n)(?P<source>.*?)(?=^```$)",
    re.DOTALL | re.MULTILINE,
)
"""A code cell of a chapter, from its fence to the one that ends it; a stub has no fence in it."""


class NoCellError(Exception):
    """The chapter has no cell for the stub of an exercise; the text says what to write there."""


def with_stubs(chapter: str, assignment: str) -> tuple[str, list[str]]:
    """The text of a chapter with the stubs as the references have them.

    Returns:
        The text, and the names of the exercises whose stubs were others.

    Raises:
        NoCellError: where the chapter has no cell for one of the exercises.
    """
    wanted = {e.name: references.stub(assignment, e.name) for e in exercises(assignment)}
    found: list[str] = []
    changed: list[str] = []

    def renewed(cell: re.Match[str]) -> str:
        name = _exercise(cell["settings"])
        if name not in wanted:
            return cell[0]
        found.append(name)
        if cell["source"] != wanted[name]:
            changed.append(name)
        return cell["head"] + wanted[name]

    text = CELL.sub(renewed, chapter)
    if missing := [name for name in wanted if name not in found]:
        raise NoCellError(
            f"The chapter of {assignment} has no cell for {', '.join(missing)}: copy one of its "
            "stubs, write the name as its `grade_id`, and run this again."
        )
    return text, changed


def write(assignment: str) -> tuple[Path, list[str]]:
    """Write the stubs into the chapter; its path, and the exercises whose stubs were others.

    Raises:
        NoCellError: where the chapter has no cell for one of the exercises; nothing is written.
        NoSuchAssignmentError: where there is no such chapter.
    """
    path = page(assignment)
    before = path.read_text(encoding="utf-8")
    text, changed = with_stubs(before, assignment)
    if text != before:
        write_atomically(path, text.encode())
    return path, changed


def _exercise(settings: str) -> str:
    """The exercise whose solution is written in a cell of these settings, or ""."""
    name = re.search(r"^  grade_id: (\S+)$", settings, re.MULTILINE)
    return name[1] if name and re.search(r"^  solution: true$", settings, re.MULTILINE) else ""


if __name__ == "__main__":
    import sys

    from autograder.exercises import assignments

    for assignment in sys.argv[1:] or assignments():
        try:
            path, changed = write(assignment)
        except (NoCellError, NoSuchAssignmentError) as error:
            sys.exit(str(error))
        print(f"{path}: {', '.join(changed) or 'nothing'} changed")
