"""Write the public data of an assignment from its references and its catalogue of mistakes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from autograder.checking.compare import judged
from autograder.checking.public import SEED, key
from autograder.exercises import Array, exercises
from autograder.grader.checkout import PACKAGE
from autograder.grader.judge import expected

FOLDER = PACKAGE / "exercises"


def public_data(assignment: str) -> dict[str, Array]:
    """The arrays of the file that `autograder.checking.public` reads, by their names in it."""
    arrays: dict[str, Array] = {}
    for exercise in exercises(assignment):
        program = exercise.draw(SEED)
        right = expected.answers(exercise, program)
        for i, call in enumerate(judged(exercise, program)):
            for j, name in enumerate(call.returns):
                if name in exercise.tolerances:
                    arrays[key(exercise, i, j)] = right[call.name][name]
        entries = [dataclasses.asdict(m) for m in expected.mistakes(exercise).values()]
        arrays[f"{exercise.name}.mistakes"] = np.array(json.dumps(entries, ensure_ascii=False))
        arrays[f"{exercise.name}.fingerprints"] = _stacked(expected.fingerprints(exercise, program))
        inherited = expected.inherited(exercise, program, expected.below(exercise))
        arrays[f"{exercise.name}.before"] = np.array(json.dumps(list(inherited)))
        arrays[f"{exercise.name}.inherited"] = _stacked(inherited)
    return arrays


def write(assignment: str) -> Path:
    """Write `exercises/<assignment>/expected.npz` and return its path."""
    path = FOLDER / assignment / "expected.npz"
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".tmp.npz")
    np.savez_compressed(temporary, allow_pickle=False, **public_data(assignment))
    temporary.replace(path)
    return path


def _stacked(fingerprints: Mapping[str, Array]) -> Array:
    """Fingerprints in one array; float32 tells them apart well enough, and halves the file."""
    return np.array(list(fingerprints.values()), np.float32)


if __name__ == "__main__":
    import sys

    from autograder.exercises import assignments

    for assignment in sys.argv[1:] or assignments():
        print(write(assignment))
