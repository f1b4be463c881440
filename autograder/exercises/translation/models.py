"""What is asked of `Encoder`, `Decoder` and `Seq2Seq`, and how they are called.

N sentences, T source and T' target words, V words of a vocabulary, E numbers an embedding, H
hidden units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Array, Call, Program, StudentError, StudentObject
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.consistency import right_where_asked, values
from autograder.exercises.shared.inputs import OTHERS, turned
from autograder.exercises.shared.special_words import BOS, EOS, PAD
from autograder.exercises.shared.torch_cell import derived
from autograder.exercises.shared.torch_module import filled, tensors
from autograder.exercises.tolerances import TOLERANCES
from autograder.exercises.translation.sentences import ASSIGNMENT, longer, sources, targets

READ = ("hs", "h", "context")
"""What an encoder returns."""

WRITTEN = ("logits", "h_T")
"""What a decoder returns."""

ENCODER = ("emb", "cell.Wx", "cell.Wh", "cell.bx", "cell.bh", "Wc", "W0")
DECODER = ("emb", "cell.Wx", "cell.Wh", "cell.bx", "cell.bh", "Wo", "bo")
"""The parameters, in the order in which gradients are compared."""

GATES = ("r", "z", "n")
PACKED = {f"dcell.{name}": GATES for name in ("Wx", "Wh", "bx", "bh")}

READ_GRADIENTS = tuple(f"d{name}" for name in ENCODER)
WRITTEN_GRADIENTS = (*(f"d{name}" for name in DECODER), "dh", "dcontext")
FORCED = ("logits",)
LEARNED = ("dencoder.emb",)
"""What is looked at of the whole model: its logits, and that a gradient arrives at its input."""

Weights = dict[str, Array]


def encoder_weights(rng: np.random.Generator, V: int, E: int, H: int) -> Weights:
    """Parameters of an encoder by name, float64."""
    return {
        "emb": normal(rng, V, E),
        **cell_weights(rng, E, H),
        "Wc": 2 * normal(rng, H, H) / np.sqrt(H),
        "W0": 2 * normal(rng, H, H) / np.sqrt(H),
    }


def decoder_weights(rng: np.random.Generator, V: int, E: int, H: int) -> Weights:
    """Parameters of a decoder by name, float64."""
    return {
        "emb": normal(rng, V, E),
        **cell_weights(rng, E + H, H),
        "Wo": normal(rng, 2 * H + E, V) / np.sqrt(2 * H + E),
        "bo": normal(rng, V),
    }


def cell_weights(rng: np.random.Generator, D: int, H: int) -> Weights:
    """Parameters of the GRU in either."""
    return {
        "cell.Wx": 1.5 * normal(rng, D, 3 * H) / np.sqrt(D),
        "cell.Wh": 1.5 * normal(rng, H, 3 * H) / np.sqrt(H),
        "cell.bx": normal(rng, 3 * H) / 2,
        "cell.bh": normal(rng, 3 * H) / 2,
    }


READINGS = {
    "N=3, T=5, V=9, E=2, H=4": (5, 9, 2, 4, (4, 1, 5)),
    "N = T = V = E = H": (4, 4, 4, 4, (2, 4, 3, 1)),
    "padding behind the longest sentence": (6, 8, 3, 2, (3, 2, 4)),
    "no padding": (3, 7, 2, 5, (3, 3)),
    "N=1, T=4, V=6, E=1, H=3": (4, 6, 1, 3, (3,)),
    "sentences of one word": (1, 5, 3, 4, (1, 1, 1)),
    "V=1, H=1": (3, 1, 2, 1, (2, 3)),
    "forty words": (40, 6, 2, 3, (40, 25)),
}
"""T, V, E, H and the lengths."""

DERIVED = ("N=3, T=5, V=9, E=2, H=4", "padding behind the longest sentence")
"""Where the gradients are looked at, too."""


def encoder_program(rng: np.random.Generator) -> Program:
    """Padded batches in float64, also with more padding; gradients; and one batch in float32."""
    calls = []

    def ask(label: str, x: Array, lengths: Sequence[int], weights: Weights) -> None:
        args = (x, np.array(lengths), weights)
        calls.append(Call(label, "Encoder", args, READ, adapter="encoded"))

    for label, (T, V, E, H, lengths) in READINGS.items():
        N = len(lengths)
        x, weights = sources(rng, V, N, T), encoder_weights(rng, V, E, H)
        ask(label, x, lengths, weights)
        if label in DERIVED:
            upstream = (normal(rng, N, T, H), normal(rng, N, H), normal(rng, N, H))
            args = (x, np.array(lengths), weights, *upstream)
            calls.append(
                Call(
                    f"gradients, {label}",
                    "Encoder",
                    args,
                    READ_GRADIENTS,
                    adapter="encoder_gradients",
                )
            )
    first = calls[0].args
    ask("the first sentences with more padding", longer(rng, first[0], first[1], 9), *first[1:])
    order = np.array([2, 0, 1])
    ask("the first sentences in another order", first[0][order], first[1][order], first[2])
    ask("the first inputs once more", *first)
    ask(OTHERS, np.flip(first[0]).copy(), *turned(first[1:]))
    return Program(ASSIGNMENT, tuple(calls))


def encoder(encoder_class: Any, weights: Weights) -> Any:
    """A student's encoder with the given parameters."""
    sizes = (*weights["emb"].shape, len(weights["Wc"]))
    return filled(encoder_class, "Encoder", sizes, weights)


def read(module: Any, x: Array, lengths: Array) -> list[Any]:
    """What an encoder makes of sentences: three tensors."""
    import torch

    N, T = x.shape
    H = len(module.Wc)
    found = module(torch.from_numpy(x), torch.from_numpy(lengths))
    return tensors(found, {"hs": (N, T, H), "h": (N, H), "context": (N, H)})


def encoded(encoder_class: Any, x: Array, lengths: Array, weights: Weights) -> list[Any]:
    """The states, the first state of the decoder, and the context."""
    return read(encoder(encoder_class, weights), x, lengths)


def parameters(module: Any, names: Sequence[str]) -> dict[str, Any]:
    """The parameters of a module in this order."""
    found = dict(module.named_parameters())
    return {name: found[name] for name in names}


def encoder_gradients(
    encoder_class: Any, x: Array, lengths: Array, weights: Weights, *upstream: Array
) -> Sequence[Any]:
    """The gradients of all parameters, where some arrive at the three results."""
    module = encoder(encoder_class, weights)
    found = dict(zip(READ, read(module, x, lengths), strict=True))
    return derived(found, parameters(module, ENCODER), upstream)


WRITINGS = {
    "N=3, T=4, V=7, E=2, H=5": (3, 4, 7, 2, 5),
    "N = T = V = E = H": (4, 4, 4, 4, 4),
    "one word": (3, 1, 6, 3, 2),
    "N=1, T=3, V=5, E=1, H=4": (1, 3, 5, 1, 4),
    "V=1, H=1": (2, 3, 1, 2, 1),
    "forty words": (2, 40, 5, 2, 3),
}
"""N, T, V, E, H."""


def decoder_program(rng: np.random.Generator) -> Program:
    """Whole targets in float64, the same a word at a time, and gradients."""
    calls = []
    for label, (N, T, V, E, H) in WRITINGS.items():
        y = sources(rng, V, N, T)
        args = (y, *np.tanh(normal(rng, 2, N, H)), decoder_weights(rng, V, E, H))
        calls.append(Call(label, "Decoder", args, WRITTEN, adapter="decoded"))
        if not calls[1:]:
            upstream = (normal(rng, N, T, V), normal(rng, N, H))
            more = (*args, *upstream)
            calls.append(
                Call(
                    f"gradients, {label}",
                    "Decoder",
                    more,
                    WRITTEN_GRADIENTS,
                    adapter="decoder_gradients",
                )
            )
    first = calls[0].args
    for label, given in {
        "the first inputs once more": first,
        "the first inputs, a word a call": (*first, True),
        OTHERS: (np.flip(first[0]).copy(), *turned(first[1:3]), first[3]),
    }.items():
        calls.append(Call(label, "Decoder", given, WRITTEN, adapter="decoded"))
    return Program(ASSIGNMENT, tuple(calls))


def decoder(decoder_class: Any, weights: Weights) -> Any:
    """A student's decoder with the given parameters."""
    sizes = (*weights["emb"].shape, len(weights["cell.Wh"]))
    return filled(decoder_class, "Decoder", sizes, weights)


def write(module: Any, y: Any, h: Any, context: Any) -> list[Any]:
    """What a decoder makes of the words it is fed: two tensors."""
    N, T = y.shape
    return tensors(module(y, h, context), {"logits": (N, T, len(module.bo)), "h_T": tuple(h.shape)})


def decoded(
    decoder_class: Any, y: Array, h: Array, context: Array, weights: Weights, singly: bool = False
) -> list[Any]:
    """The logits and the last state; `singly` of one word a call, the state carried on."""
    import torch

    module = decoder(decoder_class, weights)
    ids, state, told = (torch.from_numpy(a) for a in (y, h, context))
    if not singly:
        return write(module, ids, state, told)
    logits = []
    for t in range(ids.shape[1]):
        now, state = write(module, ids[:, t : t + 1], state, told)
        logits.append(now)
    return [torch.cat(logits, dim=1), state]


def decoder_gradients(
    decoder_class: Any, y: Array, h: Array, context: Array, weights: Weights, *upstream: Array
) -> Sequence[Any]:
    """The gradients of all parameters, of the first state and of the context."""
    import torch

    module = decoder(decoder_class, weights)
    leaves = {
        name: torch.from_numpy(a.copy()).requires_grad_()
        for name, a in (("h", h), ("context", context))
    }
    found = write(module, torch.from_numpy(y), leaves["h"], leaves["context"])
    leaves = {**parameters(module, DECODER), **leaves}
    return derived(dict(zip(WRITTEN, found, strict=True)), leaves, upstream)


FORCINGS = {
    "N=3, T=5, T'=4, V=8": (5, 8, 7, 2, 4, (5, 2, 3), (2, 4, 1)),
    "N = T = T' = V": (4, 4, 4, 4, 4, (4, 2, 3, 1), (3, 4, 2, 4)),
    "one target word": (3, 5, 6, 3, 2, (2, 3), (1, 1)),
    "N=1, T=4, T'=3": (4, 7, 5, 2, 3, (3,), (3,)),
    "padding behind the longest of both": (7, 6, 8, 3, 2, (4, 5), (3, 2)),
}
"""T, source V, target V, E, H, the lengths of the sources and of the targets."""


def forced_args(rng: np.random.Generator, label: str) -> tuple[Any, ...]:
    """Sources, lengths, targets, and the parameters of both halves."""
    T, V, V_out, E, H, lengths, ends = FORCINGS[label]
    wide = max(ends) + 2 * ("behind" in label)
    return (
        sources(rng, V, len(lengths), T),
        np.array(lengths),
        targets(rng, V_out, ends, wide),
        encoder_weights(rng, V, E, H),
        decoder_weights(rng, V_out, E, H),
    )


HALVES = (StudentObject("Encoder"), StudentObject("Decoder"))


def forced_program(rng: np.random.Generator) -> Program:
    """Batches whose rows differ in length, around the student's own encoder and decoder."""
    cases = {label: forced_args(rng, label) for label in FORCINGS}
    first = next(iter(cases.values()))
    x, lengths, y, *rest = first
    cases["the first inputs once more"] = first
    other = y.copy()
    other[:, 0] = np.where(y[:, 0] > EOS, (y[:, 0] - 3 + 1) % 4 + 3, y[:, 0])
    cases["the first inputs with other first words"] = (x, lengths, other, *rest)
    calls = [
        Call(label, "Seq2Seq", (*HALVES, *args), FORCED, adapter="teacher_forced")
        for label, args in cases.items()
    ]
    dlogits = normal(rng, *y.shape, len(first[-1]["bo"]))
    learned = (*HALVES, *first, dlogits)
    calls.append(
        Call("the gradient of the source", "Seq2Seq", learned, LEARNED, adapter="model_gradient")
    )
    return Program(ASSIGNMENT, tuple(calls))


def teacher_forced(
    model_class: Any,
    encoder_class: Any,
    decoder_class: Any,
    x: Array,
    lengths: Array,
    y: Array,
    encoder_values: Weights,
    decoder_values: Weights,
) -> Any:
    """The logits of the whole model, 0 where the target is PAD."""
    model = whole_model(model_class, encoder_class, decoder_class, encoder_values, decoder_values)
    return looked_at(model, x, lengths, y)


def model_gradient(
    model_class: Any,
    encoder_class: Any,
    decoder_class: Any,
    x: Array,
    lengths: Array,
    y: Array,
    encoder_values: Weights,
    decoder_values: Weights,
    dlogits: Array,
) -> Any:
    """The gradient of the embeddings of the source, where one arrives at the logits."""
    model = whole_model(model_class, encoder_class, decoder_class, encoder_values, decoder_values)
    logits = looked_at(model, x, lengths, y)
    tensors(logits, {"logits": dlogits.shape})
    return derived({"logits": logits}, parameters(model, ["encoder.emb"]), (dlogits,))[0]


def looked_at(model: Any, x: Array, lengths: Array, y: Array) -> Any:
    """The logits that a model gives, 0 where the target is PAD.

    What has no such places is given as it is: own halves may be to blame.

    Raises:
        StudentError: where it is no tensor.
    """
    import torch

    ids = torch.from_numpy(y)
    logits = model(torch.from_numpy(x), torch.from_numpy(lengths), ids)
    if not isinstance(logits, torch.Tensor):
        raise StudentError(
            f"It returns a {type(logits).__name__}; one torch.Tensor, the logits, is wanted."
        )
    if logits.ndim != 3 or logits.shape[:2] != ids.shape:
        return logits
    return logits * (ids != PAD)[..., None]


def whole_model(
    model_class: Any,
    encoder_class: Any,
    decoder_class: Any,
    encoder_values: Weights,
    decoder_values: Weights,
) -> Any:
    """A student's model of both halves.

    Raises:
        StudentError: where it is not made of what it was given.
    """
    import torch

    halves = (encoder(encoder_class, encoder_values), decoder(decoder_class, decoder_values))
    model = model_class(*halves)
    if not isinstance(model, torch.nn.Module):
        raise StudentError("Seq2Seq is not a class that is derived from torch.nn.Module.")
    for name, half in zip(("encoder", "decoder"), halves, strict=True):
        if not hasattr(model, name):
            raise StudentError(f"Seq2Seq has no attribute `{name}`, where its {name} is kept.")
        if getattr(model, name) is not half:
            raise StudentError(f"`{name}` of Seq2Seq is not the {name} that it was given.")
    own = [n for n, _ in model.named_parameters() if n.split(".")[0] not in ("encoder", "decoder")]
    if own:
        raise StudentError(f"Seq2Seq has parameters of its own: {', '.join(own)}.")
    return model.eval()


def follow_forced(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `Seq2Seq` puts the student's own two halves together, on shifted targets."""
    return right_where_asked([equals_halves(ask, rng, label) for label in list(FORCINGS)[:3]])


@np.errstate(all="ignore")
def equals_halves(ask: Ask, rng: np.random.Generator, label: str) -> bool | None:
    """Whether the logits are those of the student's own decoder; None where these give none."""
    x, lengths, y, reader, writer = forced_args(rng, label)
    first = np.full_like(y[:, :1], BOS)
    shifted = np.concatenate([first, y], axis=1)[:, : y.shape[1]]
    encoding = Call("read", "Encoder", (x, lengths, reader), READ, adapter="encoded")
    states = values(ask(Program(ASSIGNMENT, (encoding,)))[0])
    if states is None:
        return None
    _, h, context = states
    decoding = Call("write", "Decoder", (shifted, h, context, writer), WRITTEN, adapter="decoded")
    given = (*HALVES, x, lengths, y, reader, writer)
    whole = Call("whole", "Seq2Seq", given, FORCED, adapter="teacher_forced")
    apart, together = (values(a) for a in ask(Program(ASSIGNMENT, (decoding, whole))))
    if apart is None:
        return None
    wanted = apart[0] * (y != PAD)[..., None]
    return together is not None and TOLERANCES["forward"].accepts(together[0], wanted)
