"""What is asked of the embedding, the masked loss and the clipping of the recurrent chapter.

N sequences, T steps, D numbers a word, V words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Array, Call, Program, Ref, StudentError, changed
from autograder.exercises.recurrent.steps import ASSIGNMENT
from autograder.exercises.shared.cases import backward_program, normal, program_of
from autograder.exercises.shared.consistency import EPSILON, SMALL, values
from autograder.exercises.shared.inputs import OTHERS, spaced
from autograder.exercises.tolerances import LIMITS

LOOKUP = ("embedding_forward", ("out",))
IDS = (((3, 4), 6, 2), ((5,), 3, 4), ((3, 3), 3, 3), ((1, 12), 6, 1), ((2, 1), 4, 2), ((1,), 1, 1))
"""The shape of the ids, V and D."""

LOSS_SIZES = ((3, 4, 5), (3, 3, 3), (1, 12, 2), (3, 1, 3), (2, 2, 1), (1, 2, 2))
"""N, T, V."""


def look_ups(rng: np.random.Generator) -> dict[str, tuple[Array, Array]]:
    """Ids and tables; in the first, some words occur often and the last one not at all."""
    cases = {
        f"ids of shape {shape}, V={V}, D={D}": (rng.integers(0, V, shape), normal(rng, V, D))
        for shape, V, D in IDS
    }
    first = next(iter(cases))
    _, E = cases[first]
    often = rng.permutation([1, 1, 1, 1, 3, 3, 3, 0, 0, 4, 4, 4]).reshape(3, 4)
    cases[first] = (often, E)
    return cases


def embedding_forward_program(rng: np.random.Generator) -> Program:
    """One call a case."""
    return program_of(ASSIGNMENT, LOOKUP[0], look_ups(rng), *LOOKUP[1])


def embedding_backward_program(rng: np.random.Generator) -> Program:
    """Backward passes on caches of the student's own look-up."""
    cases = {
        label: ((ids, E), normal(rng, *ids.shape, E.shape[1]))
        for label, (ids, E) in look_ups(rng).items()
    }
    (ids, E), _ = next(iter(cases.values()))
    other = rng.integers(0, len(E), ids.shape)
    cases[OTHERS] = (
        (other, normal(rng, *E.shape)),
        normal(rng, *ids.shape, E.shape[1]),
    )
    return backward_program(ASSIGNMENT, LOOKUP, "embedding_backward", cases, "dE")


@np.errstate(all="ignore")
def follow_embedding_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `embedding_backward` is the adjoint of the student's own look-up.

    The look-up itself has to be an attempt: the vectors that it gives have to move in as many
    ways as the table does, or nearly.
    """
    name, outputs = LOOKUP
    ids = rng.permutation(np.arange(12) % 6).reshape(3, 4)
    E, moves = normal(rng, 6, 2), normal(rng, 4, 6, 2)
    dout = normal(rng, 3, 4, 2)
    back = Call("backward", "embedding_backward", (dout, Ref("forward", 1)), ("dE",))
    calls = [
        Call("forward", name, (ids, E), outputs, returns_cache=True),
        *(
            Call(f"{sign:+} {k}", name, (ids, E + sign * EPSILON * v), outputs, returns_cache=True)
            for k, v in enumerate(moves)
            for sign in (1, -1)
        ),
        back,
    ]
    answers = {answer.call: answer for answer in ask(Program(ASSIGNMENT, tuple(calls)))}
    found = {call: values(answer) for call, answer in answers.items()}
    if any(value is None for value in found.values()) or changed(back, answers["backward"]):
        return False
    arrays = {call: value[0] for call, value in found.items() if value is not None}
    dE = arrays.pop("backward")
    if dE.shape != E.shape or any(out.shape != dout.shape for out in arrays.values()):
        return False
    slopes = [(arrays[f"+1 {k}"] - arrays[f"-1 {k}"]) / (2 * EPSILON) for k in range(len(moves))]
    ways = np.linalg.svd([slope.ravel() for slope in slopes], compute_uv=False)
    if ways[-1] < LIMITS["ways"].value * max(ways[0], SMALL):
        return False
    allowed = LIMITS["adjoint"].value * max(float(np.linalg.norm(dE)), SMALL)
    return all(
        abs(np.vdot(dout, slope) - np.vdot(dE, v)) <= allowed
        for slope, v in zip(slopes, moves, strict=True)
    )


def loss_program(rng: np.random.Generator) -> Program:
    """The loss for masks of both dtypes, for padding at the end and anywhere, and huge logits."""
    calls = []

    def ask(label: str, *args: Array) -> None:
        calls.append(Call(label, "sequence_cross_entropy", args, ("loss", "dz")))

    def drawn(N: int, T: int, V: int) -> tuple[Array, Array]:
        return 2 * normal(rng, N, T, V), rng.integers(0, V, (N, T))

    for N, T, V in LOSS_SIZES:
        ask(f"N={N}, T={T}, V={V}, all valid", *drawn(N, T, V), np.ones((N, T)))
    z, y = drawn(3, 4, 5)
    padded = (np.arange(4) < np.array([[4], [1], [2]])).astype(float)
    ask("padding at the end, a mask of floats", z, y, padded)
    ask(
        "the same with other words at the padding", z, np.where(padded == 1, y, (y + 1) % 5), padded
    )
    ask("padding at the end, a mask of bool", *drawn(3, 4, 5), padded == 1)
    ask("N = T with padding", *drawn(3, 3, 3), np.tril(np.ones((3, 3))))
    holes = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    ask("holes in the mask", *drawn(2, 3, 4), holes)
    ask("views that are not contiguous", np.asfortranarray(z), spaced(y), spaced(padded))
    far = 1000.0 * rng.choice([-1.0, 1.0], (2, 3, 4)) + normal(rng, 2, 3, 4)
    words = rng.integers(0, 4, (2, 3))
    # At one place, whatever is drawn, the model is sure of another word than the right one.
    far[0, 0, :2], words[0, 0] = [1000.0, -1000.0], 1
    ask("logits near ±1000", far, words, np.ones((2, 3)))
    apart = np.array([-1e6, 0.0, 1500.0, 0.0])[:, None]
    ask("places far from one another", z + apart, y, np.ones((3, 4)))
    return Program(ASSIGNMENT, tuple(calls))


def clip_program(rng: np.random.Generator) -> Program:
    """Gradients that are too long, and some that are not."""
    calls = []

    def ask(label: str, shapes: Sequence[tuple[int, ...]], norm: float, max_norm: float) -> None:
        grads = [normal(rng, *shape) for shape in shapes]
        length = np.sqrt(sum(float(np.vdot(g, g)) for g in grads))
        keep(label, [g * (norm / length) for g in grads], max_norm)

    def keep(label: str, grads: list[Array], max_norm: float) -> None:
        returns = ("norm", *(f"clipped[{k}]" for k in range(len(grads))))
        args = (grads, max_norm, label in UNCHANGED)
        calls.append(Call(label, "clip_grad_norm", args, returns, adapter="clipped"))

    three = [(3, 4), (4,), (2, 3, 2)]
    ask("three arrays, too long", three, 7.0, 2.0)
    ask("three arrays, a little too long", three, 3.0, 2.5)
    ask("three arrays, much too long", three, 2e6, 1.0)
    ask(LONGER, three, 3.0, 5.0)
    ask(SHORT, three, 0.03, 5.0)
    ask("one array", [(2, 5)], 4.0, 1.0)
    ask("arrays of one entry", [(1,), (1, 1)], 6.0, 3.0)
    keep("gradients of zeros", [np.zeros((2, 2)), np.zeros(3)], 1.0)
    ask("a norm allowed that is less than 1", three, 0.8, 0.25)
    layouts = [np.asfortranarray(normal(rng, 3, 4)) * 4, spaced(normal(rng, 2, 3)) * 4]
    keep("arrays that are not contiguous", layouts, 1.5)
    ask("each array short, together too long", [(2,)] * 6, 2.0, 1.0)
    return Program(ASSIGNMENT, tuple(calls))


LONGER = "a norm that is allowed"
SHORT = "a very short gradient"
UNCHANGED = (LONGER, SHORT)
"""Where the arrays have to come back to the last bit."""


def clipped(clip_grad_norm: Any, grads: list[Array], max_norm: float, whole: bool) -> Any:
    """The norm and the clipped arrays one by one.

    Raises:
        StudentError: where the results are no list of arrays and a number, and where
            arrays that are to come back `whole` differ in their last digits.
    """
    before = [g.copy() for g in grads]
    found = clip_grad_norm(grads, max_norm)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise StudentError(
            "It does not return two results: the list `clipped` and the number `norm`."
        )
    arrays, norm = found
    if not isinstance(arrays, (list, tuple)):
        raise StudentError(f"`clipped` is a {type(arrays).__name__}; a list of arrays is wanted.")
    if len(arrays) != len(grads):
        raise StudentError(f"`clipped` has {len(arrays)} arrays where `grads` has {len(grads)}.")
    pairs = list(zip(arrays, before, strict=True))
    near = all(
        np.shape(a) == g.shape and np.allclose(a, g, rtol=LIMITS["scaled"].value) for a, g in pairs
    )
    if whole and near and not all(np.array_equal(a, g) for a, g in pairs):
        raise StudentError(
            "The norm is allowed, and the arrays come back changed in their last digits: scale "
            "only what is too long."
        )
    return (norm, *arrays)
