"""Releasing an assignment once more, after its chapter has changed."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.exercises import assignments
from autograder.grader.errors import CommandError
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.release import course as courses
from autograder.grader.release.solve import grade_id_of
from autograder.grader.release.source import notebook

STEPS = ("source", "release")


def with_a_cell_less() -> str:
    made = notebook("lstm")
    made.cells = [cell for cell in made.cells if grade_id_of(cell) != "check-LSTMCell"]
    return nbformat.writes(made)


def test_where_nbgrader_refuses_the_earlier_release_stands(course, monkeypatch) -> None:
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        book.add_student("ada")
        book.add_submission("lstm", "ada")
    before = [file.read_bytes() for file in files(course)]
    monkeypatch.setattr(courses, "text", lambda *_: with_a_cell_less())
    monkeypatch.setattr(courses, "noted", lambda _: None)
    with pytest.raises(CourseError, match="because there are submissions associated with it"):
        courses.release(course, "lstm")
    assert [file.read_bytes() for file in files(course)] == before


def test_a_changed_chapter_is_released_again(course, monkeypatch) -> None:
    monkeypatch.setattr(courses, "text", lambda *_: with_a_cell_less())
    monkeypatch.setattr(courses, "noted", lambda _: None)
    assert courses.release(course, "lstm").changed
    assert "check-LSTMCell" not in course.released("lstm")
    assert not courses.release(course, "lstm").changed


def set_points(file: Path, exercise: str, points: int) -> bytes:
    """Change the points of an exercise in a notebook as a person does in JupyterLab."""
    made = nbformat.read(file, as_version=4)
    (cell,) = (cell for cell in made.cells if grade_id_of(cell) == f"check-{exercise}")
    cell.metadata["nbgrader"]["points"] = points
    nbformat.write(made, file)
    return file.read_bytes()


def points(file: Path, exercise: str) -> float:
    made = nbformat.read(file, as_version=4)
    (cell,) = (cell for cell in made.cells if grade_id_of(cell) == f"check-{exercise}")
    return float(cell.metadata["nbgrader"]["points"])


def files(course: Course) -> tuple[Path, Path]:
    """The source and the released notebook of lstm."""
    source, target = (course.path(step, ".", "lstm") / "lstm.ipynb" for step in STEPS)
    return source, target


def test_a_source_that_a_person_changed_is_left_alone(course, monkeypatch) -> None:
    source, target = files(course)
    before, edited = target.read_bytes(), set_points(source, "LSTMCell", 5)
    (lstm,) = (one for one in courses.release_all(course) if one.assignment == "lstm")
    assert not lstm.changed
    assert "source/lstm/lstm.ipynb was changed in this course, and was left as it is" in lstm.left
    assert "autograder release lstm --replace" in lstm.left
    assert (source.read_bytes(), target.read_bytes()) == (edited, before)

    # It is released where that is asked, and stays a person's when the chapter changes.
    assert courses.release(course, "lstm").changed
    assert (source.read_bytes(), points(target, "LSTMCell")) == (edited, 5)
    found = courses.release(course, "lstm")
    assert (found.changed, "was released as it is" in found.left) == (False, True)
    monkeypatch.setattr(courses, "noted", lambda _: None)
    monkeypatch.setattr(courses, "text", lambda *_: with_a_cell_less())
    courses.release(course, "lstm")
    courses.release_all(course)
    assert source.read_bytes() == edited

    monkeypatch.undo()
    found = courses.release(course, "lstm", replace=True)
    assert (found.changed, found.left) == (True, "")
    assert points(source, "LSTMCell") == points(target, "LSTMCell") == 3
    assert not courses.release(course, "lstm").changed


def test_a_release_that_a_person_changed_is_left_alone(course, monkeypatch) -> None:
    _, target = files(course)
    edited = set_points(target, "LSTMCell", 5)
    monkeypatch.setattr(courses, "text", lambda *_: with_a_cell_less())
    first = courses.release(course, "lstm")
    (released,) = (one for one in courses.release_all(course) if one.assignment == "lstm")
    for found in (first, released):
        assert found.assignment == "lstm"
        assert "release/lstm/lstm.ipynb was changed in this course" in found.left
        assert target.read_bytes() == edited


def test_a_removed_assignment_stays_away(course) -> None:
    for step in STEPS:
        shutil.rmtree(course.path(step, ".", "gru"))
    (gru,) = (one for one in courses.release_all(course) if one.assignment == "gru")
    assert (gru.changed, "autograder release gru" in gru.left) == (False, True)
    assert not course.path("source", ".", "gru").exists()
    assert courses.release(course, "gru").changed
    assert course.path("release", ".", "gru").exists()


def test_a_course_has_the_chosen_assignments_alone(tmp_path) -> None:
    made = courses.make_course(tmp_path / "course", ["lstm", "gru"])
    assert made.settings.assignments == ("lstm", "gru")
    for course in (
        made,
        courses.make_course(made.root),
        courses.make_course(made.root, ["gru", "lstm"]),
    ):
        assert [one.assignment for one in courses.release_all(course)] == ["lstm", "gru"]
    assert sorted(p.name for p in (made.root / "release").iterdir()) == ["gru", "lstm"]
    with pytest.raises(CourseError, match="says already which assignments"):
        courses.make_course(made.root, ["lstm"])
    with pytest.raises(CommandError, match="There is no assignment lsmt"):
        courses.make_course(tmp_path / "other", ["lsmt"])
    assert not (tmp_path / "other").exists()


def test_a_course_of_then_keeps_what_is_in_it(course) -> None:
    """It has no file of what was chosen, and notes of another form."""
    (course.root / "course.toml").unlink()
    for step in STEPS:
        shutil.rmtree(course.path(step, ".", "gru"))
    for note in (course.root / ".autograder" / "made").iterdir():
        kept = json.loads(note.read_bytes())
        steps = kept["made"]["files"].items()
        kept["made"] = {f"/elsewhere/{step}/x/x.ipynb": digest for step, digest in steps}
        note.write_text(json.dumps(kept))
    released = courses.release_all(courses.make_course(course.root))
    assert "gru" not in [one.assignment for one in released]
    assert len(released) == len(assignments()) - 1
    assert not any(one.left for one in released)
    assert not (course.root / "course.toml").exists()


def test_points_of_the_course_are_released_and_stay(course) -> None:
    choose(course, "[lstm]\npoints = { LSTMCell = 5, lstm_forward = 2.5 }\n")
    chosen = Course(course.root)
    assert courses.release(chosen, "lstm").changed
    for file in files(course):
        assert (points(file, "LSTMCell"), points(file, "lstm_forward")) == (5, 2.5)
    assert not courses.release(chosen, "lstm").changed
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        assert book.find_assignment("lstm").max_score == 14.5
    choose(course, "")
    assert courses.release(Course(course.root), "lstm").changed
    assert points(files(course)[1], "LSTMCell") == 3


def choose(course: Course, said: str) -> None:
    (course.root / "course.toml").write_text(said)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("[lstm\n", "course.toml cannot be read"),
        ("assignments = 3\n", "assignments has to be a list"),
        ('assignments = ["lsmt"]\n', "there is no assignment lsmt. There are: "),
        ("[lsmt]\ndue = 2026-12-01T12:00:00Z\n", "there is no assignment lsmt"),
        ("[lstm]\ndeu = 3\n", "deu is none of them"),
        ("lstm = 3\n", "a part that begins with [lstm]"),
        ("[lstm]\ndue = 2026-12-01\n", "with its time and its time zone"),
        ("[lstm]\ndue = 2026-12-01T12:00:00\n", "with its time and its time zone"),
        ('[lstm]\ndue = "tomorrow"\n', "with its time and its time zone"),
        ("[lstm]\npoints = 3\n", "have to be numbers above 0 by exercise"),
        ("[lstm]\npoints = { LSTMCell = -1 }\n", "have to be numbers above 0"),
        ("[lstm]\npoints = { LSTMCel = 1 }\n", "gives points to LSTMCel, which carries none"),
    ],
)
def test_what_cannot_be_chosen_is_told(course, said, sentence) -> None:
    choose(course, said)
    with pytest.raises(CommandError, match=re.escape(sentence)):
        courses.release(Course(course.root), "lstm")


def test_a_byte_that_is_not_utf_8_in_the_choice_is_told(course) -> None:
    (course.root / "course.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(CommandError, match=r"course\.toml cannot be read"):
        courses.release_all(Course(course.root))


def test_an_assignment_is_entered_again_where_the_gradebook_is_gone(course) -> None:
    (course.root / "gradebook.db").unlink()
    assert courses.release(course, "lstm").changed
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        assert book.find_assignment("lstm").max_score == 12
        assert len(book.find_notebook("lstm", "lstm").solution_cells) == 4
    assert not courses.release(course, "lstm").changed
