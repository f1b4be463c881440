"""PostgreSQL as the gradebook, by nbgrader's own `db_url`: the same grades as SQLite's."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, text

from autograder.grader.commands.grading import Hosts, grade_class
from autograder.grader.grading import gradebook, gradebook_reader
from autograder.grader.grading.course import Course
from autograder.grader.grading.gradebook_reader import LockedError
from autograder.grader.grading.record import Record
from tests.grader.grading.slurm import free_port
from tests.grader.grading.test_gradebook import VERDICTS

pytestmark = pytest.mark.slow


def programs() -> str:
    """The folder of PostgreSQL's programs, or ""."""
    found = shutil.which("initdb") or next(
        (str(p) for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")), ""
    )
    return str(Path(found).resolve().parent) if found else ""


def other_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.fixture(scope="module")
def server():
    """The address of a server of our own, without a database name."""
    pytest.importorskip(
        "psycopg", reason="psycopg, by which Python talks to PostgreSQL, is missing"
    )
    if not programs():
        pytest.skip("PostgreSQL is not installed; on Debian, as root: apt install postgresql")
    user = other_user()
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        if user:
            shutil.chown(folder, user)
        data, port = f"{folder}/data", free_port()

        def run(*command: str) -> None:
            done = subprocess.run(command, user=user, cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr

        run(f"{programs()}/initdb", "-D", data, "-U", "staff", "-A", "trust", "-E", "UTF8")
        control = (f"{programs()}/pg_ctl", "-D", data, "-w", "-l", f"{folder}/log")
        run(*control, "-o", f"-p {port} -h 127.0.0.1 -k {folder}", "start")
        try:
            yield f"postgresql://staff@127.0.0.1:{port}"
        finally:
            run(*control, "-m", "immediate", "stop")


@pytest.fixture
def on_postgres(made_once, server, tmp_path) -> Course:
    """A course whose gradebook is a fresh database there, with the assignment released."""
    name = f"course_{os.urandom(4).hex()}"
    with create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT").connect() as db:
        db.execute(text(f"CREATE DATABASE {name}"))
    root = tmp_path / "on-postgres"
    shutil.copytree(made_once, root)
    (root / "gradebook.db").unlink()
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f'\nc.CourseDirectory.db_url = "{server}/{name}"\n')
    course = Course(root)
    course.nbgrader(lambda api: api.generate_assignment("lstm", force=True))
    return course


def grade_both(course: Course, on_postgres: Course) -> None:
    """Grade in the one, and bring the other up to date from the same journal."""
    grade(course)
    kept = ".autograder"
    shutil.copytree(course.root / kept, on_postgres.root / kept, dirs_exist_ok=True)
    grade(on_postgres)


def grade(course: Course) -> None:
    assert not grade_class(course, "lstm", Hosts()).failures


def everything(course: Course) -> dict:
    """All that the gradebook says of the submissions, by student."""
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        return {
            s.student_id: (
                s.score,
                s.max_score,
                s.needs_manual_grade,
                {
                    g.name: (g.auto_score, g.manual_score, g.needs_manual_grade)
                    for g in s.notebooks[0].grades
                },
                {c.name: c.auto_comment for c in s.notebooks[0].comments},
            )
            for s in book.find_assignment("lstm").submissions
        }


@pytest.mark.usefixtures("grading_here")
def test_a_class_gets_what_it_gets_in_sqlite(course, on_postgres, with_cells, solved_notebook):
    wrong = with_cells(lstm_step_forward="def lstm_step_forward(*args):\n    return args[:3]")
    notebooks = {"ada": nbformat.writes(solved_notebook), "grace": wrong, "kurt": "no notebook"}
    for one in (course, on_postgres):
        for student, notebook in notebooks.items():
            folder = one.path("submitted", student, "lstm")
            folder.mkdir(parents=True)
            (folder / "lstm.ipynb").write_text(notebook)
    grade_both(course, on_postgres)
    assert everything(on_postgres) == everything(course)
    assert everything(on_postgres)["ada"][0] == 12.0

    # A person's score stays when the work is handed in and graded anew.
    for one in (course, on_postgres):
        with Gradebook(one.directory.db_url, one.directory.course_id) as book:
            book.find_grade("check-LSTMCell", "lstm", "lstm", "kurt").manual_score = 1.5
            book.db.commit()
        (one.path("submitted", "kurt", "lstm") / "lstm.ipynb").write_text(wrong)
    grade_both(course, on_postgres)
    assert everything(on_postgres) == everything(course)
    assert everything(on_postgres)["kurt"][0] == 1.5


def test_a_lock_is_waited_for_and_then_told(on_postgres, monkeypatch):
    monkeypatch.setattr(gradebook, "PATIENCE", 0.0)
    monkeypatch.setattr(gradebook_reader, "LOCK_SECONDS", 1)
    directory = on_postgres.directory
    with (
        gradebook.Writer(directory.db_url, directory.course_id, on_postgres.config) as writer,
        create_engine(directory.db_url).connect() as other,
    ):
        other.execute(text("LOCK TABLE grade IN EXCLUSIVE MODE"))
        with pytest.raises(LockedError, match="lock timeout"):
            writer.write(VERDICTS, [], None)
        other.rollback()
        assert writer.students("lstm") == set()
        writer.write(VERDICTS, [], None)
        assert writer.students("lstm") == {"ada"}
    with Record(on_postgres, "lstm") as record:
        assert record._known == {"ada"}
