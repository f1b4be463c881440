"""How convolutions, and the matrix of windows, are called and followed through.

Sizes: N samples, C channels, F filters, H and W of an image, KH and KW of a kernel. Pairs are
(height, width).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autograder.exercises.exercise import Ask
from autograder.exercises.program import Array, Call, Program
from autograder.exercises.shared.cases import backward_program, normal, program_of
from autograder.exercises.shared.consistency import (
    is_adjoint,
    is_nontrivial,
    right_where_asked,
    values,
)
from autograder.exercises.shared.inputs import OTHERS
from autograder.exercises.tolerances import LIMITS, TOLERANCES

ASSIGNMENT = "convolutional"
Pair = tuple[int, int]
Shape = tuple[int, ...]

PLANES: tuple[tuple[Pair, Pair], ...] = (
    ((6, 7), (3, 2)),
    ((5, 4), (1, 3)),
    ((7, 3), (2, 3)),
    ((5, 5), (3, 3)),
    ((4, 4), (4, 4)),
    ((1, 1), (1, 1)),
)
"""The shapes of an image and of a kernel."""

CONVOLUTIONS: tuple[tuple[Shape, Shape, Pair, Pair], ...] = (
    ((2, 3, 7, 6), (4, 3, 3, 2), (1, 1), (0, 0)),
    ((2, 3, 8, 6), (4, 3, 2, 3), (2, 1), (1, 2)),
    ((1, 2, 9, 5), (3, 2, 3, 3), (1, 2), (1, 1)),
    ((3, 1, 6, 9), (2, 1, 2, 4), (3, 2), (0, 1)),
    ((2, 2, 5, 5), (2, 2, 3, 3), (1, 1), (1, 1)),
    ((1, 2, 12, 4), (1, 2, 1, 1), (1, 1), (0, 0)),
    ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1), (0, 0)),
)
"""The shapes of x and w, the stride and the padding."""

CONVOLUTION = ("conv2d_forward", ("y",))


def places(n: int, k: int, s: int) -> int:
    """How many times a window of k, moved by s, fits into n."""
    return len(range(0, n - k + 1, s))


def convolved(x: Shape, w: Shape, stride: Pair, pad: Pair) -> Shape:
    """The shape of what a convolution makes of `x`."""
    N, _, H, W = x
    F, _, KH, KW = w
    ph, pw = pad
    return N, F, places(H + 2 * ph, KH, stride[0]), places(W + 2 * pw, KW, stride[1])


def plane_program(name: str, rng: np.random.Generator) -> Program:
    """Images and kernels of unequal sizes."""
    cases = {f"x {x}, k {k}": (normal(rng, *x), normal(rng, *k)) for x, k in PLANES}
    return program_of(ASSIGNMENT, name, cases, "y")


def follow_convolve2d(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `convolve2d` is the student's own correlation with the kernel turned round."""
    calls = []
    for number, (image, kernel) in enumerate(PLANES):
        x, k = normal(rng, *image), normal(rng, *kernel)
        calls.append(Call(f"one {number}", "convolve2d", (x, k), ("y",)))
        turned = k[::-1, ::-1].copy()
        calls.append(Call(f"other {number}", "cross_correlate2d", (x, turned), ("y",)))
    found = [values(answer) for answer in ask(Program(ASSIGNMENT, tuple(calls)))]
    pairs = list(zip(found[::2], found[1::2], strict=True))
    if pairs[0][1] is None or pairs[0][1][0].size <= 1:
        return False
    return all(
        other is None or (one is not None and same(one[0], other[0])) for one, other in pairs
    )


def same(a: Array, r: Array) -> bool:
    """Whether `a` equals `r`, as a forward pass has to."""
    return a.shape == r.shape and TOLERANCES["forward"].accepts(a, r)


def conv_case(
    rng: np.random.Generator, x: Shape, w: Shape, stride: Pair, pad: Pair
) -> tuple[Array, Array, Array, Pair, Pair]:
    """The arguments of a convolution."""
    return normal(rng, *x), normal(rng, *w), normal(rng, w[0]), stride, pad


def described(x: Shape, w: Shape, stride: Pair, pad: Pair) -> str:
    """A convolution in words."""
    return f"x {x}, w {w}, stride {stride}, pad {pad}"


def conv_forward_program(rng: np.random.Generator) -> Program:
    """Convolutions; sizes, strides and padding change from call to call and come back."""
    cases = {described(*case): conv_case(rng, *case) for case in CONVOLUTIONS}
    cases[OTHERS] = conv_case(rng, *CONVOLUTIONS[0])
    return program_of(ASSIGNMENT, "conv2d_forward", cases, "y")


def follow_conv_forward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `conv2d_forward` is the sum over channels of the student's own correlations.

    Its size may be the one that the student's own `conv_output_size` says, if that is one more
    or one less: the entries that both have are compared.
    """
    for shape, filters, stride, pad in CONVOLUTIONS:
        x, w, b, (sh, sw), (ph, pw) = conv_case(rng, shape, filters, stride, pad)
        wide = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
        calls = [
            Call("whole", "conv2d_forward", (x, w, b, stride, pad), ("y",), returns_cache=True)
        ]
        calls += [
            Call(f"{n} {f} {c}", "cross_correlate2d", (wide[n, c], w[f, c]), ("y",))
            for n, f, c in np.ndindex(len(x), len(w), x.shape[1])
        ]
        calls += [
            Call(f"size {axis}", "conv_output_size", (n, k, s, p), ("n_out",))
            for axis, (n, k, s, p) in enumerate(
                zip(x.shape[2:], w.shape[2:], stride, pad, strict=True)
            )
        ]
        found = {a.call: values(a) for a in ask(Program(ASSIGNMENT, tuple(calls)))}
        planes = {key: v[0] for key, v in found.items() if v is not None}
        if planes.keys() != found.keys():
            return False
        parts = [plane for key, plane in planes.items() if key[0].isdigit()]
        if any(part.shape != parts[0].shape or part.ndim != 2 for part in parts):
            return False
        summed = np.reshape(parts, (len(x), len(w), x.shape[1], *parts[0].shape)).sum(axis=2)
        composed = summed[:, :, ::sh, ::sw] + b[:, None, None]
        y, sizes = planes["whole"], [int(planes[f"size {axis}"]) for axis in (0, 1)]
        if y.shape not in (composed.shape, (*composed.shape[:2], *sizes)):
            return False
        if np.abs(np.subtract(y.shape, composed.shape)).max() > 1:
            return False
        Ho, Wo = np.minimum(y.shape, composed.shape)[2:]
        if Ho * Wo == 0 or not same(y[..., :Ho, :Wo], composed[..., :Ho, :Wo]):
            return False
    x, w, b, stride, pad = conv_case(rng, *CONVOLUTIONS[0])
    return is_nontrivial(ask, rng, ASSIGNMENT, CONVOLUTION, {"x": x, "w": w, "b": b}, (stride, pad))


def conv_backward_program(rng: np.random.Generator) -> Program:
    """The gradients of the convolutions, and of other inputs of the first sizes."""
    cases = {
        label: (conv_case(rng, *case), normal(rng, *convolved(*case)))
        for label, case in [
            *((described(*case), case) for case in CONVOLUTIONS),
            (OTHERS, CONVOLUTIONS[0]),
        ]
    }
    return backward_program(ASSIGNMENT, CONVOLUTION, "conv2d_backward", cases, "dx", "dw", "db")


def follow_conv_backward(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `conv2d_backward` is the adjoint of the student's own convolution."""
    findings = []
    for case in CONVOLUTIONS[:5]:
        x, w, b, *constants = conv_case(rng, *case)
        args = {"x": x, "w": w, "b": b}
        findings.append(
            image_adjoint(ask, rng, CONVOLUTION, args, "conv2d_backward", tuple(constants))
        )
    return right_where_asked(findings)


def image_adjoint(
    ask: Ask,
    rng: np.random.Generator,
    forward: tuple[str, tuple[str, ...]],
    args: Mapping[str, Array],
    backward: str,
    constants: tuple[Pair, ...],
) -> bool | None:
    """`adjoint` with an upstream gradient of the shape that the student's own `forward` gives."""
    name, outputs = forward
    call = Call("forward", name, (*args.values(), *constants), outputs, returns_cache=True)
    y = values(ask(Program(ASSIGNMENT, (call,)))[0])
    if y is None:
        return None
    dy = normal(rng, *y[0].shape)
    return is_adjoint(ask, rng, ASSIGNMENT, forward, args, backward, (dy,), constants)


def im2col_program(rng: np.random.Generator) -> Program:
    """Windows of images of unequal sizes."""
    cases = {
        f"x {x}, k {w[2:]}, s {s}, p {p}": (normal(rng, *x), w[2:], s, p)
        for x, w, s, p in CONVOLUTIONS
    }
    return program_of(ASSIGNMENT, "im2col", cases, "cols")


def rows(x: Shape, k: Shape, s: Pair, p: Pair) -> Shape:
    """The shape of what `im2col` makes of `x`."""
    N, _, Ho, Wo = convolved(x, (1, x[1], *k), s, p)
    return N * Ho * Wo, x[1] * k[0] * k[1]


def col2im_program(rng: np.random.Generator) -> Program:
    """Matrices of random numbers, which are no windows of any image."""
    cases = {
        f"x_shape {x}, k {w[2:]}, s {s}, p {p}": (
            normal(rng, *rows(x, w[2:], s, p)),
            x,
            w[2:],
            s,
            p,
        )
        for x, w, s, p in CONVOLUTIONS
    }
    return program_of(ASSIGNMENT, "col2im", cases, "x")


def follow_col2im(ask: Ask, rng: np.random.Generator) -> bool:
    """Whether `col2im` is the adjoint of the student's own `im2col`."""
    for shape, w, s, p in CONVOLUTIONS[:5]:
        x, k = normal(rng, *shape), w[2:]
        there = values(
            ask(Program(ASSIGNMENT, (Call("there", "im2col", (x, k, s, p), ("cols",)),)))[0]
        )
        if there is None or there[0].size < x[0].size:
            return False
        c = normal(rng, *there[0].shape)
        back = values(
            ask(Program(ASSIGNMENT, (Call("back", "col2im", (c, shape, k, s, p), ("x",)),)))[0]
        )
        if back is None or back[0].shape != shape:
            return False
        one, other = float(np.vdot(there[0], c)), float(np.vdot(x, back[0]))
        allowed = LIMITS["exact adjoint"].value * np.linalg.norm(there[0]) * np.linalg.norm(c)
        if abs(one - other) > allowed:
            return False
    return True
