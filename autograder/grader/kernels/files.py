"""The submission's data files, copied into a sandbox before any of its code runs."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from autograder.grader.kernels.inside.limits import MIB, Limits

MOST_ENTRIES = 2000
"""Files and folders that are copied; what `handed_in` takes of a submission has fewer."""


def copy_tree(folder: Path, home: int, limits: Limits, uid: int | None) -> None:
    """Copy what lies in `folder` into the open directory `home`.

    Args:
        folder: where the files are.
        home: an open directory.
        limits: how large a file, and all of them, may be.
        uid: whom the copies shall belong to, or None for the user who copies.

    Raises:
        ValueError: there is a symbolic link, a special file, or too much; the message names it.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise ValueError(f"{folder} is not a folder")
    left = limits.disk
    count = 0
    for parent, folders, files in os.walk(folder):
        inside = Path(f"/proc/self/fd/{home}") / Path(parent).relative_to(folder)
        for name in folders:
            count += 1
            if Path(parent, name).is_symlink():
                raise ValueError(f"{name} is a symbolic link; submit the files themselves")
            (inside / name).mkdir()
            _give(inside / name, uid)
        for name in files:
            count += 1
            left -= _copy(Path(parent, name), inside / name, min(limits.file_size, left), uid)
        if count > MOST_ENTRIES:
            raise ValueError(f"there are more than {MOST_ENTRIES} files and folders; submit fewer")


def _copy(source: Path, target: Path, most: int, uid: int | None) -> int:
    try:
        # Not blocking, lest a named pipe keep the grader waiting.
        handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if source.is_symlink():
            raise ValueError(f"{source.name} is a symbolic link; submit the file itself") from error
        raise
    with open(handle, "rb") as reading:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{source.name} is not an ordinary file; take it out")
        if status.st_size > most:
            raise ValueError(
                f"{source.name} has {status.st_size / MIB:.0f} MiB, more than may be submitted"
            )
        with open(target, "xb") as writing:
            shutil.copyfileobj(reading, writing)
    _give(target, uid)
    return status.st_size


def _give(path: Path, uid: int | None) -> None:
    if uid is not None:
        os.chown(path, uid, uid, follow_symlinks=False)
