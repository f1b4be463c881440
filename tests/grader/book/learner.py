"""A learner with Anki: its own library, on an empty collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anki.collection import Collection, ImportAnkiPackageRequest


@contextmanager
def anki(root: Path) -> Iterator[Collection]:
    """An empty collection of Anki's."""
    opened = Collection(str(root / "collection.anki2"))
    yield opened
    opened.close()


def take(learner: Collection, deck: Path) -> None:
    """Import a deck as a learner does."""
    learner.import_anki_package(ImportAnkiPackageRequest(package_path=str(deck)))


def notes(learner: Collection) -> dict[str, Any]:
    """The notes of a collection, by their fronts."""
    found = [learner.get_note(note) for note in learner.find_notes("")]
    return {re.sub("<[^>]+>", "", note["Front"]).strip(): note for note in found}
