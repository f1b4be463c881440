"""The public data: fresh, small, readable without pickle, and apart from what is hidden."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from autograder.checking import public
from autograder.checking.compare import judged
from autograder.exercises import Array, Exercise, exercises, homes
from autograder.exercises.program import arrays_in
from autograder.grader import catalogue
from autograder.grader.checkout import COURSE
from autograder.grader.grading.course import Course
from autograder.grader.judge import expected
from autograder.grader.release.course import make_course
from autograder.grader.release.expected import public_data, stored, write
from tests.students import ASSIGNMENTS, EXERCISES, stale

STEMS = ASSIGNMENTS
LARGEST = 2_200_000
"""Bytes that the data of all assignments may take in the wheel."""

every_exercise = pytest.mark.parametrize(
    "exercise", EXERCISES, ids=lambda e: f"{e.assignment}-{e.name}"
)


@every_exercise
def test_the_public_data_is_fresh(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the fingerprints of its own mistakes, which the proof holds against the answers."""
    own = public.Public(exercise).fingerprints
    monkeypatch.setattr(expected, "fingerprints", lambda exercise, program: own)
    fresh = public_data(exercise)
    kept = stored(exercise.assignment).get(exercise.name, {})
    again = stale(exercise)
    assert fresh.keys() == kept.keys(), again
    for name, array in fresh.items():
        if array.dtype.kind == "S":
            assert array.item() == kept[name].item(), f"{name} is stale. {again}"
        else:
            wide = name.endswith((".fingerprints", ".inherited")) or array.dtype == np.float32
            # A difference is divided by a small step, and with it how a processor rounds.
            divided = "difference" in exercise.tolerances.values()
            tolerance = 1e-5 if wide else 1e-10 if divided else 1e-12
            assert array.dtype == kept[name].dtype
            np.testing.assert_allclose(
                kept[name], array, rtol=tolerance, atol=tolerance, err_msg=f"{name}: {again}"
            )


@pytest.mark.parametrize("assignment", STEMS)
def test_the_public_data_is_of_the_exercises_alone(assignment: str) -> None:
    assert list(stored(assignment)) == [exercise.name for exercise in exercises(assignment)]


def test_the_public_data_is_small() -> None:
    files = list(COURSE.exercises.rglob("*.npz"))
    assert sum(file.stat().st_size for file in files) < LARGEST
    assert set(files) == {COURSE.exercises / assignment / "expected.npz" for assignment in STEMS}


@pytest.mark.parametrize("assignment", STEMS)
def test_what_is_written_can_be_read_without_pickle(
    assignment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stored(assignment)
    monkeypatch.setattr(
        "autograder.grader.release.expected.path_of", lambda name: tmp_path / name / "expected.npz"
    )
    monkeypatch.setattr("autograder.grader.release.expected.public_data", lambda e: kept[e.name])
    path = write(assignment)
    with np.load(path, allow_pickle=False) as data:
        assert all(data[name].dtype.kind in "fiubS" for name in data.files)
    assert list((tmp_path / assignment).iterdir()) == [path]


def test_the_data_of_one_exercise_is_made_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def data(exercise: Exercise) -> dict[str, Array]:
        made.append(exercise.name)
        return {f"{exercise.name}.0.0": np.array(len(made))}

    monkeypatch.setattr(
        "autograder.grader.release.expected.path_of", lambda name: tmp_path / name / "expected.npz"
    )
    monkeypatch.setattr("autograder.grader.release.expected.public_data", data)
    names = [exercise.name for exercise in exercises("lstm")]
    write("lstm", names[1])
    assert made == names, "what the file lacks is made too"
    before = stored("lstm")
    write("lstm", names[2])
    assert made == [*names, names[2]]
    after = stored("lstm")
    assert list(after) == names
    assert [name for name in names if after[name] != before[name]] == [names[2]]
    with pytest.raises(ValueError, match="lstm has no lstm_setp; it has lstm_step_forward, "):
        write("lstm", "lstm_setp")


@every_exercise
def test_what_is_loaded_is_what_is_judged(exercise: Exercise) -> None:
    data = public.Public(exercise)
    calls = judged(exercise, exercise.draw(public.SEED))
    assert {name: tuple(results) for name, results in data.expected.items()} == {
        call.name: tuple(name for name in call.returns if name in exercise.tolerances)
        for call in calls
    }
    known = [m for m in catalogue.entries(exercise.assignment) if m.exercise == exercise.name]
    assert list(data.mistakes) == list(data.fingerprints) == [m.name for m in known]
    assert list(data.mistakes.values()) == [m.mistake for m in known]
    before = [
        f"{m.exercise}.{m.name}"
        for home in homes([exercise.name])
        for m in catalogue.entries(home)
        if m.exercise in exercise.needs
    ]
    assert list(data.inherited(before)) == before


@pytest.mark.parametrize("assignment", STEMS)
def test_it_holds_no_line_of_a_solution(assignment: str) -> None:
    arrays = [array for data in stored(assignment).values() for array in data.values()]
    texts = [array.item() for array in arrays if array.dtype.kind == "S"]
    assert texts
    for text in texts:
        for entry in json.loads(text):
            assert isinstance(entry, str) or entry.keys() == {"name", "says", "read"}


@every_exercise
def test_hidden_inputs_are_not_the_public_ones(exercise: Exercise) -> None:
    def inputs(seed: int) -> set[bytes]:
        """The arrays that are drawn; a constant, such as a gradient of zeros, is alike in all."""
        return {
            array.tobytes()
            for call in exercise.draw(seed).calls
            for array in arrays_in(call.args)
            if len(np.unique(array)) > 4
        }

    published = inputs(public.SEED)
    assert published == inputs(public.SEED)
    # Some exercises are asked with numbers and seeds alone.
    assert len(published) > 4 or not published or exercise.inspect is not None
    for seed in (public.SEED + 1, 0, 2**62):
        assert not published & inputs(seed)


def test_a_course_draws_seeds_of_its_own(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    seeds = {assignment: course.seed(assignment) for assignment in STEMS}
    assert seeds == {assignment: course.seed(assignment) for assignment in STEMS}
    assert public.SEED not in seeds.values()
    assert all(0 <= seed < 2**63 for seed in seeds.values())
    assert Course(course.root).seed(STEMS[0]) == seeds[STEMS[0]]


def test_two_exercises_draw_different_inputs_from_one_seed() -> None:
    for assignment in STEMS:
        first = [e.draw(5).calls[0].args[0] for e in exercises(assignment)]
        arrays = [a.tobytes() for a in first if isinstance(a, np.ndarray) and _is_drawn(a)]
        assert len(set(arrays)) == len(arrays)


def _is_drawn(array: np.ndarray) -> bool:
    """Whether chance has a say in it; a mask is what its case says."""
    return array.dtype.kind == "f" and array.size > 1
