"""Write the public data of an assignment from its references and its catalogue of mistakes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
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
                if name in exercise.tolerances:
                    arrays[key(exercise, i, j)] = right[call.name][name]
        entries = [dataclasses.asdict(m) for m in known.mistakes(exercise).values()]
        arrays[f"{exercise.name}.mistakes"] = np.array(json.dumps(entries, ensure_ascii=False))
        arrays[f"{exercise.name}.bank"] = _stacked(known.bank(exercise, program))
        inherited = known.inherited(exercise, program, known.below(exercise))
        arrays[f"{exercise.name}.before"] = np.array(json.dumps(list(inherited)))
        arrays[f"{exercise.name}.inherited"] = _stacked(inherited)
    return arrays


def write(stem: str) -> Path:
    """Write `exercises/expected/<stem>.npz` and return its path."""
    path = FOLDER / f"{stem}.npz"
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".tmp.npz")
    np.savez_compressed(temporary, allow_pickle=False, **public_data(stem))
    temporary.replace(path)
    return path


def _stacked(bank: Mapping[str, Array]) -> Array:
    """Signatures in one array; float32 tells them apart well enough, and halves the file."""
    return np.array(list(bank.values()), np.float32)


if __name__ == "__main__":
    import sys

    from ..exercises import assignments

    for stem in sys.argv[1:] or assignments():
        print(write(stem))
