"""The exercises of the assignment `lstm`.

Sizes: N sequences, T steps, D inputs, H hidden units. Gates are stored in the order i, f, g, o.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .exercise import Ask, Exercise
from .follow import adjoint, responds, values
from .program import Array, Call, Program, Ref, Told
from .tolerances import TOLERANCES

STEM = "lstm"
GATES = ("i", "f", "g", "o")
STEP = ("lstm_step_forward", ("h_next", "c_next"))
STEP_GRADIENTS = ("dx", "dh", "dc", "dWx", "dWh", "db")
PACKED = {"dWx": GATES, "dWh": GATES, "db": GATES}
READY_MADE = ("LSTM", "LSTMCell", "lstm", "lstm_cell")
"""What the frameworks call it."""
DIFFERENTIATED = ("autograd", "func", "GradientTape", "requires_grad", "requires_grad_")
"""How the frameworks find gradients, which a backward pass by hand is not."""
STEP_SIZES = ((3, 5, 4), (4, 4, 4), (1, 3, 2), (2, 1, 3), (3, 2, 1), (1, 1, 1))
SEQUENCE_SIZES = ((3, 4, 5, 2), (4, 4, 3, 3), (2, 1, 3, 4), (1, 6, 1, 2), (2, 3, 4, 1))


def weights(rng: np.random.Generator, D: int, H: int) -> dict[str, Array]:
    """Packed weights `Wx (D, 4H)`, `Wh (H, 4H)`, `b (4H,)`, of a size at which gates move."""
    return {
        "Wx": rng.standard_normal((D, 4 * H)) / np.sqrt(D),
        "Wh": rng.standard_normal((H, 4 * H)) / np.sqrt(H),
        "b": rng.standard_normal(4 * H) / 2,
    }


def step_args(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, Array]:
    """The arguments of one step: `x (N, D)`, `h (N, H)`, `c (N, H)` and the packed weights."""
    x = rng.standard_normal((N, D))
    h = np.tanh(rng.standard_normal((N, H)))
    c = rng.standard_normal((N, H))
    return {"x": x, "h": h, "c": c, **weights(rng, D, H)}


def sequence_args(rng: np.random.Generator, N: int, T: int, D: int, H: int) -> dict[str, Array]:
    """The arguments of a sequence: `x (N, T, D)`, `h0 (N, H)`, `c0 (N, H)`, packed weights."""
    x = rng.standard_normal((N, T, D))
    h0 = np.tanh(rng.standard_normal((N, H)))
    c0 = rng.standard_normal((N, H))
    return {"x": x, "h0": h0, "c0": c0, **weights(rng, D, H)}


def bias(H: int, **gates: float) -> Array:
    """A bias `b (4H,)` that is constant within each gate, as in `bias(H, f=50, i=-50)`."""
    return np.repeat([float(gates.get(gate, 0)) for gate in GATES], H)


def saturated(rng: np.random.Generator, N: int, D: int, H: int, gates: str) -> dict[str, Array]:
    """Arguments of a step where the pre-activations of `gates` are near +1000 or −1000."""
    args = step_args(rng, N, D, H)
    far = np.repeat([1000.0 if gate in gates else 0.0 for gate in GATES], H)
    return {**args, "b": far * rng.choice([-1.0, 1.0], 4 * H)}


def strided(args: Mapping[str, Array]) -> dict[str, Array]:
    """The same values as views that are not contiguous: transposed, or every second entry."""
    views = {}
    for key, a in args.items():
        wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]))
        wide[..., ::2] = a
        views[key] = np.asfortranarray(a) if key in ("x", "Wh") else wide[..., ::2]
    return views


def step_cases(rng: np.random.Generator) -> dict[str, dict[str, Array]]:
    """What `lstm_step_forward` is called with, by a name that a student can read."""
    cases = {f"N={N}, D={D}, H={H}": step_args(rng, N, D, H) for N, D, H in STEP_SIZES}
    first = next(iter(cases.values()))
    kept = step_args(rng, 3, 2, 4)
    return {
        **cases,
        "the first inputs once more": first,
        "the first inputs as views that are not contiguous": strided(first),
        "f near 1 and i near 0, so that c stays": {**kept, "b": bias(4, f=50, i=-50)},
        "f near 0 and i near 1, so that c is replaced": {**kept, "b": bias(4, f=-50, i=50)},
        "o near 0, so that h closes": {**kept, "b": bias(4, o=-50)},
        "pre-activations of i, f and o near ±1000": saturated(rng, 4, 3, 5, "ifo"),
        "pre-activations of g near ±1000": saturated(rng, 4, 3, 5, "g"),
    }


def step_forward_program(rng: np.random.Generator) -> Program:
    """One call a case; every result is judged but the cache."""
    name, outputs = STEP
    cases = step_cases(rng)
    return Program(
        STEM,
        tuple(
            Call(label, name, tuple(args.values()), outputs, opaque=True)
            for label, args in cases.items()
        ),
    )


def step_backward_program(rng: np.random.Generator) -> Program:
    """Backward passes, each on a cache of the student's own forward on the same inputs.

    All forward passes come first, and one cache is used twice: a cache has to stay valid.
    """
    name, outputs = STEP
    forward, backward = [], []

    def ask(label: str, made: str, dh: Array, dc: Array) -> None:
        cache = Ref(f"forward: {made}", len(outputs))
        backward.append(Call(label, "lstm_step_backward", (dh, dc, cache), STEP_GRADIENTS))

    cases = {f"N={N}, D={D}, H={H}": (N, D, H) for N, D, H in STEP_SIZES}
    first = next(iter(cases))
    cases["other inputs of the first sizes"] = STEP_SIZES[0]
    for label, (N, D, H) in cases.items():
        args = step_args(rng, N, D, H)
        forward.append(Call(f"forward: {label}", name, tuple(args.values()), outputs, opaque=True))
        dh, dc = rng.standard_normal((2, N, H))
        ask(label, label, dh, dc)
        if label == first:
            again, zero = (dh, dc), np.zeros((N, H))
            ask(f"{label}, dc_next zero", label, dh, zero)
            ask(f"{label}, dh_next zero", label, zero, dc)
    ask("the first cache once more", first, *again)
    ask("upstream gradients that are not contiguous", first, *(np.asfortranarray(a) for a in again))
    return Program(STEM, (*forward, *backward))


def follow_step_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `lstm_step_backward` is the adjoint of the student's own step."""
    for N, D, H in STEP_SIZES[:3]:
        upstream = rng.standard_normal((2, N, H))
        args = step_args(rng, N, D, H)
        if not adjoint(ask, rng, STEM, STEP, args, "lstm_step_backward", tuple(upstream)):
            return False
    return True


def forward_program(rng: np.random.Generator) -> Program:
    """Whole sequences; the lengths and sizes change from call to call and come back."""
    cases = {
        f"N={N}, T={T}, D={D}, H={H}": sequence_args(rng, N, T, D, H)
        for N, T, D, H in SEQUENCE_SIZES
    }
    first = next(iter(cases.values()))
    cases["the first inputs once more"] = first
    cases["the first inputs as views that are not contiguous"] = strided(first)
    return Program(
        STEM,
        tuple(
            Call(label, "lstm_forward", tuple(args.values()), ("hs", "hT", "cT"), opaque=True)
            for label, args in cases.items()
        ),
    )


def follow_forward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `lstm_forward` equals the loop over the student's own step."""
    if not responds(ask, rng, STEM, STEP, step_args(rng, 3, 5, 4)):
        return False
    for N, T, D, H in SEQUENCE_SIZES[:3]:
        args = sequence_args(rng, N, T, D, H)
        whole = Call("whole", "lstm_forward", tuple(args.values()), ("hs", "hT", "cT"), opaque=True)
        found = values(ask(Program(STEM, (whole,)))[0])
        looped = loop(ask, args)
        if found is None or looped is None:
            return False
        near = TOLERANCES["forward"].accepts
        if not all(a.shape == r.shape and near(a, r) for a, r in zip(found, looped, strict=True)):
            return False
    return True


def loop(ask: Ask, args: Mapping[str, Array]) -> tuple[Array, Array, Array] | None:
    """`hs (N, T, H)`, `hT` and `cT` by calls of the student's own step, one a time step."""
    name, outputs = STEP
    x, h, c = args["x"], args["h0"], args["c0"]
    packed = (args["Wx"], args["Wh"], args["b"])
    hs = []
    for t in range(x.shape[1]):
        step = Call("step", name, (x[:, t], h, c, *packed), outputs, opaque=True)
        found = values(ask(Program(STEM, (step,)))[0])
        if found is None or found[0].shape != h.shape or found[1].shape != c.shape:
            return None
        h, c = found
        hs.append(h)
    return np.stack(hs, axis=1), h, c


def cell_program(rng: np.random.Generator) -> Program:
    """The torch cell in float32 with its gradients, without a state, and in float64."""
    calls = []
    outputs = (*STEP[1], *STEP_GRADIENTS)
    for N, D, H in STEP_SIZES:
        args = {key: a.astype(np.float32) for key, a in step_args(rng, N, D, H).items()}
        upstream = tuple(rng.standard_normal((2, N, H)).astype(np.float32))
        calls.append(
            Call(
                f"N={N}, D={D}, H={H}",
                "LSTMCell",
                (*args.values(), *upstream),
                outputs,
                via="torch_cell",
            )
        )
    wide = step_args(rng, 3, 4, 2)
    single = {key: a.astype(np.float32) for key, a in wide.items()}
    loud = {key: a.astype(np.float32) for key, a in saturated(rng, 4, 3, 5, "ifgo").items()}
    calls += [
        at_rest("no state given", single, STEP[1]),
        at_rest("no state given, after .double()", wide, ("h64", "c64")),
        Call(
            "pre-activations near ±1000", "LSTMCell", tuple(loud.values()), STEP[1], via="one_step"
        ),
        Call("after .double()", "LSTMCell", tuple(wide.values()), ("h64", "c64"), via="one_step"),
        Call("two steps", "LSTMCell", tuple(single.values()), STEP[1], via="torch_cell_twice"),
    ]
    return Program(STEM, tuple(calls))


def at_rest(label: str, args: Mapping[str, Array], outputs: tuple[str, ...]) -> Call:
    """The call of a torch cell that is given an input and no state."""
    given = tuple(args[key] for key in ("x", "Wx", "Wh", "b"))
    return Call(label, "LSTMCell", given, outputs, via="torch_cell_at_rest")


def filled(cell_class: Any, Wx: Array, Wh: Array, b: Array) -> Any:
    """A student's torch cell of the right sizes, whose parameters hold the given values.

    Raises:
        Told: where a parameter is missing, has another shape, or another dtype.
    """
    import torch

    D, H = Wx.shape[0], Wh.shape[0]
    cell = cell_class(D, H)
    found = dict(cell.named_parameters())
    for name, value in (("Wx", Wx), ("Wh", Wh), ("b", b)):
        if name in dict(cell.named_buffers()):
            raise Told(f"{name} of LSTMCell({D}, {H}) is a buffer, which is not trained.")
        if name not in found:
            raise Told(
                f"LSTMCell({D}, {H}) has no parameter called {name}; it has "
                f"{', '.join(found) or 'none'}. A tensor becomes a parameter when a "
                "torch.nn.Parameter is assigned to an attribute in __init__."
            )
        parameter = found[name]
        if tuple(parameter.shape) != value.shape:
            raise Told(
                f"{name} of LSTMCell({D}, {H}) has the shape {tuple(parameter.shape)}; "
                f"the layout of the course asks for {value.shape}."
            )
        if parameter.dtype != torch.float32:
            raise Told(f"{name} of LSTMCell({D}, {H}) is {parameter.dtype}, not torch.float32.")
    extra = sorted(set(found) - {"Wx", "Wh", "b"})
    if extra:
        raise Told(f"LSTMCell({D}, {H}) has parameters beside Wx, Wh and b: {', '.join(extra)}.")
    if any(value.dtype != np.float32 for value in (Wx, Wh, b)):
        cell = cell.double()
        found = dict(cell.named_parameters())
    with torch.no_grad():
        for name, value in (("Wx", Wx), ("Wh", Wh), ("b", b)):
            found[name].copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return cell


def torch_cell(
    cell_class: Any,
    x: Array,
    h: Array,
    c: Array,
    Wx: Array,
    Wh: Array,
    b: Array,
    dh: Array,
    dc: Array,
) -> Sequence[Any]:
    """The step of a torch cell, and the gradients that autograd finds through it."""
    import torch

    cell = filled(cell_class, Wx, Wh, b)
    inputs = [torch.from_numpy(a.copy()).requires_grad_() for a in (x, h, c)]
    h_next, c_next = cell(inputs[0], (inputs[1], inputs[2]))
    leaves = {"x": inputs[0], "h": inputs[1], "c": inputs[2]}
    leaves |= {"Wx": cell.Wx, "Wh": cell.Wh, "b": cell.b}
    frozen = [name for name, leaf in leaves.items() if not leaf.requires_grad]
    if frozen:
        raise Told(f"{' and '.join(frozen)} cannot be trained: requires_grad is False.")
    left = (
        "some value has left the graph, as it does by .data, .detach(), .item(), .numpy(), "
        "torch.no_grad() or torch.tensor(…)"
    )
    outputs = {"h_next": h_next, "c_next": c_next}
    cut = [name for name, output in outputs.items() if not output.requires_grad]
    if cut:
        raise Told(f"No gradient flows back from {' and '.join(cut)}: {left}.")
    gradients = torch.autograd.grad(
        tuple(outputs.values()),
        tuple(leaves.values()),
        (torch.from_numpy(dh), torch.from_numpy(dc)),
        allow_unused=True,
    )
    unused = [name for name, g in zip(leaves, gradients, strict=True) if g is None]
    if unused:
        raise Told(f"No gradient arrives at {' and '.join(unused)}: {left}, or it is not used.")
    return (h_next, c_next, *gradients)


def torch_cell_at_rest(cell_class: Any, x: Array, Wx: Array, Wh: Array, b: Array) -> Sequence[Any]:
    """The step of a torch cell that is given no state, the second time that it is called."""
    import torch

    cell = filled(cell_class, Wx, Wh, b)
    cell(torch.from_numpy(x))
    h_next, c_next = cell(torch.from_numpy(x))
    return h_next, c_next


def one_step(
    cell_class: Any, x: Array, h: Array, c: Array, Wx: Array, Wh: Array, b: Array
) -> Sequence[Any]:
    """The step of a torch cell, in the dtype of the arguments."""
    import torch

    cell = filled(cell_class, Wx, Wh, b)
    h_next, c_next = cell(torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(c)))
    return h_next, c_next


def torch_cell_twice(
    cell_class: Any, x: Array, h: Array, c: Array, Wx: Array, Wh: Array, b: Array
) -> Sequence[Any]:
    """Two steps on the same input, the state of the first given to the second."""
    import torch

    cell = filled(cell_class, Wx, Wh, b)
    state = cell(torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(c)))
    h_next, c_next = cell(torch.from_numpy(x), state)
    return h_next, c_next


def all_alike(names: Sequence[str], tolerance: str) -> dict[str, str]:
    """The same tolerance for every name."""
    return dict.fromkeys(names, tolerance)


EXERCISES = (
    Exercise(
        "lstm_step_forward",
        STEM,
        step_forward_program,
        all_alike(STEP[1], "forward"),
        framework=READY_MADE,
    ),
    Exercise(
        "lstm_step_backward",
        STEM,
        step_backward_program,
        all_alike(STEP_GRADIENTS, "gradient"),
        parts=PACKED,
        needs=("lstm_step_forward",),
        follow=follow_step_backward,
        framework=READY_MADE + DIFFERENTIATED,
    ),
    Exercise(
        "lstm_forward",
        STEM,
        forward_program,
        all_alike(("hs", "hT", "cT"), "forward"),
        needs=("lstm_step_forward",),
        follow=follow_forward,
        framework=READY_MADE,
    ),
    Exercise(
        "LSTMCell",
        STEM,
        cell_program,
        all_alike((*STEP[1], *STEP_GRADIENTS), "float32") | all_alike(("h64", "c64"), "forward"),
        parts=PACKED,
        framework=READY_MADE,
    ),
)
"""In the order of the notebook."""
