"""Graded notebooks as staff read them in formgrader, and feedback as students read it."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from autograder.checking.contents import section
from autograder.exercises import exercises
from autograder.grader import catalogue, references
from autograder.grader.grading.course import Course
from autograder.grader.grading.files import write_atomically
from autograder.grader.release.solve import filled, solved
from tests.browser.chromium import marks

pytestmark = marks

NAMES = [exercise.name for exercise in exercises("lstm")]
POINTS = {"lstm_step_forward": 3, "lstm_step_backward": 4, "lstm_forward": 2, "LSTMCell": 3}
FIRST = NAMES[0]
MISTAKE = next(m for m in catalogue.entries("lstm") if m.exercise == FIRST)

MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/latest.js"
"""Formgrader asks for it there; formulas stay as written where it cannot be had."""

NO_MATHJAX = "MathJax is not defined"
"""What formgrader then says to the console."""

NO_PICTURE = "Failed to load resource: net::ERR_INVALID_URL"
"""What the browser says to a picture that is none."""

HOSTILE = """\
from IPython.display import HTML, Javascript, display

script = "<script>document.title = 'taken'</script>"
print(script)
display(HTML(script), Javascript("document.title = 'taken'"))
display({"text/plain": script, "image/png": '">' + script, "image/svg+xml": script}, raw=True)


def lstm_step_forward(x, h, c, Wx, Wh, b):
    raise ValueError("</code></pre><img src=x onerror=\\"document.title = 'taken'\\">" + script)
"""


@pytest.fixture(scope="module")
def graded(made_once, tmp_path_factory) -> Course:
    """A course with three graded submissions, and their feedback."""
    root = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(made_once, root)
    course = Course(root)
    wrong = references.cells(catalogue.text("lstm", MISTAKE), NAMES)
    submissions = {
        "ada": solved("lstm"),
        "ben": filled("lstm", wrong),
        "eve": filled("lstm", {FIRST: HOSTILE}),
    }
    for student, notebook in submissions.items():
        write_atomically(
            course.path("submitted", student, "lstm") / "lstm.ipynb", notebook.encode()
        )
    for command in ("grade", "feedback"):
        line = [sys.executable, "-m", "autograder.grader.cli", command, "lstm"]
        subprocess.run(line, cwd=root, check=True, capture_output=True)
    return course


@pytest.fixture(scope="module")
def formgrader(graded, serve) -> str:
    return serve(graded.root)("formgrader")


def open_submission(looker, formgrader: str, score: str) -> None:
    """Go to the submission with this score, as a person does."""
    page = looker.page
    page.goto(formgrader)
    row = page.locator("tr", has=page.get_by_role("link", name="lstm", exact=True))
    expect(row.locator(".num-submissions")).to_have_text("3")
    looker.picture("assignments")
    page.get_by_role("link", name="Manual Grading").click()
    page.get_by_role("link", name="lstm", exact=True).click()
    page.get_by_role("link", name="lstm", exact=True).last.click()
    expect(page.locator("tbody tr")).to_have_count(3)
    looker.picture("submissions")
    row = page.locator("tbody tr", has=page.get_by_text(score, exact=True))
    row.get_by_role("link", name="Submission").click()


def test_staff_read_a_graded_notebook_and_give_points(graded, formgrader, looker) -> None:
    open_submission(looker, formgrader, "9 / 12")
    page = looker.page
    verdicts = page.locator(".autograder-check")
    expect(verdicts).to_have_count(len(NAMES))
    expect(verdicts.first).to_contain_text(MISTAKE.mistake.says.replace("`", ""))
    expect(verdicts.first).to_contain_text(f"Read {section('lstm', MISTAKE.mistake.read)}.")
    for name, points in POINTS.items():
        given = 0 if name == FIRST else points
        expect(page.locator(f"input#check-{name}")).to_have_attribute("placeholder", str(given))
    verdicts.first.scroll_into_view_if_needed()
    looker.picture("graded")

    score = page.locator(f"input#check-{FIRST}")
    score.fill("1.5")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url) as answer:
        score.press("Tab")
    assert answer.value.ok
    with Gradebook(graded.directory.db_url, graded.directory.course_id) as gradebook:
        assert gradebook.find_submission("lstm", "ben").score == 10.5

    assert all(url.startswith(MATHJAX) for url in looker.outside)
    assert set(looker.errors) <= {NO_MATHJAX}


def test_nothing_that_a_student_printed_runs_in_formgrader(formgrader, looker) -> None:
    open_submission(looker, formgrader, "0 / 12")
    page = looker.page
    verdict = page.locator(".autograder-check").first
    expect(verdict).to_contain_text("It raises ValueError")
    verdict.scroll_into_view_if_needed()
    looker.picture("hostile")
    assert "taken" not in page.title()
    assert all(url.startswith(MATHJAX) for url in looker.outside)
    assert set(looker.errors) <= {NO_MATHJAX, NO_PICTURE}


@pytest.mark.parametrize(
    ("student", "status"), [("ada", "correct"), ("ben", "not right yet"), ("eve", "error")]
)
def test_a_student_reads_feedback(graded, looker, student, status) -> None:
    page = looker.page
    folder = graded.path("feedback", student, "lstm")
    page.goto((folder / "lstm.html").as_uri())
    verdicts = page.locator(".autograder-check")
    expect(verdicts).to_have_count(len(NAMES))
    expect(verdicts.first).to_contain_text(status)
    contents = page.locator("#toc tbody tr")
    expect(contents).to_have_count(len(NAMES))
    expect(contents.first).to_contain_text(FIRST)
    expect(contents.first).to_contain_text(status, ignore_case=True)
    contents.first.get_by_role("link", name=FIRST).click()
    expect(verdicts.first).to_be_in_viewport()
    looker.picture(student)

    assert page.title() == "lstm"
    assert page.locator("script").count() == 0
    assert page.locator("math").count() >= 10
    assert page.locator("mtr").count() >= 4
    assert page.locator("[onerror], [onload], [onclick], iframe, object, embed").count() == 0
    assert not looker.outside
    assert set(looker.errors) <= {NO_PICTURE}
