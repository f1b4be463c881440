"""A job's key is a digest of all that decides, and of nothing else."""

import shutil

import pytest

from autograder.grader.grading import job as jobs


@pytest.mark.parametrize(
    "file",
    [
        "solutions/lstm/reference.py",
        "solutions/lstm/mistakes.diff",
        "autograder/exercises/lstm.py",
        "autograder/judge/judge.py",
        "autograder/kernels/limits.py",
        "autograder/compare.py",
    ],
)
def test_the_digest_changes_with_every_file_that_decides(file, tmp_path, monkeypatch):
    for part in ("autograder", "solutions"):
        shutil.copytree(jobs.PACKAGE.parent / part, tmp_path / part)
    monkeypatch.setattr(jobs, "PACKAGE", tmp_path / "autograder")
    monkeypatch.setattr(jobs, "SOLUTIONS", tmp_path / "solutions")
    before = jobs.course_digest.__wrapped__("lstm")
    with (tmp_path / file).open("a") as text:
        text.write("\n# changed\n")
    assert jobs.course_digest.__wrapped__("lstm") != before
