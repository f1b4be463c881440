"""What is asked of `train`: a network that has learned the digits.

The images that judge it never go to the student's process. What comes back are the trained
parameters; the network that they make is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.data import digits
from autograder.exercises.exercise import Ask, Finding, Right
from autograder.exercises.feedforward.layers import normal
from autograder.exercises.numbers import count, percent
from autograder.exercises.program import (
    Answer,
    Array,
    Call,
    Program,
    Ref,
    StudentError,
    StudentObject,
)
from autograder.exercises.shared.consistency import values
from autograder.exercises.shared.unseen import held_out, share_read
from autograder.exercises.tolerances import LIMITS
from autograder.exercises.training.initialise import ASSIGNMENT
from autograder.exercises.training.models import names_of

ACCURACY = LIMITS["digits read by MLP"].value
"""The share of unseen digits that has to be right."""

HELD_OUT = 597
DIMS = (64, 64, 10)
EPOCHS = 30
RUN = (EPOCHS, 64, 5e-3)
"""Epochs, batch size and learning rate on the digits."""

TABLE = (13, 3)
TABLE_RUN = (12, 3, 0.1)
"""Samples and classes, and epochs, batch size and learning rate of the run that is written down."""

NEAR: dict[str, Any] = {"rtol": LIMITS["replay"].value, "atol": LIMITS["replay near zero"].value}
FLOOR = float(np.log(1 + (TABLE[1] - 1) / np.e))
"""The least loss where a softmax is fed into the softmax of the loss."""

DIGITS, DIARY = "the digits", "a run that is written down"
LEARNED = ("losses", *names_of(DIMS), *names_of(DIMS, "first "))
KEPT = (
    "number of losses",
    "losses",
    "sizes",
    "rows",
    "logits",
    "received",
    "states",
    "rows again",
)


def program(rng: np.random.Generator) -> Program:
    """A run with a network that writes down what is done to it."""
    seed = int(rng.integers(2**31))
    N, C = TABLE
    x = np.column_stack([np.arange(N), normal(rng, (N,))]).astype(np.float64)
    y = rng.permutation(np.arange(N) % C)
    args = (x, y, *TABLE_RUN, seed)
    return Program(ASSIGNMENT, (Call(DIARY, "train", args, KEPT, adapter="written_down"),))


def on_digits(rng: np.random.Generator) -> Program:
    """A training of the student's own network on digits."""
    split, seed = (int(s) for s in rng.integers(0, 2**31, 2))
    kept = digits(split, HELD_OUT)
    args = (StudentObject("MLP"), kept.x, kept.y, *RUN, seed)
    return Program(ASSIGNMENT, (Call(DIGITS, "train", args, LEARNED, adapter="trained_on_digits"),))


class Diary:
    """A network that writes down what is done to it.

    Its logits are a table, with a row for each sample, and a shift that all samples share. The
    number of a sample stands in x[:, 0].
    """

    def __init__(self, N: int, C: int) -> None:
        self._own = [np.zeros((N, C)), np.zeros(C)]
        self._slopes = [np.zeros((N, C)), np.zeros(C)]
        self._rows = np.arange(0)
        self.rows = [self._rows]
        self.logits = [np.zeros((0, C))]
        self.received = [np.zeros((0, C))]
        self.states: list[Array] = []

    def forward(self, x: Array) -> Array:
        """The logits of the samples that are asked for."""
        self._rows = np.asarray(x)[:, 0].astype(int)
        table, shift = self._own
        return table[self._rows] + shift

    def backward(self, dz: Array) -> Array:
        """Keep the gradient, and the parameters as they are now."""
        table, shift = self._own
        if np.shape(dz) != (len(self._rows), len(shift)):
            raise StudentError(
                f"backward of the network is given a gradient of the shape {np.shape(dz)}."
            )
        self.rows.append(self._rows)
        self.logits.append(table[self._rows] + shift)
        self.received.append(np.array(dz, np.float64))
        self.states.append(self.state())
        self._slopes = list(slopes(self._rows, self.received[-1], len(table)))
        return np.zeros((len(self._rows), 2))

    def state(self) -> Array:
        """The table, and the shift as one more row."""
        table, shift = self._own
        return np.vstack([table, shift])

    def parameters(self) -> list[Array]:
        """The table and the shift."""
        return self._own

    def gradients(self) -> list[Array]:
        """Their gradients."""
        return self._slopes


def slopes(rows: Array, dz: Array, N: int) -> tuple[Array, Array]:
    """The gradients of a table with N rows and of the shift, from those of some rows."""
    table = np.zeros((N, dz.shape[1]))
    for row, slope in zip(rows, dz, strict=True):
        table[row] += slope
    return table, np.add.reduce(dz)


def written_down(
    train: Any, x: Array, y: Array, epochs: int, batch_size: int, lr: float, seed: int
) -> tuple[Any, ...]:
    """The losses, and what the network has written down."""
    kept = np.random.get_state()
    runs = []
    try:
        for number in (1, 2):
            np.random.seed(number)
            diary = Diary(len(x), int(y.max()) + 1)
            losses = train(diary, x, y, epochs, batch_size, lr, np.random.default_rng(seed))
            runs.append((losses, diary))
    finally:
        np.random.set_state(kept)
    (losses, diary), (_, other) = runs
    return (
        *numbers(losses),
        np.array([len(rows) for rows in diary.rows[1:]]),
        np.concatenate(diary.rows),
        np.concatenate(diary.logits),
        np.concatenate(diary.received),
        np.array([*diary.states, diary.state()]),
        np.concatenate(other.rows),
    )


def trained_on_digits(
    train: Any, MLP: Any, x: Array, y: Array, epochs: int, batch_size: int, lr: float, seed: int
) -> tuple[Any, ...]:
    """The losses, and the parameters of the student's own network after training and before."""
    rng = np.random.default_rng(seed)
    mlp = MLP(list(DIMS), rng)
    first = [np.array(p) for p in mlp.parameters()]
    losses = train(mlp, x, y, epochs, batch_size, lr, rng)
    return (numbers(losses)[1], *mlp.parameters(), *first)


def numbers(losses: Any) -> tuple[Array, Array]:
    """How many losses there are, and the losses as an array.

    Raises:
        StudentError: where they are no list.
    """
    if not isinstance(losses, (list, tuple, np.ndarray)):
        raise StudentError(
            f"It returns a {type(losses).__name__}; a list with a loss an epoch is wanted."
        )
    return np.array(len(losses)), np.array([float(loss) for loss in losses])


def inspect(program: Program, answers: Mapping[str, Answer], right: Right) -> list[Finding]:
    """What is wrong with the run that is written down, and what the network has learned."""
    found = []
    for call in program.calls:
        results = values(answers[call.name])
        if results is None:
            if not answers[call.name].raised:
                found.append(Finding(call.name, f"nan or inf comes out of {call.name}."))
        elif call.name == DIARY:
            found += odd_run(call, results) or forgotten(call, results, right.ask)
        else:
            found += unlearned(call, results, right)
    return found


def odd_run(call: Call, results: Sequence[Array]) -> list[Finding]:
    """What is wrong with the run that is written down; the first thing alone."""
    y, epochs, batch_size, lr = call.args[1:5]
    _, losses, sizes, rows, _, received, states, other = results
    rows = rows.astype(int)
    table = states[-1][:-1]

    def one(says: str, mistake: str = "") -> list[Finding]:
        return [Finding(call.name, says, mistake)]

    if not received.any():
        return one("`backward` of the network is not called.", "backward-not-called")
    if not table.any():
        says = "The parameters of the network are what they were: nothing was written into them."
        return one(says, "parameters-not-changed")
    if set(rows) != set(range(len(y))):
        return one("Some samples were never used.", "samples-never-used")
    if sizes.max() >= 2 * batch_size:  # What is left over may be shared out among the batches.
        says = f"A step takes {sizes.max():.0f} samples, where batch_size is {batch_size}."
        return one(says, "batch-size-not-used")
    if found := uneven(rows, len(y), epochs, batch_size):
        return one(*found)
    if not np.array_equal(rows, other):
        says = "The same rng gives another order of the samples: draw from rng and nothing else."
        return one(says, "order-not-from-rng")
    orders = rows.reshape(epochs, len(y))
    if (orders == orders[0]).all():
        drawn = np.any(orders[0] != np.arange(len(y)))
        says = "Every epoch takes the samples in the same order."
        return one(says, "order-drawn-once" if drawn else "not-shuffled")
    if np.mean(received.argmin(axis=1) == y[rows]) < LIMITS["own labels"].value:
        return one(
            "The gradient of a sample does not point to its own label.", "labels-of-other-samples"
        )
    if not np.any(table[np.arange(len(y)), y] > table.mean(axis=1)):
        return one("The parameters are moved uphill.", "uphill")
    guess = np.log(table.shape[1])
    if losses[0] > LIMITS["loss of a guess"].value * guess:
        batches = -(-len(y) // batch_size)
        times = {
            "losses-summed-over-batches": batches,
            "losses-summed-over-samples": len(y) / batches,
        }
        name = min(times, key=lambda key: abs(times[key] - losses[0] / guess))
        return one("The first loss is larger than that of a guess, log C.", name)
    if losses[-1] > LIMITS["loss that is left"].value * losses[0]:
        steps = np.abs(table).max() / lr
        says = "The last loss is more than half of the first."
        if steps < LIMITS["rate not used"].value:
            return one(says, "learning-rate-not-used")
        if steps < LIMITS["step an epoch"].value * epochs:
            return one(says, "one-step-an-epoch")
        near = abs(losses[-1] - FLOOR) < LIMITS["softmax twice"].value
        return one(says, "softmax-twice" if near else "")
    return []


def uneven(rows: Array, N: int, epochs: int, batch_size: int) -> tuple[str, str] | None:
    """What is wrong with how often samples are used, and the name of the mistake, or "".

    Each epoch takes every sample once.
    """
    if len(rows) == epochs * N:
        if (np.sort(rows.reshape(epochs, N)) == np.arange(N)).all():
            return None
        says = "In one epoch some samples are used several times, and others not at all."
        return says, "drawn-with-replacement"
    full = epochs * (N - N % batch_size)
    says = f"In {epochs} epochs {len(rows)} samples are used, where {epochs} times {N} are wanted."
    return says, "last-batch-left-out" if len(rows) == full else ""


def forgotten(call: Call, results: Sequence[Array], ask: Ask) -> list[Finding]:
    """Whether the state of Adam is thrown away: at every batch, or at every epoch.

    Steps that are Adam's in neither of these ways are not judged here: they may be written in
    another way.
    """
    N, sizes = len(call.args[1]), results[2].astype(int)
    starts = (np.cumsum(sizes) - sizes) % N == 0
    if stepped(call, results, ask, np.arange(len(sizes)) == 0):
        return []
    for anew, when, name in (
        (np.full(len(sizes), True), "batch", "state-forgotten-at-every-batch"),
        (starts, "epoch", "state-forgotten-at-every-epoch"),
    ):
        if stepped(call, results, ask, anew):
            says = f"The steps are those of an Adam whose state is empty again at every {when}."
            return [Finding(call.name, says, name)]
    return []


@np.errstate(all="ignore")
def stepped(call: Call, results: Sequence[Array], ask: Ask, anew: Array) -> bool:
    """Whether every step is one of Adam, whose state is empty where `anew` says so."""
    y, lr = call.args[1], call.args[4]
    _, _, sizes, all_rows, _, all_received, states, _ = results
    cuts = np.cumsum(sizes).astype(int)[:-1]
    cut = zip(np.split(all_rows.astype(int), cuts), np.split(all_received, cuts), strict=True)
    calls, wanted = [], {}
    for k, (rows, dz) in enumerate(cut):
        arrays = (states[k][:-1], states[k][-1]), (states[k + 1][:-1], states[k + 1][-1])
        for name, p, after, g in zip(
            ("table", "shift"), *arrays, slopes(rows, dz, len(y)), strict=True
        ):
            state: Any = {} if anew[k] else Ref(f"{name} {k - 1}", 1)
            step = (p, g, state, lr)
            calls.append(Call(f"{name} {k}", "adam_step", step, ("p_next",), returns_cache=True))
            wanted[f"{name} {k}"] = after
    for answer in ask(Program(ASSIGNMENT, tuple(calls))):
        found = values(answer)
        if found is None or found[0].shape != wanted[answer.call].shape:
            return False
        if not np.allclose(found[0], wanted[answer.call], **NEAR):
            return False
    return True


def unlearned(call: Call, results: Sequence[Array], right: Right) -> list[Finding]:
    """What is wrong with the losses on the digits, and with the network that came out."""
    losses, *learned = results
    parameters, first = learned[: len(learned) // 2], learned[len(learned) // 2 :]
    if losses.shape != (EPOCHS,):
        says = f"It returns {count(losses.size)} losses for {EPOCHS} epochs on the digits."
        return [Finding(call.name, says)]
    wanted = [(64, 64), (64,), (64, 10), (10,)]
    if [p.shape for p in parameters] != wanted:
        return [Finding(call.name, "The network has lost the shapes of its parameters.")]
    found = []
    if replaced(call.args[1], parameters[0], first[0]):
        says = (
            "The weights after the training have nothing of those that the network had before. "
            "Train the network that is given, step by step, from where it stands."
        )
        found.append(Finding(call.name, says))
    if losses[-1] > LIMITS["loss that is left"].value * losses[0]:
        says = (
            f"The last loss on the digits is {percent(losses[-1] / losses[0])} of the first; less "
            "than half is wanted."
        )
        found.append(Finding(call.name, says))
    x, y = held_out(call.args[1])
    read = Call("read", "MLP", (list(DIMS), x, *parameters), ("z",), adapter="logits_with")
    share = share_read(right.ask(Program(ASSIGNMENT, (read,)))[0], y)
    if share < ACCURACY:
        says = (
            f"After {EPOCHS} epochs the network is right on {share:.0%} of {len(y)} digits that "
            f"it has not seen; {ACCURACY:.0%} are wanted."
        )
        found.append(Finding(call.name, says))
    return found


def replaced(x: Array, learned: Array, first: Array) -> bool:
    """Whether the weights of the first layer are no more like those before than drawn ones are.

    Adam moves each of them a little a step, and those of pixels that are always dark not at all.
    First weights that are far too small say nothing but by these.
    """
    dark = ~x.any(axis=0)
    if np.array_equal(learned[dark], first[dark]):
        return False
    lengths = np.linalg.norm(learned) * np.linalg.norm(first)
    return bool(np.vdot(learned, first) < LIMITS["left of the first weights"].value * lengths)


def consistent_with_own(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether the run that is written down is right, or right given the student's own parts.

    Its network is not the student's. Where the student's loss or optimiser is wrong, every step
    has to be what these two answer when they are asked by themselves.
    """
    (call, *_) = program(rng).calls
    answer = ask(Program(ASSIGNMENT, (call,)))[0]
    if answer.raised or not answer.results:
        return False
    results = [np.asarray(r.value, np.float64) for r in answer.results]
    if results[0] != call.args[2]:
        return False
    finite = all(np.isfinite(a).all() for a in results)
    odd = not finite or odd_run(call, results) or forgotten(call, results, ask)
    return not odd or replayed(ask, call, results)


@np.errstate(all="ignore")
def replayed(ask: Ask, call: Call, results: Sequence[Array]) -> bool:
    """Whether every step is made of the student's own loss and own step of Adam."""
    y, lr = call.args[1], call.args[4]
    _, _, sizes, all_rows, all_logits, all_received, states, other = results
    cuts = np.cumsum(sizes).astype(int)[:-1]
    all_rows = all_rows.astype(int)
    if not np.array_equal(all_rows, other) or set(all_rows) != set(range(len(y))):
        return False
    if not all_received.any() or np.array_equal(states[0], states[-1]):
        return False
    cut = zip(*(np.split(a, cuts) for a in (all_rows, all_logits, all_received)), strict=True)
    calls, wanted = [], {}
    for k, (rows, z, dz) in enumerate(cut):
        calls.append(Call(f"loss {k}", "softmax_cross_entropy", (z, y[rows]), ("loss", "dz")))
        wanted[f"loss {k}"] = dz
        before = states[k][:-1], states[k][-1]
        after = states[k + 1][:-1], states[k + 1][-1]
        for name, p, g, right in zip(
            ("table", "shift"), before, slopes(rows, dz, len(y)), after, strict=True
        ):
            state: Any = Ref(f"{name} {k - 1}", 1) if k else {}
            step = (p, g, state, lr)
            calls.append(Call(f"{name} {k}", "adam_step", step, ("p_next",), returns_cache=True))
            wanted[f"{name} {k}"] = right
    for answer in ask(Program(ASSIGNMENT, tuple(calls))):
        if not answer.results or answer.results[-1].value is None:
            return False
        value, right = answer.results[-1].value, wanted[answer.call]
        if value.shape != right.shape:
            return False
        if not np.allclose(value, right, **NEAR, equal_nan=True):
            return False
    return True
