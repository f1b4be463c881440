"""Loops over samples, units and words, and no more of NumPy than arrays."""

import math
from typing import Any

import numpy as np


def rnn_step_forward(
    x: np.ndarray, h: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, Any]:
    """One step, a sample and a unit at a time."""
    N, H = h.shape
    D = x.shape[1]
    h_next = np.zeros((N, H))
    for n in range(N):
        for j in range(H):
            a = b[j]
            for d in range(D):
                a += x[n, d] * Wx[d, j]
            for i in range(H):
                a += h[n, i] * Wh[i, j]
            h_next[n, j] = math.tanh(a)
    return h_next, {"x": x, "h": h, "Wx": Wx, "Wh": Wh, "y": h_next}


def rnn_step_backward(dh_next: np.ndarray, cache: Any) -> tuple[np.ndarray, ...]:
    """The gradients, an entry at a time."""
    x, h, Wx, Wh, y = (cache[key] for key in ("x", "h", "Wx", "Wh", "y"))
    dx, dh = np.zeros(x.shape), np.zeros(h.shape)
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(h.shape[1])
    for n in range(len(x)):
        for j in range(h.shape[1]):
            da = dh_next[n, j] * (1 - y[n, j] ** 2)
            db[j] += da
            for d in range(x.shape[1]):
                dx[n, d] += da * Wx[d, j]
                dWx[d, j] += da * x[n, d]
            for i in range(h.shape[1]):
                dh[n, i] += da * Wh[i, j]
                dWh[i, j] += da * h[n, i]
    return dx, dh, dWx, dWh, db


def rnn_forward(
    x: np.ndarray, h0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> Any:
    """The whole sequence into an array that is there before."""
    hs = np.empty((x.shape[0], x.shape[1], h0.shape[1]))
    h, caches = h0, {}
    for t in range(x.shape[1]):
        h, caches[t] = rnn_step_forward(x[:, t], h, Wx, Wh, b)
        hs[:, t] = h
    return [hs, caches]


def rnn_backward(dhs: np.ndarray, dhT: np.ndarray, caches: Any) -> tuple[np.ndarray, ...]:
    """Back through time with a while loop."""
    t = len(caches) - 1
    total = dhs[:, t] + dhT
    dx = np.zeros((*dhs.shape[:2], caches[0]["x"].shape[1]))
    sums = None
    while True:
        dx[:, t], dh, *found = rnn_step_backward(total, caches[t])
        sums = found if sums is None else [s + f for s, f in zip(sums, found, strict=True)]
        if t == 0:
            return (dx, dh, *sums)
        t -= 1
        total = dhs[:, t] + dh


def embedding_forward(ids: np.ndarray, E: np.ndarray) -> tuple[np.ndarray, Any]:
    """The vectors, a place at a time."""
    out = np.zeros((*ids.shape, E.shape[1]))
    for place in np.ndindex(ids.shape):
        out[place] = E[ids[place]]
    return out, (ids.copy(), len(E))


def embedding_backward(dout: np.ndarray, cache: Any) -> np.ndarray:
    """The sums, a place at a time."""
    ids, V = cache
    dE = np.zeros((V, dout.shape[-1]))
    for place, v in np.ndenumerate(ids):
        dE[v] += dout[place]
    return dE


def sequence_cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray
) -> tuple[Any, np.ndarray]:
    """The loss, a place at a time."""
    N, T, V = z.shape
    dz = np.zeros(z.shape)
    loss, count = 0.0, 0
    for n in range(N):
        for t in range(T):
            if not mask[n, t]:
                continue
            count += 1
            top = max(z[n, t])
            exponentials = [math.exp(value - top) for value in z[n, t]]
            whole = sum(exponentials)
            loss += math.log(whole) + top - z[n, t, y[n, t]]
            for v in range(V):
                dz[n, t, v] = exponentials[v] / whole - (v == y[n, t])
    return loss / count, dz / count


def clip_grad_norm(grads: list[np.ndarray], max_norm: float) -> tuple[Any, Any]:
    """The sum of the squares, an entry at a time."""
    squares = 0.0
    for g in grads:
        for value in g.flat:
            squares += value * value
    norm = math.sqrt(squares)
    if norm <= max_norm:
        return list(grads), norm
    return [np.array(g) * (max_norm / norm) for g in grads], norm


def tbptt(
    x: np.ndarray, h0: np.ndarray, params: dict[str, np.ndarray], k: int
) -> tuple[Any, dict[str, np.ndarray], np.ndarray]:
    """Chunk after chunk, cut out of the text with their targets."""
    total = {key: np.zeros_like(p) for key, p in params.items()}
    losses, h, begin = [], h0, 0
    while begin + 1 < x.shape[1]:
        part = x[:, begin : begin + k + 1]
        e, cache = embedding_forward(part[:, :-1], params["E"])
        hs, caches = rnn_forward(e, h, params["Wx"], params["Wh"], params["b"])
        z = np.zeros((*hs.shape[:2], len(params["by"])))
        for t in range(hs.shape[1]):
            z[:, t] = hs[:, t] @ params["Wy"] + params["by"]
        loss, dz = sequence_cross_entropy(z, part[:, 1:], np.ones(part[:, 1:].shape, bool))
        dhs = np.zeros(hs.shape)
        for t in range(hs.shape[1]):
            dhs[:, t] = dz[:, t] @ params["Wy"].T
            total["Wy"] += hs[:, t].T @ dz[:, t]
            total["by"] += dz[:, t].sum(axis=0)
        dx, _, dWx, dWh, db = rnn_backward(dhs, np.zeros(h.shape), caches)
        total["E"] += embedding_backward(dx, cache)
        total["Wx"] += dWx
        total["Wh"] += dWh
        total["b"] += db
        losses.append(loss)
        h = hs[:, -1].copy()
        begin += k
    return losses, total, h


def jacobian_norms(params: dict[str, np.ndarray], T: int) -> np.ndarray:
    """Column vectors, and the root of the largest eigenvalue of JᵀJ."""
    W, b = params["Wh"].T, params["b"]
    h = np.zeros(len(b))
    diagonals = []
    for _ in range(T):
        h = np.tanh(W @ h + b)
        diagonals.append(1 - h * h)
    norms = []
    for t in range(T):
        J = np.identity(len(b))
        for s in range(t, T):
            J = np.diag(diagonals[s]) @ W @ J
        norms.append(math.sqrt(max(np.linalg.eigvalsh(J.T @ J))))
    return np.array(norms)


def sample(
    step: Any, prefix: list[int], n: int, temperature: float, rng: np.random.Generator
) -> Any:
    """Words by walking along the cumulated probabilities; step is called once more at the end."""
    state = None
    for word in prefix:
        logits, state = step(word, state)
    new: list[int] = []
    while len(new) < n:
        best = max(range(len(logits)), key=lambda v: logits[v])
        word = best
        if temperature > 0:
            weights = [math.exp((value - logits[best]) / temperature) for value in logits]
            left = rng.random() * sum(weights)
            for v, weight in enumerate(weights):
                left -= weight
                if left < 0:
                    word = v
                    break
        new.append(word)
        logits, state = step(word, state)
    return new
