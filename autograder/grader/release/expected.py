"""Write the public data of an assignment from its references and its catalogue of mistakes.

    python -m autograder.grader.release.expected                              of everything
    python -m autograder.grader.release.expected training                     of an assignment
    python -m autograder.grader.release.expected training layer_norm_forward  of one exercise

The data of an exercise hangs on its reference and its mistakes, and on the mistakes of those that
it needs.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from autograder.checking.compare import judged
from autograder.checking.public import SEED
from autograder.exercises import Array, Exercise, assignments, exercises
from autograder.grader.checkout import home
from autograder.grader.grading.files import write_atomically
from autograder.grader.judge import expected


def path_of(assignment: str) -> Path:
    """Where the data of an assignment is kept."""
    return home(assignment).exercises / assignment / "expected.npz"


def public_data(exercise: Exercise) -> dict[str, Array]:
    """The arrays of one exercise that `autograder.checking.public` reads, by name in the file."""
    arrays: dict[str, Array] = {}
    program = exercise.draw(SEED)
    right = expected.answers(exercise, program)
    for i, call in enumerate(judged(exercise, program)):
        for j, name in enumerate(call.returns):
            if name in exercise.tolerances:
                arrays[f"{exercise.name}.{i}.{j}"] = right[call.name][name]
    entries = [dataclasses.asdict(m) for m in expected.mistakes(exercise).values()]
    arrays[f"{exercise.name}.mistakes"] = np.array(json.dumps(entries, ensure_ascii=False).encode())
    arrays[f"{exercise.name}.fingerprints"] = _stacked(expected.fingerprints(exercise, program))
    if exercise.measure is not None:
        arrays |= _measures(exercise)
    inherited = expected.inherited(exercise, program, expected.below(exercise))
    arrays[f"{exercise.name}.before"] = np.array(json.dumps(list(inherited)).encode())
    arrays[f"{exercise.name}.inherited"] = _stacked(inherited)
    return arrays


def stored(assignment: str) -> dict[str, dict[str, Array]]:
    """What is in the file of an assignment: the arrays of each exercise, by its name."""
    found: dict[str, dict[str, Array]] = {}
    path = path_of(assignment)
    if path.exists():
        with np.load(path, allow_pickle=False) as data:
            for name, array in data.items():
                found.setdefault(name.partition(".")[0], {})[name] = array
    return found


def write(assignment: str, *names: str) -> Path:
    """Write `exercises/<assignment>/expected.npz` and return its path.

    Args:
        assignment: the assignment.
        names: the exercises whose arrays are made anew, with those that the file lacks; the
            others stay as they are. Without names all are made anew.

    Raises:
        KeyError: where there is no such assignment.
        ValueError: where it has no such exercise.
    """
    every = {exercise.name: exercise for exercise in exercises(assignment)}
    if unknown := [name for name in names if name not in every]:
        raise ValueError(f"{assignment} has no {', '.join(unknown)}; it has {', '.join(every)}.")
    kept = stored(assignment) if names else {}
    arrays: dict[str, Array] = {}
    for name, exercise in every.items():
        stays = name in kept and name not in names
        arrays |= kept[name] if stays else public_data(exercise)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    path = path_of(assignment)
    write_atomically(path, file.getvalue())
    return path


def _measures(exercise: Exercise) -> dict[str, Array]:
    """The measures of random results: of the reference, and of its known mistakes."""
    program = exercise.measures(SEED)
    right = expected.measured(exercise, program)
    nothing = {call: np.full_like(array, np.nan) for call, array in right.items()}
    wrong = [nothing | found for found in expected.mistaken(exercise, program).values()]
    return {
        f"{exercise.name}.measured": np.array(list(right.values())),
        f"{exercise.name}.mistaken": np.array([list(found.values()) for found in wrong]),
    }


def _stacked(fingerprints: Mapping[str, Array]) -> Array:
    """Fingerprints in one array; float32 tells them apart well enough, and halves the file.

    What versions have in common lies side by side, and so takes less room.
    """
    return np.array(list(fingerprints.values()), np.float32, order="F")


if __name__ == "__main__":
    import sys

    assignment, *names = sys.argv[1:] or [""]
    for each in [assignment] if assignment else assignments():
        print(write(each, *names))
