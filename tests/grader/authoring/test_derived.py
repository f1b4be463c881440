"""What follows from a folder is written, and what is not as it has to be is told in a sentence."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from autograder.checking import contents, hints, public
from autograder.exercises import find
from autograder.grader import folder
from autograder.grader.authoring.derived import derive
from autograder.grader.authoring.leaks import leaks
from autograder.grader.authoring.prove import ProveError, prove, sentence
from autograder.grader.authoring.wheel import WheelError, build
from autograder.grader.checkout import of_folder
from autograder.grader.errors import CommandError

Change = tuple[str, str, str]
"""A file, and what in it becomes what."""

REFERENCE = "solutions/decay/reference.py"
MISTAKES = "solutions/decay/mistakes.diff"
HINTS = "exercises/decay/hints.toml"
PAGE = "chapters/decay/decay.md"

WRONG: list[tuple[Change, str]] = [
    (
        (REFERENCE, "def leaky_step", "def leaky"),
        "reference.py has no leaky_step, which exercises/",
    ),
    (
        (REFERENCE, "return decay", "return (decay"),
        "solutions/decay/reference.py, line 21: '(' was",
    ),
    (
        (REFERENCE, "return decay * h", "return decays * h"),
        "The reference of leaky_step fails for N=3, H=5: NameError: name 'decays' is not defined.",
    ),
    (
        ("exercises/decay/leaky_step.py", "normal(rng, N, H), normal", "normal(rng, N, K), normal"),
        "exercises/decay/leaky_step.py, line 21: NameError: name 'K' is not defined.",
    ),
    (
        ("solutions/decay/styles/loops.py", "def leaky_step", "def leaky"),
        "solutions/decay/styles/loops.py has no leaky_step.",
    ),
    (
        (MISTAKES, "~ decay * h + =>", "~ decay * g + =>"),
        "solutions/decay/mistakes.diff:11: 'decay",
    ),
    ((MISTAKES, "# leaky_step", "# leaky"), "the reference has no leaky"),
    ((HINTS, "leaky_step = [", "leaky = ["), "There is no exercise leaky. There are: leaky_step."),
    ((PAGE, "grade_id: leaky_step", "grade_id: leaky"), "has no cell for leaky_step: copy one of"),
    ((PAGE, "## What leaky_step", "## How leaky_step"), "names ‘What leaky_step computes’, and no"),
]


def changed(own: Path, change: Change) -> None:
    path, before, after = change
    text = (own / path).read_text("utf-8")
    assert text.count(before) >= 1
    (own / path).write_text(text.replace(before, after), "utf-8")


@pytest.mark.parametrize(("change", "says"), WRONG, ids=[says[:40] for _, says in WRONG])
def test_what_is_not_as_it_has_to_be_is_told(change: Change, says: str, own: Path) -> None:
    changed(own, change)
    folder.use(own)
    with pytest.raises(CommandError) as told:
        derive("decay")
    assert says in str(told.value)


def test_what_follows_is_written(own: Path) -> None:
    folder.use(own)
    derive("decay")
    page = (own / PAGE).read_text("utf-8")
    assert "def leaky_step(h, x, decay):\n" in page
    assert "1 - decay" not in page.split("def leaky_step")[1].split("```")[0]
    exercise = find("leaky_step")
    assert exercise is not None
    assert list(public.Public(exercise).mistakes) == [
        "parts-exchanged",
        "input-whole",
        "state-kept-whole",
        "state-forgotten",
    ]
    assert contents.points("decay") == {"leaky_step": 2}
    assert contents.section("decay", "‘What leaky_step computes’").page == ""
    assert len(hints.hints("decay")["leaky_step"]) == 3


def test_a_section_of_the_book_is_found_by_its_title(own: Path) -> None:
    changed(own, (MISTAKES, "## ‘What leaky_step computes’", "## ‘The forget gate’"))
    folder.use(own)
    derive("decay")
    kept = tomllib.loads((own / "exercises" / "decay" / "contents.toml").read_text("utf-8"))
    (place,) = kept["decay"]["mistakes"].values()
    assert place.startswith("chapters/gated/index.html#")
    assert kept["pages"] == {"chapters/gated/index.html": "Gated networks: the LSTM and the GRU"}


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("exercises/decay/leaky_step.py", "# return decay * h + (1 - decay) * x\n"),
        ("exercises/decay/notes.txt", "return decay * h + (1 - decay) * x\n"),
        (PAGE, "\nreturn decay * h + (1 - decay) * x\n"),
        (
            MISTAKES,
            "\nx-twice: Do not write return decay * h + (1 - decay) * x.\n~ * x => * x * x\n",
        ),
    ],
)
def test_a_line_of_a_solution_that_students_would_get_is_told(
    path: str, after: str, own: Path, tmp_path: Path
) -> None:
    with (own / path).open("a", encoding="utf-8") as file:
        file.write(after)
    folder.use(own)
    derive("decay")
    (told,) = leaks(of_folder(own), "decay")
    assert "has a line of the solution of leaky_step" in told
    with pytest.raises(WheelError, match="has a line of the solution of leaky_step"):
        build(own, tmp_path / "out", print)
    assert not (tmp_path / "out").exists()


def test_a_wheel_has_the_public_half_and_another_version_after_a_change(
    own: Path, tmp_path: Path
) -> None:
    (own / "exercises" / "decay" / "mine.ods").write_bytes(b"grades")
    told: list[str] = []
    first = build(own, tmp_path, told.append)
    assert told == ["exercises/decay/mine.ods is left out: a wheel takes .py, .toml, .npz."]
    with zipfile.ZipFile(first) as held:
        names = [name for name in held.namelist() if ".dist-info/" not in name]
    assert all(name.startswith("autograder/exercises/decay/") for name in names)
    assert not [name for name in names if "mine" in name or "solution" in name]
    assert build(own, tmp_path, told.append) == first
    changed(own, (HINTS, "Where `decay` is 0, only", "Where `decay` is 0, nothing but"))
    assert build(own, tmp_path, told.append).name != first.name


def test_a_wheel_of_what_is_left_to_write_is_not_built(own: Path, tmp_path: Path) -> None:
    changed(own, (HINTS, "Look at", "TO WRITE: look at"))
    with pytest.raises(WheelError, match=r"something to write\. exercises/decay/hi"):
        build(own, tmp_path / "out", print)


@pytest.mark.parametrize("assignment", ["../decay", "/etc", "nothing", ""])
def test_what_is_not_there_cannot_be_proved(assignment: str, own: Path) -> None:
    with pytest.raises(ProveError, match=r"There is no assignment .* To begin one: autograder new"):
        prove(assignment, own, print)


def test_a_failed_test_is_told_as_a_sentence() -> None:
    told = sentence("tests/test_proof.py::test_a_style_is_correct[decay-loops-0]", "h_next differs")
    assert told == "It is not so that a style is correct (decay-loops-0): h_next differs"


@pytest.mark.slow
def test_a_mistake_that_passes_and_a_style_that_does_not_are_told(own: Path) -> None:
    changed(own, ("solutions/decay/styles/loops.py", "decay * (h", "0.5 * (h"))
    changed(own, (MISTAKES, "=> h +", "=> 1.0 * decay * h +"))
    shutil.rmtree(own / "solutions" / "decay" / "styles" / "__pycache__", ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "autograder.grader.cli",
        "prove",
        "decay",
        "--folder",
        str(own),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    said = done.stdout
    assert "- It is not so that a style is correct (decay-loops-0): leaky_step: " in said
    assert "- It is not so that a mistake is named (decay-leaky_step-state-kept-whole-0): " in said
    assert "Traceback" not in said + done.stderr
