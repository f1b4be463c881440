"""What is asked of `equal_when_reset`: numbers of which nobody knows the one right choice.

The step is measured by torch's own cell, which resets after the product. The other variant is
had from the same cell, once its gates stand open: it is then the tanh of one product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .exercise import Complaint
from .follow import values
from .program import Answer, Array, Call, Program, Told

STEM = "gru"
ARRAYS = ("x", "h", "Wx", "Wh", "bx", "bh")
WHICH = ("agree", "differ")
ALIKE, APART, HEARD, CLOSED = 1e-9, 0.1, 0.1, 0.9
"""What the exercise asks for: how near, how far, how large, and how little open."""


def pair_program(rng: np.random.Generator) -> Program:
    """One call for each of the two tuples."""
    return Program(
        STEM,
        tuple(
            Call(name, "equal_when_reset", (number,), ARRAYS, via="numbers_of")
            for number, name in enumerate(WHICH)
        ),
    )


def numbers_of(equal_when_reset: Any, number: int) -> Sequence[Array]:
    """The arrays of one of the two tuples that a student's function returns.

    Raises:
        Told: where they are no arguments of a step.
    """
    found = equal_when_reset()
    if not isinstance(found, (tuple, list)) or len(found) != len(WHICH):
        raise Told(f"It returns no pair; two tuples ({', '.join(ARRAYS)}) are wanted.")
    chosen, which = found[number], WHICH[number]
    if not isinstance(chosen, (tuple, list)) or len(chosen) != len(ARRAYS):
        raise Told(f"`{which}` is no tuple of six; ({', '.join(ARRAYS)}) are wanted.")
    arrays = [np.asarray(a, dtype=np.float64) for a in chosen]
    if arrays[0].ndim != 2 or arrays[1].ndim != 2:
        raise Told(f"x and h of `{which}` have two axes each, (N, D) and (N, H).")
    (N, D), H = arrays[0].shape, arrays[1].shape[1]
    wanted = [(N, D), (N, H), (D, 3 * H), (H, 3 * H), (3 * H,), (3 * H,)]
    for name, array, shape in zip(ARRAYS, arrays, wanted, strict=True):
        if array.shape != shape:
            raise Told(f"{name} of `{which}` has the shape {array.shape}; {shape} is wanted.")
        if not np.isfinite(array).all():
            raise Told(f"{name} of `{which}` holds nan or inf.")
    if min(D, H) < 2 or N < 1:
        raise Told(f"`{which}` has N={N}, D={D} and H={H}; N ≥ 1 and D, H ≥ 2 are wanted.")
    return arrays


def gates(arrays: Sequence[Array]) -> tuple[Array, Array]:
    """The reset and the update gate of a step."""
    import torch

    x, h, Wx, Wh, bx, bh = (torch.from_numpy(a) for a in arrays)
    both = torch.sigmoid(torch.addmm(bx, x, Wx) + torch.addmm(bh, h, Wh))
    r, z, _ = both.numpy().reshape(len(x), 3, -1).swapaxes(0, 1)
    return r, z


def candidate(arrays: Sequence[Array], **gate: float) -> Array:
    """What torch's own cell makes of the arguments where z is 0 and, if it is given, r is 1."""
    import torch

    x, h, Wx, Wh, bx, bh = (a.copy() for a in arrays)
    H = h.shape[1]
    for part, value in {"z": -1e3, **gate}.items():
        columns = slice(0, H) if part == "r" else slice(H, 2 * H)
        Wx[:, columns] = Wh[:, columns] = bh[columns] = 0.0
        bx[columns] = value
    cell = torch.nn.GRUCell(x.shape[1], H, dtype=torch.float64)
    named = {"weight_ih": Wx.T, "weight_hh": Wh.T, "bias_ih": bx, "bias_hh": bh}
    cell.load_state_dict({key: torch.from_numpy(a.copy()) for key, a in named.items()})
    with torch.no_grad():
        found: Array = cell(torch.from_numpy(x), torch.from_numpy(h)).numpy()
    return found


def difference(arrays: Sequence[Array]) -> float:
    """The largest difference that the place of the reset makes in the next state."""
    r, z = gates(arrays)
    x, h, *packed = arrays
    after, before = candidate(arrays), candidate((x, r * h, *packed), r=1e3)
    return float(np.max(np.abs((1 - z) * (after - before))))


def inspect_pair(program: Program, answers: Mapping[str, Answer]) -> list[Complaint]:
    """What is wrong with each of the two choices."""
    complaints = []
    for call in program.calls:
        found = values(answers[call.name])
        if found is None:
            continue
        moved = difference(found)
        if call.name == "agree":
            complaint = trivial(found) or (disagrees() if moved > ALIKE else None)
        else:
            complaint = agrees(moved) if moved <= APART else None
        complaints += [complaint] if complaint else []
    return complaints


def disagrees() -> Complaint:
    """The first choice for which the place matters."""
    says = "The two variants differ for `agree`; they have to be equal."
    return Complaint("agree", says, "agree-differs")


def agrees(moved: float) -> Complaint:
    """The second choice for which the place hardly matters."""
    says = "The two variants do not differ enough for `differ`."
    none = "differ-agrees" if moved <= ALIKE else "differ-hardly"
    return Complaint("differ", says, none)


def trivial(arrays: Sequence[Array]) -> Complaint | None:
    """Whether the first choice is equal for a reason that teaches nothing."""
    _, h, _, Wh, _, _ = arrays
    H = h.shape[1]
    if np.abs(h).max() <= HEARD:
        says = "No entry of h is large enough for `agree`."
        return Complaint("agree", says, "hidden-state-zero")
    if np.linalg.norm(h @ Wh[:, 2 * H :]) <= HEARD:
        says = "The norm of h·Wh_n is too small for `agree`."
        return Complaint("agree", says, "candidate-weights-zero")
    if gates(arrays)[0].min() >= CLOSED:
        says = "No reset gate is closed far enough for `agree`."
        return Complaint("agree", says, "reset-gate-open")
    return None
