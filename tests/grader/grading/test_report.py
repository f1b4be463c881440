"""The report of a course: its page, its sheet, and what it says of whom."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser

import jsonschema
import pytest
from nbgrader.api import Gradebook

from autograder.grader.report import schema
from tests.grader.grading.known import POINTS, Known

FORMULA, HOSTILE = "=1+1", "<img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """What elements a page has, and its addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        self.names.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in ("src", "href")]


@pytest.fixture
def reported(known: Known, tmp_path):
    """A class of four: the words of the command, the page, the sheet and the data."""
    known.hand_in("ada")
    known.hand_in("ada", wrong=["LSTMCell"], at="2026-01-01 11:00:00")
    known.hand_in(FORMULA, at="2026-01-01 14:30:00")
    known.hand_in(HOSTILE, wrong=list(POINTS))
    known.hand_in("bob")
    known.judge("bob", {"LSTMCell": "needs_review"})
    known.add_rule()
    (known.course.root / "course.toml").write_text("[lstm]\ndue = 2026-01-01T13:00:00+01:00\n")
    with Gradebook(known.course.directory.db_url, known.course.directory.course_id) as gradebook:
        gradebook.add_student("grace")
    told, _ = known.autograder("grade", "lstm")
    assert "Nothing from 1 of the class: grace." in told
    rows, _ = known.autograder(
        "report", "lstm", "--csv", str(tmp_path / "r.csv"), "--json", str(tmp_path / "r.json")
    )
    return known.course.root / "reports" / "lstm.html", tmp_path, rows


def test_a_report_is_one_page_a_sheet_and_data(reported) -> None:
    place, folder, rows = reported
    assert f"The page for a browser: {place}" in rows
    for path, mode in ((place, 0o600), (place.parent, 0o700), (folder / "r.csv", 0o600)):
        assert path.stat().st_mode & 0o777 == mode

    page = place.read_text()
    found = Tags(page)
    assert not {"script", "link", "iframe", "object", "form"} & set(found.names)
    assert not {name for name in found.attributes if name.startswith("on")}
    own = ("data:image/svg+xml;base64,", "#")
    assert all(address.startswith(own) for address in found.addresses)
    assert found.names.count("img") == 3
    alternatives = re.findall(r'<img [^>]*alt="([^"]+)"', page)
    assert alternatives[1].startswith("How many got each exercise right: lstm_step_forward 3 of 4,")
    assert alternatives[2] == "When 2 were handed in: 1 after they were due."
    assert "&lt;img src=x" in page
    _, _, staff = page.partition('id="staff"')
    assert "ada" not in page.removesuffix(staff)
    assert "refused" in staff
    assert "Nothing from 1 of the class: grace." in staff
    assert "Nothing from 1 of the class: grace." in rows
    assert "2.5 hours" in staff
    assert "Half of the class has 4.5 or more of 12 points; the mean is 4.5." in page
    assert "too few to tell" in page

    with (folder / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        by_name = {row["student"]: row for row in csv.DictReader(file)}
    assert set(by_name) == {"ada", "bob", f"'{FORMULA}", HOSTILE, "grace"}
    assert (by_name["grace"]["score"], by_name["grace"]["note"]) == ("", "handed in nothing")
    late = by_name[f"'{FORMULA}"]
    assert [float(late[name]) for name in ("score", "points", "penalty", "after_due")] == [
        0.0,
        12.0,
        12.0,
        9000.0,
    ]
    assert (by_name["ada"]["LSTMCell"], by_name["ada"]["LSTMCell status"]) == ("0.0", "wrong")
    assert by_name["bob"]["handed_in"] == by_name["bob"]["after_due"] == ""
    assert float(by_name["ada"]["after_due"]) == -3600

    written = json.loads((folder / "r.json").read_bytes())
    jsonschema.validate(written, schema.of_report())
    assert written["absent"] == ["grace"]
    assert [one["versions"] for one in written["students"]] == [1, 1, 2, 1]
    assert {"student": "bob", "cell": "LSTMCell"}.items() <= written["attention"][-1].items()


def test_it_is_written_where_one_says(known, tmp_path) -> None:
    known.hand_in("ada")
    known.autograder("grade", "lstm")
    known.autograder("report", "lstm", "--html", str(tmp_path / "mine.html"))
    assert "What the class made of" in (tmp_path / "mine.html").read_text()
    assert not (known.course.root / "reports").exists()
    assert "nothing can be said about what is common" in (tmp_path / "mine.html").read_text()
