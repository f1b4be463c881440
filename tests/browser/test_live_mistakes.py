"""References and known mistakes in a reader's browser: found right, and named as they are natively.

A tenth of the mistakes are tried; with `--prove`, all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from autograder.exercises import assignments, exercises
from autograder.grader import catalogue, references
from autograder.grader.release.solve import grade_id_of
from autograder.grader.release.source import notebook
from tests.browser.conftest import serve_site
from tests.browser.test_live import PAGE, STEP, alone, place, pytestmark
from tests.grader.book.books import Book

__all__ = ["alone", "pytestmark"]

ONE_IN = 10
HERE = {
    assignment: names
    for assignment in assignments()
    if (names := [e.name for e in exercises(assignment) if not e.requires])
}
"""The exercises of each assignment that are checked on its page."""

IN_A_WORKER = """async ([wheel, requests]) => {
  window.worker ??= new Worker("/live/worker.js", { type: "module" });
  const found = [];
  for (const asked of requests) {
    worker.postMessage({ wanted: "check", asked, wheel });
    found.push(await new Promise((tell) => { worker.onmessage = ({ data }) => tell(data); }));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def page(alone: Any, real_book: Book) -> Iterator[Any]:
    with serve_site(real_book.html) as address:
        page = alone.new_page()
        page.set_default_timeout(0)
        page.goto(address + PAGE)
        yield page


def found_in(page: Any, requests: Sequence[str]) -> list[dict[str, Any]]:
    wheel = place(page, STEP).get_attribute("data-wheel")
    found = page.evaluate(IN_A_WORKER, [f"/{wheel.lstrip('./')}", requests])
    return [one.get("found", one) for one in found]


@pytest.mark.parametrize("assignment", HERE)
def test_what_is_known_is_found_in_the_browser_too(
    page: Any, assignment: str, pytestconfig: pytest.Config
) -> None:
    names, plain = HERE[assignment], references.plain(assignment)
    every = [exercise.name for exercise in exercises(assignment)]
    (setup,) = (c.source for c in notebook(assignment).cells if grade_id_of(c) == "setup")
    # What is wrong may use helpers that what is right does without.
    helpers = [references.pick(plain, one) for one in references.bound(plain) - set(every)]
    of_numpy = [one for one in helpers if one.startswith("def ") and "torch" not in one]
    setup = "\n\n".join([setup, *of_numpy])
    right = references.cells(plain, every)

    def request(name: str, source: str) -> str:
        above = [[one, right[one]] for one in names[: names.index(name)]]
        return json.dumps({"setup": setup, "cells": [*above, [name, source]]})

    known = [m for m in catalogue.entries(assignment) if m.exercise in names]
    known = known if pytestconfig.getoption("prove") else known[::ONE_IN]
    wrong = [
        right[m.exercise].replace(
            references.pick(plain, m.exercise).rstrip("\n"),
            catalogue.wrong(assignment, m).rstrip("\n"),
        )
        for m in known
    ]
    assert all(source != right[m.exercise] for m, source in zip(known, wrong, strict=True))
    requests = [request(name, right[name]) for name in names]
    requests += [request(m.exercise, source) for m, source in zip(known, wrong, strict=True)]
    told = found_in(page, requests)
    of_right, of_wrong = told[: len(names)], told[len(names) :]
    assert {one["title"] for one in of_right if one["status"] == "correct"} == set(names)
    unnamed = [
        (m.exercise, m.name, one)
        for m, one in zip(known, of_wrong, strict=True)
        if one["status"] == "correct" or m.mistake.says not in one["message"]
    ]
    assert not unnamed
