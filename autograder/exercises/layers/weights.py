"""How the conversions of weights are called: `*_from_*`, `*_to_*`, `cudnn_pack`, `cudnn_unpack`.

N sequences, T steps, D inputs, H hidden units. The functions that are named in `Call.adapter` run
where the student's objects are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.inputs import OTHERS, spaced, turned

ASSIGNMENT = "layers"
GATES: Mapping[str, int] = {"lstm": 4, "gru": 3}
SIZES = ((3, 2), (2, 2), (8, 2), (1, 3), (4, 1))
"""D, H: different, equal, D = 4H where Wx is square, and each of them 1."""

OUTPUTS = ("hs", "hT")
WITHOUT = "the weights of a layer with reset_after=False"


def drawn(rng: np.random.Generator, kind: str, D: int, H: int) -> tuple[Array, ...]:
    """`Wx (D, G·H)`, `Wh (H, G·H)`, `bx` and `bh (G·H,)`, float32."""
    width = GATES[kind] * H
    shapes = ((D, width), (H, width), (width,), (width,))
    return tuple(rng.standard_normal(shape).astype(np.float32) for shape in shapes)


def sequences(rng: np.random.Generator, D: int) -> Array:
    """Two sequences of three steps."""
    return rng.standard_normal((2, 3, D)).astype(np.float32)


def sized(D: int, H: int) -> str:
    """How a case of these sizes is called."""
    return f"D={D}, H={H}"


def keras_weights(weights: Sequence[Array], bias: str = "one") -> list[Array]:
    """The list that `get_weights()` gives; the bias is "one" row, "two" rows or "none"."""
    Wx, Wh, bx, bh = weights
    return [Wx, Wh, *{"one": [bx], "two": [np.stack([bx, bh])], "none": []}[bias]]


def lstm_from_torch_program(rng: np.random.Generator) -> Program:
    """Layers of torch with random weights, with biases and without."""
    returns = ("Wx", "Wh", "b")
    cases: dict[str, tuple[Array, ...]] = {sized(D, H): drawn(rng, "lstm", D, H) for D, H in SIZES}
    first = next(iter(cases.values()))
    cases["a layer without biases"] = drawn(rng, "lstm", 4, 3)[:2]
    cases["the first layer once more"] = first
    cases["another layer of the first sizes"] = turned(first)
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "lstm_from_torch", args, returns, adapter="read_torch_lstm")
            for label, args in cases.items()
        ),
    )


def lstm_to_torch_program(rng: np.random.Generator) -> Program:
    """Weights of many sizes, and an input that the layer is run on."""
    cases: dict[str, tuple[Array, ...]] = {}
    for D, H in SIZES:
        Wx, Wh, b, _ = drawn(rng, "lstm", D, H)
        cases[sized(D, H)] = (Wx, Wh, b, sequences(rng, D))
    first = next(iter(cases.values()))
    cases["the first weights once more"] = first
    cases[OTHERS] = turned(first)
    cases["the first weights as views that are not contiguous"] = (
        np.asfortranarray(first[0]),
        *(spaced(a) for a in first[1:3]),
        first[3],
    )
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "lstm_to_torch", args, (*OUTPUTS, "cT"), adapter="run_torch_lstm")
            for label, args in cases.items()
        ),
    )


def gru_from_keras_program(rng: np.random.Generator) -> Program:
    """Lists of weights with two rows of biases, with one, and with none."""
    cases = {sized(D, H): keras_weights(drawn(rng, "gru", D, H), "two") for D, H in SIZES}
    first = next(iter(cases.values()))
    cases["reset_after=False, one bias"] = keras_weights(drawn(rng, "gru", 4, 3), "one")
    cases["use_bias=False"] = keras_weights(drawn(rng, "gru", 4, 3), "none")
    cases["the first weights once more"] = first
    (cases[OTHERS],) = turned([first])
    returns = ("Wx", "Wh", "bx", "bh")
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "gru_from_keras", (weights,), returns) for label, weights in cases.items()
        ),
    )


def gru_to_keras_program(rng: np.random.Generator) -> Program:
    """Weights of many sizes, for both kinds of GRU."""
    cases: dict[str, tuple[Any, ...]] = {}
    for D, H in SIZES:
        cases[sized(D, H)] = (*drawn(rng, "gru", D, H), True)
    first = next(iter(cases.values()))
    cases["reset_after=False, D=4, H=3"] = (*drawn(rng, "gru", 4, 3), False)
    cases["reset_after=False, D=2, H=2"] = (*drawn(rng, "gru", 2, 2), False)
    cases["the first weights once more"] = first
    cases[OTHERS] = turned(first)
    cases["the first weights as views that are not contiguous"] = (
        *(spaced(a) for a in first[:4]),
        True,
    )
    returns = ("kernel", "recurrent_kernel", "bias")
    return Program(
        ASSIGNMENT,
        tuple(Call(label, "gru_to_keras", args, returns) for label, args in cases.items()),
    )


def keras_to_torch_lstm_program(rng: np.random.Generator) -> Program:
    """Lists of weights, and an input that the layer is run on."""
    cases = {
        sized(D, H): (keras_weights(drawn(rng, "lstm", D, H)), sequences(rng, D)) for D, H in SIZES
    }
    first = next(iter(cases.values()))
    weights = keras_weights(drawn(rng, "lstm", 4, 3), "none")
    cases["use_bias=False"] = (weights, sequences(rng, 4))
    cases["the first weights once more"] = first
    cases[OTHERS] = turned(first)
    return Program(
        ASSIGNMENT,
        tuple(
            Call(label, "keras_to_torch_lstm", args, (*OUTPUTS, "cT"), adapter="run_torch_lstm")
            for label, args in cases.items()
        ),
    )


def keras_to_torch_gru_program(rng: np.random.Generator) -> Program:
    """Lists of weights with an input that the layer is run on, and one that torch cannot run."""
    name = "keras_to_torch_gru"
    cases = {
        sized(D, H): (keras_weights(drawn(rng, "gru", D, H), "two"), sequences(rng, D))
        for D, H in SIZES
    }
    first = next(iter(cases.values()))
    cases["use_bias=False"] = (
        keras_weights(drawn(rng, "gru", 4, 3), "none"),
        sequences(rng, 4),
    )
    cases["the first weights once more"] = first
    cases[OTHERS] = turned(first)
    before = keras_weights(drawn(rng, "gru", 4, 3), "one")
    return Program(
        ASSIGNMENT,
        (
            *(
                Call(label, name, args, OUTPUTS, adapter="run_torch_gru")
                for label, args in cases.items()
            ),
            Call(WITHOUT, name, (WITHOUT, before), ("refused",), adapter="refused"),
        ),
    )


def cudnn_pack_program(rng: np.random.Generator) -> Program:
    """Weights of both kinds; and weights that are of no such layer."""
    name = "cudnn_pack"
    cases: dict[str, tuple[Any, ...]] = {
        f"{kind}, {sized(D, H)}": (kind, *drawn(rng, kind, D, H))
        for D, H in SIZES
        for kind in GATES
    }
    first = next(iter(cases.values()))
    cases["the first weights once more"] = first
    cases[OTHERS] = turned(first)
    cases["the first weights as views that are not contiguous"] = (
        "lstm",
        *(spaced(a) for a in first[1:]),
    )
    wrong = {
        "weights of a GRU as an LSTM's": ("lstm", *drawn(rng, "gru", 3, 2)),
        "another kind": ("rnn", *drawn(rng, "gru", 3, 2)),
    }
    return Program(
        ASSIGNMENT,
        (
            *(
                Call(label, name, args, ("flat",), adapter="packed")
                for label, args in cases.items()
            ),
            *(
                Call(label, name, (label, *args), ("refused",), adapter="refused")
                for label, args in wrong.items()
            ),
        ),
    )


def cudnn_unpack_program(rng: np.random.Generator) -> Program:
    """Buffers of both kinds; and buffers of other sizes."""
    name = "cudnn_unpack"
    returns = ("Wx", "Wh", "bx", "bh")

    def buffer(kind: str, D: int, H: int) -> Array:
        return rng.standard_normal(GATES[kind] * H * (D + H + 2)).astype(np.float32)

    cases: dict[str, tuple[Any, ...]] = {
        f"{kind}, {sized(D, H)}": (kind, buffer(kind, D, H), D, H)
        for D, H in SIZES
        for kind in GATES
    }
    first = next(iter(cases.values()))
    cases["the first buffer once more"] = first
    cases[OTHERS] = turned(first)
    cases["the first buffer as a view that is not contiguous"] = (
        "lstm",
        spaced(first[1]),
        *first[2:],
    )
    wrong = {
        "a buffer of a GRU as an LSTM's": ("lstm", buffer("gru", 3, 2), 3, 2),
        "another kind": ("rnn", buffer("gru", 3, 2), 3, 2),
    }
    return Program(
        ASSIGNMENT,
        (
            *(Call(label, name, args, returns) for label, args in cases.items()),
            *(
                Call(label, name, (label, *args), ("refused",), adapter="refused")
                for label, args in wrong.items()
            ),
        ),
    )


def refused(function: Any, what: str, *args: Any) -> int:
    """1 where the function raises a ValueError, as it should.

    Raises:
        StudentError: where it gives a result for these arguments, which are described by `what`.
    """
    try:
        function(*args)
    except ValueError:
        return 1
    raise StudentError(f"It gives a result for {what}, where a ValueError is wanted.")


def torch_layer(kind: str, *weights: Array) -> Any:
    """A layer of torch, batch first, with weights as `drawn`, whose biases may be left out."""
    import torch

    made = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind]
    Wx, Wh, *biases = weights
    layer = made(Wx.shape[0], Wh.shape[0], bias=bool(biases), batch_first=True)
    with torch.no_grad():
        for p, values in zip(layer.parameters(), (Wx.T, Wh.T, *biases), strict=True):
            p.copy_(torch.from_numpy(np.ascontiguousarray(values)))
    return layer


def read_torch_lstm(lstm_from_torch: Any, *weights: Array) -> Any:
    """What a student reads from a layer, which is overwritten afterwards.

    Raises:
        StudentError: where reading changes the layer.
    """
    import torch

    layer, same = torch_layer("lstm", *weights), torch_layer("lstm", *weights)
    found = lstm_from_torch(layer)
    pairs = zip(layer.parameters(), same.parameters(), strict=True)
    if not all(torch.equal(p, q) for p, q in pairs):
        raise StudentError("It changes the weights of the layer that it is given.")
    with torch.no_grad():
        for p in layer.parameters():
            p.zero_()
    return found


def packed(cudnn_pack: Any, kind: str, *weights: Array) -> Any:
    """The buffer that a student makes of weights.

    Raises:
        StudentError: where it has another dtype than they.
    """
    flat = cudnn_pack(kind, *weights)
    dtype = getattr(flat, "dtype", weights[0].dtype)
    if dtype != weights[0].dtype:
        raise StudentError(f"`flat` is {dtype} where the weights are {weights[0].dtype}.")
    return flat


def run_torch_lstm(make: Any, *args: Any) -> Sequence[Any]:
    """The outputs and final states of a student's layer of torch on the last of `args`."""
    hs, (hT, cT) = _outputs(make, "LSTM", *args)
    return hs, hT, cT


def run_torch_gru(make: Any, *args: Any) -> Sequence[Any]:
    """The outputs and the final state of a student's layer of torch on the last of `args`."""
    hs, hT = _outputs(make, "GRU", *args)
    return hs, hT


def _outputs(make: Any, name: str, *args: Any) -> Any:
    import torch

    *weights, x = args
    layer, again = make(*weights), make(*weights)
    if not isinstance(layer, getattr(torch.nn, name)):
        raise StudentError(f"It returns a {type(layer).__name__}; a torch.nn.{name} is wanted.")
    if random := _differing(layer, again):
        keep = "keeps" if len(random) == 1 else "keep"
        raise StudentError(
            f"{' and '.join(random)} of the layer {keep} the random numbers that a new layer has: "
            "two layers that are made of the same weights differ."
        )
    frozen = [key for key, p in layer.named_parameters() if not p.requires_grad]
    if frozen:
        raise StudentError(f"{', '.join(frozen)} cannot be trained: requires_grad is False.")
    if shared := _shared(layer, _arrays(weights)):
        shares = "shares" if len(shared) == 1 else "share"
        raise StudentError(
            f"{' and '.join(shared)} of the layer {shares} memory with an array that was given: "
            "training the layer would change that. Copy the values."
        )
    return layer(torch.from_numpy(x))


def _shared(layer: Any, arrays: Sequence[Array]) -> list[str]:
    """The parameters that change with the arrays of which the layer was made."""
    before = {name: p.detach().clone() for name, p in layer.named_parameters()}
    kept = [a.copy() for a in arrays]
    for a in arrays:
        a += 1
    found = [name for name, p in layer.named_parameters() if not p.equal(before[name])]
    for a, values in zip(arrays, kept, strict=True):
        a[...] = values
    return found


def _differing(layer: Any, again: Any) -> list[str]:
    """The parameters that differ between two layers, where they have the same ones."""
    import torch

    pairs = zip(layer.named_parameters(), again.named_parameters(), strict=False)
    return [n for (n, p), (_, q) in pairs if p.shape == q.shape and not torch.equal(p, q)]


def _arrays(weights: Sequence[Any]) -> list[Array]:
    return [a for item in weights for a in (item if isinstance(item, list) else [item])]
