"""Feedback goes back under the names under which the work came."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

from autograder.grader.grading.course import Course
from autograder.grader.platforms.collecting import Told
from autograder.grader.platforms.handed_back import pack
from autograder.grader.platforms.labels import _CANVAS, _MOODLE
from tests.grader.platforms.conftest import CANVAS, MOODLE

Collect = Callable[..., dict[str, Told]]
Packed = Callable[..., Path]
Work = Callable[[str], bytes]


def test_names_of_the_platforms(
    course: Course, collect: Collect, packed: Packed, work: Work, tmp_path: Path
) -> None:
    folder = "Ada Lovelace_501_assignsubmission_file_"
    collect(packed("moodle", {f"{folder}/my work.ipynb": work("ada")}), listed=MOODLE)
    name = "turingalan_LATE_78_1002_lstm-1.ipynb"
    helper = "turingalan_LATE_78_1003_helper.py"
    collect(packed("canvas", {name: work("alan"), helper: b"A = 1"}), listed=CANVAS)
    collect(packed("plain", {"sue.ipynb": work("sue")}))
    for student in ("ada@example.org", "alan", "sue"):
        page = course.path("feedback", student, "lstm") / "lstm.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<p>{student}</p>")
    path = tmp_path / "feedback.zip"
    assert pack(course, "lstm", path) == {"moodle": 1, "canvas": 1, "plain": 1}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as made:
        pages = {inside: made.read(inside).decode() for inside in made.namelist()}
    assert pages == {
        f"{folder}/lstm.html": "<p>ada@example.org</p>",
        "turingalan_LATE_78_1002_lstm-1.html": "<p>alan</p>",
        "sue/lstm.html": "<p>sue</p>",
    }
    # As the platforms read them: Moodle the second part between underscores, Canvas the numbers.
    assert [p.split("_")[1] for p in pages if _MOODLE.match(p.split("/")[0])] == ["501"]
    (canvas,) = (p for p in pages if _CANVAS.search(p))
    assert [part for part in canvas.split("_") if part.isdigit()][:2] == ["78", "1002"]
