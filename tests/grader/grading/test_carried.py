"""What nbgrader's own commands carry along, and what a submission is called."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.grader.commands.grading import Hosts, grade_class
from autograder.grader.grading import feedback
from autograder.grader.grading.carried import cut_links, declared, secret, sweep
from autograder.grader.grading.course import Course
from autograder.grader.grading.handed_in import MOST_NOTES, read_folder, readable
from autograder.grader.release.source import text


def written(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("lstm.ipynb", False),
        ("lstm (1).ipynb", True),
        ("lstm(2).ipynb", True),
        ("lstm-Copy1.ipynb", True),
        ("lstm copy.ipynb", True),
        ("lstm_copy_copy 2.ipynb", True),
        ("LSTM.ipynb", True),
        ("Lstm.IPYNB", True),
        ("lstm/lstm.ipynb", True),
        ("a/b/c/lstm.ipynb", True),
        ("my homework.ipynb", True),
    ],
)
def test_a_notebook_of_another_name_or_place_is_found(
    tmp_path: Path, name: str, note: bool
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("here")
    (tmp_path / "data.csv").write_text("1,2")
    found = read_folder(tmp_path, "lstm")
    assert found.notebook == b"here"
    assert found.files == {"data.csv": b"1,2"}
    assert found.notes == ([f"The notebook is not at lstm.ipynb; {name} was taken."] * note)


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["lstm.ipynb", "lstm (1).ipynb"], "lstm.ipynb"),
        (["lstm (1).ipynb", "lstm (2).ipynb", "lstm (10).ipynb"], "lstm (10).ipynb"),
        (["lstm (1).ipynb", "old/lstm.ipynb"], "lstm (1).ipynb"),
        (["lstm-Copy1.ipynb", "scratch.ipynb"], "lstm-Copy1.ipynb"),
        (["one.ipynb", "two.ipynb"], None),
        ([".ipynb_checkpoints/lstm-checkpoint.ipynb"], None),
    ],
)
def test_of_several_notebooks_the_last_copy_is_taken(
    tmp_path: Path, names: list[str], taken: str | None
) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    assert read_folder(tmp_path, "lstm").notebook == (taken.encode() if taken else None)


@pytest.mark.timeout(60)
def test_a_name_of_many_copies_is_read_in_a_moment(tmp_path: Path) -> None:
    for name in (f"lstm{'_copy_' * 40}.ipynb", f"lstm{'_copy_' * 40}x.ipynb"):
        (tmp_path / name).write_text(name[-7:])
    assert read_folder(tmp_path, "lstm").notebook == b"_.ipynb"


def test_a_link_of_the_right_name_is_refused_and_nothing_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "lstm (1).ipynb").write_text("here")
    (tmp_path / "lstm.ipynb").symlink_to("/etc/passwd")
    found = read_folder(tmp_path, "lstm")
    assert found.notebook is None
    assert "symbolic link" in found.notes[0]


def test_many_things_that_are_left_out_make_few_sentences(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.csv").symlink_to("/etc/passwd")
    notes = read_folder(tmp_path, "lstm").notes
    assert len(notes) == MOST_NOTES + 1
    assert notes[-1] == "And 290 more were left out or not taken."


def test_a_file_named_in_latin_1_is_read(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/Jos\xe9.csv")).write_text("1")
    assert read_folder(tmp_path, "lstm").files == {"José.csv": b"1"}
    assert readable("José") == "José"


def test_a_student_whose_folder_is_named_in_latin_1_is_graded(course: Course) -> None:
    top = course.root / course.directory.submitted_directory
    folder = Path(os.fsdecode(os.fsencode(top) + b"/Jos\xe9/lstm"))
    folder.mkdir(parents=True)
    (folder / "lstm.ipynb").write_text(text("lstm"))
    (folder / "timestamp.txt").write_text("2026-11-01 10:00:00 UTC")
    assert course.class_of("lstm") == ["José"]
    done = subprocess.run(
        [sys.executable, "-m", "autograder.grader.cli", "grade", "lstm", "--course", course.root],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "José" in done.stdout
    assert course.path("autograded", "José", "lstm").is_dir()
    assert (course.path("autograded", "José", "lstm") / "timestamp.txt").exists()


def test_what_is_not_declared_is_swept(tmp_path: Path) -> None:
    release = written(
        tmp_path / "release", **{"lstm__ipynb": "", "data__csv": "", "more/x__csv": ""}
    )
    assert declared(release) == {"data.csv", "more/x.csv"}
    folder = written(
        tmp_path / "ada",
        **{name: name for name in ("lstm__ipynb", "data__csv", "evil__html", "more/evil__svg")},
    )
    (folder / "more" / "x.csv").symlink_to("/etc/passwd")
    (folder / "timestamp.txt").symlink_to("/etc/passwd")
    (folder / "class").symlink_to(tmp_path)
    sweep(folder, "lstm.ipynb", declared(release), None)
    assert sorted(p.name for p in folder.rglob("*")) == ["data.csv", "lstm.ipynb"]
    assert (release / "data.csv").exists()


def test_links_lead_nowhere_and_are_refused_as_before(tmp_path: Path) -> None:
    secret = written(tmp_path, secret__txt="the staff's own") / "secret.txt"
    folder = written(tmp_path / "ada", lstm__ipynb="here", more__csv="1")
    (folder / "deep").mkdir()
    (folder / "deep" / "data.txt").symlink_to(secret)
    (folder / "class").symlink_to(tmp_path)
    (folder / "gone.csv").symlink_to("gone")
    before = read_folder(folder, "lstm")
    assert cut_links(folder) == {
        "class": str(tmp_path),
        "gone.csv": "gone",
        "deep/data.txt": str(secret),
    }
    assert (folder / "deep" / "data.txt").read_bytes() == b""
    assert secret.read_text() == "the staff's own"
    assert read_folder(folder, "lstm").files == before.files == {"more.csv": b"1"}
    said = read_folder(folder, "lstm").notes
    assert {"data.txt", "gone.csv"} <= {note.split(" is a symbolic link")[0] for note in said}
    assert cut_links(folder) == {}


@pytest.mark.slow
def test_stock_nbgrader_reads_nothing_that_a_link_leads_to(course: Course, submit: Any) -> None:
    """Who reads from this pipe waits for ever, or fails as nbgrader's copying does."""
    pipe = course.root / "pipe"
    os.mkfifo(pipe)
    folder = submit("ada", text("lstm")).parent
    (folder / "data.txt").symlink_to(pipe)
    course.nbgrader(lambda api: api.autograde("lstm", "ada"))
    graded = course.path("autograded", "ada", "lstm")
    assert [p.name for p in graded.iterdir()] == ["lstm.ipynb"]
    assert "data.txt is a symbolic link" in (graded / "lstm.ipynb").read_text()
    assert f"data.txt was a link to {pipe}, and is cut." in course.log("lstm").read_text()
    assert (course.root / "autograded").stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_stock_nbgrader_carries_no_file_into_feedback(course: Course, submit: Any) -> None:
    secret = course.root / "staff.txt"
    secret.write_text("the staff's own")
    (course.path("source", ".", "lstm") / "numbers.csv").write_text("1,2,3")
    (course.path("release", ".", "lstm") / "numbers.csv").write_text("1,2,3")
    folder = submit("ada", text("lstm")).parent
    written(folder, evil__html="<script>", evil__svg="<svg>", numbers__csv="4", helper__py="x = 1")
    (folder / "data.txt").symlink_to(secret)
    (folder / "more").mkdir()
    (folder / "more" / "evil.html").write_text("<script>")
    course.nbgrader(lambda api: api.autograde("lstm", "ada"))
    graded = course.path("autograded", "ada", "lstm")
    assert sorted(p.name for p in graded.iterdir()) == ["lstm.ipynb", "numbers.csv"]
    course.nbgrader(lambda api: api.generate_feedback("lstm", "ada"))
    shown = course.path("feedback", "ada", "lstm")
    assert sorted(p.name for p in shown.iterdir()) == ["lstm.html", "numbers.csv"]
    assert (shown / "numbers.csv").read_text() == "1,2,3"
    assert (folder / "evil.html").exists(), "what was handed in stays as it is"


@pytest.mark.slow
@pytest.mark.usefixtures("grading_here")
def test_our_feedback_carries_nothing_that_lay_there_before(course: Course, submit: Any) -> None:
    submit("ada", "a letter, not a notebook")
    assert not grade_class(course, "lstm", Hosts()).failures
    written(course.path("autograded", "ada", "lstm"), evil__html="<script>")
    feedback.write(course, "lstm", "ada")
    shown = course.path("feedback", "ada", "lstm")
    assert [p.name for p in shown.iterdir() if p.name != "timestamp.txt"] == ["lstm.html"]


def test_the_secret_of_the_exchange_goes_along(tmp_path: Path) -> None:
    """`nbgrader release_feedback` looks for it beside the page, and names the page by it."""
    submitted = written(tmp_path / "submitted", submission_secret__txt="0a1b" * 32)
    folder = written(tmp_path / "autograded", lstm__ipynb="{}", submission_secret__txt="older")
    sweep(folder, "lstm.ipynb", frozenset(), None, secret(submitted))
    assert (folder / "submission_secret.txt").read_text() == "0a1b" * 32
    for odd in ("../up", "x" * 300, ""):
        written(submitted, submission_secret__txt=odd)
        assert secret(submitted) == ""
    (submitted / "submission_secret.txt").unlink()
    (submitted / "submission_secret.txt").symlink_to("/etc/passwd")
    assert secret(submitted) == ""
