"""A folder of one's own as the guide has it, which no test leaves in use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import exercises
from tests.guides import write_files


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """The written folder of the guide; what uses it is undone."""
    write_files("own_exercise", tmp_path)
    yield tmp_path / "my-exercises"
    exercises.use(None)
