"""Guides as tests follow them: the files that they show, and the commands that they give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from autograder.grader.checkout import CHAPTERS

GUIDES = CHAPTERS / "about" / "guides"

BLOCK = re.compile(
    r"^(?P<fence>`{3,4})(?:console|\{code-block\} \w+\n:caption: (?P<path>\S+)\n)\n"
    r"(?P<text>.*?)^(?P=fence)$",
    re.DOTALL | re.MULTILINE,
)


class Step(NamedTuple):
    """A file to write, or commands to run.

    Attributes:
        path: where the file is written, or "".
        text: what it says; or the commands.
    """

    path: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The commands, without their prompt."""
        return [] if self.path else [line[2:] for line in self.text.splitlines()]


def steps(guide: str) -> Iterator[Step]:
    """The steps of a guide, in order."""
    for block in BLOCK.finditer((GUIDES / f"{guide}.md").read_text(encoding="utf-8")):
        yield Step(block["path"] or "", block["text"])


def write_files(guide: str, folder: Path) -> None:
    """Write all files of a guide below a folder."""
    for step in steps(guide):
        if step.path:
            file = folder / step.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.text, encoding="utf-8")
