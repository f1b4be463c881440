"""What the platforms put into the names of the files that they give: whose work it is, and late.

A student chooses the name of a file, and on many platforms his or her own name. So of a path the
part that the platform wrote is read, which comes first, and where it can be read in two ways both
are kept; the roster decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

import yaml

from autograder.grader.platforms.given import METADATA, Given

Platform = Literal["canvas", "moodle", "gradescope", "plain"]

Key = tuple[str, str]
"""What is known of a person, such as ("email", "ada@example.org")."""


@dataclass(frozen=True)
class Label:
    """What the name of a file says.

    Attributes:
        platform: who named it.
        readings: who may have handed it in: of each reading the keys, the surest first.
        name: what the file is called in the submission.
        folder: the same for all files of one submission, and for no other.
        wrote: the part of the name that the platform wants to see again.
        order: a later one of the same person has a larger one.
        late: whether it is marked as late.
        several: whether all readings hold: a group handed it in.
        created: when it was handed in, as the platform wrote it, or "".
    """

    platform: Platform
    readings: tuple[tuple[Key, ...], ...]
    name: PurePosixPath
    folder: str
    wrote: str
    order: int = 0
    late: bool = False
    several: bool = False
    created: str = ""


_MOODLE = re.compile(r"(?P<name>[^_]*)_(?P<id>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(.*))?")
_CANVAS = re.compile(r"(?=_(\d+)_(\d+)_(.+))")
_GRADESCOPE = re.compile(r"submission_\d+")
_VERSION = re.compile(r"-\d+(?=\.(?:ipynb|py)$)", re.IGNORECASE)
"""What Canvas adds to a file that is handed in again; no module of Python has such a name."""


class UnlabelledError(Exception):
    """The name is not as the platform writes it; the text says so."""


def labels(files: Sequence[Given], is_person: Callable[[str], bool]) -> Mapping[Given, Label | str]:
    """What the names of the files of one source say, or why one says nothing.

    Args:
        files: what was given in one zip or folder.
        is_person: whether somebody in the class is called so: what lies in a folder or in a zip
            with such a name was named by that person, and by no platform.
    """
    paths = _below_common([file.path for file in files], is_person)
    source = files[0].source
    own = source.suffix.casefold() == ".zip" and is_person(source.stem)
    platform = "plain" if own else _platform(paths)
    if platform == "gradescope":
        about = _metadata(next(f for f, p in zip(files, paths, strict=True) if p.name == METADATA))
    found: dict[Given, Label | str] = {}
    for file, path in zip(files, paths, strict=True):
        try:
            if platform == "canvas":
                found[file] = _canvas(path)
            elif platform == "moodle":
                found[file] = _moodle(path)
            elif platform == "gradescope":
                if path != PurePosixPath(METADATA):
                    found[file] = _gradescope(path, about)
            else:
                found[file] = _plain(file, path)
        except UnlabelledError as error:
            found[file] = str(error)
    return found


def _below_common(
    paths: Sequence[PurePosixPath], is_person: Callable[[str], bool]
) -> list[PurePosixPath]:
    """The paths without the folders in which all of them lie, up to what a platform named."""
    found = list(paths)
    while True:
        tops = {path.parts[0] for path in found}
        if len(tops) != 1 or any(len(path.parts) == 1 for path in found):
            return found
        (top,) = tops
        if _MOODLE.fullmatch(top) or _GRADESCOPE.fullmatch(top) or is_person(top):
            return found
        found = [PurePosixPath(*path.parts[1:]) for path in found]


def _platform(paths: Sequence[PurePosixPath]) -> Platform:
    if PurePosixPath(METADATA) in paths:
        return "gradescope"
    if any(_MOODLE.fullmatch(path.parts[0]) for path in paths):
        return "moodle"
    if any(len(path.parts) == 1 and _CANVAS.search(path.name) for path in paths):
        return "canvas"
    return "plain"


def _canvas(path: PurePosixPath) -> Label:
    """`lovelaceada_LATE_77_1234_lstm-1.ipynb`: the ids of the person and of the file."""
    readings, first = [], None
    for match in _CANVAS.finditer(path.name) if len(path.parts) == 1 else ():
        first = first or match
        name = path.name[: match.start()]
        readings.append((("canvas", match[1]), ("name", name.removesuffix("_LATE"))))
    if first is None:
        if path.name.startswith(("anon_", "LATE_anon_")):
            raise UnlabelledError("Canvas left the name out. Show the names, and download again.")
        raise UnlabelledError("It is not named as Canvas names submissions.")
    return Label(
        "canvas",
        tuple(readings),
        PurePosixPath(_VERSION.sub("", first[3])),
        f"{path.name[: first.start()]}_{first[1]}",
        path.name,
        int(first[2][:30]),
        path.name[: first.start()].endswith("_LATE"),
    )


def _moodle(path: PurePosixPath) -> Label:
    """`Ada Lovelace_123456_assignsubmission_file_/lstm.ipynb`, or the same in one name."""
    match = _MOODLE.fullmatch(path.parts[0])
    if match is None:
        raise UnlabelledError("It is not named as Moodle names submissions.")
    if match["plugin"] != "file":
        raise UnlabelledError("It is a text that was written on the page, and no file.")
    flat = len(path.parts) == 1
    name = PurePosixPath(match[4] or "") if flat else PurePosixPath(*path.parts[1:])
    if not name.name:
        raise UnlabelledError("It has no name of its own.")
    folder = path.parts[0].removesuffix(match[4] or "") if flat else path.parts[0]
    keys = (("moodle", match["id"]), ("name", match["name"]))
    return Label("moodle", (keys,), name, folder, folder)


def _gradescope(path: PurePosixPath, about: Mapping[str, Any]) -> Label:
    """`submission_123456/lstm.ipynb`; the file of metadata says who they are."""
    entry = about.get(path.parts[0])
    people = entry.get(":submitters") if isinstance(entry, dict) else None
    if not isinstance(people, list) or len(path.parts) == 1:
        raise UnlabelledError(f"{METADATA} does not say whose it is.")
    readings = []
    for person in people:
        said = person if isinstance(person, dict) else {}
        pairs = (("sid", ":sid"), ("email", ":email"), ("name", ":name"))
        keys = ((kind, said.get(key)) for kind, key in pairs)
        readings.append(tuple((kind, key) for kind, key in keys if isinstance(key, str) and key))
    created = entry.get(":created_at") if isinstance(entry, dict) else None
    return Label(
        "gradescope",
        tuple(readings),
        PurePosixPath(*path.parts[1:]),
        path.parts[0],
        path.parts[0],
        several=True,
        created=created if isinstance(created, str) else "",
    )


def _metadata(file: Given) -> Mapping[str, Any]:
    try:
        # The loader of plain text: a number such as 00123 stays what it is, and nothing is made.
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        found = yaml.load(file.read(), Loader=loader)  # noqa: S506
    except Exception:  # whatever it stumbles over, and a file that is too large
        return {}
    return found if isinstance(found, dict) else {}


def _plain(file: Given, below: PurePosixPath) -> Label:
    """`ada.ipynb`, `ada_lstm.ipynb`, `ada/lstm.ipynb`, or `lstm.ipynb` in `ada.zip`.

    Each part of the path may be the person; who is known decides.
    """
    packed = file.source.suffix.casefold() == ".zip"
    parts = [*([file.source.stem] if packed else []), *file.path.parts[:-1], file.path.stem]
    readings = tuple((("id", part),) for part in parts)
    return Label("plain", readings, below, "", "")
