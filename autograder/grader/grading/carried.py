"""What nbgrader's own commands carry from folder to folder beside a notebook.

`nbgrader autograde` copies every file that was handed in, links followed, and `generate_feedback`
copies it on to the student and into the staff's browser. Before that every link is cut, and of
these files those stay that the assignment declares: they are released with it, under the same name.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

from autograder.grader.grading.files import write_atomically
from autograder.grader.grading.handed_in import read_line


def declared(release: Path) -> frozenset[str]:
    """The data files of an assignment, by their path in the folder in which it is released."""
    files = (path for path in release.rglob("*") if path.is_file() and path.suffix != ".ipynb")
    return frozenset(str(path.relative_to(release)) for path in files)


def cut_links(folder: Path) -> dict[str, str]:
    """Let every link in a submitted folder lead to an empty file, so that copying reads no other.

    A link may lead to what the staff may read, to a pipe or to a file without an end. It stays a
    link, for which grading refuses it as before.

    Args:
        folder: the folder that a student handed in.

    Returns:
        Where each link that was cut has led, by its path in the folder.
    """
    cut = {}
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent, name)
            if path.is_symlink() and (led := os.readlink(path)) != os.devnull:
                path.unlink()
                path.symlink_to(os.devnull)
                cut[str(path.relative_to(folder))] = led
    return cut


FROM_EXCHANGE = "submission_secret.txt"
"""What nbgrader's exchange puts beside a submission. Feedback finds its way back by it."""


def secret(submitted: Path) -> str:
    """The secret of a submission that came through nbgrader's exchange, or ""."""
    found = read_line(submitted / FROM_EXCHANGE)
    return found if re.fullmatch(r"[0-9a-f]+", found) else ""


def sweep(
    folder: Path,
    notebook: str,
    declared: frozenset[str],
    handed_in: datetime | None,
    secret: str = "",
) -> None:
    """Remove from a folder of a student's what no assignment declares, links first of all.

    Args:
        folder: the folder; it may be missing.
        notebook: the name of the notebook in it, which stays.
        declared: the files that stay too.
        handed_in: when the work was handed in, in UTC; written anew, as nbgrader keeps it.
        secret: of the submission in nbgrader's exchange, which is written anew as well.
    """
    for parent, folders, files in os.walk(folder, topdown=False):
        here = Path(parent)
        for name in files:
            own = str((here / name).relative_to(folder))
            if (here / name).is_symlink() or own not in declared | {notebook}:
                (here / name).unlink()
        for name in folders:
            if (here / name).is_symlink():
                (here / name).unlink()
            elif not any((here / name).iterdir()):
                (here / name).rmdir()
    if handed_in is not None and folder.is_dir():
        write_atomically(folder / "timestamp.txt", f"{handed_in} UTC".encode())
    if secret and folder.is_dir():
        write_atomically(folder / FROM_EXCHANGE, secret.encode(), mode=0o600)
