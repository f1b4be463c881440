"""What a notebook that is handed out says of points, and where its links lead."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from autograder.grader.release.handout import site, standalone, worth
from autograder.grader.release.source import CHAPTERS, assignments, notebook

ROOT = CHAPTERS.parent
PAGE = CHAPTERS / "gated" / "gru.md"


@pytest.mark.parametrize("assignment", assignments())
def test_every_exercise_is_told_its_points_above_its_cell(assignment: str) -> None:
    cells = notebook(assignment).cells
    about = [cell.metadata.get("nbgrader", {}) for cell in cells]
    worth_of = {a["grade_id"]: a["points"] for a in about if a.get("grade")}
    told = {
        one["grade_id"]: above.source
        for above, one in zip(cells, about[1:], strict=False)
        if one.get("solution")
    }
    assert told == {
        name.removeprefix("check-"): f"*{worth(points)}*" for name, points in worth_of.items()
    }


def test_it_is_told_the_points_that_the_course_gives() -> None:
    sources = [cell.source for cell in notebook("lstm", {"LSTMCell": 2.5}).cells]
    assert "*2.5 points.*" in sources
    assert "*3 points.*" in sources


def test_points_are_told_in_words() -> None:
    assert [worth(points) for points in (0, 1, 2.5)] == [
        "Checked, and not graded.", "1 point.", "2.5 points."
    ]  # fmt: skip


@pytest.mark.parametrize("assignment", assignments())
def test_what_a_figure_shows_is_told_below_it(assignment: str) -> None:
    cells = notebook(assignment).cells
    drawn = 0
    for cell, below in pairwise(cells):
        if "figure" in cell.metadata.get("mystnb", {}):
            drawn += 1
            assert below.source.startswith("> When your part is right: ")
            assert len(below.source) > 60
    assert drawn or assignment in ("cudnn_layers", "layers", "temporal")
    assert len({cell.id for cell in cells}) == len(cells)
    assert all(re.fullmatch(r"[a-z0-9_-]{1,64}", cell.id) for cell in cells)


@pytest.mark.parametrize("assignment", assignments())
def test_no_link_leads_to_a_file_that_a_student_does_not_have(assignment: str) -> None:
    text = "\n".join(c.source for c in notebook(assignment).cells if c.cell_type == "markdown")
    assert not re.findall(r"\]\((?!https?://)[^)]*\)", text)


def test_without_a_site_a_link_is_the_title_of_its_page() -> None:
    title = re.search(r"^# (.*)$", (CHAPTERS / "gated" / "lstm.md").read_text("utf-8"), re.M)
    assert title is not None
    says = standalone("See the [rules](lstm.md) and [there](lstm.md#a).", PAGE, ROOT, "")
    assert says == f"See the rules (‘{title[1]}’) and there (‘{title[1]}’)."
    assert standalone(f"[{title[1]}](lstm.md)", PAGE, ROOT, "") == f"‘{title[1]}’"


def test_with_a_site_it_is_its_address() -> None:
    says = standalone("[a](lstm.md#x) [b](../index.md)", PAGE, ROOT, "https://example.org/c")
    assert says == (
        "[a](https://example.org/c/chapters/gated/lstm.html#x) "
        "[b](https://example.org/c/chapters/index.html)"
    )
    other = "[c](https://example.org/x.md) `[d]`(e)"
    assert standalone(other, PAGE, ROOT, "https://example.org/c") == other


def test_the_address_is_one_setting(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: A book\n")
    assert site(tmp_path) == ""
    (tmp_path / "_config.yml").write_text("html:\n  baseurl: https://example.org/c/\n")
    assert site(tmp_path) == "https://example.org/c"
