"""GoEmotions: comments from Reddit with emotions, from a folder that is named.

Card. *Source*: Demszky and others (2020), "GoEmotions: A Dataset of Fine-Grained Emotions", ACL;
published as `train.tsv`, `dev.tsv` and `test.tsv` with the text, the numbers of its labels and the
id of the comment in three columns, and the names of the labels, one a line, in `emotions.txt` (or
`labels.txt`). *Licence*: CC BY 4.0, as its authors say of their data. *Size*: 43,410, 5,426 and
5,427 comments of some 3 to 30 words in the published split, which is kept. *Labels*: 27 emotions
and neutral; most comments have one, some several, by three raters or more. `EKMAN` maps them to the
six emotions of Ekman (1992) and neutral, as the authors do: 39,555, 4,946 and 4,968 comments then
have a single one. *What is offensive or wrong in it*: the comments are as they were written, with
insults and slurs among them; names and religions were replaced by [NAME] and [RELIGION]. The raters
live in one country, the writers mostly in another. The classes are of very unequal number, and
irony was often rated as it reads. Nearly equal comments stand on both sides of the published split
(113 of the test part have a key that the training part has): leave them out of what is learned.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from autograder.corpora import MissingDataError

PARTS = ("train", "dev", "test")
NAMES = ("emotions.txt", "labels.txt")
"""The file with the names of the labels is one of these."""

EKMAN = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        "admiration", "amusement", "approval", "caring", "desire", "excitement", "gratitude",
        "joy", "love", "optimism", "pride", "relief",
    ),
    "neutral": ("neutral",),
    "sadness": ("disappointment", "embarrassment", "grief", "remorse", "sadness"),
    "surprise": ("confusion", "curiosity", "realization", "surprise"),
}  # fmt: skip
"""Ekman's six and neutral, each with the emotions that count as it."""

GROUP = {emotion: name for name, emotions in EKMAN.items() for emotion in emotions}


class Comment(NamedTuple):
    """A comment.

    Attributes:
        text: what was written.
        emotions: the names of its labels, as the files have them, sorted.
        id: the comment, as Reddit numbers it.
    """

    text: str
    emotions: tuple[str, ...]
    id: str

    @property
    def label(self) -> str:
        """One of `EKMAN`, or "" where its emotions belong to several."""
        found = {GROUP.get(emotion, emotion) for emotion in self.emotions}
        return found.pop() if len(found) == 1 else ""


def load(folder: Path) -> dict[str, list[Comment]]:
    """The comments of the three parts, in the order of the files.

    Args:
        folder: where the published files are, with the fine labels or with those of Ekman.

    Raises:
        MissingDataError: where one of the files is not there, or has another form.
    """
    named = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    if named is None:
        raise MissingDataError(
            f"GoEmotions has the names of its labels in {' or '.join(NAMES)}, and neither is in "
            f"{folder}. Name the folder of the published files."
        )
    names = named.read_text(encoding="utf-8").split()
    return {part: _read(folder / f"{part}.tsv", names) for part in PARTS}


def _read(file: Path, names: list[str]) -> list[Comment]:
    if not file.is_file():
        raise MissingDataError(
            f"There is no {file.name} in {file.parent}. GoEmotions is published as "
            f"{', '.join(f'{part}.tsv' for part in PARTS)}: name the folder that has all of them."
        )
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if not line:
            continue
        try:
            text, labels, comment = line.rstrip("\r").split("\t")
            emotions = tuple(sorted(names[int(label)] for label in labels.split(",")))
        except (ValueError, IndexError):
            raise MissingDataError(
                f"Line {number} of {file.name} has not the form of GoEmotions: text, numbers of "
                f"labels from 0 to {len(names) - 1} with commas, and an id, with tabs."
            ) from None
        found.append(Comment(text, emotions, comment))
    return found
