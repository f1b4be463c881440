"""A page's outputs hang on what its cells import and read, and on nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grader import manifest
from autograder.grader.book import outputs

PAGES = sorted(
    str(page.relative_to(manifest.ROOT / "chapters").with_suffix(""))
    for page in (manifest.ROOT / "chapters").glob("*/*.md")
)
ASSIGNMENTS = {
    "convolutional/convolutional",
    "emotion/emotion",
    "feedforward/feedforward",
    "feedforward/training",
    "gated/gru",
    "gated/lstm",
    "gated/lstm_sequences",
    "layers/cudnn_layers",
    "layers/layers",
    "recurrent/recurrent",
    "summarization/summarization",
    "translation/translation",
    "translation/translation_decoding",
    "temporal/temporal",
}
LESSONS = {page for page in PAGES if not page.startswith(("about/", "cards/"))} - ASSIGNMENTS
ARGUMENTS = {"layers/arguments", "layers/convolution_arguments"}
"""They draw nothing."""

PLAIN = {"layers/cudnn_layers", "layers/layers", "temporal/temporal"}
"""Nor do these."""

WITH_STAND_INS = {
    "emotion/emotion",
    "feedforward/training",
    "gated/lstm_sequences",
    "layers/cudnn_layers",
    "summarization/summarization",
    "translation/translation",
    "translation/translation_decoding",
    "temporal/temporal",
}


@pytest.fixture
def run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], set[str]]:
    """The pages that are run again after something was added to a file of a checkout."""
    for part in ("autograder", "chapters", "solutions"):
        ignored = shutil.ignore_patterns("__pycache__", "styles")
        shutil.copytree(manifest.ROOT / part, tmp_path / part, ignore=ignored)
    monkeypatch.setattr(manifest, "ROOT", tmp_path)

    def digests() -> dict[str, str]:
        chapters = tmp_path / "chapters"
        return {page: outputs.digest(tmp_path, chapters / f"{page}.md") for page in PAGES}

    def after(file: str) -> set[str]:
        before = digests()
        with (tmp_path / file).open("a", encoding="utf-8") as changed:
            changed.write("\n# changed\n")
        return {page for page, now in digests().items() if now != before[page]}

    return after


@pytest.mark.parametrize(
    ("file", "pages"),
    [
        (
            "autograder/figures/lstm_cell.py",
            {"gated/gated_recurrent_unit", "gated/index", "gated/lstm_step"},
        ),
        ("autograder/figures/book.mplstyle", ASSIGNMENTS - PLAIN | LESSONS - ARGUMENTS),
        ("autograder/experiments/gates.py", {"gated/gru"}),
        ("autograder/given/__init__.py", WITH_STAND_INS),
        ("autograder/exercises/lstm/expected.npz", {"gated/lstm", "gated/lstm_sequences"}),
        ("autograder/exercises/gru/__init__.py", {"gated/gru"}),
        ("solutions/lstm/reference.py", {"gated/lstm"}),
        ("autograder/experiments/arguments.py", ARGUMENTS),
        ("chapters/layers/results/fused.json", {page for page in PAGES if "layers/" in page}),
        ("autograder/check.py", set(PAGES)),
        ("autograder/grader/book/substitute.py", set(PAGES)),
        ("autograder/grader/book/pages.py", set()),
        ("autograder/grader/judge/judge.py", set()),
        ("autograder/grader/report/tables.py", set()),
        ("solutions/lstm/mistakes.diff", set()),
        ("chapters/gated/lstm.md", set()),
    ],
)
def test_a_page_is_run_again_when_something_changes_that_it_hangs_on(
    run_again: Callable[[str], set[str]], file: str, pages: set[str]
) -> None:
    assert run_again(file) == pages
