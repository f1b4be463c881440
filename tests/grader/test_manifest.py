"""What decides is found by following imports: all of it, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import grimp
import pytest

from autograder.exercises import assignments, homes
from autograder.grader import manifest
from autograder.grader.grading.notebook import Released
from autograder.grader.release.source import text

ROOT = manifest.ROOT
RELEASED = {name: Released.parse(text(name)) for name in assignments()}
ALL = set(assignments())
GIVEN = {
    "cudnn_layers",
    "emotion",
    "lstm_sequences",
    "summarization",
    "temporal",
    "training",
    "translation",
    "translation_decoding",
}
"""Assignments whose set-up imports stand-ins."""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the code, which the manifest is made of."""
    for part in ("autograder", "solutions"):
        ignored = shutil.ignore_patterns("__pycache__", "*.npz")
        shutil.copytree(ROOT / part, tmp_path / part, ignore=ignored)
    monkeypatch.setattr(manifest, "ROOT", tmp_path)
    _forget()
    yield tmp_path
    _forget()


def _forget() -> None:
    manifest.files.cache_clear()
    manifest.digest.cache_clear()


@pytest.fixture
def regraded(checkout: Path) -> Callable[[str], set[str]]:
    """The assignments that are graded again after a comment was added to a file."""

    def after(file: str) -> set[str]:
        before = _digests()
        with (checkout / file).open("a", encoding="utf-8") as code:
            code.write("\n# changed\n")
        _forget()
        return {name for name, digest in _digests().items() if digest != before[name]}

    return after


def _digests() -> dict[str, str]:
    return {
        name: manifest.digest(homes(released.exercises), released.setup)
        for name, released in RELEASED.items()
    }


@pytest.mark.parametrize(
    "file",
    [
        "autograder/grader/report.py",
        "autograder/grader/commands/grading.py",
        "autograder/grader/grading/progress.py",
        "autograder/grader/grading/gradebook.py",
        "autograder/grader/release/sample.py",
        "autograder/grader/book/pages.py",
        "autograder/figures/lstm_cell.py",
        "autograder/experiments/gates.py",
        "solutions/lstm/styles/loops.py",
        "solutions/lstm/.reference.py.swp",
        "autograder/exercises/lstm/hints.toml",
        "autograder/exercises/contents.toml",
    ],
)
def test_what_decides_nothing_is_graded_again_by_nobody(
    regraded: Callable[[str], set[str]], file: str
) -> None:
    assert not regraded(file)


@pytest.mark.parametrize(
    ("file", "decides"),
    [
        ("autograder/exercises/layers/masks.py", {"layers", "cudnn_layers"}),
        ("autograder/exercises/gru/__init__.py", {"gru"}),
        ("solutions/lstm/reference.py", {"lstm"}),
        ("solutions/recurrent/mistakes.diff", {"recurrent"}),
        ("solutions/gru/plain.py", {"gru"}),
        ("solutions/families.diff", ALL),
        ("solutions/feedforward/mistakes.diff", {"feedforward", "training"}),
        ("autograder/given/__init__.py", GIVEN),
        ("autograder/given/directions.py", {"emotion"}),
        ("autograder/given/temporal.py", {"temporal"}),
        ("autograder/exercises/tolerances.py", ALL),
        ("autograder/exercises/respond.py", ALL),
        ("autograder/checking/compare.py", ALL),
        ("autograder/checking/__init__.py", ALL),
        ("autograder/grader/judge/judge.py", ALL),
        ("autograder/grader/grading/submission.py", ALL),
        ("autograder/grader/kernels/inside/limits.py", ALL),
        ("autograder/grader/kernels/inside/forkserver.py", ALL),
    ],
)
def test_what_decides_is_graded_again_where_it_decides(
    regraded: Callable[[str], set[str]], file: str, decides: set[str]
) -> None:
    assert regraded(file) == decides


@pytest.mark.parametrize(
    "module", ["exercises", "check", "grader.grading.submission", "grader.kernels.inside.app"]
)
def test_what_serves_every_assignment_leads_to_the_exercises_of_none(module: str) -> None:
    files = manifest.follow([f"autograder.{module}"])
    assert not {file.parent.name for file in files if "exercises" in file.parts} & ALL


def test_it_does_not_matter_where_the_checkout_lies(checkout: Path) -> None:
    there = _digests()
    _forget()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest, "ROOT", ROOT)
        assert _digests() == there


def test_grimp_follows_the_same_imports() -> None:
    graph = grimp.build_graph("autograder", "solutions", cache_dir=None)

    def followed(module: str) -> set[Path]:
        found, waiting = {module}, [module]
        while waiting:
            name = waiting.pop()
            more = {name.rpartition(".")[0], *graph.find_modules_directly_imported_by(name)} - {""}
            waiting += more - found
            found |= more
        return {_file(name) for name in found}

    for module in graph.modules:
        assert manifest.follow([module]) >= followed(module), module
    for module in ("grading.submission", "judge", "kernels.session", "book.substitute"):
        name = f"autograder.grader.{module}"
        assert manifest.follow([name]) == followed(name), "a line of text reads as an import"


def _file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import a.b as c, d", ["a.b", "d"]),
        ("    from a import b as c, d  # noqa", ["a", "a.b", "a.d"]),
        ("from a.b import (\n    c,  # (first)\n    d,\n)", ["a.b", "a.b.c", "a.b.d"]),
        ("from a import *", ["a", "a.*"]),
        ("```{code-cell} ipython3\nimport a\n```\nWhat we import: nothing.", ["a"]),
        ("important = 1\n# import a", []),
    ],
)
def test_every_form_of_an_import_is_read(code: str, found: list[str]) -> None:
    assert list(manifest.imports(code)) == found
