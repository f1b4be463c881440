"""The folder of a reader's own copy of a corpus that nobody may hand out, or that is large."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.corpora import MissingDataError


def named_folder(corpus: str) -> Path:
    """The folder that was named for it.

    Raises:
        MissingDataError: where none was.
    """
    named = os.environ.get("DATA", "")
    if not named:
        raise MissingDataError(
            f"{corpus} is read from a folder that you name: make experiments DATA=FOLDER."
        )
    return Path(named)
