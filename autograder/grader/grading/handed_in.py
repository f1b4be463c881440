"""What a student handed in, read as bytes: ordinary files of limited size, and nothing else.

A link in a submission would let its author read what the grader may read, and a pipe would keep
the grader waiting: neither is followed nor opened. What is left out is told in a sentence.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import msgspec

from autograder.grader.grading.notebook import MAX_BYTES

LARGEST_FILE = 32 * 2**20
"""Bytes of one data file."""

ALL_FILES = 64 * 2**20
"""Bytes of all data files of a submission."""

MOST_FILES = 200
"""Data files of a submission."""

DEEPEST = 8
"""Folders within folders."""

LONGEST_NAME = 255
"""Bytes of the name of a file or a folder, in UTF-8."""

MOST_NOTES = 10
"""Things that were left out and are told one by one."""

NOT_DATA = frozenset(
    {"timestamp.txt", ".ipynb_checkpoints", "__pycache__", "__MACOSX", ".DS_Store", "Thumbs.db",
     "desktop.ini"}
)  # fmt: skip
"""What programs and systems keep for themselves; beside each file, a Mac keeps one in `._`."""


class LeftOutError(Exception):
    """The file is not taken; the text says why, in a sentence."""


class HandedIn(msgspec.Struct, frozen=True):
    """A submission as it arrived.

    Attributes:
        notebook: the bytes of the notebook, or None where there is none that is read.
        files: the data files beside it, by their path in the folder.
        notes: a sentence on each thing that was left out.
    """

    notebook: bytes | None = None
    files: dict[str, bytes] = {}
    notes: list[str] = []

    @property
    def digest(self) -> str:
        """A digest of the bytes that were handed in."""
        total = hashlib.sha256(self.notebook or b"")
        for name, data in sorted(self.files.items()):
            total.update(f"\n{name} {len(data)}\n".encode() + data)
        return total.hexdigest()


def read_notebook(path: Path) -> HandedIn:
    """A loose notebook; nothing beside it is taken."""
    try:
        return HandedIn(read_bytes(path, MAX_BYTES + 1))
    except FileNotFoundError:
        return HandedIn()
    except LeftOutError as error:
        return HandedIn(notes=[str(error)])


def read_folder(folder: Path, assignment: str) -> HandedIn:
    """The notebook in `folder`, which should be `<assignment>.ipynb`, and the data files there."""
    if folder.is_symlink() or folder.parent.is_symlink():
        says = f"What was handed in is a symbolic link, {_name(folder)}. Submit the files."
        return HandedIn(notes=[says])
    notes: list[str] = []
    paths = list(_walk(folder, notes))
    own, found = _notebook(folder, assignment, paths)
    alone = read_notebook(own)
    notes = [*found, *alone.notes, *notes]
    files: dict[str, bytes] = {}
    folders: set[str] = set()
    left = ALL_FILES
    for path in paths:
        if path == own:
            continue
        try:
            data = read_bytes(path, min(LARGEST_FILE, left), refuse=True)
        except (LeftOutError, OSError) as error:
            notes.append(_sentence(path, error))
            continue
        name = readable(str(path.relative_to(folder)))
        if why := _misfit(name, files, folders):
            notes.append(f"{_name(path)} was left out: {why}.")
            continue
        if len(files) == MOST_FILES:
            notes.append(f"There are more than {MOST_FILES} files; the others were left out.")
            break
        left -= len(data)
        files[name] = data
        folders.update(map(str, PurePosixPath(name).parents))
    if len(notes) > MOST_NOTES:
        others = len(notes) - MOST_NOTES
        notes[MOST_NOTES:] = [f"And {others:,} more were left out or not taken."]
    return HandedIn(alone.notebook, files, notes)


def _misfit(name: str, files: Mapping[str, bytes], folders: Collection[str]) -> str:
    """Why a file cannot lie under its name beside those that are taken, or "".

    As it is read, a name may be longer than it was, and the same as another one.
    """
    above = [str(one) for one in PurePosixPath(name).parents]
    if name in files or name in folders or any(one in files for one in above):
        return "another file or folder has its name, as it is read"
    if any(len(part.encode()) > LONGEST_NAME for part in PurePosixPath(name).parts):
        return "its name is too long"
    return ""


def readable(name: str) -> str:
    """The name of a file as text: one that is not in UTF-8 is taken to be in Latin-1."""
    data = os.fsencode(name)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read_line(path: Path) -> str:
    """What stands in a small file, or "" where there is no such ordinary file."""
    try:
        return read_bytes(path, 200, refuse=True).decode().strip()
    except (LeftOutError, OSError, UnicodeDecodeError):
        return ""


def read_bytes(path: Path, most: int, refuse: bool = False) -> bytes:
    """The first `most` bytes of an ordinary file; where `refuse`, none of a larger one.

    Raises:
        LeftOutError: where it is a link, no ordinary file, or too large.
        OSError: where it cannot be read.
    """
    name = _name(path)
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        raise LeftOutError(f"{name} is a symbolic link. Submit the file itself.")
    odd = LeftOutError(f"{name} is not an ordinary file. Take it out.")
    if not stat.S_ISREG(kind):
        raise odd
    # Whatever has taken its place since: no link is followed, and no pipe waited for.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise odd
        if refuse and status.st_size > most:
            size = status.st_size / 2**20
            raise LeftOutError(f"{name} was left out: it has {size:.0f} MiB, which is too much.")
        return file.read(most)


@contextmanager
def unpacked(files: Mapping[str, bytes]) -> Iterator[Path | None]:
    """A folder of its own with the data files in it, or None where there are none."""
    if not files:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        for name, data in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        yield Path(folder)


def _notebook(folder: Path, assignment: str, paths: Sequence[Path]) -> tuple[Path, list[str]]:
    """The notebook among what was handed in, and a note where it has another name or place.

    A browser that downloads it twice calls it `lstm (1).ipynb`, and JupyterLab `lstm-Copy1.ipynb`:
    the last copy is taken.
    """
    own = folder / f"{assignment}.ipynb"
    there = [path for path in paths if path.suffix.casefold() == ".ipynb"]
    if own in there or own.is_symlink():
        return own, []
    there = [path for path in there if not path.is_symlink()]
    named = [path for path in there if _plain(path) == assignment.casefold()]
    found = named or (there if len(there) == 1 else [])
    if not found and there:
        names = ", ".join(_name(path) for path in there[:MOST_NOTES])
        return own, [
            f"There are {len(there)} notebooks, and none of them is {own.name}: {names}. Submit "
            "the one that is to be graded."
        ]
    if not found:
        return own, []
    taken = max(found, key=lambda path: (-len(path.parts), _copy(path), path.name))
    place = readable(str(taken.relative_to(folder)))
    shown = "".join(c if c.isprintable() else "?" for c in place)[:100]
    return taken, [f"The notebook is not at {own.name}; {shown} was taken."]


# Possessive, lest a name of many copies be read in all the ways in which it can be parted.
_COPY = re.compile(r"(?:[ _-]*+\((\d++)\)|[ _-]++copy(?:[ _]?+(\d++))?+)++[ _]?$", re.IGNORECASE)


def _plain(path: Path) -> str:
    """The name of a notebook without what marks a copy, in small letters."""
    return _COPY.sub("", path.stem).casefold()


def _copy(path: Path) -> int:
    marks = _COPY.search(path.stem)
    return int(f"0{marks[1] or marks[2] or ''}") + 1 if marks else 0


def _walk(folder: Path, notes: list[str]) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        for name in sorted(folders):
            if (here / name).is_symlink():
                notes.append(f"{_name(here / name)} was left out: it is a symbolic link.")
        deep = len(here.relative_to(folder).parts) >= DEEPEST
        folders[:] = [] if deep else sorted(n for n in folders if n not in NOT_DATA)
        yield from (
            here / name
            for name in sorted(files)
            if name not in NOT_DATA and not name.startswith("._")
        )


def _sentence(path: Path, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{_name(path)} was left out: {error.strerror}."
    return str(error)


def _name(path: Path) -> str:
    return "".join(c if c.isprintable() else "?" for c in readable(path.name))[:100]
