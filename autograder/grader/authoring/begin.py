"""Begin an exercise: its places are made, as forms for a person to fill in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from string import Template

from autograder.exercises import find
from autograder.grader import folder
from autograder.grader.authoring import forms
from autograder.grader.checkout import COURSE, Home, of_folder
from autograder.grader.errors import CommandError
from autograder.grader.grading.files import write_atomically

Filled = Callable[[str], str]
"""Fills the names into a form."""


class BeginError(CommandError):
    """An exercise cannot be begun; the text says why."""


def begin(assignment: str, name: str, beside: Path | None) -> list[Path]:
    """Write the forms of a new exercise; all of them or, where something is in the way, none.

    It is listed last. Where it is not, the command was ended on its way, and the next one adds what
    is not there yet.

    Args:
        assignment: its assignment, which may be new.
        name: the function or class that students write.
        beside: the folder of assignments of one's own; None for the course itself.

    Returns:
        The files that were written or added to.

    Raises:
        BeginError: where there is such an exercise, or no place in a file to add one.
        FolderError: where a name cannot be had, or the folder not be used.
    """
    folder.refuse_function(name)
    if (other := find(name)) is not None:
        raise BeginError(
            f"There is an exercise {name} already, in {other.assignment}. An exercise is found by "
            "its name, so that yours needs another."
        )
    home = _home(assignment, beside)
    made = _made(home, assignment, name)
    for path, text in made.items():
        write_atomically(path, text.encode())
    return list(made)


def _home(assignment: str, beside: Path | None) -> Home:
    if beside is None:
        if not (COURSE.exercises / assignment / "__init__.py").is_file():
            folder.refuse_name(assignment)
        elif assignment == "shared":
            raise BeginError("shared is what several assignments use, and no assignment.")
        return COURSE
    folder.refuse_name(assignment)
    home = of_folder(beside.resolve())
    folder.refuse_place(home)
    return home


def _made(home: Home, assignment: str, name: str) -> dict[Path, str]:
    """What the files are to say, by path."""
    module = name.lower()
    exercises, solutions = home.exercises / assignment, home.solutions / assignment
    program = exercises / f"{module}.py"
    listed = exercises / "__init__.py"
    if listed.exists() and f'"{name}"' in listed.read_text(encoding="utf-8"):
        raise BeginError(f"{listed} names {name} already.")
    words = {"assignment": assignment, "name": name, "module": module}
    words["section"] = Template(forms.SECTION).substitute(words)

    def filled(form: str) -> str:
        return Template(form).substitute(words)

    def added(path: Path, head: str, part: str, gap: str = "") -> tuple[Path, str]:
        before = path.read_text(encoding="utf-8").rstrip("\n") + "\n" if path.exists() else ""
        if part and filled(part) in before:
            return path, before
        return path, (f"{before}{gap}" if before else filled(head)) + filled(part)

    if program.exists() and program.read_text(encoding="utf-8") != filled(forms.PROGRAM):
        raise BeginError(f"{program} is there already, and is something else: take another name.")
    styles = sorted((solutions / "styles").glob("[a-z]*.py"))
    likes = {style: style.stem for style in styles} or {
        solutions / "styles" / f"{style}.py": like for style, like in forms.STYLES.items()
    }
    packages = [solutions, solutions / "styles"] if home == COURSE else []
    return dict(
        [
            *(added(path / "__init__.py", forms.PACKAGE, "") for path in packages),
            added(solutions / "reference.py", forms.REFERENCE_HEAD, forms.REFERENCE),
            added(solutions / "mistakes.diff", "", forms.MISTAKES, "\n"),
            *(
                added(path, forms.STYLE_HEAD.replace("$like", like), forms.STYLE)
                for path, like in likes.items()
            ),
            added(exercises / "hints.toml", forms.HINTS_HEAD, forms.HINTS),
            _page(home, assignment, filled),
            (program, filled(forms.PROGRAM)),
            (listed, _listed(listed, filled)),
        ]
    )


def _listed(path: Path, filled: Filled) -> str:
    """The module of the exercises with one more, which comes last."""
    text = path.read_text(encoding="utf-8") if path.exists() else filled(forms.EXERCISES_HEAD)
    if text.count(forms.EXERCISES_END) != 1 or "from autograder.exercises.exercise" not in text:
        raise BeginError(
            f"{path} has not the form in which an exercise can be added: it imports from "
            "autograder.exercises.exercise, and EXERCISES ends with a line ) and below it the line "
            '"""In the order of the notebook.""".'
        )
    text = text.replace(forms.EXERCISES_END, filled(forms.EXERCISE) + forms.EXERCISES_END)
    new = filled(forms.IMPORT)
    lines = text.splitlines(keepends=True)
    ours = [i for i, line in enumerate(lines) if line.startswith("from autograder.")]
    later = (i for i in ours if lines[i] > new)
    lines.insert(next(later, ours[-1] + 1), new)
    return "".join(lines)


def _page(home: Home, assignment: str, filled: Filled) -> tuple[Path, str]:
    """The page with the cells of one more exercise, below the last check."""
    found = next(home.chapters.glob(f"*/{assignment}.md"), None)
    if found is None:
        path = home.chapters / assignment / f"{assignment}.md"
        return path, filled(forms.PAGE_HEAD) + filled(forms.PAGE)
    text = found.read_text(encoding="utf-8")
    if filled(forms.PAGE) in text:
        return found, text
    last = text.rfind("\n  grade_id: check-")
    end = text.find("\n```\n", last) + len("\n```\n")
    if last < 0 or end < len("\n```\n"):
        raise BeginError(f"{found} has no cell with a check, below which one more would stand.")
    return found, text[:end] + filled(forms.PAGE) + text[end:]
