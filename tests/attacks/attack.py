"""What an attack is: a submission, the points it should get, and a proof that it did no harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from autograder.grader import references
from autograder.grader.release.solve import filled, grade_id_of
from autograder.grader.release.source import text

STEP, BACK, FORWARD, CELL = EXERCISES = (
    "lstm_step_forward",
    "lstm_step_backward",
    "lstm_forward",
    "LSTMCell",
)
POINTS = {STEP: 3.0, BACK: 4.0, FORWARD: 2.0, CELL: 3.0}
ALL = sum(POINTS.values())


@dataclass(frozen=True)
class Outcome:
    """What came of an attack.

    Attributes:
        verdicts: as the command wrote them, by exercise.
        notebook: the graded notebook, as JSON.
        feedback: the page that the student gets, or "" where none was asked for.
        world: what the attack could have harmed.
    """

    verdicts: Mapping[str, Mapping[str, Any]]
    notebook: str
    feedback: str
    world: Mapping[str, str]

    @property
    def messages(self) -> str:
        """All that the student is told."""
        return " ".join(v["message"] for v in self.verdicts.values())

    @property
    def printed(self) -> str:
        """The text that the student's cells printed, as it is shown."""
        texts: list[str] = []
        for cell in nbformat.reads(self.notebook, as_version=4).cells:
            if cell.cell_type == "code" and not grade_id_of(cell).startswith("check-"):
                for output in cell.outputs:
                    texts += _texts(output)
        return "\n".join(texts)


def _texts(value: Any) -> list[str]:
    """Every text in nested lists and dicts, their keys included."""
    if isinstance(value, Mapping):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [str(value)]


Proof = Callable[[Outcome], None]


@dataclass(frozen=True)
class Attack:
    """A submission that tries something.

    Attributes:
        name: its name, and its student's.
        tries: what it tries, in a sentence.
        points: what it should get.
        cells: the solution cells that it changes, by exercise; `@NAME@` stands for an entry of
            the world, such as an address.
        solved: whether its other cells hold the reference, or are as handed out.
        statuses: the statuses that it should get, of some exercises; "error or timeout" where
            either is right.
        edit: changes its notebook, after the cells.
        write: writes its folder, in the place of a notebook and nothing else.
        files: data files beside its notebook.
        proof: fails where it did what it tried.
        feedback: whether its feedback page is made.
    """

    name: str
    tries: str
    points: float
    cells: Mapping[str, str] = field(default_factory=dict)
    solved: bool = False
    statuses: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[Any], None] | None = None
    write: Callable[[Path, bytes], None] | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    proof: Proof | None = None
    feedback: bool = False

    def submit(self, folder: Path, world: Mapping[str, str]) -> None:
        """Write the submission into its folder."""
        sources = {**(reference() if self.solved else {}), **self.cells}
        made = filled("lstm", sources) if sources else text("lstm")
        for key, value in world.items():
            made = made.replace(f"@{key}@", value)
        if self.edit is not None:
            notebook = nbformat.reads(made, as_version=4)
            self.edit(notebook)
            made = nbformat.writes(notebook)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if self.write is not None:
            self.write(folder, made.encode())
            return
        folder.mkdir()
        (folder / "lstm.ipynb").write_text(made)
        for name, data in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)


@cache
def reference() -> dict[str, str]:
    """The right solution cells, by exercise."""
    return references.cells(references.text("lstm"), list(EXERCISES))


def beside(exercise: str, code: str) -> str:
    """The right solution of an exercise, with more code in its cell."""
    return f"{code}\n\n{reference()[exercise]}"


def within(exercise: str, code: str) -> str:
    """The right solution of an exercise, which runs more code when it is called."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    return (
        f"{reference()[exercise]}\n\n_right = {exercise}\n\n\n"
        f"def {exercise}(*args, **kwargs):\n{body}\n    return _right(*args, **kwargs)"
    )


def lying(prelude: str, lie: str) -> dict[str, str]:
    """Solutions that answer with `lie`, an expression of `like`, the array that it should be."""
    return {
        STEP: f"{prelude}\n\n\ndef lstm_step_forward(x, h, c, Wx, Wh, b):\n"
        f"    return lie(h), lie(c), None\n\n\ndef lie(like):\n    return {lie}",
        BACK: "def lstm_step_backward(dh, dc, cache):\n    return tuple(lie(dh) for _ in range(6))",
        FORWARD: "def lstm_forward(x, h0, c0, Wx, Wh, b):\n"
        "    return lie(np.zeros((*x.shape[:2], h0.shape[1]))), lie(h0), lie(c0), None",
        CELL: "class LSTMCell(torch.nn.Module):\n"
        "    def __init__(self, D, H):\n"
        "        super().__init__()\n"
        "        make = lambda *shape: torch.nn.Parameter(torch.zeros(shape))\n"
        "        self.Wx, self.Wh, self.b = make(D, 4 * H), make(H, 4 * H), make(4 * H)\n\n"
        "    def forward(self, x, state=None):\n"
        "        return lie(state[0]), lie(state[1])",
    }


def shows_nothing(*words: str) -> Proof:
    """A proof: none of these words, and none of the world's secrets, is shown."""

    def proof(outcome: Outcome) -> None:
        for word in (*words, outcome.world["TOKEN"], outcome.world["SEED"]):
            assert word not in outcome.printed
            assert word not in outcome.messages
            assert word not in outcome.feedback

    return proof


def both(*proofs: Proof) -> Proof:
    """A proof that all of them hold."""

    def proof(outcome: Outcome) -> None:
        for one in proofs:
            one(outcome)

    return proof


def says(*words: str) -> Proof:
    """A proof: the student is told this, or the cells printed it."""

    def proof(outcome: Outcome) -> None:
        for word in words:
            assert word in outcome.messages + outcome.printed, outcome.messages + outcome.printed

    return proof
