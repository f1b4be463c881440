"""The book as a site: a Sphinx extension for Jupyter Book.

The pages show the students' stubs and the outputs that the references give. Beside them the
site serves what a student needs: the assignment's notebook, the wheel with the checks, and cards.
"""

from __future__ import annotations

from typing import Any


def setup(app: Any) -> dict[str, Any]:
    """Connect the parts to Sphinx."""
    from autograder.grader.book import (
        cards,
        course_map,
        dark,
        decks,
        downloads,
        evidence,
        execution,
        formulas,
        index,
        links,
        outputs,
        pages,
        parallel,
        versions,
    )
    from autograder.grader.book.interactive import mounts as moving
    from autograder.grader.book.live import mounts
    from autograder.grader.book.typeface import face

    execution.setup(app)
    outputs.setup(app)
    parallel.setup(app)
    downloads.setup(app)
    versions.setup(app)  # after the wheel, whose folder is made anew
    pages.setup(app)
    mounts.setup(app)
    moving.setup(app)
    face.setup(app)
    formulas.setup(app)
    dark.setup(app)
    course_map.setup(app)
    index.setup(app)
    links.setup(app)
    cards.setup(app)
    decks.setup(app)
    evidence.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
