"""What is asked of the network, the optimiser and the two copies."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.exercises.exercise import Ask, Finding, Right
from autograder.exercises.feedforward.layers import affine_args, normal
from autograder.exercises.numbers import percent
from autograder.exercises.program import Answer, Array, Call, Program, Ref, StudentError
from autograder.exercises.shared.consistency import is_nontrivial, right_where_asked, values
from autograder.exercises.shared.inputs import OTHERS, turned
from autograder.exercises.tolerances import LIMITS, TOLERANCES
from autograder.exercises.training.initialise import ASSIGNMENT, mean_variance

DIMS = ((4, 5, 3), (3, 3, 3), (5, 2), (2, 4, 3, 2), (1, 1, 1), (3, 1, 2))
WIDE = (120, 350, 10)
"""The sizes of the network whose first weights are looked at: 42 000 of them in W1."""


def names_of(dims: Sequence[int], prefix: str = "") -> tuple[str, ...]:
    """The names of the parameters of a network: W1, b1, W2 and so on."""
    return tuple(f"{prefix}{letter}{k}" for k in range(1, len(dims)) for letter in "Wb")


def drawn_parameters(rng: np.random.Generator, dims: Sequence[int]) -> list[Array]:
    """Parameters `[W1, b1, W2, …]` of a size at which about half of the units are active."""
    found = []
    for D, M in pairwise(dims):
        found += [normal(rng, (D, M)) / np.sqrt(D), normal(rng, (M,)) / 2]
    return found


def mlp_program(rng: np.random.Generator) -> Program:
    """Networks with given parameters, forward and backward, and one as it is made."""
    calls = []
    for dims in DIMS:
        returns = ("z", "dx", *names_of(dims, "d"))
        x, dz = normal(rng, (3, dims[0])), normal(rng, (3, dims[-1]))
        args = (list(dims), drawn_parameters(rng, dims), x, dz)
        calls.append(Call(f"dims {list(dims)}", "MLP", args, returns, adapter="network"))
    dims = DIMS[0]
    returns = ("z", "dx", *names_of(dims, "d"))
    x, dz = normal(rng, (3, dims[0])), normal(rng, (3, dims[-1]))
    one = normal(rng, (1, dims[0])), normal(rng, (1, dims[-1]))
    args = (list(dims), drawn_parameters(rng, dims), x, dz)
    calls += [
        Call("a batch of one", "MLP", (*args[:2], *one), returns, adapter="network"),
        Call("after another batch", "MLP", (*args, *one), returns, adapter="network_after"),
        Call("the last backward again", "MLP", args, returns, adapter="network_again"),
        Call(NEW, "MLP", (list(WIDE), 7), FIRST, adapter="first_parameters"),
    ]
    return Program(ASSIGNMENT, tuple(calls))


SQUARE = (4, (4, 4, 4))
"""A batch and a network in which layers that mix up their results still fit one another."""

NEW = "the first parameters"
FIRST = ("first W1", "first b1", "first W2", "first b2", "W1 of the same seed")


def filled(MLP: Any, dims: list[int], parameters: Sequence[Array]) -> Any:
    """A student's network whose own arrays hold the given values.

    Raises:
        StudentError: where `parameters()` is no list of arrays of these shapes.
    """
    mlp = MLP(dims, np.random.default_rng(0))
    own = listed(mlp.parameters(), "parameters()", parameters)
    for p, value in zip(own, parameters, strict=True):
        p[...] = value
    return mlp


def listed(found: Any, source: str, like: Sequence[Array]) -> Sequence[Array]:
    """The arrays that a method of the network returned.

    Raises:
        StudentError: where they are no list of float64 arrays of the shapes of `like`.
    """
    wanted = [a.shape for a in like]
    if not isinstance(found, (list, tuple)):
        raise StudentError(
            f"{source} returns a {type(found).__name__}; a list [W1, b1, …] is wanted."
        )
    if any(not isinstance(a, np.ndarray) for a in found):
        raise StudentError(
            f"{source} has an entry that is no array of NumPy; [W1, b1, …] is wanted."
        )
    shapes = [a.shape for a in found]
    if shapes != wanted:
        raise StudentError(f"{source} has arrays of the shapes {shapes}; {wanted} are wanted.")
    if any(a.dtype != np.float64 for a in found):
        raise StudentError(f"{source} has an array that is not float64.")
    return found


def results(mlp: Any, parameters: Sequence[Array], x: Array, dz: Array) -> tuple[Any, ...]:
    """The logits, the gradient of the inputs and those of the parameters."""
    z = mlp.forward(x)
    dx = mlp.backward(dz)
    return (z, dx, *listed(mlp.gradients(), "gradients()", parameters))


def network(
    MLP: Any, dims: list[int], parameters: Sequence[Array], x: Array, dz: Array
) -> tuple[Any, ...]:
    """One forward and one backward pass of a student's network."""
    return results(filled(MLP, dims, parameters), parameters, x, dz)


def network_as_it_is(
    MLP: Any, dims: list[int], parameters: Sequence[Array], x: Array, dz: Array
) -> tuple[Any, ...]:
    """The same, whatever the shapes of its gradients: they are what its layers make of them."""
    mlp = filled(MLP, dims, parameters)
    z = mlp.forward(x)
    dx = mlp.backward(dz)
    return (z, dx, *mlp.gradients())


def network_after(
    MLP: Any,
    dims: list[int],
    parameters: Sequence[Array],
    x: Array,
    dz: Array,
    other_x: Array,
    other_dz: Array,
) -> tuple[Any, ...]:
    """The same after another batch, with other parameters, has gone through the network."""
    mlp = filled(MLP, dims, [p + 1 for p in parameters])
    results(mlp, parameters, other_x, other_dz)
    for p, value in zip(mlp.parameters(), parameters, strict=True):
        p[...] = value
    return results(mlp, parameters, x, dz)


def network_again(
    MLP: Any, dims: list[int], parameters: Sequence[Array], x: Array, dz: Array
) -> tuple[Any, ...]:
    """The results where the backward pass is taken twice after one forward pass.

    The logits are those of a forward pass after both: no backward pass changes the network.
    """
    mlp = filled(MLP, dims, parameters)
    mlp.forward(x)
    mlp.backward(dz + 1)
    dx = mlp.backward(dz)
    gradients = [g.copy() for g in listed(mlp.gradients(), "gradients()", parameters)]
    return (mlp.forward(x), dx, *gradients)


def first_parameters(MLP: Any, dims: list[int], seed: int) -> tuple[Any, ...]:
    """The parameters of a new network, and the first of another with the same seed."""
    like = [np.zeros(s) for a, b in pairwise(dims) for s in ((a, b), (b,))]
    first, second = (
        listed(MLP(dims, np.random.default_rng(seed)).parameters(), "parameters()", like)
        for _ in range(2)
    )
    return (*first, second[0])


def first_variance(MLP: Any, dims: list[int]) -> Any:
    """The mean variance of the first weights of new networks, of a reference or of a mistake."""
    return mean_variance(lambda rng: MLP(dims, rng).parameters()[0], seed=0)


def measure_mlp(program: Program) -> Program:
    """The variance of the first weights."""
    call = Call(NEW, "MLP", (list(WIDE),), ("variance",), adapter="first_variance")
    return Program(ASSIGNMENT, (call,))


def logits_with(MLP: Any, dims: list[int], x: Array, *parameters: Array) -> Any:
    """The logits of a network with given parameters."""
    return filled(MLP, dims, parameters).forward(x)


def inspect_mlp(program: Program, answers: Mapping[str, Answer], right: Right) -> list[Finding]:
    """What is wrong with the parameters of a new network."""
    found = values(answers[NEW])
    if found is None:
        return []
    W1, b1, _, b2, again = found
    if b1.any() or b2.any():
        says = "The biases of a new network are not 0."
        return [Finding(NEW, says, "biases-not-zero")]
    if not np.array_equal(W1, again):
        says = "Two networks made with the same seed differ: draw from rng and from nothing else."
        return [Finding(NEW, says, "weights-not-from-rng")]
    spread = float(W1.var() / right.measured[NEW])
    allowed = LIMITS["first weights"].value
    if abs(spread - 1) > allowed or abs(W1.mean()) > allowed * W1.std():
        says = (
            f"The weights W1 of a new network have {percent(spread)} of the variance that "
            '"he" gives them.'
        )
        return [Finding(NEW, says, "weights-not-he")]
    return []


def draws_own(ask: Ask) -> bool:
    """Whether the first weights of a new network are those of the student's own `initialise`.

    They are the same numbers, drawn from a generator of the same seed. Where that one draws
    otherwise every time, their variances agree.
    """
    D, M, _ = WIDE
    new = Call(NEW, "MLP", (list(WIDE), 7), FIRST, adapter="first_parameters")
    returns = ("W", "W of the same seed", "W of the next call")
    args = (D, M, "he", 7)
    own = Call("own", "initialise", args, returns, adapter="drawn_three_times")
    first, drawn = (values(answer) for answer in ask(Program(ASSIGNMENT, (new, own))))
    if first is None or drawn is None:
        return False
    W1, W = first[0], drawn[0]
    if W1.shape != W.shape or first[1].any() or first[3].any():
        return False
    if np.array_equal(W, drawn[1]):
        return np.array_equal(W1, W)
    allowed = LIMITS["first weights"].value
    return bool(W.any()) and abs(float(W1.var() / W.var()) - 1) <= allowed


def follow_mlp(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether the network is the composition of the student's own layers."""
    affine, relu = ("affine_forward", ("y",)), ("relu_forward", ("y",))
    if not is_nontrivial(ask, rng, ASSIGNMENT, affine, affine_args(rng, (3,), (4,), 2)):
        return False
    if not is_nontrivial(ask, rng, ASSIGNMENT, relu, {"x": normal(rng, (3, 4))}):
        return False
    return right_where_asked(
        [is_composed(ask, rng, N, dims) for N, dims in (*((3, dims) for dims in DIMS[:4]), SQUARE)]
    )


def is_composed(ask: Ask, rng: np.random.Generator, N: int, dims: Sequence[int]) -> bool | None:
    """Whether the network equals its composition; None where that gives no values."""
    parameters = drawn_parameters(rng, dims)
    x, dz = normal(rng, (N, dims[0])), normal(rng, (N, dims[-1]))
    whole = Call(
        "whole",
        "MLP",
        (list(dims), parameters, x, dz),
        ("z", "dx", *names_of(dims, "d")),
        adapter="network_as_it_is",
    )
    program, order = composed(parameters, x, dz)
    own = {a.call: values(a) for a in ask(program)}
    if any(own[call] is None for call, _ in order):
        return None
    found = values(ask(Program(ASSIGNMENT, (whole,)))[0])
    if found is None:
        return False
    wanted = [(own[call] or [])[index] for call, index in order]
    kinds = ["forward", *["gradient"] * (len(wanted) - 1)]
    return all(
        a.shape == r.shape and r.any() and TOLERANCES[kind].accepts(a, r)
        for a, r, kind in zip(found, wanted, kinds, strict=True)
    )


def composed(
    parameters: Sequence[Array], x: Array, dz: Array
) -> tuple[Program, list[tuple[str, int]]]:
    """The network as calls of the student's own layers, one into the next.

    Returns:
        The program, and for z, dx, dW1, db1, … the call and the number of the result.
    """
    depth = len(parameters) // 2
    calls: list[Call] = []
    y: Any = x
    for k in range(depth):
        if k:
            calls.append(Call(f"relu {k}", "relu_forward", (y,), ("y",), returns_cache=True))
            y = Ref(f"relu {k}", 0)
        args = (y, *parameters[2 * k : 2 * k + 2])
        calls.append(Call(f"affine {k}", "affine_forward", args, ("y",), returns_cache=True))
        y = Ref(f"affine {k}", 0)
    dy: Any = dz
    for k in reversed(range(depth)):
        args = (dy, Ref(f"affine {k}", 1))
        calls.append(Call(f"back {k}", "affine_backward", args, ("dx", "dW", "db")))
        dy = Ref(f"back {k}", 0)
        if k:
            args = (dy, Ref(f"relu {k}", 1))
            calls.append(Call(f"off {k}", "relu_backward", args, ("dx",)))
            dy = Ref(f"off {k}", 0)
    order = [(f"affine {depth - 1}", 0), ("back 0", 0)]
    order += [(f"back {k}", index) for k in range(depth) for index in (1, 2)]
    return Program(ASSIGNMENT, tuple(calls)), order


def adam_program(rng: np.random.Generator) -> Program:
    """Steps of several arrays, which take turns, one of them beyond ten; and single steps."""
    kinds: dict[str, tuple[tuple[int, ...], tuple[float, ...]]] = {
        "the first array": ((3, 2), ()),
        "the second array": ((4,), (0.01,)),
        "other settings": ((2, 3), (0.1, 0.5, 0.9, 0.1)),
        "one number": ((), (0.02, 0.8, 0.95)),
    }
    calls = []
    for t in range(1, 13):
        for label, (shape, hyper) in kinds.items():
            if t > 5 and label != "the first array":
                continue
            state: Any = Ref(f"{label}, step {t - 1}", 1) if t > 1 else {}
            p, g = normal(rng, shape), normal(rng, shape)
            calls.append(adam_call(f"{label}, step {t}", p, g, state, hyper))
    p, g = normal(rng, (3, 2)), normal(rng, (3, 2)) * [[0, 1e-9], [0, 1e3], [1e-4, 1]]
    calls.append(adam_call("a gradient with zeros", p, g, {}, ()))
    p, g = np.asfortranarray(p), np.asfortranarray(normal(rng, (3, 2)))
    calls.append(adam_call("a p and a g in Fortran order", p, g, {}, ()))
    return Program(ASSIGNMENT, tuple(calls))


def adam_call(label: str, p: Array, g: Array, state: Any, hyper: tuple[float, ...]) -> Call:
    """One step of Adam."""
    return Call(label, "adam_step", (p, g, state, *hyper), ("p_next",), returns_cache=True)


def copy_program(rng: np.random.Generator, function: str, adapter: str) -> Program:
    """Networks of several depths; nothing of them is given but `parameters()`."""
    calls = [
        Call(
            f"dims {list(dims)}",
            function,
            (drawn_parameters(rng, dims), normal(rng, (4, dims[0])).astype(np.float32)),
            ("z",),
            adapter=adapter,
        )
        for dims in DIMS
    ]
    calls.append(replace(calls[0], name=OTHERS, args=turned(calls[0].args)))
    return Program(ASSIGNMENT, tuple(calls))


class Given:
    """An object with `parameters()` as the network has it, and with nothing else."""

    def __init__(self, parameters: Sequence[Array]) -> None:
        self.own = [p.copy() for p in parameters]

    def parameters(self) -> list[Array]:
        """The arrays [W1, b1, W2, b2, …] themselves."""
        return self.own

    def train(self, before: Sequence[Array]) -> None:
        """Overwrite the parameters, as training would.

        Raises:
            StudentError: where they are no longer what they were `before`.
        """
        for p, value in zip(self.own, before, strict=True):
            if not np.array_equal(p, value):
                raise StudentError("The parameters of the network that is copied are changed.")
            p[...] = 7.0


def torch_copy(mlp_to_torch: Any, parameters: Sequence[Array], x: Array) -> Any:
    """The logits of the copy in torch, taken after the original has changed.

    What the copy draws at random is the same at every call, so that a mistake can be known by it.

    Raises:
        StudentError: where it is no module, or its parameters are not as they should be.
    """
    import torch

    given = Given(parameters)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = mlp_to_torch(given)
    if not isinstance(module, torch.nn.Module):
        raise StudentError(f"It returns a {type(module).__name__}; a torch.nn.Module is wanted.")
    own = list(module.parameters())
    odd = next((p.dtype for p in own if p.dtype != torch.float32), None)
    if odd is not None:
        raise StudentError(f"A parameter of the module is {odd}, not torch.float32.")
    counted(sum(p.numel() for p in own), parameters, "The copy has {} parameters")
    trained = sum(p.numel() for p in own if p.requires_grad)
    counted(trained, parameters, "{} numbers can be trained in the copy")
    given.train(parameters)
    z = module(torch.from_numpy(np.ascontiguousarray(x)))
    if not z.requires_grad or None in torch.autograd.grad(z.sum(), own, allow_unused=True):
        raise StudentError("No gradient of the logits arrives at some parameter of the module.")
    return z


def keras_copy(mlp_to_keras: Any, parameters: Sequence[Array], x: Array) -> Any:
    """The logits of the copy in Keras, taken after the original has changed.

    What the copy draws at random is the same at every call, as Keras takes its seeds from Python.

    Raises:
        StudentError: where it is no built model, or its weights are not as they should be.
    """
    import keras

    given = Given(parameters)
    state = random.getstate()
    random.seed(0)
    model = mlp_to_keras(given)
    random.setstate(state)
    if not isinstance(model, keras.Model):
        raise StudentError(f"It returns a {type(model).__name__}; a keras.Model is wanted.")
    if not model.built:
        raise StudentError("The model is not built: it does not know the size of its input.")
    odd = next((w.dtype for w in model.weights if w.dtype != "float32"), None)
    if odd is not None:
        raise StudentError(f"A weight of the model is {odd}, not float32.")
    counted(model.count_params(), parameters, "The copy has {} parameters")
    trained = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    counted(trained, parameters, "{} numbers can be trained in the copy")
    given.train(parameters)
    return keras.ops.convert_to_numpy(model(np.ascontiguousarray(x)))


def counted(found: int, parameters: Sequence[Array], says: str) -> None:
    """Compare a number of parameters with that of the network.

    Raises:
        StudentError: where it is another one; `says` has a place for it.
    """
    wanted = sum(p.size for p in parameters)
    if found != wanted:
        raise StudentError(f"{says.format(found)}, where the network has {wanted}.")
