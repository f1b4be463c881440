"""The assignment and the lesson on temporal relations: every number that they state."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.grader.release.source import page as page_of
from solutions.temporal.reference import (
    augment,
    f1_by_relation,
    inverse,
    inverse_consistency,
    mark_entities,
)
from tests.chapters import pages
from tests.chapters.pages import Ran, lesson_of, run_lesson, run_solved

LESSON = lesson_of("temporal")


def said(number: int, *parts: str) -> None:
    pages.said(LESSON, number, *parts)


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("temporal")


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run_lesson(LESSON)


# The assignment.


def test_the_demonstrations_show_what_is_said(solved: Ran) -> None:
    for line in (
        "twice round gives the relation itself: True",
        "event to time: 그는 <2> 1950년에 </2> 서울을 <1> 떠났다 </1> .",
        "nothing else has changed: True",
        "right on 400 links not seen: 100%",
        "as given: 100% right, ",
        "augmented: 100% right, 100% consistent",
        "equal to scikit-learn: True",
    ):
        assert line in solved[1]


def test_the_particle_of_from_is_lost(solved: Ran) -> None:
    line = next(line for line in solved[1].splitlines() if line.startswith("from Monday"))
    assert "'particle': '는'" in line


def test_who_has_learned_one_direction_contradicts_itself(solved: Ran) -> None:
    line = next(line for line in solved[1].splitlines() if line.startswith("as given"))
    assert int(line.split(", ")[1].split("%")[0]) < 20


def test_about_half_is_right_in_both_directions(solved: Ran) -> None:
    names = solved[0]
    right = np.mean([a == b for a, b in zip(names["right"], names["predicted"], strict=True)])
    assert abs(right - 0.5) < 0.05
    assert names["table"]["IAFTER"] == (0, 0, 0, 0)
    assert "One number, the share that is right, would say *about half*." in page_of(
        "temporal"
    ).read_text("utf-8")


# The lesson.


def test_the_lesson_shows_what_is_said(lesson: Ran) -> None:
    for line in (
        "until: 2 characters in NFC, 4 in NFD, equal: False",
        "right: 7 of 10",
        "marks by kind: right on 50% at best",
        "marks by argument: right on 100% at best",
        "turned, then split: 76% right",
        "split first: 20% right",
        "frequent ones alone: 80% right",
        "all four: 80% right",
        "the war: certain from 1950 to 1953",
        "he lives in Seoul: certain from 1953 to 1970",
        "the house stands: certain from 1970 to 1970",
    ):
        assert line in lesson[1]


def test_the_rule_fails_in_three_ways(lesson: Ran) -> None:
    names = lesson[0]
    wrong = [names["written"][k] for k, hit in enumerate(names["hits"]) if not hit]
    assert [time.split()[-1] for _, time, _ in wrong] == ["이전에", "금요일까지", "동안"]
    assert all(time in sentence for sentence, time, _ in names["written"])
    assert len(names["written"]) == len(names["english"])


def test_bars_of_the_intervals_are_as_their_relations_say(lesson: Ran) -> None:
    drawn = lesson[0]["drawn"]
    for name, (a, b) in drawn.items():
        if inverse(name) in drawn:
            other = drawn[inverse(name)]
            assert (b, a) == other or name == "SIMULTANEOUS"
    (_, end), (start, _) = drawn["IBEFORE"]
    assert end == start


def test_inverses_of_four() -> None:
    said(1, *map(inverse, ("BEGUN_BY", "IAFTER", "INCLUDES", "IDENTITY")))


def test_how_many_links_there_are_after_turning() -> None:
    names = ["IS_INCLUDED"] * 70 + ["BEFORE"] * 30 + ["SIMULTANEOUS"] * 20
    found = [name for _, _, name in augment([((0, 1), (1, 2), name) for name in names])]
    parts = [
        f"{found.count(name)} {name}"
        for name in ("IS_INCLUDED", "INCLUDES", "BEFORE", "AFTER", "SIMULTANEOUS")
    ]
    said(2, f"{len(found)}", *parts)


def test_places_of_the_marks() -> None:
    marked = mark_entities(list("abcdefghi"), (5, 7), (1, 2))
    closing = marked.index("</1>"), marked.index("</2>")
    said(3, "mark is at 1", "closing mark at 3", "argument is at 7", f"{closing}")


def test_sizes_of_the_output_layer() -> None:
    features = 3 * 2 * 16
    said(4, "(4, 12, 32)", f"(4, {features})", f"({features}, 14)", f"{features * 14 + 14:,}"[:1])
    said(4, "1{,}358")
    assert features * 14 + 14 == 1358


def test_always_simultaneous() -> None:
    every = ["SIMULTANEOUS"] * 50
    y_true = every[:5] + ["BEFORE"] * 45
    P, R, F, _ = f1_by_relation(y_true, every, every[:1])[every[0]]
    share = inverse_consistency(every, every)
    said(5, f"the share is {share:.0f}", f"{P:.1f}", f"recall {R:.0f}", f"{F:.3f}")


def test_learned_by_heart() -> None:
    said(6, f"{0.7 + 0.3 * 0.2:.2f}")
