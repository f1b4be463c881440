"""What is asked of truncated backpropagation, and of the Jacobians that explain its trouble.

N sequences, T steps, D numbers a word, H hidden units, V words, k steps a chunk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Array, Call, Program, Ref, StudentError, changed
from autograder.exercises.recurrent.steps import ASSIGNMENT, RNN
from autograder.exercises.recurrent.tokens import LOOKUP
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.consistency import right_where_asked, values
from autograder.exercises.shared.inputs import OTHERS, turned
from autograder.exercises.tolerances import TOLERANCES

KEYS = ("E", "Wx", "Wh", "b", "Wy", "by")
"""The parameters of the language model, in the order in which they are compared."""

RESULTS = ("losses", *(f"grads[{key}]" for key in KEYS), "hT")
SIZES = (
    (3, 6, 5, 2, 4, 2),
    (2, 7, 4, 3, 5, 3),
    (3, 3, 3, 3, 3, 3),
    (1, 13, 3, 2, 1, 1),
    (2, 1, 1, 3, 2, 4),
)
"""N, T, V, D, H, k: whole chunks, a shorter one at the end, all equal, more than ten chunks of one
step, and a chunk that is longer than the sequence."""


def model(rng: np.random.Generator, V: int, D: int, H: int) -> dict[str, Array]:
    """The parameters of a language model by name."""
    E = normal(rng, V, D)
    return {
        "E": E,
        **RNN.weights(rng, D, H),
        "Wy": normal(rng, H, V),
        "by": normal(rng, V) / 2,
    }


def tbptt_args(
    rng: np.random.Generator, N: int, T: int, V: int, D: int, H: int
) -> tuple[Array, Array, dict[str, Array]]:
    """The words, the first state and the parameters."""
    x = rng.integers(0, V, (N, T + 1))
    return x, np.tanh(normal(rng, N, H)), model(rng, V, D, H)


def tbptt_program(rng: np.random.Generator) -> Program:
    """One call a case, and the first one once more and turned."""
    cases = {
        f"N={N}, T={T}, V={V}, D={D}, H={H}, k={k}": (*tbptt_args(rng, N, T, V, D, H), k)
        for N, T, V, D, H, k in SIZES
    }
    first = next(iter(cases.values()))
    cases["the first inputs once more"] = first
    cases[OTHERS] = turned(first)
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "tbptt", args, RESULTS, adapter="truncated")
            for label, args in cases.items()
        ),
    )


def truncated(tbptt: Any, x: Array, h0: Array, params: dict[str, Array], k: int) -> Any:
    """The results of `tbptt`, the gradients one by one.

    Raises:
        StudentError: where they are not the list, the dictionary and the array that are wanted.
    """
    found = tbptt(x, h0, params, k)
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        raise StudentError("It does not return three results: `losses`, `grads` and `hT`.")
    losses, grads, hT = found
    if not isinstance(losses, (list, tuple, np.ndarray)):
        raise StudentError(
            f"`losses` is a {type(losses).__name__}; a list with a loss a chunk is wanted."
        )
    if not isinstance(grads, Mapping):
        raise StudentError(f"`grads` is a {type(grads).__name__}; a dictionary is wanted.")
    if missing := [key for key in KEYS if key not in grads]:
        raise StudentError(f"`grads` lacks {', '.join(missing)}; it has the keys of `params`.")
    return (np.array([float(loss) for loss in losses]), *(grads[key] for key in KEYS), hT)


def follow_tbptt(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `tbptt` is what the student's own functions make of the same chunks."""
    return right_where_asked([equals_chunks(ask, rng, sizes) for sizes in SIZES[:3]])


@np.errstate(all="ignore")
def equals_chunks(ask: Ask, rng: np.random.Generator, sizes: tuple[int, ...]) -> bool | None:
    """Whether `tbptt` equals the chunks one by one; None where these give no values."""
    *shape, k = sizes
    x, h0, params = tbptt_args(rng, *shape)
    total = {key: np.zeros(np.shape(params[key])) for key in KEYS}
    losses, h = [], h0
    for start in range(0, x.shape[1] - 1, k):
        chunk = x[:, start : start + k + 1]
        found = one_chunk(ask, chunk[:, :-1], chunk[:, 1:], h, params)
        if found is None:
            return None
        loss, slopes, h = found
        if h.shape != h0.shape or any(slopes[key].shape != total[key].shape for key in KEYS):
            return None
        losses.append(loss)
        total = {key: total[key] + slopes[key] for key in KEYS}
    call = Call("whole", "tbptt", (x, h0, params, k), RESULTS, adapter="truncated")
    answer = ask(Program(ASSIGNMENT, (call,)))[0]
    answers = values(answer)
    if answers is None or changed(call, answer):
        return False
    wanted = [np.array(losses), *(total[key] for key in KEYS), h]
    near = TOLERANCES["gradient"].accepts
    return all(a.shape == r.shape and near(a, r) for a, r in zip(answers, wanted, strict=True))


def one_chunk(
    ask: Ask, words: Array, y: Array, h: Array, params: Mapping[str, Array]
) -> tuple[float, dict[str, Array], Array] | None:
    """Loss, gradients and last state of one chunk by the student's own functions.

    Each `ask` begins anew, so that the forward passes are made again where a cache is needed.
    """
    look_up = Call("look up", LOOKUP[0], (words, params["E"]), LOOKUP[1], returns_cache=True)
    e = one(ask, look_up)
    if e is None or e.ndim != 3:
        return None
    given = (e, h, params["Wx"], params["Wh"], params["b"])
    name, outputs = RNN.forward
    forward = Call("forward", name, given, outputs, returns_cache=True)
    hs = one(ask, forward)
    if hs is None or hs.shape != (*y.shape, h.shape[1]):
        return None
    logits = hs @ params["Wy"] + params["by"]
    loss = Call("loss", "sequence_cross_entropy", (logits, y, np.ones(y.shape)), ("loss", "dz"))
    found = values(ask(Program(ASSIGNMENT, (loss,)))[0])
    if found is None or found[0].size != 1 or found[1].shape != logits.shape:
        return None
    dz = found[1]
    upstream = (dz @ params["Wy"].T, np.zeros_like(h), Ref("forward", 1))
    back = Call("back", "rnn_backward", upstream, ("dx", "dh0", "dWx", "dWh", "db"))
    slopes = values(ask(Program(ASSIGNMENT, (forward, back)))[1])
    if slopes is None:
        return None
    de, _, dWx, dWh, db = slopes
    table = Call("table", "embedding_backward", (de, Ref("look up", 1)), ("dE",))
    dE = values(ask(Program(ASSIGNMENT, (look_up, table)))[1])
    if dE is None:
        return None
    dWy = np.einsum("nth,ntv->hv", hs, dz)
    slope = {"E": dE[0], "Wx": dWx, "Wh": dWh, "b": db, "Wy": dWy, "by": dz.sum((0, 1))}
    return float(found[0].reshape(())), slope, hs[:, -1]


def one(ask: Ask, call: Call) -> Array | None:
    """The one array result of a call, or None."""
    found = values(ask(Program(ASSIGNMENT, (call,)))[0])
    return None if found is None else found[0]


def jacobian_program(rng: np.random.Generator) -> Program:
    """States that shrink, that stay, and that grow; with and without a bias."""
    cases: dict[str, tuple[dict[str, Array], int]] = {}
    for H, T in ((4, 5), (3, 3), (1, 4), (5, 1), (2, 12)):
        cases[f"H={H}, T={T}"] = (network(rng, H, 1.0, 0.7), T)
    first = next(iter(cases.values()))
    turn, _ = np.linalg.qr(normal(rng, 4, 4))
    cases |= {
        "the first inputs once more": first,
        OTHERS: turned(first),
        "Wh in Fortran order": (
            {key: np.asfortranarray(a) if key == "Wh" else a for key, a in first[0].items()},
            first[1],
        ),
        "Wh a rotation, b = 0": ({**network(rng, 4, 1.0, 0.0), "Wh": turn}, 5),
        "small weights": (network(rng, 3, 0.3, 0.7), 6),
        "large weights, b = 0": (network(rng, 4, 3.0, 0.0), 5),
        "a large bias": (network(rng, 3, 1.0, 2.0), 4),
    }
    return Program(
        ASSIGNMENT,
        tuple(Call(label, "jacobian_norms", args, ("norms",)) for label, args in cases.items()),
    )


def network(rng: np.random.Generator, H: int, size: float, shift: float) -> dict[str, Array]:
    """Weights of a network of H units; the singular values of Wh are near `size`."""
    found = RNN.weights(rng, 2, H)
    return {**found, "Wh": size * found["Wh"], "b": shift * normal(rng, H)}
