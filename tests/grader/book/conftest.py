"""Books to look into: a small one, and the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grader.book.books import Book, write_mini


@pytest.fixture
def mini(tmp_path: Path) -> Book:
    """One page with one exercise, under the real configuration."""
    return write_mini(tmp_path)


@pytest.fixture(scope="module")
def mini_once(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The same, for tests that only look."""
    return write_mini(tmp_path_factory.mktemp("mini"))
