"""What the README says to instructors works as it stands, line by line, in a new course."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.grader.checkout import ROOT
from autograder.grader.grading import settings
from autograder.grader.release.solve import filled, solved


def lines() -> list[str]:
    """The commands that the README gives to instructors."""
    _, _, part = (ROOT / "README.md").read_text().partition("## For instructors")
    return re.findall(r"^\$ (.+?)(?: +#.*)?$", part.partition("## For administrators")[0], re.M)


def shell(folder: Path, *commands: str) -> str:
    """Run commands as a person does, in an environment that has them; what they print."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", "\n".join(commands)],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def hand_in(archive: Path) -> dict[str, float]:
    """Put work into the folder of an archive, in every way that is told; who gets what."""
    right, blank = solved("lstm"), filled("lstm", {})
    archive.mkdir(parents=True)
    (archive / "ada.ipynb").write_text(right)
    (archive / "bob_lstm.ipynb").write_text(blank)
    with zipfile.ZipFile(archive / "eve.zip", "w") as packed:
        packed.writestr("lstm.ipynb", right)
        packed.writestr(".ipynb_checkpoints/lstm-checkpoint.ipynb", blank)
        packed.writestr("__MACOSX/._lstm.ipynb", "\0")
    (archive / "Kim-Lee.2").mkdir()
    (archive / "Kim-Lee.2" / "my work.ipynb").write_text(blank)
    return {"ada": 12.0, "bob": 0.0, "eve": 12.0, "Kim-Lee.2": 0.0}


def download(root: Path) -> dict[str, float]:
    """What Canvas and Moodle give of a class, beside those of the archive; who gets what."""
    with zipfile.ZipFile(root / "submissions.zip", "w") as packed:
        packed.writestr("leeann_LATE_81_1001_lstm-1.ipynb", solved("lstm"))
    everybody = ["ada", "bob", "eve", "Kim-Lee.2", "ann"]
    with (root / "class.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "lstm (43)"])
        table.writerow(["    Points Possible", "", "", "", "", "12"])
        table.writerows(["Lee, Ann", 77 + at, "", who, "A", ""] for at, who in enumerate(everybody))
    with (root / "worksheet.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Identifier", "Full name", "ID number", "Grade", "Maximum Grade"])
        table.writerows(["Participant 5", who, who, "", "12.00"] for who in everybody)
    return {"ann": 12.0}


@pytest.mark.slow
def test_the_lines_of_the_readme_work_in_a_new_course(tmp_path):
    commands = lines()
    assert [line.split()[0] for line in commands] == ["autograder", "cd"] + ["autograder"] * 4 + [
        "nbgrader"
    ] * 3 + ["autograder"]
    shell(tmp_path, commands[0])
    root = tmp_path / "my-course"
    wanted = hand_in(root / "downloaded" / "lstm" / "archive") | download(root)
    said = shell(tmp_path, commands[1], "nbgrader zip_collect lstm", *commands[2:])
    assert "Wrote the feedback of 5 students" in said
    assert "1 for Canvas" in said
    assert {p.name for p in (root / "submitted").iterdir()} == set(wanted)
    with (root / "grades.csv").open() as file:
        grades = {
            row["student_id"]: float(row["score"])
            for row in csv.DictReader(io.StringIO(file.read()))
            if row["assignment"] == "lstm"
        }
    assert grades == wanted
    for name, who, column in (
        ("canvas", "SIS Login ID", "lstm (43)"),
        ("moodle", "ID number", "Grade"),
    ):
        with (root / f"{name}.csv").open() as file:
            rows = [row for row in csv.DictReader(file) if row[who]]
        assert {row[who]: float(row[column]) for row in rows} == wanted


def test_the_file_that_the_readme_shows_is_read(tmp_path):
    (shown,) = re.findall(r"^```toml\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    (tmp_path / settings.FILE).write_text(shown)
    found = settings.read(tmp_path)
    assert found.assignments == ("lstm", "gru")
    assert str(found.due["lstm"]) == "2026-12-01 22:59:00"
    assert str(found.extensions["lstm"]["ada"]) == "2026-12-03 22:59:00"
    assert found.points == {"lstm": {"LSTMCell": 5.0}}


def test_the_examples_in_a_new_file_are_read(tmp_path):
    text = settings.text(["lstm"])
    examples = re.findall(r"^#   (.+)$", text, re.M)
    (beside,) = (line for line in examples if line.startswith(settings.OWN))
    examples.remove(beside)  # that folder has to be there
    assert len(examples) == 4
    (tmp_path / settings.FILE).write_text("\n".join([text, *examples]))
    found = settings.read(tmp_path)
    assert (found.assignments, set(found.due), set(found.points)) == (("lstm",), {"lstm"}, {"lstm"})
