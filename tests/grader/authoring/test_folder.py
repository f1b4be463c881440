"""A folder beside the course: what is refused, what decides verdicts, and what a kernel sees."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from autograder import exercises
from autograder import own as own_folder
from autograder.grader import folder, manifest, references
from autograder.grader.checkout import COURSE, PACKAGE, ROOT
from autograder.grader.folder import FolderError
from autograder.grader.grading import settings
from autograder.grader.grading.course import Course
from autograder.grader.grading.settings import SettingsError
from autograder.grader.kernels import sandbox
from autograder.grader.kernels.sandbox import SandboxError

INIT = "exercises/decay/__init__.py"


def text(folder: Path, path: str, change: Callable[[str], str]) -> None:
    file = folder / path
    file.write_text(change(file.read_text("utf-8")), "utf-8")


def renamed(folder: Path, to: str) -> None:
    (folder / "exercises" / "decay").rename(folder / "exercises" / to)


def linked(folder: Path) -> None:
    place = folder / "exercises" / "decay" / "answers.py"
    place.symlink_to("../../solutions/decay/reference.py")


def halves_in_one(folder: Path) -> None:
    shutil.move(folder / "exercises", folder / "solutions" / "exercises")
    (folder / "exercises").symlink_to(folder / "solutions")


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "a name of the course": (lambda f: renamed(f, "lstm"), "The course has lstm itself"),
    "a module of the course": (lambda f: renamed(f, "wire"), "The course has wire itself"),
    "no name": (lambda f: renamed(f, "My Decay"), "'My Decay' cannot be the name"),
    "a name that leads elsewhere": (lambda f: renamed(f, "..\\decay"), "cannot be the name"),
    "a link to a solution": (linked, "answers.py is a link"),
    "halves that are one": (halves_in_one, "exercises is a link"),
    "an exercise of the course": (
        lambda f: text(f, INIT, lambda t: t.replace('"leaky_step"', '"lstm_step_forward"')),
        "Two exercises are called lstm_step_forward, in decay and lstm",
    ),
    "an exercise of another assignment": (
        lambda f: text(f, INIT, lambda t: t.replace('"decay",', '"lstm",')),
        "the exercise leaky_step says that it is of 'lstm'",
    ),
    "no exercises": (
        lambda f: text(f, INIT, lambda t: t.replace("EXERCISES = (", "OTHERS = (")),
        "exercises/decay/__init__.py has no EXERCISES",
    ),
    "what is no Python": (
        lambda f: text(f, INIT, lambda t: f"{t}\n)"),
        "exercises/decay/__init__.py cannot be imported: SyntaxError",
    ),
    "what cannot be imported": (
        lambda f: text(f, "exercises/decay/leaky_step.py", lambda t: f"{t}\nimport solutions.x"),
        "exercises/decay/__init__.py cannot be imported: ModuleNotFoundError",
    ),
    "nothing in it": (lambda f: shutil.rmtree(f / "exercises"), "is no folder of assignments"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_folder_that_cannot_be_used_is_refused(name: str, own: Path) -> None:
    change, says = REFUSED[name]
    change(own)
    with pytest.raises(FolderError) as refused:
        folder.use(own)
    assert says in str(refused.value)
    assert exercises.find("leaky_step") is None
    assert own_folder.folder() is None


def test_a_folder_in_the_checkout_is_refused() -> None:
    with pytest.raises(FolderError, match="lie one within the other"):
        folder.use(PACKAGE)  # which has a folder exercises


def test_its_assignments_stand_beside_those_of_the_course(own: Path) -> None:
    of_the_course = exercises.assignments()
    folder.use(own)
    assert set(exercises.assignments()) == {*of_the_course, "decay"}
    assert exercises.assignments() == tuple(sorted(exercises.assignments()))
    assert exercises.homes(["leaky_step"]) == ("decay",)
    assert references.styles("decay") == ("helpers", "in_place", "loops")
    assert os.environ[own_folder.VARIABLE] == str(own)
    exercises.use(None)
    assert exercises.assignments() == of_the_course
    assert own_folder.VARIABLE not in os.environ


def test_what_decides_a_verdict_is_of_the_folder_too(own: Path, tmp_path: Path) -> None:
    before = manifest.digest_of(manifest.files(("lstm",), ""))
    manifest.files.cache_clear()
    folder.use(own)
    found = manifest.files(("decay",), "")
    beside = {file.relative_to(own).as_posix() for file in found if file.is_relative_to(own)}
    assert beside == {
        "exercises/decay/__init__.py",
        "exercises/decay/leaky_step.py",
        "solutions/decay/mistakes.diff",
        "solutions/decay/reference.py",
    }
    assert all(file.is_relative_to(own) or file.is_relative_to(ROOT) for file in found)
    digest = manifest.digest_of(found)
    assert manifest.digest_of(manifest.files(("lstm",), "")) == before, "nobody is graded again"
    elsewhere = tmp_path / "copies" / "of-mine"
    shutil.copytree(own, elsewhere)
    manifest.files.cache_clear()
    folder.use(elsewhere)
    assert manifest.digest_of(manifest.files(("decay",), "")) == digest
    text(elsewhere, "solutions/decay/reference.py", lambda t: f"{t}# another\n")
    assert manifest.digest_of(manifest.files(("decay",), "")) != digest
    manifest.files.cache_clear()


def test_a_kernel_sees_the_public_half_alone(own: Path) -> None:
    folder.use(own)
    seen = [place for place in sandbox.visible() if Path(place).is_relative_to(own)]
    assert seen == [str(own / "exercises")]
    assert not [place for place in sandbox.visible() if own.is_relative_to(place)]
    assert sandbox.variables()[own_folder.VARIABLE] == str(own)


def test_a_folder_that_kernels_would_see_whole_is_refused(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.exec_prefix", str(own.parent))
    folder.use(own)
    with pytest.raises(SandboxError, match="which kernels see, and with them their solutions"):
        sandbox.visible()


def course(tmp_path: Path, said: str) -> Path:
    root = tmp_path / "course"
    root.mkdir()
    (root / "nbgrader_config.py").write_text("c = get_config()\n", "utf-8")
    (root / settings.FILE).write_text(said, "utf-8")
    return root


def test_a_course_names_its_folder(own: Path, tmp_path: Path) -> None:
    root = course(tmp_path, 'exercises = "../my-exercises"\nassignments = ["decay", "lstm"]\n')
    assert Course(root).settings.assignments == ("decay", "lstm")
    assert own_folder.folder() == own


@pytest.mark.parametrize(
    ("said", "error", "says"),
    [
        ("exercises = 3\n", SettingsError, 'has to be the path of a folder, such as "../my-ex'),
        ('exercises = "../nowhere"\n', FolderError, "nowhere is no folder of assignments"),
        ("exercises = \n", SettingsError, "course.toml cannot be read"),
    ],
)
def test_what_a_course_cannot_name_is_told(
    said: str, error: type[Exception], says: str, tmp_path: Path
) -> None:
    root = course(tmp_path, said)
    with pytest.raises(error) as refused:
        Course(root)
    assert says in str(refused.value)


def test_a_worker_without_the_folder_says_so() -> None:
    cluster = pytest.importorskip("autograder.grader.grading.cluster")
    from autograder.grader.grading.handed_in import HandedIn
    from autograder.grader.grading.job import Job
    from autograder.grader.grading.pool import NotGradedError

    job = Job(student="a", assignment="decay", handed_in=HandedIn(None), released="", seed=1)
    with pytest.raises(NotGradedError, match=r"has no assignment decay.*AUTOGRADER_EXERCISES=FO"):
        cluster.work(msgspec.msgpack.encode(job), "key", True)


def test_the_places_of_the_course_are_as_before() -> None:
    assert COURSE.exercises == PACKAGE / "exercises"
    assert manifest._path("autograder.exercises.wire") == PACKAGE / "exercises" / "wire"
