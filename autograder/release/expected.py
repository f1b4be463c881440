"""Write the public data of an assignment from its references and its catalogue of mistakes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np

from ..compare import judged
from ..exercises import Array, exercises
from ..judge import known
from ..public import SEED, key

FOLDER = Path(__file__).parents[1] / "exercises" / "expected"


def public_data(stem: str) -> dict[str, Array]:
    """The arrays of the file that `autograder.public` reads, by their names in it."""
    arrays: dict[str, Array] = {}
    for exercise in exercises(stem):
        program = exercise.draw(SEED)
        right = known.expected(exercise, program)
        for i, call in enumerate(judged(exercise, program)):
            for j, name in enumerate(call.returns):
                arrays[key(exercise, i, j)] = right[call.name][name]
        entries = [dataclasses.asdict(m) for m in known.mistakes(exercise).values()]
        arrays[f"{exercise.name}.mistakes"] = np.array(json.dumps(entries, ensure_ascii=False))
        arrays[f"{exercise.name}.bank"] = np.array(list(known.bank(exercise, program).values()))
    return arrays


def write(stem: str) -> Path:
    """Write `exercises/expected/<stem>.npz` and return its path."""
    path = FOLDER / f"{stem}.npz"
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".tmp.npz")
    np.savez_compressed(temporary, allow_pickle=False, **public_data(stem))
    temporary.replace(path)
    return path
