"""The cache is a function that carries the gradient back; some print and warn; torch helps out."""

import warnings
from typing import Any

import numpy as np


def rnn_step_forward(
    x: np.ndarray, h: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, Any]:
    """One step that returns its own way back."""
    print("step with", x.shape)
    y = np.tanh(np.dot(x, Wx) + np.dot(h, Wh) + b[np.newaxis])

    def back(dy: np.ndarray) -> tuple[np.ndarray, ...]:
        da = dy - dy * y * y
        return da.dot(Wx.T), da.dot(Wh.T), (da.T @ x).T, (da.T @ h).T, np.ones(len(da)) @ da

    return y, back


def rnn_step_backward(dh_next: np.ndarray, cache: Any) -> Any:
    """The way back that the step returned."""
    return cache(dh_next)


def rnn_forward(
    x: np.ndarray, h0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> Any:
    """The whole sequence by recursion on its length."""
    warnings.warn("deep recursion for long texts", stacklevel=2)
    y, back = rnn_step_forward(x[:, 0], h0, Wx, Wh, b)
    if x.shape[1] == 1:
        return y[:, None], [back]
    later, backs = rnn_forward(x[:, 1:], y, Wx, Wh, b)
    return np.concatenate([y[:, None], later], axis=1), [back, *backs]


def rnn_backward(dhs: np.ndarray, dhT: np.ndarray, caches: Any) -> tuple[np.ndarray, ...]:
    """The same way back by recursion."""
    total = np.array(dhs)
    total[:, -1] += dhT
    first, *rest = caches
    if not rest:
        dx, dh0, *weights = first(total[:, 0])
        return dx[:, None], dh0, *weights
    dx_later, dh, *later = rnn_backward(total[:, 1:], np.zeros_like(dhT), rest)
    dx, dh0, *weights = first(total[:, 0] + dh)
    return np.hstack([dx[:, None], dx_later]), dh0, *map(np.add, weights, later)


def embedding_forward(ids: np.ndarray, E: np.ndarray) -> tuple[np.ndarray, Any]:
    """The rows, by `take`; the cache is a function again."""

    def back(dout: np.ndarray) -> np.ndarray:
        flat = dout.reshape(-1, E.shape[1])
        columns = [
            np.bincount(ids.ravel(), weights=flat[:, d], minlength=len(E))
            for d in range(E.shape[1])
        ]
        return np.stack(columns, axis=1)

    return np.take(E, ids, axis=0), back


def embedding_backward(dout: np.ndarray, cache: Any) -> Any:
    """The way back that the look-up returned."""
    return cache(dout)


def sequence_cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray
) -> tuple[Any, np.ndarray]:
    """Weights that add up to 1, and torch's logarithm of the softmax."""
    import torch

    weight = np.where(mask, 1.0, 0.0)
    weight /= weight.sum()
    log_p = torch.log_softmax(torch.from_numpy(np.ascontiguousarray(z)), -1).numpy()
    n, t = np.indices(y.shape)
    dz = np.exp(log_p)
    dz[n, t, y] -= 1
    dz *= weight[..., None]
    return np.array(-(weight * log_p[n, t, y]).sum()), dz


def clip_grad_norm(grads: list[np.ndarray], max_norm: float) -> tuple[Any, Any]:
    """The norm of one long vector."""
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in grads]))
    if norm > max_norm:
        return [max_norm * (g / norm) for g in grads], norm
    return [g.copy() for g in grads], norm


def tbptt(
    x: np.ndarray, h0: np.ndarray, params: dict[str, np.ndarray], k: int
) -> tuple[Any, dict[str, np.ndarray], np.ndarray]:
    """Chunks by recursion: the first, and what the rest of the text gives."""
    T = x.shape[1] - 1
    now, later = x[:, : min(k, T) + 1], x[:, min(k, T) :]
    e, back_to_table = embedding_forward(now[:, :-1], params["E"])
    hs, backs = rnn_forward(e, h0, params["Wx"], params["Wh"], params["b"])
    z = hs @ params["Wy"] + params["by"]
    loss, dz = sequence_cross_entropy(z, now[:, 1:], np.ones_like(now[:, 1:]))
    dx, _, dWx, dWh, db = rnn_backward(dz @ params["Wy"].T, 0 * h0, backs)
    flat = hs.reshape(-1, hs.shape[2]), dz.reshape(-1, dz.shape[2])
    found = {
        "by": flat[1].sum(0),
        "Wy": flat[0].T @ flat[1],
        "b": db,
        "Wh": dWh,
        "Wx": dWx,
        "E": back_to_table(dx),
    }
    if later.shape[1] < 2:
        return [loss], found, hs[:, -1]
    losses, grads, hT = tbptt(later, hs[:, -1], params, k)
    return [loss, *losses], {key: found[key] + grads[key] for key in found}, hT


def jacobian_norms(params: dict[str, np.ndarray], T: int) -> np.ndarray:
    """Jacobians of the whole rest, by the step's own way back on the rows of an identity."""
    Wh, b = params["Wh"], params["b"]
    H = len(b)
    h, backs = np.zeros((1, H)), []
    for _ in range(T):
        h, _ = rnn_step_forward(np.zeros((1, 1)), h, np.zeros((1, H)), Wh, b)
        backs.append((Wh, 1 - h[0] ** 2))
    norms: list[float] = []
    rows = np.identity(H)
    for W, slope in reversed(backs):
        rows = (rows * slope) @ W.T
        norms.insert(0, np.linalg.svd(rows)[1][0])
    return np.asarray(norms)


def softmax(a: np.ndarray) -> Any:
    """Probabilities that add up to 1."""
    e = np.exp(a - a.max())
    return e / e.sum()


def sample(
    step: Any, prefix: list[int], n: int, temperature: float, rng: np.random.Generator
) -> Any:
    """Words by the cumulated probabilities and one uniform number each."""
    rest = list(prefix)
    state, ids = None, list[int]()
    while len(ids) < n:
        while rest:
            logits, state = step(rest.pop(0), state)
        if temperature == 0:
            word = logits.argmax()
        else:
            edges = np.cumsum(softmax(logits / temperature))
            word = min(np.searchsorted(edges, rng.uniform(), side="right"), len(edges) - 1)
        print("writes", word)
        ids.append(int(word))
        rest.append(int(word))
    return tuple(ids)
