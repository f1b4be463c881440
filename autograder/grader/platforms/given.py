"""Files as a platform or a person gives them, in zips and folders that are not trusted.

Whoever hands in a zip decides what is in it: names that lead elsewhere, links, a file of gigabytes
in a kilobyte, thousands of them. Nothing is unpacked here. What may be taken is listed, and read
when it is asked for, up to a limit; of all else it is told why it was left.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.grader.errors import CommandError
from autograder.grader.grading.handed_in import (
    DEEPEST,
    LARGEST_FILE,
    LONGEST_NAME,
    NOT_DATA,
    LeftOutError,
    read_bytes,
    readable,
)

MOST_MEMBERS = 20_000
"""Files and folders of one zip or folder."""

DIRECTORY = 16 * 2**20
"""Bytes of the table of contents of a zip, which is read at once."""

ALL_BYTES = 4 * 2**30
"""Bytes that are read of all that is given."""

RATIO, SMALL = 200, 2**20
"""How many times smaller than it is a file of more than `SMALL` bytes may be packed."""

DEEP = DEEPEST + 4
"""Folders within folders, with those that a platform puts around a submission."""

METADATA = "submission_metadata.yml"
"""The file in which Gradescope says whose each submission is."""


class NothingGivenError(CommandError):
    """What was named is not there, or is nothing that can be collected from."""


@dataclass(frozen=True)
class Given:
    """A file that may be taken.

    Attributes:
        source: the zip, folder or notebook in which it was given.
        path: where it lies in there.
        changed: when it was changed last, by the clock of whoever packed it.
        read: gives its bytes; raises LeftOutError where there are too many, or they are damaged.
    """

    source: Path
    path: PurePosixPath
    changed: datetime
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Left:
    """A file that is not taken, and why."""

    source: Path
    name: str
    why: str


class Opener:
    """Lists what is given, and reads it within the limits; of zips one is open at a time."""

    def __init__(self) -> None:
        self._budget = ALL_BYTES
        self._open: tuple[Path, zipfile.ZipFile] | None = None

    def close(self) -> None:
        """Close the zip that is still open."""
        if self._open is not None:
            self._open[1].close()
        self._open = None

    def listed(self, paths: Sequence[Path]) -> Iterator[Given | Left]:
        """The files in zips and folders, and loose ones.

        Raises:
            NothingGivenError: where one of the paths is not there.
        """
        for path in paths:
            if path.is_dir():
                yield from self._folder(path)
            elif not path.exists():
                raise NothingGivenError(f"There is no file or folder {path}.")
            else:
                yield from self._file(path, PurePosixPath(readable(path.name)), path.parent)

    def _folder(self, top: Path) -> Iterator[Given | Left]:
        count = 0
        for parent, folders, files in os.walk(top):
            here = Path(parent)
            inside = PurePosixPath(readable(str(here.relative_to(top))))
            links = [name for name in folders if (here / name).is_symlink()]
            for name in links:
                yield Left(top, str(inside / readable(name)), "It is a link. Give the folder.")
            deep = len(inside.parts) >= DEEP
            folders[:] = [] if deep else sorted(n for n in folders if n not in (*NOT_DATA, *links))
            for name in sorted(files):
                count += 1
                if count > MOST_MEMBERS:
                    raise NothingGivenError(
                        f"{top} holds more than {MOST_MEMBERS:,} files. Name a smaller folder."
                    )
                if not _is_noise(name):
                    yield from self._file(here / name, inside / readable(name), top)

    def _file(self, path: Path, inside: PurePosixPath, source: Path) -> Iterator[Given | Left]:
        """A file on the disk: a zip is opened, for it was put there, and not handed in within."""
        kind = path.lstat()
        if stat.S_ISREG(kind.st_mode) and path.suffix.casefold() == ".zip":
            yield from self._zip(path)
        else:
            changed = datetime.fromtimestamp(kind.st_mtime)
            yield Given(source, inside, changed, partial(self._read_file, path))

    def _zip(self, path: Path) -> Iterator[Given | Left]:
        try:
            entries = self._entries(path)
        except LeftOutError as error:
            yield Left(path, "", str(error))
            return
        last = {entry.filename.replace("\\", "/"): entry for entry in entries}
        for entry in entries:
            name = entry.filename.replace("\\", "/")
            inside = PurePosixPath(name)
            if name.endswith("/") or any(_is_noise(part) for part in inside.parts):
                continue
            if why := _unfit(entry, name):
                yield Left(path, name, why)
            elif last[name] is not entry:
                yield Left(path, name, "Another file in the zip has the same name, further down.")
            else:
                year, *rest = entry.date_time
                changed = _moment(year, *rest)
                yield Given(path, inside, changed, partial(self._read_zip, path, entry))

    def _entries(self, path: Path) -> list[zipfile.ZipInfo]:
        try:
            if _directory_size(path) > DIRECTORY:
                raise LeftOutError("Its table of contents is too large.")
            entries = self._opened(path).infolist()
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError):
            raise LeftOutError("It is no zip that can be read. Download it once more.") from None
        if len(entries) > MOST_MEMBERS:
            raise LeftOutError(f"It holds more than {MOST_MEMBERS:,} files.")
        return entries

    def _opened(self, path: Path) -> zipfile.ZipFile:
        if self._open is None or self._open[0] != path:
            self.close()
            self._open = (path, zipfile.ZipFile(path))
        return self._open[1]

    def _read_zip(self, path: Path, entry: zipfile.ZipInfo) -> bytes:
        try:
            with self._opened(path).open(entry) as file:
                return self._within(file.read(LARGEST_FILE + 1))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
            raise LeftOutError("It is damaged in the zip.") from None
        except (NotImplementedError, RuntimeError):
            raise LeftOutError("It is packed in a way that cannot be read.") from None

    def _read_file(self, path: Path) -> bytes:
        try:
            return self._within(read_bytes(path, LARGEST_FILE + 1))
        except OSError as error:
            raise LeftOutError(f"It cannot be read: {error.strerror}.") from None

    def _within(self, data: bytes) -> bytes:
        if len(data) > LARGEST_FILE:
            raise LeftOutError(f"It has more than {LARGEST_FILE // 2**20} MiB.")
        self._budget -= len(data)
        if self._budget < 0:
            raise LeftOutError("All that is given is too large. Collect a part of it at a time.")
        return data


def _is_noise(name: str) -> bool:
    """Whether a program or a system keeps the file for itself; a time that is noted is read."""
    return name.startswith("._") or (name in NOT_DATA and name != "timestamp.txt")


def _unfit(entry: zipfile.ZipInfo, name: str) -> str:
    """Why a member of a zip is not taken, or ""."""
    parts = name.split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        return "Its name leads out of the zip."
    if kind == stat.S_IFLNK:
        return "It is a link. Ask for the file itself."
    if kind not in (0, stat.S_IFREG):
        return "It is no ordinary file."
    if entry.flag_bits & 1:
        return "It is encrypted. Ask for it without a password."
    if name.casefold().endswith((".zip", ".gz", ".tar", ".7z", ".rar")):
        return "A zip within a zip is not opened. Ask for the notebook itself."
    if len(parts) > DEEP or any(len(os.fsencode(part)) > LONGEST_NAME for part in parts):
        return "Its name is too long."
    if not all(c.isprintable() for c in name):
        return "Its name holds characters that cannot be seen."
    if entry.file_size > LARGEST_FILE:
        return f"It has {entry.file_size / 2**20:,.0f} MiB, which is too much."
    if entry.file_size > SMALL and entry.file_size > RATIO * max(entry.compress_size, 1):
        return "It is packed too densely for anything that a person wrote."
    return ""


def _moment(year: int, *rest: int) -> datetime:
    try:
        return datetime(year, *rest)  # type: ignore[arg-type]
    except ValueError:  # a zip may say the 31st of February
        return datetime(1980, 1, 1)


_END, _LOCATOR, _END64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"


def _directory_size(path: Path) -> int:
    """The bytes of the table of contents of a zip, before Python reads it whole."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = file.seek(max(0, size - 2**16 - 64))
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0:
            raise zipfile.BadZipFile
        found: int = struct.unpack_from("<I", tail, at + 12)[0]
        if tail[at - 20 : at - 16] == _LOCATOR:
            # The larger form says where it begins; where it lies beyond the tail, it is too large.
            (where,) = struct.unpack_from("<Q", tail, at - 12)
            at = tail.rfind(_END64, 0, at)
            if at < 0 or where > start + at:
                raise zipfile.BadZipFile
            (found,) = struct.unpack_from("<Q", tail, at + 40)
    return found
