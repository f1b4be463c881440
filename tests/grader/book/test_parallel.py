"""What is said for extensions that have not said it themselves, and for which versions of them."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from autograder.grader.book import parallel


@pytest.mark.parametrize("extension", parallel.SAFE)
def test_the_version_that_was_looked_at_is_installed(extension: str) -> None:
    assert version(extension) == parallel.SAFE[extension], (
        f"{extension} has moved. Look whether it keeps anything of one page for another while "
        "pages are read, then write its version into book/parallel.py; if it does, or says by now "
        "that it is safe, take it out there."
    )
