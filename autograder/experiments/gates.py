"""A simple recurrent layer, an LSTM and a GRU on four tasks, at equal size and equal parameters.

Sizes: N sequences in a batch, T steps, D inputs, H hidden units. Every network is one layer of
torch with a linear map on its states. Everything is on one thread.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from autograder.exercises.shared.threads import one_thread
from autograder.experiments import spots

CHAPTER = "gated"
SEEDS = (0, 1, 2, 3, 4)
N = 64
SIZE = 32
"""Hidden units of every layer at equal size, and of the LSTM at equal parameters."""

FORGET_BIAS = 1.0
"""The LSTM starts with its forget gate open, as Keras does it."""

KINDS: dict[str, Any] = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
SYMBOLS, MEMORY, DELAY = 8, 5, 20
DEEPEST = 8
WINDOW = 40
RATE = 0.005

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Task:
    """What is learned.

    Attributes:
        draw: makes a batch of inputs `(N, T, D)` and targets from a generator.
        inputs: D.
        outputs: the width of the linear map on top.
        loss: compares outputs `(N, T, outputs)` with targets.
        score: tells how good outputs are, as the table shows it.
        updates: how many batches are learned from.
        guess: the score of who does not use the sequence.
        held: a batch to judge by, where there is one; else new ones are drawn.
    """

    draw: Callable[[torch.Generator], Batch]
    inputs: int
    outputs: int
    loss: Callable[[Tensor, Tensor], Tensor]
    score: Callable[[Tensor, Tensor], float]
    updates: int
    guess: float
    held: Batch | None = None


def adding(rng: torch.Generator, T: int = 40) -> Batch:
    """Two of T numbers between 0 and 1 are marked, one in each half: what is their sum?"""
    x = torch.rand(N, T, 2, generator=rng)
    x[..., 1] = 0
    rows, half = torch.arange(N), T // 2
    for start in (0, half):
        x[rows, start + torch.randint(half, (N,), generator=rng), 1] = 1
    return x, (x[..., 0] * x[..., 1]).sum(1)


def copying(rng: torch.Generator) -> Batch:
    """A few symbols, a delay, then a call: the symbols are to be given back in their order."""
    symbols = torch.randint(SYMBOLS, (N, MEMORY), generator=rng)
    blank, call = SYMBOLS, SYMBOLS + 1
    ids = torch.full((N, 2 * MEMORY + DELAY), blank)
    ids[:, :MEMORY] = symbols
    ids[:, MEMORY + DELAY - 1] = call
    return torch.nn.functional.one_hot(ids, SYMBOLS + 2).float(), symbols


def brackets(rng: torch.Generator, T: int = 60) -> Batch:
    """Opening and closing brackets among other characters: how deep is each place?"""
    depth = torch.zeros(N, dtype=torch.long)
    ids, depths = [], []
    for chance in torch.rand(T, N, generator=rng):
        opens = (chance < 0.35) & (depth < DEEPEST)
        closes = (chance > 0.65) & (depth > 0)
        depth = depth + opens.long() - closes.long()
        ids.append(opens.long() + 2 * closes.long())
        depths.append(depth)
    x = torch.nn.functional.one_hot(torch.stack(ids, 1), 3).float()
    return x, torch.stack(depths, 1)


def sunspots() -> Task:
    """The yearly number of sunspots: what will it be next year?

    Split, scale and measure are those of `spots`, whose forecasts need no network. Learned from
    windows of square roots, judged in counts. The guess is that a year is like the one before it.
    """
    counts, first = spots.series()
    series = torch.tensor(spots.roots(counts), dtype=torch.float32)
    truth = counts[first:]

    def draw(rng: torch.Generator) -> Batch:
        starts = torch.randint(first - WINDOW, (N,), generator=rng)
        rows = series[starts[:, None] + torch.arange(WINDOW + 1)]
        return rows[:, :-1, None], rows[:, 1 + WINDOW // 2 :]

    def loss(z: Tensor, y: Tensor) -> Tensor:
        return torch.nn.functional.mse_loss(z[:, -y.shape[1] :, 0], y)

    def score(z: Tensor, y: Tensor) -> float:
        return spots.error(spots.counts_of(z[0, -y.shape[1] :, 0].double().numpy()), truth)

    held = series[None, :-1, None], series[None, first:]
    guess = spots.error(spots.baselines()["last value"][0][first:], truth)
    return Task(draw, 1, 1, loss, score, 300, guess, held)


def square(z: Tensor, y: Tensor) -> Tensor:
    """The mean square error of the last output."""
    return torch.nn.functional.mse_loss(z[:, -1, 0], y)


def recalled(z: Tensor, y: Tensor) -> Tensor:
    """The cross-entropy of the last outputs, as many as there are targets."""
    return torch.nn.functional.cross_entropy(z[:, -y.shape[1] :].flatten(0, 1), y.flatten())


def right(z: Tensor, y: Tensor) -> float:
    """The share of the last outputs whose largest entry is the target."""
    return float((z[:, -y.shape[1] :].argmax(-1) == y).float().mean())


TASKS = {
    "adding": Task(adding, 2, 1, square, lambda z, y: float(square(z, y)), 600, 1 / 6),
    "copying": Task(copying, SYMBOLS + 2, SYMBOLS, recalled, right, 1200, 1 / SYMBOLS),
    "brackets": Task(brackets, 3, DEEPEST + 1, recalled, right, 300, 0.22),
}


class OneLayer(torch.nn.Module):
    """One recurrent layer with a linear map on its states."""

    def __init__(self, kind: str, inputs: int, H: int, outputs: int) -> None:
        super().__init__()
        self.layer = KINDS[kind](inputs, H, batch_first=True)
        self.read = torch.nn.Linear(H, outputs)
        if kind == "lstm":
            with torch.no_grad():
                self.layer.bias_ih_l0[H : 2 * H] += FORGET_BIAS

    def forward(self, x: Tensor) -> Tensor:
        """The outputs at all steps, (N, T, outputs)."""
        z: Tensor = self.read(self.layer(x)[0])
        return z


def parameters(kind: str, inputs: int, H: int) -> int:
    """How many numbers the recurrent layer learns."""
    return sum(p.numel() for p in KINDS[kind](inputs, H).parameters())


def equal_size(kind: str, inputs: int) -> int:
    """The H at which a layer has about the parameters of the LSTM with `SIZE` units."""
    wanted = parameters("lstm", inputs, SIZE)
    return min(range(SIZE, 4 * SIZE), key=lambda H: abs(parameters(kind, inputs, H) - wanted))


def training(
    task: Task, kind: str, H: int, seed: int, updates: int, rate: float = RATE
) -> Iterator[OneLayer]:
    """The network after each of its updates."""
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(1000 + seed)
    network = OneLayer(kind, task.inputs, H, task.outputs)
    adam = torch.optim.Adam(network.parameters(), lr=rate)
    for _ in range(updates):
        x, y = task.draw(rng)
        adam.zero_grad()
        torch.autograd.backward(task.loss(network(x), y))
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        adam.step()
        yield network


def unseen(task: Task, seed: int, batches: int = 8) -> list[Batch]:
    """What a network is judged by: batches that none learns from."""
    fresh = torch.Generator().manual_seed(2_000_000 + seed)
    return [task.held] if task.held else [task.draw(fresh) for _ in range(batches)]


def judge(network: OneLayer, task: Task, batches: list[Batch]) -> float:
    """The mean score of `network`."""
    with torch.no_grad():
        return statistics.mean(task.score(network(x), y) for x, y in batches)


def run(
    task: Task, kind: str, H: int, seed: int, updates: int | None = None, rate: float = RATE
) -> float:
    """The score of a trained network on batches that it has not seen."""
    with one_thread():
        *_, network = training(task, kind, H, seed, updates or task.updates, rate)
        return judge(network, task, unseen(task, seed))


def measure() -> dict[str, Any]:
    """Scores by task, fairness and kind, one a seed, with the sizes that were used."""
    start = time.perf_counter()
    scores: dict[str, Any] = {}
    sizes: dict[str, Any] = {}
    tasks = {**TASKS, "sunspots": sunspots()}
    for name, task in tasks.items():
        for fair in ("equal size", "equal parameters"):
            for kind in KINDS:
                H = SIZE if fair == "equal size" else equal_size(kind, task.inputs)
                same = scores.get(name, {}).get("equal size", {}).get(kind)
                found = same if H == SIZE and same else [run(task, kind, H, s) for s in SEEDS]
                scores.setdefault(name, {}).setdefault(fair, {})[kind] = found
                sizes.setdefault(name, {}).setdefault(fair, {})[kind] = {
                    "H": H,
                    "parameters": parameters(kind, task.inputs, H),
                }
    return {
        "seeds": list(SEEDS),
        "updates": {name: task.updates for name, task in tasks.items()},
        "guess": {name: task.guess for name, task in tasks.items()},
        "sizes": sizes,
        "scores": scores,
        "minutes": round((time.perf_counter() - start) / 60, 1),
    }
