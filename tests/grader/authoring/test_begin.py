"""A new exercise: its forms are written whole or not at all, and say what belongs where."""

from __future__ import annotations

import ast
import shutil
import tomllib
from pathlib import Path

import pytest

from autograder.grader.authoring import forms
from autograder.grader.authoring.begin import BeginError, _made, begin
from autograder.grader.authoring.unwritten import MARK, unwritten
from autograder.grader.checkout import COURSE, of_folder
from autograder.grader.errors import CommandError

NAMES = [
    ("../lstm", "leaky_step", "'../lstm' cannot be the name of an assignment"),
    ("/etc", "leaky_step", "'/etc' cannot be the name of an assignment"),
    ("Decay", "leaky_step", "'Decay' cannot be the name of an assignment"),
    ("class", "leaky_step", "'class' cannot be the name of an assignment"),
    ("", "leaky_step", "'' cannot be the name of an assignment"),
    ("lstm", "leaky_step", "The course has lstm itself"),
    ("shared", "leaky_step", "The course has shared itself"),
    ("wire", "leaky_step", "The course has wire itself"),
    ("pages", "leaky_step", "The course has pages itself"),
    ("decay", "leaky step", "'leaky step' cannot be the name of an exercise"),
    ("decay", "../leaky", "'../leaky' cannot be the name of an exercise"),
    ("decay", "def", "'def' cannot be the name of an exercise"),
    ("decay", "LSTMCell", "There is an exercise LSTMCell already, in lstm."),
]


def files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


def test_an_exercise_is_begun_in_all_its_places(tmp_path: Path) -> None:
    begin("decay", "leaky_step", tmp_path)
    found = files(tmp_path)
    assert set(found) == {
        "chapters/decay/decay.md",
        "exercises/decay/__init__.py",
        "exercises/decay/hints.toml",
        "exercises/decay/leaky_step.py",
        "solutions/decay/mistakes.diff",
        "solutions/decay/reference.py",
        *(f"solutions/decay/styles/{style}.py" for style in forms.STYLES),
    }
    for path, text in found.items():
        assert MARK in text, path
        assert "$" not in text, path
        if path.endswith(".py"):
            ast.parse(text)
    tomllib.loads(found["exercises/decay/hints.toml"])
    left = unwritten(of_folder(tmp_path), ["decay"])
    assert len(left) == sum(text.count(MARK) for text in found.values())
    assert left[0].startswith("solutions/decay/reference.py, line 7: write in one sentence, what")
    assert all(sentence.endswith(".") and '"' not in sentence[-3:] for sentence in left)


def test_a_second_one_is_added_and_nothing_is_lost(own: Path) -> None:
    before = files(own)
    begin("decay", "slow_step", own)
    after = files(own)
    for path, text in before.items():
        if path != "exercises/decay/leaky_step.py":
            lines = text.splitlines()
            left = iter(after[path].splitlines())
            assert all(line in left for line in lines), path
            assert after[path] != text, path
    assert "slow_step" in after["exercises/decay/slow_step.py"]
    listed = after["exercises/decay/__init__.py"]
    assert listed.index('"leaky_step",\n') < listed.index('"slow_step",\n')
    page = after["chapters/decay/decay.md"]
    assert page.index("check(leaky_step)") < page.index("def slow_step") < page.index("0.5)")
    again = files(own)
    with pytest.raises(BeginError, match=r"__init__\.py names slow_step already"):
        begin("decay", "slow_step", own)
    assert files(own) == again


def test_one_is_added_to_an_assignment_of_the_course(tmp_path: Path) -> None:
    home = of_folder(tmp_path)
    shutil.copytree(COURSE.solutions / "training", home.solutions / "training")
    ours = home.exercises / "training"
    ours.mkdir(parents=True)
    for name in ("__init__.py", "hints.toml"):
        shutil.copy(COURSE.exercises / "training" / name, ours)
    (home.chapters / "feedforward").mkdir(parents=True)
    shutil.copy(COURSE.chapters / "feedforward" / "training.md", home.chapters / "feedforward")
    made = _made(home, "training", "rms")
    listed = made[ours / "__init__.py"]
    ast.parse(listed)
    assert "from autograder.exercises.training import rms\n" in listed
    assert listed.count("Exercise(") == listed.count('"rms",') + 8
    assert {p.stem for p in made if p.parent.name == "styles"} == {"chatty", "loops", "recomputing"}
    tomllib.loads(made[ours / "hints.toml"])


@pytest.mark.parametrize(("assignment", "name", "says"), NAMES)
def test_a_name_that_cannot_be_had_is_refused(
    assignment: str, name: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError) as refused:
        begin(assignment, name, tmp_path / "mine")
    assert str(refused.value).startswith(says)
    assert list(tmp_path.iterdir()) == []


def test_what_another_file_is_called_cannot_be_begun(own: Path) -> None:
    (own / "exercises" / "decay" / "slow_step.py").write_text("x = 1\n", "utf-8")
    before = files(own)
    with pytest.raises(BeginError, match=r"slow_step\.py is there already, and is something else"):
        begin("decay", "slow_step", own)
    assert files(own) == before


def test_what_was_ended_on_its_way_goes_on(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(path: Path, data: bytes) -> None:
        if path.name == "hints.toml":
            raise KeyboardInterrupt
        path.write_bytes(data)

    with monkeypatch.context() as patch:
        patch.setattr("autograder.grader.authoring.begin.write_atomically", ended)
        with pytest.raises(KeyboardInterrupt):
            begin("decay", "slow_step", own)
    begin("decay", "slow_step", own)
    assert files(own)["solutions/decay/reference.py"].count("def slow_step") == 1
    assert files(own)["chapters/decay/decay.md"].count("check(slow_step)") == 1


def test_where_an_exercise_cannot_be_added_nothing_is_written(own: Path) -> None:
    listed = own / "exercises" / "decay" / "__init__.py"
    listed.write_text(listed.read_text("utf-8").replace("In the order", "In some order"), "utf-8")
    before = files(own)
    with pytest.raises(BeginError, match="has not the form in which an exercise can be added"):
        begin("decay", "slow_step", own)
    assert files(own) == before
