"""`autograder collect` as a person sees it: a table, a sentence, an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grader import commands
from autograder.grader.grading.course import Course
from tests.grader.platforms.conftest import CANVAS

Packed = Callable[..., Path]
Work = Callable[[str], bytes]


def test_codes_and_words(
    course: Course,
    packed: Packed,
    work: Work,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        line = ["autograder", "collect", "lstm", *arguments, "--course", str(course.root)]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as stopped:
            commands.main()
        said = capsys.readouterr()
        return int(stopped.value.code or 0), said.out + said.err

    (tmp_path / "class.csv").write_text(CANVAS)
    roster = ("--roster", str(tmp_path / "class.csv"))
    name = "turingalan_LATE_78_1002_lstm.ipynb"
    good = packed("good", {name: work("alan")})
    code, said = run(str(good), *roster, "--json", str(tmp_path / "out.json"))
    assert code == 0
    assert "alan" in said
    assert "LATE" in said
    assert "Of 1 files: 1 collected." in said
    (told,) = json.loads((tmp_path / "out.json").read_text())["files"]
    assert (told["student"], told["became"], told["late"]) == ("alan", "collected", True)
    assert "Nothing from 2 of the class: ada, grace." in said
    bad = packed("bad", {"x\x1b[2J.ipynb": work("x"), name: work("alan")})
    code, said = run(str(bad), *roster)
    assert code == 1
    assert "\x1b" not in said
    assert "1 there already; 1 left for a person to look at" in said
    for refused in (
        ("nothing.zip",),
        (str(good), "--roster", "no.csv"),
        (str(good), "--id", "x", *roster),
    ):
        code, said = run(*refused)
        assert code == 2
        assert "Traceback" not in said
