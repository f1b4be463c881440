"""Index notation, dataclasses, one-hot rows, and torch's small number in the clipping."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


@dataclass
class Step:
    """What one step keeps."""

    x: np.ndarray
    h: np.ndarray
    Wx: np.ndarray
    Wh: np.ndarray
    slope: np.ndarray


class Whole(NamedTuple):
    """States and steps."""

    hs: np.ndarray
    steps: list[Step]


def rnn_step_forward(
    x: np.ndarray, h: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, Any]:
    """One step with the two weight matrices stacked."""
    y = np.tanh(np.concatenate([x, h], axis=1) @ np.concatenate([Wx, Wh]) + b)
    return y, Step(x, h, Wx, Wh, (1 + y) * (1 - y))


def rnn_step_backward(dh_next: np.ndarray, cache: Any) -> tuple[np.ndarray, ...]:
    """The gradients as contractions."""
    da = np.multiply(cache.slope, dh_next)
    return (
        np.einsum("nh,dh->nd", da, cache.Wx),
        np.einsum("nh,kh->nk", da, cache.Wh),
        np.einsum("nd,nh->dh", cache.x, da),
        np.einsum("nk,nh->kh", cache.h, da),
        np.einsum("nh->h", da),
    )


def rnn_forward(
    x: np.ndarray, h0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> Any:
    """The part of the inputs for all steps at once; hs is a view with its axes exchanged."""
    from_inputs = np.einsum("ntd,dh->tnh", x, Wx) + b
    h, hs, steps = h0, [], []
    for x_t, a in zip(x.swapaxes(0, 1), from_inputs, strict=True):
        y = np.tanh(a + np.einsum("nk,kh->nh", h, Wh))
        steps.append(Step(x_t, h, Wx, Wh, 1 - np.square(y)))
        hs.append(y)
        h = y
    return Whole(np.array(hs).swapaxes(0, 1), steps)


def rnn_backward(dhs: np.ndarray, dhT: np.ndarray, caches: Any) -> tuple[np.ndarray, ...]:
    """The pre-activations first, and the weights in one contraction over time and batch."""
    da, carried = np.zeros((len(caches), *dhT.shape)), dhT
    for t in range(len(caches) - 1, -1, -1):
        da[t] = (carried + dhs[:, t]) * caches[t].slope
        carried = np.einsum("nh,kh->nk", da[t], caches[t].Wh)
    xs, before = np.array([s.x for s in caches]), np.array([s.h for s in caches])
    return (
        np.einsum("tnh,dh->ntd", da, caches[0].Wx),
        carried,
        np.einsum("tnd,tnh->dh", xs, da),
        np.einsum("tnk,tnh->kh", before, da),
        np.einsum("tnh->h", da),
    )


def one_hot(ids: np.ndarray, V: int) -> Any:
    """Rows with a 1 at the word."""
    return (ids[..., np.newaxis] == np.arange(V)).astype(float)


def embedding_forward(ids: np.ndarray, E: np.ndarray) -> tuple[np.ndarray, Any]:
    """The look-up as a product with one-hot rows."""
    rows = one_hot(ids, len(E))
    return rows @ E, rows


def embedding_backward(dout: np.ndarray, cache: Any) -> Any:
    """The transpose of that product."""
    flat = cache.reshape(-1, cache.shape[-1]), dout.reshape(-1, dout.shape[-1])
    return np.einsum("pv,pd->vd", *flat)


def sequence_cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray
) -> tuple[Any, np.ndarray]:
    """The loss from the valid places alone."""
    chosen = np.asarray(mask, bool)
    rows, labels = z[chosen], y[chosen]
    rows = rows - np.max(rows, axis=1, keepdims=True)
    lse = np.log(np.sum(np.exp(rows), axis=1))
    loss = np.mean(lse - rows[np.arange(len(rows)), labels])
    dz = np.zeros_like(z)
    dz[chosen] = (np.exp(rows - lse[:, None]) - one_hot(labels, z.shape[2])) / len(rows)
    return loss, dz


def clip_grad_norm(grads: list[np.ndarray], max_norm: float) -> tuple[Any, Any]:
    """As torch does it, with 1e-6 beside the norm."""
    norm = np.linalg.norm([np.linalg.norm(g.ravel()) for g in grads])
    return tuple(g * min(max_norm / (norm + 1e-6), 1.0) for g in grads), norm


def tbptt(
    x: np.ndarray, h0: np.ndarray, params: dict[str, np.ndarray], k: int
) -> tuple[Any, dict[str, np.ndarray], np.ndarray]:
    """The whole of it by itself, without the functions before."""
    E, Wx, Wh, b, Wy, by = (params[key] for key in ("E", "Wx", "Wh", "b", "Wy", "by"))
    N, V = len(x), len(E)
    grads = {key: np.zeros(np.shape(p)) for key, p in params.items()}
    losses, h = [], h0
    for piece in np.split(np.arange(x.shape[1] - 1), np.arange(k, x.shape[1] - 1, k)):
        words, labels = one_hot(x[:, piece], V), one_hot(x[:, piece + 1], V)
        states = [h]
        for t in range(len(piece)):
            states.append(np.tanh(words[:, t] @ E @ Wx + states[-1] @ Wh + b))
        hs = np.stack(states[1:], axis=1)
        z = hs @ Wy + by
        z = z - z.max(axis=-1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
        losses.append(-np.sum(labels * log_p) / (N * len(piece)))
        dz = (np.exp(log_p) - labels) / (N * len(piece))
        grads["Wy"] += np.einsum("nth,ntv->hv", hs, dz)
        grads["by"] += np.einsum("ntv->v", dz)
        dh = np.zeros_like(h)
        for t in range(len(piece) - 1, -1, -1):
            da = (dh + dz[:, t] @ Wy.T) * (1 - states[t + 1] ** 2)
            grads["E"] += words[:, t].T @ da @ Wx.T
            grads["Wx"] += (words[:, t] @ E).T @ da
            grads["Wh"] += states[t].T @ da
            grads["b"] += da.sum(0)
            dh = da @ Wh.T
        h = states[-1]
    return np.array(losses), grads, h


def jacobian_norms(params: dict[str, np.ndarray], T: int) -> Any:
    """The product grown from the right, all of them at once, and singular values of the stack."""
    Wh, b = params["Wh"], params["b"]
    h = np.zeros(len(b))
    products: list[np.ndarray] = []
    for _ in range(T):
        h = np.tanh(h @ Wh + b)
        J = np.einsum("ij,j->ij", Wh, 1 - h**2)
        products = [*(P @ J for P in products), J]
    return np.linalg.svd(np.array(products), compute_uv=False).max(axis=1)


def sample(
    step: Any, prefix: list[int], n: int, temperature: float, rng: np.random.Generator
) -> Any:
    """The maximum of the logits with Gumbel noise."""
    state, ids = None, []
    for token in list(prefix):
        logits, state = step(token, state)
    for k in range(n):
        noise = temperature * rng.gumbel(size=len(logits))
        ids.append(np.argmax(logits + noise))
        if k < n - 1:
            logits, state = step(ids[-1], state)
    return np.array(ids)
