"""Writing files so that a reader never sees half of one; and the file that makes a course."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

CONFIG = "nbgrader_config.py"
"""The file that makes a folder a course folder."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where there is no room to write."""


def course_root(start: Path) -> Path | None:
    """The course folder that `start` is, or is in, if any."""
    above = (start.resolve(), *start.resolve().parents)
    return next((folder for folder in above if (folder / CONFIG).is_file()), None)


def make_folder(folder: Path, mode: int) -> None:
    """Make a folder with these rights; one that is there, or that others make meanwhile, stays."""
    if not folder.exists():
        with contextlib.suppress(FileExistsError):
            folder.mkdir(parents=True)
            folder.chmod(mode)


def append_line(path: Path, line: bytes, mode: int = 0o644) -> None:
    """Add a line and wait until it is on the disk; a last one that was cut off stays by itself.

    Raises:
        OSError: where it could not be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        os.fchmod(file.fileno(), mode)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def write_atomically(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write `data` to `path`: the file is there whole, or as it was before.

    Raises:
        OSError: where it cannot be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
