"""How `LeNet` and `lenet_to_keras` are called and judged.

The functions that are named in `Call.adapter` run where the student's objects are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.data import digits
from autograder.exercises.exercise import Finding, Right
from autograder.exercises.program import Answer, Array, Call, Program, StudentError
from autograder.exercises.shared.consistency import values
from autograder.exercises.shared.threads import one_thread
from autograder.exercises.shared.unseen import held_out, share_read
from autograder.exercises.tolerances import LIMITS

ASSIGNMENT = "convolutional"
LAYERS = {
    "conv1": (6, 1, 3, 3),
    "conv2": (16, 6, 3, 3),
    "fc1": (120, 64),
    "fc2": (84, 120),
    "fc3": (10, 84),
}
"""The layers of LeNet and the shape of the weight of each."""

PARAMETERS = {
    f"{layer}.{kind}": shape if kind == "weight" else shape[:1]
    for layer, shape in LAYERS.items()
    for kind in ("weight", "bias")
}
LENET_TOLERANCES = dict.fromkeys(("logits", "dx", "dconv1", "dconv2", "dfc1", "dfc3"), "float32")
KERAS_LOGITS = "logits"
WANTED = LIMITS["digits read by LeNet"].value
"""The share of digits that a trained LeNet has to read."""

TRAINED = "trained on digits"


def weights(rng: np.random.Generator) -> tuple[Array, ...]:
    """Random parameters of LeNet, float32, of a size at which every layer counts."""
    drawn = []
    for shape in PARAMETERS.values():
        size = 1.5 / np.sqrt(np.prod(shape[1:])) if len(shape) > 1 else 0.3
        drawn.append((size * rng.standard_normal(shape)).astype(np.float32))
    return tuple(drawn)


def lenet_program(rng: np.random.Generator) -> Program:
    """Logits and gradients with given weights."""
    calls = []
    for N in (3, 1):
        x = rng.standard_normal((N, 1, 8, 8)).astype(np.float32)
        dz = rng.standard_normal((N, 10)).astype(np.float32)
        args = (*weights(rng), x, dz)
        calls.append(Call(f"N={N}", "LeNet", args, tuple(LENET_TOLERANCES), adapter="lenet_step"))
    return Program(ASSIGNMENT, tuple(calls))


def lenet_training(rng: np.random.Generator) -> Program:
    """A training. The digits that judge it are held out, and are not in the program."""
    data = digits(int(rng.integers(2**31)))
    images = (data.x.astype(np.float32), data.y)
    call = Call(TRAINED, "LeNet", images, tuple(PARAMETERS), adapter="lenet_trained")
    return Program(ASSIGNMENT, (call,))


def inspect_lenet(
    program: Program, answers: Mapping[str, Answer], right: Right
) -> Sequence[Finding]:
    """Whether a network with the trained parameters reads digits that it has not seen."""
    trained = [call for call in program.calls if call.name == TRAINED]
    return [f for call in trained for f in untrained(call, values(answers[TRAINED]), right)]


def untrained(call: Call, found: Sequence[Array] | None, right: Right) -> Sequence[Finding]:
    """What is wrong with trained parameters."""
    if found is None:
        return [Finding(TRAINED, "After training there is nan or inf among the parameters.")]
    if [p.shape for p in found] != list(PARAMETERS.values()):
        return [Finding(TRAINED, "The network has lost the shapes of its parameters.")]
    x, y = held_out(call.args[0])
    read = Call("read", "LeNet", (x, *found), ("logits",), adapter="lenet_logits")
    share = share_read(right.ask(Program(ASSIGNMENT, (read,)))[0], y)
    if share >= WANTED:
        return []
    return [
        Finding(
            TRAINED,
            f"After training it reads {share:.0%} of {len(y)} digits that it has not seen; "
            f"{WANTED:.0%} are wanted, and a right LeNet reads about 98%.",
        )
    ]


def lenet_logits(lenet_class: Any, x: Array, *arrays: Array) -> Any:
    """The logits of digits by a network with given parameters."""
    import torch

    lenet = filled(lenet_class, arrays)
    with torch.no_grad(), one_thread():
        return lenet(torch.tensor(x).float().reshape(-1, 1, 8, 8))


def filled(lenet_class: Any, arrays: Sequence[Array]) -> Any:
    """A student's network whose parameters hold the given values.

    Raises:
        StudentError: where a parameter is missing, has another shape or dtype, or is one too many.
    """
    import torch

    lenet = lenet_class()
    parameters = checked(lenet)
    with torch.no_grad():
        for name, value in zip(PARAMETERS, arrays, strict=True):
            parameters[name].copy_(torch.from_numpy(value))
    return lenet


def checked(lenet: Any) -> Mapping[str, Any]:
    """The parameters of a student's network by name.

    Raises:
        StudentError: where one is missing, has another shape or dtype, or is one too many.
    """
    import torch

    parameters = dict(lenet.named_parameters())
    for name, shape in PARAMETERS.items():
        if name not in parameters:
            raise StudentError(
                f"LeNet() has no parameter {name}; it has {', '.join(parameters) or 'none'}. "
                "A layer registers its parameters when it is assigned to an attribute in __init__."
            )
        parameter = parameters[name]
        if tuple(parameter.shape) != shape:
            raise StudentError(
                f"{name} of LeNet() has the shape {tuple(parameter.shape)}, not {shape}."
            )
        if parameter.dtype != torch.float32:
            raise StudentError(f"{name} of LeNet() is {parameter.dtype}, not torch.float32.")
        if not parameter.requires_grad:
            raise StudentError(f"{name} of LeNet() cannot be trained: requires_grad is False.")
    extra = sorted(set(parameters) - set(PARAMETERS))
    if extra:
        raise StudentError(
            f"LeNet() has parameters beside those of its five layers: {', '.join(extra)}."
        )
    return parameters


def lenet_step(lenet_class: Any, *arrays: Array) -> Sequence[Any]:
    """The logits of given digits with given weights, and gradients through all layers.

    Raises:
        StudentError: where the logits hang on chance, or no gradient flows.
    """
    import torch

    *values, x, dz = arrays
    lenet = filled(lenet_class, values)
    leaf = torch.from_numpy(x).requires_grad_()
    logits = lenet(leaf)
    layers = (lenet.conv1, lenet.conv2, lenet.fc1, lenet.fc3)
    leaves = (leaf, *(layer.weight for layer in layers))
    if tuple(logits.shape) != dz.shape:
        return (logits, *leaves)
    with torch.no_grad():
        again = lenet(leaf)
    if not torch.allclose(logits, again, equal_nan=True):
        raise StudentError(
            "LeNet() gives other logits when it reads the same digits again: something in it is "
            "drawn at random, as in a dropout. In its layers nothing is random."
        )
    if not logits.requires_grad:
        raise StudentError(
            "No gradient flows back from the logits: some value has left torch's graph."
        )
    gradients = torch.autograd.grad(logits, leaves, torch.from_numpy(dz), allow_unused=True)
    if any(g is None for g in gradients):
        raise StudentError(
            "No gradient arrives at some layer: it is not used, or a value leaves the graph."
        )
    return (logits, *gradients)


def lenet_trained(lenet_class: Any, x: Array, y: Array) -> Sequence[Any]:
    """Train a student's network and return its parameters.

    Fifteen passes in batches of 32 by Adam, whose rate rises to 0.01 and falls to nothing, with
    labels smoothed by 0.1: the reference reads 97% to 99% of digits that it has not seen.
    """
    import torch

    torch.manual_seed(0)
    lenet = lenet_class()
    parameters = checked(lenet)
    images, labels = torch.from_numpy(x).reshape(-1, 1, 8, 8), torch.from_numpy(y)
    orders = torch.stack([torch.randperm(len(images)) for _ in range(15)])
    batches = [rows for order in orders for rows in torch.tensor_split(order, len(order) // 32)]
    adam = torch.optim.Adam(lenet.parameters())
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, max_lr=0.01, total_steps=len(batches))
    loss = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    lenet.train()
    with one_thread():
        for rows in batches:
            adam.zero_grad()
            loss(lenet(images[rows]), labels[rows]).backward()
            adam.step()
            rate.step()
    return [parameters[name] for name in PARAMETERS]


def keras_program(rng: np.random.Generator) -> Program:
    """Networks with random weights."""
    calls = []
    for N in (3, 1):
        x = rng.standard_normal((N, 1, 8, 8)).astype(np.float32)
        args = (*weights(rng), x)
        calls.append(
            Call(f"N={N}", "lenet_to_keras", args, (KERAS_LOGITS,), adapter="keras_logits")
        )
    return Program(ASSIGNMENT, tuple(calls))


def keras_logits(lenet_to_keras: Any, *arrays: Array) -> Any:
    """The logits of the model that a student makes of layers with given weights.

    Raises:
        StudentError: where it makes no model, sets weights that do not fit, or changes the layers.
    """
    import keras
    import torch

    *values, x = arrays
    lenet = torch.nn.Module()
    lenet.conv1 = torch.nn.Conv2d(1, 6, 3, padding=1)
    lenet.conv2 = torch.nn.Conv2d(6, 16, 3, padding=1)
    lenet.fc1 = torch.nn.Linear(64, 120)
    lenet.fc2 = torch.nn.Linear(120, 84)
    lenet.fc3 = torch.nn.Linear(84, 10)
    with torch.no_grad():
        for parameter, value in zip(lenet.parameters(), values, strict=True):
            parameter.copy_(torch.from_numpy(value))
    try:
        model = lenet_to_keras(lenet)
    except ValueError as error:
        _, refused, shapes = str(error).partition("weight shape ")
        if not refused:
            raise
        # Before that Keras names the model by a number that grows from call to call.
        raise StudentError(
            f"A layer of Keras refuses the weights that it gets: {refused}{shapes}"
        ) from None
    if not isinstance(model, keras.Model):
        raise StudentError(f"It returns a {type(model).__name__}, not a keras.Model.")
    kept = zip(lenet.parameters(), values, strict=True)
    if not all(np.array_equal(p.detach().numpy(), value) for p, value in kept):
        raise StudentError("It changes the weights of the network that it is given.")
    return keras.ops.convert_to_numpy(model(np.ascontiguousarray(x.transpose(0, 2, 3, 1))))
