"""What tests of several rooms share."""

from __future__ import annotations

import pytest

from tests.book.books import Book, copy_real


@pytest.fixture(scope="session")
def real_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The book of this checkout, built once for all tests that look at it."""
    book = copy_real(tmp_path_factory.mktemp("book"))
    built = book.build()
    assert built.returncode == 0, built.stdout + built.stderr
    return book
