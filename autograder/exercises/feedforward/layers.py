"""What is asked of the layers, the loss and the numerical gradient.

N samples, D inputs, M outputs, C classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.cases import cached_backward_program
from autograder.exercises.shared.consistency import is_adjoint, right_where_asked
from autograder.exercises.shared.inputs import OTHERS, spaced, strided, turned

ASSIGNMENT = "feedforward"
SHAPES: tuple[tuple[int, ...], ...] = ((3, 4), (5,), (), (2, 3, 2), (4, 4), (1,))
AFFINE_SIZES = (
    ((3,), (4,), 2),
    ((2,), (3, 2), 4),
    ((4,), (2, 3, 2), 3),
    ((4,), (4,), 4),
    ((1,), (3,), 3),
    ((3,), (1,), 3),
    ((12,), (2, 2), 1),
    ((1,), (1,), 1),
)
AFFINE_GRADIENTS = ("dx", "dW", "db")


def normal(rng: np.random.Generator, shape: Sequence[int], scale: float = 1.0) -> Array:
    """Random numbers of any shape; an array for () too."""
    return np.asarray(scale * rng.standard_normal(tuple(shape)))


def sigmoid_program(rng: np.random.Generator) -> Program:
    """One call a shape, and far from 0 on both sides."""
    cases = {f"x of shape {shape}": normal(rng, shape, 3.0) for shape in SHAPES}
    first = next(iter(cases.values()))
    cases |= {
        "another x of the first shape": turned([first])[0],
        "the first x once more": first,
        "an x that is not contiguous": spaced(first),
        "x = 0": np.zeros(3),
        "x near 1000": 1000 + normal(rng, (4,)),
        "x near −1000": -1000 + normal(rng, (4,)),
        "some x near ±1000, some near 0": 1000.0 * rng.integers(-1, 2, (3, 5))
        + normal(rng, (3, 5)),
    }
    calls = (Call(label, "sigmoid", (x,), ("y",)) for label, x in cases.items())
    return Program(ASSIGNMENT, tuple(calls))


def affine_args(
    rng: np.random.Generator, N: Sequence[int], d: Sequence[int], M: int
) -> dict[str, Array]:
    """The arguments of the affine map: `x (N, d1, …)`, `W (D, M)`, `b (M,)`."""
    D = int(np.prod(d))
    return {"x": normal(rng, (*N, *d)), "W": normal(rng, (D, M)), "b": normal(rng, (M,))}


def affine_cases(rng: np.random.Generator) -> dict[str, dict[str, Array]]:
    """The arguments of the affine map by the name of the case."""
    return {f"x of shape {(*N, *d)}, M={M}": affine_args(rng, N, d, M) for N, d, M in AFFINE_SIZES}


def affine_forward_program(rng: np.random.Generator) -> Program:
    """One call a case; samples of one, two and three axes."""
    cases = affine_cases(rng)
    _, second, third, *_ = cases.values()
    first = next(iter(cases))
    cases |= {
        OTHERS: dict(zip(cases[first], turned(cases[first].values()), strict=True)),
        "the second inputs once more": second,
        "the third inputs as views that are not contiguous": strided(third),
        "x = 0, so that y is the bias": {**second, "x": np.zeros_like(second["x"])},
    }
    calls = (
        Call(label, "affine_forward", tuple(args.values()), ("y",), returns_cache=True)
        for label, args in cases.items()
    )
    return Program(ASSIGNMENT, tuple(calls))


def backward_program(
    rng: np.random.Generator,
    layer: str,
    cases: Mapping[str, Mapping[str, Array]],
    outputs: Callable[[Mapping[str, Array]], Sequence[int]],
    gradients: tuple[str, ...],
    adapter: str = "",
) -> Program:
    """Backward passes, each on a cache of the student's own forward on the same inputs.

    All forward passes come first, and the first cache is used three times: a cache has to stay
    valid. The `adapter` is given x as well.

    Args:
        rng: draws the gradients that arrive.
        layer: the name of the functions, without `_forward` and `_backward`.
        cases: the arguments of the forward function by the name of the case; x comes first.
        outputs: the shape of the result of the forward function for such arguments.
        gradients: the names of the results of the backward function.
        adapter: the driver of the backward function, or "".
    """
    asked = {label: (label, (normal(rng, outputs(args)),)) for label, args in cases.items()}
    first, (dy,) = next(iter(asked.values()))
    asked["the first cache once more"] = (first, (dy,))
    asked["the first cache with another dy"] = (first, (normal(rng, dy.shape),))
    asked["a dy that is not contiguous"] = (first, (np.asfortranarray(dy),))
    made = {label: tuple(args.values()) for label, args in cases.items()}
    forward = (f"{layer}_forward", ("y",))
    return cached_backward_program(
        ASSIGNMENT, forward, f"{layer}_backward", made, asked, gradients, adapter
    )


def affine_backward_program(rng: np.random.Generator) -> Program:
    """Backward passes of the affine map, one size twice with other numbers."""
    cases = affine_cases(rng)
    cases[OTHERS] = affine_args(rng, *AFFINE_SIZES[0])
    return backward_program(
        rng, "affine", cases, lambda a: (len(a["x"]), a["b"].size), AFFINE_GRADIENTS
    )


def follow_affine_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `affine_backward` is the adjoint of the student's own map."""
    forward, findings = ("affine_forward", ("y",)), []
    for N, d, M in AFFINE_SIZES[:4]:
        args, dy = affine_args(rng, N, d, M), normal(rng, (*N, M))
        findings.append(is_adjoint(ask, rng, ASSIGNMENT, forward, args, "affine_backward", (dy,)))
    return right_where_asked(findings)


def activation_cases(rng: np.random.Generator) -> dict[str, dict[str, Array]]:
    """Inputs of an activation, by the name of the case."""
    return {f"x of shape {shape}": {"x": normal(rng, shape)} for shape in SHAPES}


def activation_program(rng: np.random.Generator, function: str, **extreme: Array) -> Program:
    """One call a shape, and the inputs of `extreme`."""
    cases = activation_cases(rng)
    first = next(iter(cases.values()))["x"]
    cases |= {
        "another x of the first shape": {"x": turned([first])[0]},
        "the first x once more": {"x": first},
        "an x that is not contiguous": {"x": spaced(first)},
        "x all negative": {"x": -np.abs(normal(rng, (2, 3)))},
        **{f"x {name.replace('_', ' ')}": {"x": x} for name, x in extreme.items()},
    }
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, function, (a["x"],), ("y",), returns_cache=True)
            for label, a in cases.items()
        ),
    )


def relu_forward_program(rng: np.random.Generator) -> Program:
    """One call a shape, with large and small numbers and zeros of either sign."""
    return activation_program(
        rng,
        "relu_forward",
        with_zeros=np.array([-2.0, -0.0, 0.0, 0.5, 3.0]),
        of_any_size=of_any_size(rng),
    )


def of_any_size(rng: np.random.Generator) -> Array:
    """Positive and negative numbers from 1e-6 to some thousands, (2, 10)."""
    sizes = np.outer([1, -1], 10.0 ** np.arange(-6, 4))
    return np.asarray(sizes * (1 + np.abs(normal(rng, (2, 10)))))


def tanh_forward_program(rng: np.random.Generator) -> Program:
    """One call a shape, and far from 0 on both sides."""
    return activation_program(
        rng,
        "tanh_forward",
        near_1000=1000 + normal(rng, (4,)),
        near_minus_1000=-1000 + normal(rng, (2, 2)),
        of_any_size=of_any_size(rng),
    )


def relu_backward_program(rng: np.random.Generator) -> Program:
    """Backward passes of the rectifier; one input has entries that are exactly 0."""
    cases = activation_cases(rng)
    cases["other inputs of the first shape"] = {"x": normal(rng, SHAPES[0])}
    cases["x with zeros"] = {"x": np.array([-2.0, 0.0, -0.0, 0.5, 3.0])}
    cases["large x"] = {"x": 100 * normal(rng, (3, 2))}
    return backward_program(
        rng, "relu", cases, lambda a: a["x"].shape, ("dx",), adapter="off_the_kink"
    )


def off_the_kink(relu_backward: Any, dy: Array, cache: Any, x: Array) -> Any:
    """The result of `relu_backward`, with 0 where x is 0 and either of 0 and dy is right."""
    dx = relu_backward(dy, cache)
    if not isinstance(dx, np.ndarray) or dx.shape != x.shape:
        return dx
    return np.where((x == 0) & ((dx == 0) | (dx == dy)), 0, dx)


def tanh_backward_program(rng: np.random.Generator) -> Program:
    """Backward passes of the tanh, some where it is flat."""
    cases = activation_cases(rng)
    cases["other inputs of the first shape"] = {"x": normal(rng, SHAPES[0])}
    cases["x near ±1000"] = {"x": 1000 * rng.choice([-1.0, 1.0], (3, 2))}
    return backward_program(rng, "tanh", cases, lambda a: a["x"].shape, ("dx",))


def follow_activation(layer: str) -> Callable[[Ask, np.random.Generator], bool]:
    """Whether the backward function of `layer` is the adjoint of the student's own forward."""

    def consistent_with_own(ask: Ask, rng: np.random.Generator) -> bool:
        forward, findings = (f"{layer}_forward", ("y",)), []
        for shape in SHAPES[:2]:
            args, dy = {"x": normal(rng, shape)}, normal(rng, shape)
            findings.append(
                is_adjoint(ask, rng, ASSIGNMENT, forward, args, f"{layer}_backward", (dy,))
            )
        return right_where_asked(findings)

    return consistent_with_own


def loss_program(rng: np.random.Generator) -> Program:
    """The loss with every reduction, with and without masks of both dtypes, and for huge logits."""
    calls = []

    def ask(label: str, *args: Any) -> None:
        calls.append(Call(label, "softmax_cross_entropy", args, ("loss", "dz")))

    def drawn(N: int, C: int) -> tuple[Array, Array]:
        return 2 * normal(rng, (N, C)), rng.integers(0, C, N)

    first = drawn(4, 3)
    for N, C in ((4, 3), (3, 3), (12, 5), (1, 4), (3, 1), (1, 1)):
        ask(f"N={N}, C={C}", *(first if (N, C) == (4, 3) else drawn(N, C)))
    ask("the first inputs once more", *first)
    ask(OTHERS, *turned(first))
    ask("logits that are not contiguous", np.asfortranarray(first[0]), first[1])
    for reduction in ("mean", "sum", "none"):
        ask(f"no mask, reduction {reduction}", *drawn(5, 3), None, reduction)
        mask = rng.permutation([1.0, 1.0, 0.0, 1.0, 0.0])
        ask(f"a mask of floats, reduction {reduction}", *drawn(5, 3), mask, reduction)
        ask(f"a mask of bool, reduction {reduction}", *drawn(5, 4), mask == 1, reduction)
    ask("a mask of ones", *drawn(3, 4), np.ones(3))
    far = 1000.0 * np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1], [1, 1, -1]])
    ask("logits near ±1000", far + normal(rng, (4, 3)), np.array([1, 1, 0, 2]))
    ask("rows far from one another", first[0] + [[-1500], [0], [1500], [0]], first[1])
    ask("all logits moved up by 1000", first[0] + 1000, first[1])
    ask("all logits moved down by a million", first[0] - 1e6, first[1])
    calls.append(
        Call(
            'reduction "average", which there is not',
            "softmax_cross_entropy",
            (*first, None, "average"),
            ("refused",),
            adapter="refuses_reduction",
        )
    )
    return Program(ASSIGNMENT, tuple(calls))


def refuses_reduction(
    softmax_cross_entropy: Any, z: Array, y: Array, mask: Array | None, reduction: str
) -> Array:
    """1 where an unknown reduction raises ValueError.

    Raises:
        StudentError: where it does not.
    """
    return refuses(softmax_cross_entropy, reduction, z, y, mask, reduction)


def refuses(function: Any, odd: str, *args: Any) -> Array:
    """1 where `function` raises ValueError for the word `odd` among its arguments.

    Raises:
        StudentError: where it does not.
    """
    try:
        function(*args)
    except ValueError:
        return np.array(1.0)
    raise StudentError(f'It takes "{odd}" without a word; a ValueError is wanted there.')


SMOOTH: dict[str, Callable[[Array], Any]] = {
    "elementwise": lambda a: a**3 + a,
    "mixing": lambda a: np.cumsum(a.reshape(-1)) ** 3 / 4,
    "scalar": lambda a: float(np.sum(a**3)),
    "waving": np.sin,
}
"""The functions that are differentiated: cubics, for which the error of a central difference is
known, with results of the shape of x, of the shape (x.size,), and a number; and one that is no
polynomial."""


def numerical_program(rng: np.random.Generator) -> Program:
    """Large steps, where the difference is told from the gradient, and the default one."""
    calls = []

    def ask(label: str, kind: str, x: Array, h: float | None = 0.1) -> None:
        dy: Any = {
            "elementwise": normal(rng, x.shape),
            "waving": normal(rng, x.shape),
            "mixing": normal(rng, (x.size,)),
            "scalar": float(normal(rng, ())),
        }[kind]
        args = (kind, x, dy) if h is None else (kind, x, dy, h)
        dx = "dx" if h is not None else "dx at the default h"
        calls.append(Call(label, "numerical_gradient", args, (dx,), adapter="differentiate"))

    for kind in ("elementwise", "mixing", "scalar"):
        for shape in ((3, 2), (12,), (2, 1, 3), ()):
            ask(f"f {kind}, x of shape {shape}, a large h", kind, normal(rng, shape))
    x = normal(rng, (3, 3))
    ask("a larger h", "mixing", x, 0.5)
    ask("f waving, a larger h", "waving", x, 0.5)
    ask("x in Fortran order", "mixing", np.asfortranarray(x))
    ask("an x that is not contiguous", "elementwise", spaced(x))
    ask("an x of integers", "elementwise", rng.integers(-3, 4, (2, 3)))
    for kind in SMOOTH:
        ask(f"f {kind}, the default h", kind, normal(rng, (2, 3)), None)
    return Program(ASSIGNMENT, tuple(calls))


def differentiate(numerical_gradient: Any, kind: str, x: Array, dy: Any, *h: float) -> Any:
    """`numerical_gradient` of one of `SMOOTH`.

    Raises:
        StudentError: where f is given something else than float64 of the shape of x.
    """

    def f(given: Any) -> Any:
        a = np.asarray(given)
        if a.shape != x.shape:
            raise StudentError(f"f is given the shape {a.shape} where x has {x.shape}.")
        if a.dtype != np.float64:
            raise StudentError(f"f is given {a.dtype}; differences need float64.")
        return SMOOTH[kind](a)

    return numerical_gradient(f, x, dy, *h)
