"""What five recurrent layers learn of brackets when they learn to write, all else being equal.

The text, the training and the properties are those of the recurrent lesson. What changes is the
layer: a simple one, an LSTM whose forget gate starts with a bias of 0, 1 or 3, and a GRU.

Sizes: T letters of held-out text, V different letters, D numbers an embedding, H hidden units.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from autograder.data import prose
from autograder.exercises.shared.threads import one_thread

CHAPTER = "gated"
SEEDS = (0, 1, 2)
D, H, EPOCHS, K, RATE = 32, 192, 6, 50, 3e-3
KINDS: dict[str, tuple[Any, float]] = {
    "RNN": (torch.nn.RNN, 0.0),
    "LSTM, forget bias 0": (torch.nn.LSTM, 0.0),
    "LSTM, forget bias 1": (torch.nn.LSTM, 1.0),
    "LSTM, forget bias 3": (torch.nn.LSTM, 3.0),
    "GRU": (torch.nn.GRU, 0.0),
}

Array = NDArray[np.float64]


class Writer(torch.nn.Module):
    """A language model over letters."""

    def __init__(self, V: int, kind: str) -> None:
        super().__init__()
        layer, forget_bias = KINDS[kind]
        self.table = torch.nn.Embedding(V, D)
        self.layer = layer(D, H, batch_first=True)
        self.logits = torch.nn.Linear(H, V)
        if forget_bias:
            with torch.no_grad():
                self.layer.bias_ih_l0[H : 2 * H] += forget_bias

    def forward(self, ids: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Logits (N, T, V) and the last state, of ids (N, T)."""
        hs, state = self.layer(self.table(ids), state)
        return self.logits(hs), state


def in_columns(code: Tensor, N: int) -> Tensor:
    """The text cut into N long pieces, one a row."""
    return code[: len(code) // N * N].reshape(N, -1)


def detached(state: Any) -> Any:
    """The state as a number, without its history."""
    if isinstance(state, tuple):
        return tuple(part.detach() for part in state)
    return None if state is None else state.detach()


def loss_of(writer: Writer, rows: Tensor, state: Any = None) -> tuple[Tensor, Any]:
    """The mean cross-entropy of each next letter, and the last state."""
    z, state = writer(rows[:, :-1], state)
    loss = torch.nn.functional.cross_entropy(z.flatten(0, 1), rows[:, 1:].flatten())
    return loss, state


def trained(kind: str, seed: int, V: int, rows: Tensor, epochs: int = EPOCHS) -> Writer:
    """A writer that has learned from the rows of text."""
    torch.manual_seed(seed)
    writer = Writer(V, kind)
    adam = torch.optim.Adam(writer.parameters(), lr=RATE)
    for _ in range(epochs):
        state = None
        for at in range(0, rows.shape[1] - 1, K):
            loss, state = loss_of(writer, rows[:, at : at + K + 1], detached(state))
            adam.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(writer.parameters(), 1.0)
            adam.step()
    return writer


def states(writer: Writer, code: Tensor) -> dict[str, Array]:
    """All states over one text, (T, H): h of every kind, and c of an LSTM."""
    found: dict[str, list[Tensor]] = {"h": [], "c": []}
    cells: Any = {torch.nn.LSTM: torch.nn.LSTMCell}.get(type(writer.layer))
    with torch.no_grad():
        x = writer.table(code)
        if cells is None:
            return {"h": writer.layer(x[None])[0][0].double().numpy()}
        cell = cells(D, H)
        values = writer.layer.state_dict().items()
        cell.load_state_dict({name.removesuffix("_l0"): value for name, value in values})
        state = None
        for x_t in x[:, None]:
            state = cell(x_t, state)
            for name, part in zip("hc", state, strict=True):
                found[name].append(part[0])
    return {name: torch.stack(steps).double().numpy() for name, steps in found.items()}


def inside_brackets(text: str) -> Array:
    """1 where a round bracket is open within its line, else 0; (T,)."""
    depth, inside = 0, []
    for letter in text:
        depth = 0 if letter == "\n" else max(depth + (letter == "(") - (letter == ")"), 0)
        inside.append(float(depth > 0))
    return np.array(inside)


def best_unit(found: Array, wanted: Array) -> float:
    """The largest correlation, in size, of a unit's state (T, H) with a property (T,)."""
    a, b = found - found.mean(axis=0), wanted - wanted.mean()
    sizes = np.linalg.norm(a, axis=0) * np.linalg.norm(b)
    return float(np.abs(b @ a / np.maximum(sizes, 1e-12)).max())


def all_units(found: Array, wanted: Array) -> float:
    """The correlation of a weighted sum of all units with a property; half is to fit it."""
    half = len(found) // 2
    with_one = np.column_stack([found, np.ones(len(found))])
    weights, *_ = np.linalg.lstsq(with_one[:half], wanted[:half], rcond=None)
    return float(np.corrcoef(with_one[half:] @ weights, wanted[half:])[0, 1])


def one(kind: str, seed: int, epochs: int = EPOCHS) -> dict[str, float]:
    """One training: its perplexity on held-out text, and what its states tell of brackets.

    "by chance" holds the best unit against the brackets of another place, half a text away.
    """
    text = prose()
    alphabet = sorted(set(text))
    code = torch.tensor([alphabet.index(letter) for letter in text])
    held = len(code) // 10
    writer = trained(kind, seed, len(alphabet), in_columns(code[:-held], 32), epochs)
    with torch.no_grad():
        loss, _ = loss_of(writer, in_columns(code[-held:], 8))
    wanted = inside_brackets(text[-held:])
    of = states(writer, code[-held:])
    found = {"perplexity": float(loss.exp())}
    for name, values in of.items():
        found[f"best unit of {name}"] = best_unit(values, wanted)
        found[f"all units of {name}"] = all_units(values, wanted)
    found["by chance"] = best_unit(of["h"], np.roll(wanted, held // 2))
    return {name: round(value, 3) for name, value in found.items()}


def record(found: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    """What is written of the runs of every kind, one a seed."""
    sizes = {"D": D, "H": H, "epochs": EPOCHS, "chunk": K, "rate": RATE}
    return {"seeds": list(SEEDS), "sizes": sizes, "letters": len(prose()), "runs": found}


def measure() -> dict[str, Any]:
    """All kinds, all seeds."""
    start = time.perf_counter()
    with one_thread():
        found = {kind: [one(kind, seed) for seed in SEEDS] for kind in KINDS}
    return {**record(found), "minutes": round((time.perf_counter() - start) / 60, 1)}
