"""What is asked of `train`: a network that has learned the digits.

The images that judge it never go to the student's process. What comes back are the trained
parameters; the network that they make is computed here.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from ..data import digits
from .exercise import Ask, Complaint
from .feedforward_layers import STEM, normal
from .feedforward_models import names_of
from .follow import values
from .program import Answer, Array, Call, Own, Program, Told

ACCURACY = 0.93
"""The share of unseen digits that has to be right."""

HELD_OUT = 597
DIMS = (64, 64, 10)
RUN = (30, 32, 3e-3)
"""Epochs, batch size and learning rate on the digits."""

TABLE = (13, 3)
TABLE_RUN = (12, 3, 0.1)
"""Samples and classes, and epochs, batch size and learning rate of the run that is written down."""

FLOOR = float(np.log(1 + (TABLE[1] - 1) / np.e))
"""The least loss where a softmax is fed into the softmax of the loss."""

DIGITS, DIARY = "the digits", "a run that is written down"
LEARNED = ("number of losses", "losses", *names_of(DIMS))
KEPT = (
    "number of losses",
    "losses",
    "asked",
    "gradients",
    "table",
    "asked again",
)


def program(rng: np.random.Generator) -> Program:
    """A run with a network that writes down what is done to it, and one on the digits."""
    seed, split, other = (int(s) for s in rng.integers(0, 2**31, 3))
    N, C = TABLE
    x = np.column_stack([np.arange(N), normal(rng, (N,))]).astype(np.float64)
    y = rng.permutation(np.arange(N) % C)
    kept = digits(split, HELD_OUT)
    return Program(
        STEM,
        (
            Call(DIARY, "train", (x, y, *TABLE_RUN, seed), KEPT, via="written_down"),
            Call(
                DIGITS,
                "train",
                (Own("MLP"), kept.x, kept.y, *RUN, other),
                LEARNED,
                via="trained_on_digits",
            ),
        ),
    )


class Diary:
    """A network whose logits are a table with a row for each sample, numbered in x[:, 0]."""

    def __init__(self, N: int, C: int) -> None:
        self.table = np.zeros((N, C))
        self.slope = np.zeros((N, C))
        self.rows = np.arange(0)
        self.asked: list[Array] = []
        self.received: list[Array] = []

    def forward(self, x: Array) -> Array:
        """The logits of the samples that are asked for."""
        self.rows = np.asarray(x)[:, 0].astype(int)
        self.asked.append(self.rows)
        return self.table[self.rows]

    def backward(self, dz: Array) -> Array:
        """Keep the gradient."""
        if np.shape(dz) != (len(self.rows), self.table.shape[1]):
            raise Told(f"backward is given a gradient of the shape {np.shape(dz)}.")
        self.slope = np.zeros(self.table.shape)
        for row, slope in zip(self.rows, dz, strict=True):
            self.slope[row] += slope
        self.received.append(self.slope)
        return np.zeros((len(self.rows), 2))

    def parameters(self) -> list[Array]:
        """The table."""
        return [self.table]

    def gradients(self) -> list[Array]:
        """The gradient of the table."""
        return [self.slope]


def written_down(
    train: Any, x: Array, y: Array, epochs: int, batch_size: int, lr: float, seed: int
) -> tuple[Any, ...]:
    """The losses, what the network was asked for and given, and what it became."""
    kept = np.random.get_state()
    runs = []
    try:
        for number in (1, 2):
            np.random.seed(number)
            diary = Diary(len(x), int(y.max()) + 1)
            losses = train(
                diary, x.copy(), y.copy(), epochs, batch_size, lr, np.random.default_rng(seed)
            )
            runs.append((losses, diary))
    finally:
        np.random.set_state(kept)
    (losses, diary), (_, other) = runs
    received = diary.received or [np.zeros(diary.table.shape)]
    return (
        *numbers(losses),
        np.concatenate([*diary.asked, np.arange(0)]),
        np.array(received),
        diary.table,
        np.concatenate([*other.asked, np.arange(0)]),
    )


def trained_on_digits(
    train: Any, MLP: Any, x: Array, y: Array, epochs: int, batch_size: int, lr: float, seed: int
) -> tuple[Any, ...]:
    """The losses and the parameters of the student's own network after training."""
    rng = np.random.default_rng(seed)
    mlp = MLP(list(DIMS), rng)
    losses = train(mlp, x, y, epochs, batch_size, lr, rng)
    return (*numbers(losses), *mlp.parameters())


def numbers(losses: Any) -> tuple[Array, Array]:
    """How many losses there are, and the losses as an array.

    Raises:
        Told: where they are no list.
    """
    if not isinstance(losses, (list, tuple, np.ndarray)):
        raise Told(f"It returns a {type(losses).__name__}; a list with a loss an epoch is wanted.")
    return np.array(len(losses)), np.array([float(loss) for loss in losses])


def inspect(program: Program, answers: Mapping[str, Answer]) -> list[Complaint]:
    """What is wrong with the run that is written down, and what the network has learned."""
    found = []
    for call in program.calls:
        results = values(answers[call.name])
        if results is None:
            if not answers[call.name].raised:
                found.append(Complaint(call.name, f"nan or inf comes out of {call.name}."))
        elif call.name == DIARY and results[0] == TABLE_RUN[0]:
            found += odd_run(call, results)
        elif call.name == DIGITS and results[0] == RUN[0]:
            found += unlearned(call, results)
    return found


def odd_run(call: Call, results: Sequence[Array]) -> list[Complaint]:
    """What is wrong with the run that is written down; the first thing alone."""
    y, (_, batch_size, _) = call.args[1], TABLE_RUN
    _, losses, asked, gradients, table, other = results
    N, _ = TABLE

    def complaint(says: str, mistake: str = "") -> list[Complaint]:
        return [Complaint(call.name, says, mistake)]

    if not gradients.any():
        return complaint("`backward` of the network is not called.", "backward-not-called")
    if not table.any():
        return complaint(
            "The parameters of the network are what they were: nothing was written into the "
            "arrays of parameters().",
            "parameters-not-changed",
        )
    if set(asked.astype(int)) != set(range(N)):
        return complaint("Some samples were never used.", "samples-never-used")
    if np.shape(asked) != np.shape(other) or np.any(asked != other):
        return complaint(
            "The same rng gives another order of the samples: draw from rng and nothing else.",
            "order-not-from-rng",
        )
    seen = gradients.any(axis=2)
    lowest = gradients.argmin(axis=2)
    if np.mean(lowest[seen] == np.broadcast_to(y, seen.shape)[seen]) < 0.9:
        return complaint(
            "The gradient of a sample does not point to its own label.", "labels-of-other-samples"
        )
    right = table[np.arange(N), y] > table.mean(axis=1)
    if not right.any():
        return complaint("The parameters are moved uphill.", "uphill")
    guess = np.log(TABLE[1])
    batches = -(-N // batch_size)
    if losses[0] > 1.2 * guess:
        times = losses[0] / guess
        names = {"losses-summed-over-batches": batches, "losses-summed-over-samples": N / batches}
        name = min(names, key=lambda key: abs(names[key] - times))
        return complaint(f"The first loss is {times:.2g} times that of a guess, log C.", name)
    if losses[-1] > losses[0] / 2:
        steps = len(gradients)
        return complaint(
            f"The last loss is {losses[-1] / losses[0]:.2f} of the first after {steps} backward "
            "passes; it should be less than half.",
            slow(losses[-1], table),
        )
    return []


def slow(last: float, table: Array) -> str:
    """The name of the mistake by which the loss has fallen too little, or ""."""
    epochs, _, lr = TABLE_RUN
    steps = np.abs(table).max() / lr
    if steps < 0.5:
        return "learning-rate-not-used"
    if steps < 1.5 * epochs:
        return "one-step-an-epoch"
    return "softmax-twice" if abs(last - FLOOR) < 0.05 else ""


@cache
def everything() -> tuple[Array, Array]:
    """All images and labels."""
    x, y, *_ = digits(held_out=0)
    return x, y


def held_out(x: Array) -> tuple[Array, Array]:
    """The images that are not among `x`, each with a little noise, and their labels.

    The noise makes them images that nobody has, so that no table of labels helps.
    """
    images, labels = everything()
    given = {row.tobytes() for row in np.ascontiguousarray(x)}
    unseen = np.array([row.tobytes() not in given for row in images])
    rng = np.random.default_rng(zlib.crc32(np.ascontiguousarray(x).tobytes()))
    return images[unseen] + 0.03 * normal(rng, (int(unseen.sum()), x.shape[1])), labels[unseen]


def logits(parameters: Sequence[Array], x: Array) -> Array:
    """What a network with these parameters makes of `x`."""
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        z: Array = np.einsum("nd,dm->nm", x, W) + b
        x = np.where(z < 0, 0, z)
    return z


def unlearned(call: Call, results: Sequence[Array]) -> list[Complaint]:
    """What is wrong with the losses on the digits, and with the network that came out."""
    _, losses, *parameters = results
    wanted = [(64, 64), (64,), (64, 10), (10,)]
    if [p.shape for p in parameters] != wanted:
        return [Complaint(call.name, "The network has lost the shapes of its parameters.")]
    found = []
    if losses[-1] > losses[0] / 2:
        says = (
            f"The last loss on the digits is {losses[-1]:.2f} and the first {losses[0]:.2f}; it "
            "should be less than half of it."
        )
        found.append(Complaint(call.name, says))
    x, y = held_out(call.args[1])
    share = float(np.mean(logits(parameters, x).argmax(axis=1) == y))
    if share < ACCURACY:
        says = (
            f"After {RUN[0]} epochs the network is right on {share:.0%} of {len(y)} digits that "
            f"it has not seen; {ACCURACY:.0%} are wanted."
        )
        found.append(Complaint(call.name, says))
    return found


def follow(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether training is right, and the student's own network learns what it can.

    The run that is written down does without that network. On the digits the network is asked
    itself, as its layers may not be those of the course.
    """
    drawn = program(rng)
    answers = {a.call: a for a in ask(drawn)}
    run = values(answers[DIARY])
    trained = values(answers[DIGITS])
    if run is None or run[0] != TABLE_RUN[0] or odd_run(drawn.calls[0], run) or trained is None:
        return False
    _, losses, *parameters = trained
    x, y = held_out(drawn.calls[1].args[1])
    probe = Call("probe", "MLP", (list(DIMS), parameters, x), ("z",), via="own_logits")
    z = values(ask(Program(STEM, (probe,)))[0])
    if z is None or z[0].shape != (len(x), DIMS[-1]):
        return False
    return bool(losses[-1] < losses[0] / 2 and np.mean(z[0].argmax(axis=1) == y) >= ACCURACY)
