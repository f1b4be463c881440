"""What grading a class printed, told again while not one file has changed since.

Looked at are the sizes and times of the files of the course folder, of the manifest of the
assignment and of the command itself. What these are stands in the note, so that nothing heavy is
imported and no import is followed: a class that was graded already is told in a moment. Whatever
has changed among them or among the packages leads back to the whole command, which knows by itself
what has to be graded again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from autograder.grader.checkout import ROOT
from autograder.grader.grading.files import course_root, write_atomically


def told(arguments: Sequence[str]) -> str | None:
    """What the command with these arguments printed, where it would print the same again.

    Args:
        arguments: the command's own, without its name.

    Returns:
        The text; None where something may have changed, or where it is another command.
    """
    match list(arguments):
        case ["grade", assignment]:
            start = Path()
        case ["grade", assignment, "--course", folder]:
            start = Path(folder)
        case _:
            return None
    root = course_root(start)
    if root is None:
        return None
    try:
        kept = json.loads(_place(root, assignment).read_bytes())
        seen = _seen(root, kept["code"])
        return str(kept["said"]) if kept["stamp"] == _stamp(seen) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Watch:
    """Looks at a course folder and at the code before and after the class is graded.

    Args:
        root: the course folder.
        assignment: the name of the assignment.
        code: the files that decide what is printed.
        written: what grading itself changes in the folder; all else has to stay as it was.
        last: of these the file that is read last, which has to stay as it was then.
    """

    def __init__(
        self,
        root: Path,
        assignment: str,
        code: Sequence[Path],
        written: Sequence[Path],
        last: Path,
    ) -> None:
        self._root = root
        self._assignment = assignment
        self._code = [str(file) for file in code]
        self._written = written
        self._last = last
        self._read: str | None = None
        self._given: list[str] | None = None
        with suppress(OSError):
            self._given = self._unwritten(_seen(root, self._code))

    def look(self) -> None:
        """Look at the file that is read last; call it just before it is read."""
        self._read = self._state()

    def _state(self) -> str | None:
        with suppress(OSError):
            return _line(str(self._last), os.stat(self._last))
        return None

    def keep(self, said: str) -> None:
        """Keep what was said for the next time, unless a file was changed meanwhile.

        Without the note the next time takes longer, and nothing else: no failure is told.
        """
        with suppress(OSError):
            seen = _seen(self._root, self._code)
            if self._unwritten(seen) != self._given or self._read not in (None, self._state()):
                return
            kept = {"stamp": _stamp(seen), "said": said, "code": self._code}
            place = _place(self._root, self._assignment)
            write_atomically(place, json.dumps(kept).encode(), mode=0o600)

    def _unwritten(self, seen: Sequence[str]) -> list[str]:
        ours = tuple(str(path) for path in self._written)
        return [line for line in seen if not line.startswith(ours)]


def _place(root: Path, assignment: str) -> Path:
    return root / ".autograder" / "told" / f"{assignment}.json"


def _stamp(seen: Sequence[str]) -> str:
    """A digest of all that decides what is printed."""
    terminal = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    packages = sorted(os.listdir(sysconfig.get_path("purelib")))
    colours = [os.environ.get(name, "") for name in ("NO_COLOR", "FORCE_COLOR", "TERM")]
    decisive = [seen, terminal, colours, sys.version, packages]
    return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()


def _seen(root: Path, code: Sequence[str]) -> list[str]:
    """The path, size and times of every file of the course and of the code.

    Raises:
        OSError: where one cannot be looked at, or is a link, whose target may change unseen.
    """
    told_here = str(root / ".autograder" / "told")
    stats = (_line(file, os.stat(file)) for file in code)
    # A file of mistakes counts as soon as it is there.
    solutions = {os.path.dirname(f) for f in code if f.endswith((".diff", "/reference.py"))}
    names = (
        f"{folder} {sorted(set(os.listdir(folder)) - {'__pycache__'})}"
        for folder in sorted(solutions)
    )
    # What one checkout has printed is not told by another.
    return sorted([*_files(str(root), told_here), *stats, *names, str(ROOT)])


def _files(folder: str, left_out: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                raise OSError(f"{entry.path} is a link")
            if entry.is_dir(follow_symlinks=False):
                if entry.path != left_out and entry.name != "__pycache__":
                    yield from _files(entry.path, left_out)
            else:
                yield _line(entry.path, entry.stat(follow_symlinks=False))


def _line(path: str, file: os.stat_result) -> str:
    times = (file.st_mtime_ns, file.st_ctime_ns)
    return f"{path} {file.st_ino} {file.st_size} {times}"
